"""The part of a report about the data: how they are split, what they hold, what they look like."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.views.report.ink import ink
from pellucid.views.report.page import Block, Picture, Pictures, Section, Table, Text, picture
from pellucid.views.report.reported import Judged, Reported, codes, number
from pellucid.views.style import axes, literal, theme_of

PARTS = ("training", "validation", "test")  # each has its colour
USES = {
    "training": "the steps",
    "validation": "judging each epoch; never taken from the test part",
    "test": "the last judgement only",
}
COLUMNS = 20  # of a table whose columns are described
SHOWN = 10  # classes, or examples, that are shown as pictures
SAMPLE = 20_000  # rows that the columns are described by


def about_data(told: Reported) -> Section:
    """Return what there is to learn from."""
    rows = tuple((part.name, f"{len(part.examples):,}", USES[part.name]) for part in told.parts)
    blocks: list[Block] = [Text(told.source)] if told.source else []
    blocks.append(Table(("part", "examples", "used for"), rows))
    blocks.append(_balance(told) if told.model.classes is not None else _targets(told))
    blocks += _pictures(told) if told.model.image is not None else [_columns(told)]
    return Section("Data", tuple(blocks))


def _balance(told: Reported) -> Picture:
    names = told.model.classes
    assert names is not None
    shares = {
        part.name: np.bincount(codes(part.examples.Y), minlength=len(names)) / len(part.examples)
        for part in told.parts
    }
    caption = "Share of each class in each part. Where they are uneven, accuracy flatters."
    return picture(partial(_draw_balance, names, shares), caption, (7.0, 2.8))


def _draw_balance(
    names: tuple[str, ...], shares: dict[str, Array], figure: Figure, theme: str
) -> None:
    ax = axes(figure.add_subplot(), theme)
    width, at = 0.8 / len(shares), np.arange(len(names))
    for i, (part, values) in enumerate(shares.items()):
        colour = theme_of(theme).series[PARTS.index(part)]
        ax.bar(at + (i + 0.5) * width - 0.4, 100 * values, width, label=part, color=colour)
    many = max(len(names) // 30, 1)  # a name under every so many
    long = max(map(len, names)) * len(names) > 70
    written = [literal(name) for name in names[::many]]
    ax.set_xticks(at[::many], written, rotation=90 if long else 0)
    ax.set(ylabel="per cent of the part")
    _legend(ax, theme)


def _targets(told: Reported) -> Picture:
    caption = "The targets in each part, as shares of the part."
    return picture(partial(_draw_targets, told.parts), caption, (7.0, 2.8))


def _draw_targets(parts: tuple[Judged, ...], figure: Figure, theme: str) -> None:
    ax = axes(figure.add_subplot(), theme)
    everything = np.concatenate([part.Y.ravel() for part in parts])
    edges = np.histogram_bin_edges(everything, 30).tolist()
    for part in parts:
        Y = part.Y.ravel()
        colour, each = theme_of(theme).series[PARTS.index(part.name)], np.full(len(Y), 100 / len(Y))
        ax.hist(Y, edges, weights=each, histtype="step", label=part.name, color=colour)
    ax.set(xlabel="target", ylabel="per cent of the part")
    _legend(ax, theme)


def _legend(ax: Axes, theme: str) -> None:
    """Name the parts above the picture, where nothing is hidden."""
    ink = theme_of(theme).ink
    above: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1)}
    ax.legend(frameon=False, labelcolor=ink, ncols=len(PARTS), **above)


def _pictures(told: Reported) -> list[Block]:
    """The first training example of each class."""
    examples, names, image = told.parts[0].examples, told.model.classes, told.model.image
    assert image is not None
    if names is None:
        firsts, titles = list(range(min(SHOWN, len(examples)))), [""] * SHOWN
    else:
        right = codes(examples.Y)
        firsts = [int(np.argmax(right == k)) for k in range(len(names)) if (right == k).any()]
        titles = [names[int(right[row])] for row in firsts]
    shown = tuple(
        ink(examples.X[row : row + 1][0], image, title, 0.85)
        for row, title in zip(firsts[:SHOWN], titles, strict=False)
    )
    return [Text(_layout(image)), Pictures(shown)]


def _layout(image: ImageFormat) -> str:
    """What a row is, in a sentence."""
    if image.centring != "whole":
        what = (
            f"{image.height} × {image.width} pixels each, from 0 (paper) to {image.maximum} (ink)"
        )
        return f"Pictures of {what}."
    numbers = "each of three colours" if image.channels == 3 else "grey"
    return (
        f"Photographs {image.width} pixels wide and {image.height} high, {numbers} from 0 (dark) "
        f"to {image.maximum} (light)."
    )


def _columns(told: Reported) -> Table:
    examples = told.parts[0].examples
    rows = np.asarray(examples.X[: min(SAMPLE, len(examples))], np.float64)
    lines = []
    names = told.input_names or [str(j) for j in range(rows.shape[1])]
    for name, column in zip(names, rows.T[:COLUMNS], strict=False):
        at = column.min(), column.mean(), column.max(), column.std(), len(np.unique(column))
        lines.append((name, *map(number, at)))
    head = ("input", "least", "mean", "greatest", "deviation", "different values")
    n = rows.shape[1]
    more = f" The first {COLUMNS} of {n:,} are shown." if n > COLUMNS else ""
    of = f"the first {len(rows):,}" if len(rows) < len(examples) else "all"
    return Table(head, tuple(lines), f"Inputs, over {of} training examples.{more}")
