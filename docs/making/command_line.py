"""The page of the command line, made from what its ``--help`` says."""

import inspect
from typing import Any

import typer
from typer.main import get_command

from pellucid.cli.main import app

HEAD = """\
# The command line

Every command has `--help`, which says what is below. `pellucid` alone lists the commands. Progress
goes to standard error; with `--json` a command writes one JSON object to standard output and
nothing else. A command ends with 0 when it is done, with 1 when the work failed, with 2 when it was
used wrongly, and with 130 when it was interrupted.
"""


def pages() -> dict[str, str]:
    """Return the page."""
    group: Any = get_command(app)
    context = typer.Context(group, info_name="pellucid")
    return {"command-line.md": "\n".join([HEAD, *described(group, context)])}


def described(group: Any, context: typer.Context) -> list[str]:
    """Return a section for each command of a group, and of the groups within it."""
    sections = []
    for name, command in group.commands.items():
        inner = typer.Context(command, info_name=name, parent=context)
        if hasattr(command, "commands"):
            sections += described(command, inner)
        else:
            sections.append(section(command, inner))
    return sections


def section(command: Any, context: typer.Context) -> str:
    """Return what a command does, with its usage, and a table of options under each heading."""
    usage = " ".join(command.collect_usage_pieces(context))
    words = inspect.cleandoc(command.help or "").split("\n\n")
    parts = [f"## {context.command_path}\n", f"```text\n{context.command_path} {usage}\n```\n"]
    parts += [_paragraph(" ".join(text.split())) for text in words]
    for heading, rows in headings(command, context).items():
        parts += [f"```{{rubric}} {heading}\n```\n", _listed(rows)]
    return "\n".join(parts)


def headings(command: Any, context: typer.Context) -> dict[str, list[tuple[str, str]]]:
    """Return the options and their help by heading, in the order of the help."""
    found: dict[str, list[tuple[str, str]]] = {}
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record is not None:
            own = "Arguments" if param.param_type_name == "argument" else "Options"
            found.setdefault(getattr(param, "rich_help_panel", None) or own, []).append(record)
    return found


def _paragraph(text: str) -> str:
    before, example, command = text.partition("Example: ")
    return f"{before}Example: `{command}`\n" if example else f"{text}\n"


def _listed(rows: list[tuple[str, str]]) -> str:
    lines = [f"`{option.strip()}`\n: {_escaped(words)}\n" for option, words in rows]
    return "\n".join(["````{container} options", *lines, "````\n"])


def _escaped(text: str) -> str:
    for character in "\\*_<[]":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
