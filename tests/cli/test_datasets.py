def test_the_list_names_every_data_set_and_its_source(cli):
    done = cli("datasets", "list")
    assert done.code == 0
    assert done.err == ""
    assert "mnist   70,000 handwritten digits" in done.out
    assert "LeCun" in done.out
    assert "digits  1,797" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_list_as_json(cli):
    found = cli("datasets", "list", "--json").json
    assert set(found) == {"mnist", "digits"}
    for entry in found.values():
        assert set(entry) == {"description", "citation"}


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
    assert done.err == "pellucid: 'cats': expected one of mnist, digits.\n"
    assert done.out == ""
