"""The parts of a report that look inside: the doctor's findings, weights, one example walked."""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.inspection.trace import trace
from pellucid.inspection.traced import Trace
from pellucid.inspection.walk import walk
from pellucid.network.architecture import Architecture
from pellucid.views.histograms import plot_activation_histograms
from pellucid.views.report.ink import ink
from pellucid.views.report.page import Block, Formulas, Notice, Picture, Section, Text, picture
from pellucid.views.report.reported import Reported, as_given, codes
from pellucid.views.weights import plot_activations, plot_unit_weights

UNITS = 24  # whose weights are drawn
ACROSS = {1: 8, 3: 4}  # so many in a line, by channels
PANELS = {1: 1.0, 3: 3.2}  # and how many pictures wide each is, with the gaps between
SAMPLE = 512  # examples whose activations are counted
BATCH = 32  # examples that a step of the walk averages over


def about_health(told: Reported) -> Section:
    """Return what the doctor found."""
    diagnosis = told.diagnosis
    notices = tuple(
        Notice(
            f"{finding.fault} ({finding.where})",
            finding.evidence,
            (("command line", finding.command_line), ("Python", finding.python)),
            finding.severity,
        )
        for finding in diagnosis
    )
    looked = f"Looked for: {', '.join(diagnosis.looked_at)}."
    left = "".join(f" Not looked for: {name}, {why}." for name, why in diagnosis.left_out.items())
    found = () if notices else (Text("Nothing found."),)
    return Section("Doctor", (*found, *notices, Text(looked + left)))


def about_inside(told: Reported) -> Section:
    """Return what the neurons have become."""
    blocks: list[Block] = []
    architecture, image = told.model.network.architecture, told.model.image
    if image is not None and (0, 1) in architecture.connections:
        n = min(architecture.sums(1), UNITS)
        across = ACROSS[image.channels]
        high = 7.5 / across * image.height / (image.width * PANELS[image.channels]) + 0.02
        draw = partial(_weights, told, n, across)
        size = 7.5, min(max(high, 0.3), 2.0) * -(-n // across)
        caption = _about_weights(image, n, architecture.sums(1))
        blocks.append(picture(draw, caption, size, pixels=True))
    caption = (
        f"Activations of each layer over {min(SAMPLE, len(told.last.examples))} examples of the "
        f"{told.last.name} part."
    )
    height = 0.5 + 1.1 * architecture.n_layers
    blocks.append(picture(partial(_activations, told), caption, (7.0, height)))
    return Section("Inside", tuple(blocks))


def _about_weights(image: ImageFormat, n: int, of: int) -> str:
    what = "light" if image.centring == "whole" else "ink"
    panels = " Of each the weights from red, green and blue." if image.channels == 3 else ""
    return (
        f"Weights from the pixels into {n} of the {of:,} neurons of layer 1: "
        f"blue answers to {what}, orange is against it.{panels}"
    )


def _weights(told: Reported, n: int, across: int, figure: Figure, theme: str) -> None:
    assert told.model.image is not None
    places = figure.subplots(-(-n // across), across, squeeze=False).ravel()
    for ax in places[n:]:
        ax.set_axis_off()
    network = told.model.network
    for unit, ax in zip(_spread(network.architecture, n), places[:n], strict=True):
        plot_unit_weights(network, unit, told.model.image, ax=ax, theme=theme)
        ax.set_title("")


def _spread(architecture: Architecture, n: int) -> list[int]:
    """The first units of layer 1; where each sees a part of the picture, some from all over it."""
    if 0 not in architecture.layer(1).masks:
        return list(range(n))
    return [int(unit) for unit in np.linspace(0, architecture.sums(1) - 1, n).round()]


def _activations(told: Reported, figure: Figure, theme: str) -> None:
    traced = _traced(told, np.arange(min(SAMPLE, len(told.last.examples))))
    plot_activation_histograms(traced, ax=figure.add_subplot(), theme=theme)


def about_one_example(told: Reported) -> Section:
    """Return one example on its way forward and back, with all numbers."""
    row, part = told.example, told.last
    loss = part.report.losses
    said = f"Row {row} of the {part.name} part" + (
        f", the one with the largest loss, {loss[row]:.4g}" if loss is not None else ""
    )
    step = "In the walk it is example 0 of a batch, over which the step at the end averages."
    blocks: list[Block] = [Text(f"{said}{_answer(told, row)}. {step}")]
    if told.model.image is not None:
        blocks.append(ink(part.examples.X[row : row + 1][0], told.model.image, "", 1.6))
    blocks += [_shown(told, row), Formulas(_walked(told, row))]
    return Section("One example, forward and back", tuple(blocks))


def _answer(told: Reported, row: int) -> str:
    names = told.model.classes
    if names is None:
        return ""
    right, taken = (int(codes(A[row : row + 1])[0]) for A in (told.last.examples.Y, told.last.P))
    return f": a {names[right]}, taken for a {names[taken]}"


def _shown(told: Reported, row: int) -> Picture:
    n = told.model.network.architecture.n_layers
    caption = "Its activations, layer by layer: the paper is 0, blue positive, orange negative."
    return picture(partial(_cells, told, row), caption, (7.5, 0.8 + 0.6 * n))


def _cells(told: Reported, row: int, figure: Figure, theme: str) -> None:
    plot_activations(_traced(told, np.array([row])), ax=figure.add_subplot(), theme=theme)


def _traced(told: Reported, rows: Array) -> Trace:
    loss = told.run.plan.recipe.loss
    X, Y, _ = as_given(told.last.examples.take(rows), loss)
    return trace(told.model.network, X, Y, loss)


def _walked(told: Reported, row: int) -> str:
    """The walk of the row, in a batch with those after it, as notebooks show it."""
    examples = told.last.examples
    rows = (row + np.arange(min(BATCH, len(examples)))) % len(examples)
    recipe = told.run.plan.recipe
    X, Y, _ = as_given(examples.take(rows), recipe.loss)
    return walk(told.model.network, X, Y, row=0, recipe=recipe)._repr_html_()
