import os

import pytest

COMMANDS = [
    ["train"],
    ["evaluate"],
    ["predict"],
    ["inspect"],
    ["datasets"],
    ["datasets", "list"],
    ["datasets", "show"],
    ["datasets", "fetch"],
    ["formulas"],
    ["info"],
    ["tour"],
]


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_plain_and_narrow_and_has_an_example(cli, command, flag):
    done = cli(*command, flag)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: pellucid {' '.join(command)}".rstrip())
    assert f"Example: pellucid {' '.join(command)}".rstrip() in done.out
    assert "\x1b" not in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_every_command_is_known_here(cli):
    listed = cli("--help").out.split("Commands:\n")[1].split("\n")
    names = {line.split()[0] for line in listed if line.startswith("  ") and line.strip()}
    assert names == {command[0] for command in COMMANDS}


@pytest.mark.parametrize(
    "words",
    [
        ["bogus"],
        ["train", "digits", "--bogus"],
        ["train", "digits", "--epochs", "many"],
        ["train"],
        ["evaluate", "only-one"],
        ["predict"],
        ["datasets", "bogus"],
        ["datasets", "fetch"],
        ["--bogus"],
        ["info", "extra"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_said_with_code_2(cli, words):
    done = cli(*words)
    assert (done.code, done.out) == (2, "")
    assert "Usage: pellucid" in done.err
    assert "Error: " in done.err


def test_without_a_command_the_help_is_shown(cli):
    done = cli()
    assert "Commands:" in done.out + done.err


def test_a_near_flag_is_proposed(cli):
    assert "--epochs" in cli("train", "digits", "--epoch", "3").err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["train", "digits", "--loss", "magic"], 2),
        (["train", "digits", "--activation", "magic"], 2),
        (["train", "digits", "--engine", "magic"], 2),
        (["train", "nothing.npz"], 1),
        (["evaluate", "nothing", "digits"], 1),
    ],
)
def test_errors_are_one_line_with_a_code(cli, words, code):
    done = cli(*words)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("pellucid: ")
    assert done.err.count("\n") == 1


def test_a_reader_that_goes_away_is_no_trouble(program):
    """As in ``pellucid info | true``."""
    reading, writing = os.pipe()
    os.close(reading)
    process = program("info", stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert err == ""
