def test_the_list_names_every_data_set_and_its_source(cli):
    done = cli("datasets", "list")
    assert done.code == 0
    assert done.err == ""
    assert "\nfashion-mnist  70,000 pictures of clothing" in done.out
    assert "mnist          70,000 handwritten digits" in done.out
    assert "LeCun" in done.out
    assert "digits         1,797" in done.out
    assert "comes with scikit-learn" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_list_as_json(cli):
    found = cli("datasets", "list", "--json").json
    assert set(found) == {"mnist", "fashion-mnist", "digits"}
    for entry in found.values():
        assert set(entry) == {"description", "citation", "here", "bytes"}
    assert found["digits"]["here"]


def test_the_list_says_what_is_here_already(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    before = cli("datasets", "list", "--json").json["mnist"]
    assert (before["here"], before["bytes"]) == (False, 0)
    assert cli("datasets", "list").out.count("not here yet") == 2
    folder = tmp_path / "own" / "pellucid" / "mnist"
    folder.mkdir(parents=True)
    (folder / "train-images.npy").write_bytes(bytes(2_500_000))
    after = cli("datasets", "list", "--json").json["mnist"]
    assert (after["here"], after["bytes"]) == (True, 2_500_000)
    assert "here, 2.5 MB" in cli("datasets", "list").out


def test_a_data_set_is_shown_and_drawn(cli, tmp_path):
    done = cli("datasets", "show", "digits", "--out", "sheet.png", "--theme", "dark")
    assert done.code == 0
    assert "training part  1,437 examples" in done.out
    assert done.err == "the picture is in sheet.png\n"
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")
    found = cli("datasets", "show", "digits", "--out", "sheet.svg", "--json").json
    assert (found["n_train"], found["n_test"], found["out"]) == (1437, 360, "sheet.svg")
    assert sum(row["train"] for row in found["classes"]) == 1437
    assert found["image"]["height"] == 8


def test_own_data_are_shown(cli, tables):
    assert "Y[0]" in cli("datasets", "show", "numbers.npz").out
    found = cli("datasets", "show", tables / "names.npz", "--json").json
    assert [row["name"] for row in found["classes"]] == ["large", "small"]


def test_a_table_is_shown_by_what_is_to_be_predicted(cli, tmp_path):
    rows = [f"{i},{'yes' if i % 3 else 'no'}" for i in range(60)]
    (tmp_path / "some.csv").write_text("\n".join(["a,b", *rows, ",yes"]))
    done = cli("datasets", "show", "some.csv", "--target", "b")
    assert done.code == 0
    assert "yes" in done.out
    assert "classes" in done.out
    assert "a  number" in done.err
    assert "--target" in cli("datasets", "show", "some.csv").out


def test_wrong_pictures_are_said_before_anything_is_read(cli):
    done = cli("datasets", "show", "absent.npz", "--out", "sheet.gif")
    assert (done.code, done.out) == (2, "")
    assert "expected a name ending in .png, .svg, .pdf" in done.err


def test_what_is_always_here_needs_no_fetching(cli):
    done = cli("datasets", "fetch", "digits")
    assert (done.code, done.out) == (
        0,
        "digits comes with scikit-learn: there is nothing to fetch.\n",
    )
    assert cli("datasets", "fetch", "digits", "--json").json == {"name": "digits", "path": None}


def test_an_unknown_name_is_refused(cli):
    done = cli("datasets", "fetch", "cats")
    assert done.code == 1
    assert done.err == "pellucid: 'cats': expected one of mnist, fashion-mnist, digits.\n"
    assert done.out == ""
