from pellucid import __version__
from pellucid.engines.select import engines


def test_it_tells_versions_engines_and_folders(cli, cache):
    done = cli("info")
    assert done.code == 0
    assert done.err == ""
    assert done.out.startswith(f"pellucid  {__version__}\n")
    assert f"cache     {cache}/pellucid\n" in done.out
    for name, what in engines().items():
        assert f"engine    {name}: {what}\n" in done.out


def test_it_tells_them_as_json(cli):
    found = cli("info", "--json").json
    assert found["pellucid"] == __version__
    assert found["engines"] == engines()
    assert set(found) == {"pellucid", "python", "numpy", "machine", "cores", "engines", "cache"}
    assert found["cores"] >= 1
