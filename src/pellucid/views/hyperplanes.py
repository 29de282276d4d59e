"""Where weighted sums are 0, as lines over two inputs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS
from pellucid.errors import DataError, UnsupportedError
from pellucid.inspection.agreement import in_float64
from pellucid.inspection.responses import Response
from pellucid.model.network import Network
from pellucid.network.passes import forward, scale_inputs, views
from pellucid.network.segments import buffer_segments
from pellucid.views.style import Theme

ARROWS = 12  # units whose lines have arrows and names
MOST = 300  # examples that arrows keep away from
LONG = 16.0  # points that an arrow is long


def draw_hyperplanes(
    ax: Axes, network: Network, response: Response, rows: Array | None, colours: Theme
) -> None:
    """Draw where each weighted sum of layer 1 is 0, with an arrow to where it is positive.

    The inputs that are not shown are what they are in the response. Arrows keep away from `rows`.

    Raises
    ------
    DataError, UnsupportedError
    """
    _check(network, response)
    W, b = _plane(network, response)
    few = len(b) <= ARROWS
    label = None if few else "weighted sum 0"  # arrows have names of their own
    taken = [] if rows is None else list(rows[:: 1 + len(rows) // MOST])
    for unit, (w, c) in enumerate(zip(W.T, b, strict=True)):
        ends = _crossing(w, float(c), response.axes)
        if ends is None:
            continue
        ax.plot(
            ends[:, 0],
            ends[:, 1],
            "--",
            color=colours.ink,
            linewidth=1.2 if few else 0.6,
            zorder=2,
            label=label,
        )
        label = None
        if few:
            taken.append(_apart(ends, taken, response.axes))
            _arrow(ax, taken[-1], w, unit, colours)


def _check(network: Network, response: Response) -> None:
    architecture = network.architecture
    if architecture.n_inputs != len(response.at):
        raise DataError(
            f"network: expected the one that the response is of, with {len(response.at)} inputs, "
            f"got one with {architecture.n_inputs}."
        )
    layer = architecture.layer(1)
    if layer.norm == "layer" or ACTIVATIONS[layer.activation].grouped:
        raise UnsupportedError(
            "network: expected a first layer whose units divide the plane by straight lines; with "
            "layer normalization or maxout they do not. Leave network= out."
        )


def _plane(network: Network, response: Response) -> tuple[Array, Array]:
    """The weighted sums, normalized where they are, as x·W + b of the two inputs as they come."""
    rows = np.tile(response.at, (3, 1))
    rows[:, list(response.inputs)] = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    held = in_float64(network)
    parameters = views(held.parameters, held.segments)
    buffers = views(held.buffers, buffer_segments(held.architecture))
    A0 = scale_inputs(held.architecture, rows, np.float64)
    b, *units = forward(held.architecture, parameters, A0, buffers=buffers).N[1]
    return np.array(units) - b, b


def _crossing(w: Array, c: float, spans: tuple[Array, ...]) -> Array | None:
    """Where the line w·x + c = 0 enters and leaves the picture, (2, 2)."""
    found: list[tuple[float, float]] = []
    for fixed, free in ((0, 1), (1, 0)):
        for edge in (spans[fixed][0], spans[fixed][-1]):
            if w[free] == 0:
                continue
            at = -(c + w[fixed] * edge) / w[free]
            if spans[free][0] <= at <= spans[free][-1]:
                found.append((edge, at) if fixed == 0 else (at, edge))
    if len(found) < 2:
        return None
    points = np.array(sorted(found))
    return points[[0, -1]]


def _apart(ends: Array, taken: list[Array], spans: tuple[Array, ...]) -> Array:
    """The place on a line that is furthest from what is there already."""
    places = ends[0] + np.array([0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.5])[:, None] * (ends[1] - ends[0])
    if not taken:
        return np.array(places[0])
    size = np.array([np.ptp(span) for span in spans])
    apart = np.linalg.norm((places[:, None] - np.array(taken)) / size, axis=2).min(axis=1)
    return np.array(places[apart.argmax()])


def _arrow(ax: Axes, at: Array, w: Array, unit: int, colours: Theme) -> None:
    """From the line to its positive side, at a right angle as it is seen."""
    seen = w.copy()
    if ax.get_aspect() == "auto":
        spans = [np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())]
        seen = w * spans / [ax.bbox.width, ax.bbox.height]
    way = seen / np.linalg.norm(seen)
    around = [Stroke(linewidth=2.5, foreground=colours.paper), Normal()]  # to be read over points
    ax.annotate(
        "",
        (float(at[0]), float(at[1])),
        xytext=(LONG * float(way[0]), LONG * float(way[1])),
        textcoords="offset points",
        arrowprops={
            "arrowstyle": "<|-",
            "color": colours.ink,
            "shrinkA": 0,
            "shrinkB": 0,
            "linewidth": 1.2,
        },
        zorder=4,
    )
    ax.annotate(
        f"$z_{{{unit}}}$",
        (float(at[0]), float(at[1])),
        xytext=((LONG + 8) * float(way[0]), (LONG + 8) * float(way[1])),
        textcoords="offset points",
        ha="center",
        va="center",
        color=colours.ink,
        path_effects=around,
        zorder=5,
    )
