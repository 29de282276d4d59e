"""``pellucid datasets``: the data sets that have a name, and fetching them."""

from textwrap import wrap
from typing import Annotated

import typer

from pellucid.cli.console import say, say_json, tell

app = typer.Typer(
    help="List and fetch data sets.\n\nExample: pellucid datasets list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_datasets(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """List the data sets that have a name.

    Example: pellucid datasets list
    """
    from pellucid.data.sources import SOURCES

    if as_json:
        say_json(
            {
                name: {"description": row.description, "citation": row.citation}
                for name, row in SOURCES.items()
            }
        )
        return
    for name, row in SOURCES.items():
        lines = [*wrap(row.description, 72), *wrap(row.citation, 72)]
        for label, line in zip([name] + [""] * len(lines), lines, strict=False):
            say(f"{label:<8}{line}")


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A name that `pellucid datasets list` shows.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Fetch a data set into the cache and verify it.

    Example: pellucid datasets fetch mnist
    """
    from pellucid.data.sources import SOURCES
    from pellucid.errors import DataError

    if name not in SOURCES:
        raise DataError(f"{name!r}: expected one of {', '.join(SOURCES)}.")
    row = SOURCES[name]
    where = None if row.fetch is None else str(row.fetch(tell))
    if as_json:
        say_json({"name": name, "path": where})
    elif where is None:
        say(f"{name} comes with scikit-learn: there is nothing to fetch.")
    else:
        say(f"{name} is in {where}")
