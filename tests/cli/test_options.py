from typing import Annotated

import pytest
import typer

from pellucid.cli.options import Grouped

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(cls=Grouped)
def bake(
    cake: Annotated[str, typer.Argument(help="Which.")],
    eggs: Annotated[int, typer.Option(help="How many.", rich_help_panel="Dough")] = 3,
    topping: Annotated[str, typer.Option(help="What.", rich_help_panel="On top")] = "none",
    flour: Annotated[int, typer.Option(help="Grams.", rich_help_panel="Dough")] = 200,
) -> None:
    """Bake."""


@pytest.fixture
def lines(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        app(["--help"], prog_name="bake")
    return capsys.readouterr().out.splitlines()


def test_options_stand_under_their_headings(lines):
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Arguments:", "Dough:", "On top:", "Options:"]
    dough = lines[lines.index("Dough:") + 1 : lines.index("On top:")]
    assert [line.split()[0] for line in dough if line] == ["--eggs", "--flour"]


def test_all_explanations_begin_in_the_same_column(lines):
    said = ("Which.", "How many.", "What.", "Grams.")
    assert len({line.index(text) for line in lines for text in said if text in line}) == 1
