"""``pellucid tour``: the first minutes with Pellucid."""

from typing import Annotated

import typer

from pellucid.cli.console import say_json


def tour(
    seed: Annotated[int | None, typer.Option(help="Of weights and order.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Only the figures, as JSON.")] = False,
) -> None:
    """Watch a network learn to read handwritten digits.

    Example: pellucid tour
    """
    from pellucid.cli.first_minutes import first_minutes, prepared
    from pellucid.cli.training import carry_out

    if as_json:
        say_json(carry_out(prepared(seed)).figures)
    else:
        first_minutes(seed)
