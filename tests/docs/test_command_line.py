"""The page of the command line has every command with all its options."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from docs.making.command_line import pages
from pellucid.cli.main import app

PAGE = pages()["command-line.md"]
COMMANDS = {
    f"{prefix}{name}": command
    for prefix, group in (
        ("", get_command(app)),
        ("datasets ", get_command(app).commands["datasets"]),
    )
    for name, command in group.commands.items()
    if not hasattr(command, "commands")
}


def section(name):
    assert PAGE.count(f"## pellucid {name}\n") == 1
    return PAGE.partition(f"## pellucid {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_there_with_its_help(name):
    below = section(name).replace("\\", "")
    for param in COMMANDS[name].params:
        if param.param_type_name == "option":
            assert all(f"{option}" in below for option in param.opts)
        assert " ".join((param.help or "").split()) in below


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_the_help_is_there(name):
    """Asked as a user asks: the help's own text."""
    pellucid = Path(sys.executable).with_name("pellucid")
    said = subprocess.run(
        [pellucid, *name.split(), "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", said, re.MULTILINE))
    assert options
    assert all(option in section(name) for option in options)


def test_headings_of_long_commands_are_kept():
    below = section("train")
    for heading in ("Network", "Loss and optimizer", "Stopping", "Running"):
        assert f"```{{rubric}} {heading}\n" in below
    assert "Example: `pellucid train mnist --hidden 30 --epochs 10`" in below
