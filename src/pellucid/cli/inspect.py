"""``pellucid inspect``: look inside a model, as numbers and equations."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pellucid.cli.console import say, say_json

looking = partial(typer.Option, rich_help_panel="What to look at")
walking = partial(typer.Option, rich_help_panel="Walks")
choosing = partial(typer.Option, rich_help_panel="Which examples")


def inspect(
    model: Annotated[Path, typer.Argument(help="A run, or a model file.")],
    walk: Annotated[
        str | None,
        looking(metavar="DATA", help="One example forward and back, an equation a line."),
    ] = None,
    doctor: Annotated[
        str | None,
        looking(metavar="DATA", help="What is wrong, by which number, and what to change."),
    ] = None,
    matters: Annotated[
        str | None, looking(metavar="DATA", help="The weights that matter most, each nudged.")
    ] = None,
    attribute: Annotated[
        str | None,
        looking(metavar="DATA", help="Which inputs made the predictions."),
    ] = None,
    dimensions: Annotated[
        bool, looking("--dimensions", help="Every equation with its shapes.")
    ] = False,
    graph: Annotated[
        str | None,
        looking(help="What each derivative is made from: text, mermaid or graphviz."),
    ] = None,
    chain: Annotated[
        str | None, looking(metavar="NAME", help="The chain rule for a name such as w_2,3^1.")
    ] = None,
    collapse: Annotated[
        bool, looking("--collapse", help="Layers without non-linearity as one matrix.")
    ] = False,
    row: Annotated[
        int | None,
        choosing(help="The example, counted from 0. [walks 0, attributions all]"),
    ] = None,
    part: Annotated[str | None, choosing(help="train or test. [test, where there is one]")] = None,
    batch_size: Annotated[
        int | None, choosing(help="Examples from --row on that a walk averages over. [the run's]")
    ] = None,
    notation: Annotated[
        str, walking(help="Names: from_zero, from_one, sums or matrix.")
    ] = "from_zero",
    layout: Annotated[str, walking("--format", help="text, markdown, latex or html.")] = "text",
    units: Annotated[int | None, walking(help="Of a wide layer, how many to show.")] = None,
    terms: Annotated[int | None, walking(help="Of a long sum, how many to write out.")] = None,
    focus: Annotated[
        list[str] | None, walking(metavar="NAME", help="Show this one too: a_12^1, w_2,3^1.")
    ] = None,
    digits: Annotated[int | None, walking(help="Of each number. [4, in deep networks 3]")] = None,
    method: Annotated[
        str,
        looking(help="Of --attribute: integrated_gradients, gradient or gradient_x_input."),
    ] = "integrated_gradients",
    by: Annotated[str, looking(help="Of --matters: gradient or contribution.")] = "gradient",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Look inside a model. Without an option: its layers, and every equation with its shapes.

    Example: pellucid inspect runs/mnist-1 --walk mnist --row 7
    """
    from pellucid.cli.asking import Asked, check_used
    from pellucid.cli.inspecting import LOOKS, Examined

    asked = Asked(
        row=row,
        batch_size=batch_size,
        notation=notation,
        layout=layout,
        units=units,
        terms=terms,
        focus=tuple(focus or ()),
        digits=digits,
        method=method,
        by=by,
    )
    wanted = {
        "walk": walk,
        "doctor": doctor,
        "matters": matters,
        "attribute": attribute,
        "dimensions": dimensions,
        "graph": graph,
        "chain": chain,
        "collapse": collapse,
    }
    check_used(asked, {name for name, value in wanted.items() if value})
    found: dict[str, object] = {}
    examined = Examined(model, part)
    chosen = {name: value for name, value in wanted.items() if value} or {"summary": True}
    for i, (name, value) in enumerate(chosen.items()):
        result = LOOKS[name](examined, value, asked)
        if as_json:
            found[name] = result.data()
        else:
            say(("\n" if i else "") + result.text())
    if as_json:
        say_json({"model": str(model), **found})
