from pellucid.data.csv_file import read_csv


def test_a_small_table(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n?,y\n")
    table, _ = read_csv(tmp_path / "t.csv")
    assert table.names == ("a", "b")
    assert table.column("b").texts().tolist() == ["x", "y"]
