"""Regions of classes over two inputs, thinly coloured, with the examples on them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from pellucid.arrays import Array
from pellucid.inspection.responses import Response
from pellucid.views.style import MARKERS, Theme, literal
from pellucid.views.targets import judged, names

TINT = 0.24  # of a class's colour in its region
NAMED = 10  # classes that a legend names
MANY = 400  # points beyond which they are small


def draw_regions(
    ax: Axes,
    response: Response,
    rows: Array | None,
    Y: npt.ArrayLike | None,
    classes: Sequence[str] | None,
    colours: Theme,
) -> None:
    """Tints of the classes, a line between them, and the examples."""
    margins = _margins(response)
    n = margins.shape[-1]
    named = [literal(name) for name in names(classes, n)]
    for k in range(n):
        _tint(ax, response, margins[..., k], colours.of_class(k), colours)
    if rows is None:
        for k in range(n if n <= NAMED else 0):
            ax.fill_between([], [], color=_mixed(colours.of_class(k), colours), label=named[k])
    elif Y is None:
        _points(ax, rows, colours.ink, "o", None, colours)
    else:
        single = response.values.ndim == 2 or response.values.shape[-1] == 1
        _, codes = judged(np.zeros((len(rows), 1 if single else n)), Y)
        for k in range(n):
            label = named[k] if n <= NAMED else None
            marker = MARKERS[k % len(MARKERS)]
            _points(ax, rows[codes == k], colours.of_class(k), marker, label, colours)


def _margins(response: Response) -> Array:
    """By how much each class is ahead of the others, (n_0, n_1, classes)."""
    values = response.values if response.values.ndim == 3 else response.values[..., None]
    if values.shape[-1] == 1:
        return np.concatenate([0.5 - values, values - 0.5], axis=-1)
    others = [np.delete(values, k, axis=-1).max(axis=-1) for k in range(values.shape[-1])]
    margins: Array = values - np.stack(others, axis=-1)
    return margins


def _tint(ax: Axes, response: Response, margin: Array, colour: str, colours: Theme) -> None:
    """The region where a class is ahead, and its border."""
    if not (margin > 0).any():
        return
    x, y = response.axes
    top = float(margin.max()) + 1.0
    ax.contourf(x, y, margin.T, levels=[0.0, top], colors=[_mixed(colour, colours)], zorder=0)
    if (margin < 0).any():
        ax.contour(x, y, margin.T, levels=[0.0], colors=colours.ink, linewidths=0.8, zorder=1)


def _mixed(colour: str, colours: Theme) -> tuple[float, float, float]:
    """A colour on paper, thinly."""
    parts = zip(to_rgb(colour), to_rgb(colours.paper), strict=True)
    red, green, blue = (TINT * ink + (1 - TINT) * paper for ink, paper in parts)
    return red, green, blue


def _points(
    ax: Axes, rows: Array, colour: str, marker: str, label: str | None, colours: Theme
) -> None:
    ax.scatter(
        rows[:, 0],
        rows[:, 1],
        s=size_of(rows),
        color=colour,
        marker=marker,
        edgecolors=colours.paper,
        linewidths=0.7,
        label=label,
        zorder=3,
    )


def size_of(rows: Array) -> int:
    """Of points, so that many can be told apart."""
    return 14 if len(rows) > MANY else 34
