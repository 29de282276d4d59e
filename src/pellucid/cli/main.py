"""The ``pellucid`` command: names and their commands, and what becomes of errors."""

import os
import sys

import typer

from pellucid.cli.console import tell
from pellucid.cli.datasets import app as datasets
from pellucid.cli.evaluate import evaluate
from pellucid.cli.formulas import formulas
from pellucid.cli.info import info
from pellucid.cli.inspect import inspect
from pellucid.cli.options import Grouped
from pellucid.cli.predict import predict
from pellucid.cli.tour import tour
from pellucid.cli.train import train
from pellucid.errors import ArchitectureError, PellucidError, RecipeError, UnsupportedError

app = typer.Typer(
    help="Train dense neural networks, fast, and look inside them.\n\n"
    "Example: pellucid train digits",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=Grouped)(train)
app.command()(evaluate)
app.command()(predict)
app.command(cls=Grouped)(inspect)
app.add_typer(datasets, name="datasets")
app.command()(formulas)
app.command()(info)
app.command()(tour)

WRONG_USAGE = (ArchitectureError, RecipeError, UnsupportedError)


def main() -> None:
    """Run the command line; exit with 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    try:
        app(prog_name="pellucid")
    except PellucidError as problem:
        tell(f"pellucid: {problem}")
        sys.exit(2 if isinstance(problem, WRONG_USAGE) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be said, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
