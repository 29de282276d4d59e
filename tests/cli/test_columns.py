import pandas as pd

from pellucid.cli.columns import columns_in

FRAME = pd.DataFrame({"age": [1, 2.5, None], "town": ["a", "b", "a"], "day": ["2020-01-01"] * 3})


def test_the_columns_of_a_table_are_shown(cli, tmp_path):
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    done = cli("datasets", "show", "t.csv")
    assert done.code == 0
    assert done.out.splitlines() == [
        "t.csv (comma-separated, UTF-8, with a header): 3 rows, 3 columns",
        "  age   number      1 to 2.5, 1 missing",
        "  town  category    a, b",
        "  day   left out    the same in every row",
        "to train: pellucid train t.csv --target COLUMN",
    ]
    found = cli("datasets", "show", "t.csv", "--json").json
    assert found["rows"] == 3
    assert found["columns"][1] == {"name": "town", "kind": "category", "what": "a, b"}


def test_with_a_target_it_is_a_data_set(cli, tmp_path):
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    assert "training part" in cli("datasets", "show", "t.csv", "--target", "town").out


def test_other_data_have_no_columns(tmp_path):
    assert columns_in("digits") is None
    assert columns_in(str(tmp_path / "none.csv")) is None
    (tmp_path / "t.npz").write_bytes(b"")
    assert columns_in(str(tmp_path / "t.npz")) is None


def test_what_only_numbers_the_rows_is_said_before_training_too(cli, tmp_path):
    pd.DataFrame({"id": range(30), "a": [1.5, 2] * 15}).to_csv(tmp_path / "t.csv", index=False)
    assert "id  left out    it only numbers the rows" in cli("datasets", "show", "t.csv").out
    done = cli("datasets", "show", "t.csv", "--out", "t.png")
    assert (done.code, done.out) == (1, "")
    assert "expected a data set of pictures, but t.csv is a table" in done.err
