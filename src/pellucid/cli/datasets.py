"""``pellucid datasets``: those that have a name, what any of them holds, and fetching them."""

from pathlib import Path
from textwrap import wrap
from typing import Annotated

import typer

from pellucid.cli.console import say, say_json, tell

app = typer.Typer(
    help="List, show and fetch data sets.\n\nExample: pellucid datasets list",
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
    from pellucid.data.memory import bytes_said
    from pellucid.data.sources import SOURCES

    sizes = {
        name: sum(path.stat().st_size for path in row.kept() if path.is_file())
        for name, row in SOURCES.items()
    }
    if as_json:
        say_json(
            {
                name: {
                    "description": row.description,
                    "citation": row.citation,
                    "here": row.fetch is None or sizes[name] > 0,
                    "bytes": sizes[name],
                }
                for name, row in SOURCES.items()
            }
        )
        return
    width = max(map(len, SOURCES)) + 2
    for name, row in SOURCES.items():
        here = f"here, {bytes_said(sizes[name])}" if sizes[name] else "not here yet"
        if row.fetch is None:
            here = "comes with scikit-learn"
        lines = [*wrap(row.description, 80 - width), *wrap(row.citation, 80 - width), here]
        for label, line in zip([name] + [""] * len(lines), lines, strict=False):
            say(f"{label:<{width}}{line}")


@app.command()
def show(
    data: Annotated[str, typer.Argument(help="A data set: its name, a file or a folder.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="PICTURE", help="Write a contact sheet: .png, .svg or .pdf."),
    ] = None,
    augment: Annotated[
        str | None,
        typer.Option(help='Draw how these distort: "shift:2,rotate:15"; see train.'),
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Of a table: what is predicted.")
    ] = None,
    theme: Annotated[str, typer.Option(help="Of the picture: light or dark.")] = "light",
    seed: Annotated[int, typer.Option(help="Draws the examples that are shown.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show what a data set holds: parts, inputs, classes and how even they are, pictures.

    Of a table without a target, its columns are shown.

    Example: pellucid datasets show digits --out digits.png
    """
    from pellucid.cli.columns import check_no_picture, columns_in
    from pellucid.cli.data_sets import reading_of
    from pellucid.cli.showing import check_out, draw, figures, shown
    from pellucid.data.sources import load_data

    check_out(out, augment)
    if target is None and (columns := columns_in(data)) is not None:
        check_no_picture(out, data)
        say_json(columns.as_dict()) if as_json else say(str(columns))
        return
    found = load_data(data, tell, reading_of({"target": target}))
    if out is not None:
        draw(found, out, seed, theme, augment)
        tell(f"the picture is in {out}")
    if as_json:
        say_json(figures(found) | ({} if out is None else {"out": str(out)}))
    else:
        say(shown(found, seed))


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A name that `pellucid datasets list` shows.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Fetch a data set into the cache and verify it.

    Example: pellucid datasets fetch mnist
    """
    from pellucid.data.sources import SOURCES, source_of
    from pellucid.errors import DataError

    row = source_of(name)
    if row is None:
        raise DataError(f"{name!r}: expected one of {', '.join(SOURCES)}.")
    where = None if row.fetch is None else str(row.fetch(tell))
    if as_json:
        say_json({"name": name, "path": where})
    elif where is None:
        say(f"{name} comes with scikit-learn: there is nothing to fetch.")
    else:
        say(f"{name} is in {where}")
