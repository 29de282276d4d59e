"""The weights of a network as lines: how they run, how they look, and the numbers on them."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from pellucid.arrays import Array
from pellucid.model.network import Network
from pellucid.views.style import Theme
from pellucid.views.surfaces import brief

# In the distance from one unit of a layer to the next:
RADIUS = 0.36
CLEAR = 0.8  # between the units of a layer and lines that bend around it
APART = 0.17  # between two such lines, where there are few
SPREAD = 1.0  # all of them
POINTS = 41  # of a line


@dataclass(frozen=True)
class Column:
    """A layer's place: the units that are drawn, and where."""

    x: float
    units: tuple[int, ...]
    ys: tuple[float, ...]
    left_out: int


@dataclass(frozen=True)
class Wire:
    """A weight's line.

    Attributes
    ----------
    value : float
        Of maxout the mean over the sums that the unit takes the largest of.
    share : float
        Of the largest of the connection, in size.
    number : bool
        Whether the value is that of one weight.
    points : (n, 2)
    """

    value: float
    share: float
    number: bool
    points: Array


def wires(network: Network, columns: list[Column]) -> list[Wire]:
    """Lay out the lines between the units that are drawn."""
    found = list[Wire]()
    for k, l in network.architecture.connections:
        pieces = network.architecture.layer(l).pieces
        W, mask = network.weights[k, l], network.architecture.mask(k, l)
        W = W.reshape(len(W), -1, pieces).mean(axis=2)
        there = np.ones(W.shape) if mask is None else mask.reshape(len(W), -1, pieces).sum(axis=2)
        ends = [(i, j) for i in columns[k].units for j in columns[l].units if there[i, j]]
        most = max((abs(float(W[end])) for end in ends), default=0.0) or 1.0
        ways = _ways(columns, k, l, ends)
        found += [
            Wire(float(W[end]), abs(float(W[end])) / most, pieces == 1, way)
            for end, way in zip(ends, ways, strict=True)
        ]
    return found


def _ways(columns: list[Column], k: int, l: int, ends: list[tuple[int, int]]) -> list[Array]:
    """Straight lines to the next layer; others bend around the layers between, as far as needed."""
    starts, stops = (
        [(columns[c].x, columns[c].ys[columns[c].units.index(end[side])]) for end in ends]
        for c, side in ((k, 0), (l, 1))
    )
    t = np.linspace(0.0, 1.0, POINTS)[:, None]
    if l == k + 1:
        return [(1 - t) * a + t * np.array(b) for a, b in zip(starts, stops, strict=True)]
    between = columns[k + 1 : l]
    edge = max(column.ys[0] for column in between) + CLEAR  # columns are as high as they are low
    middles = [(a[1] + b[1]) / 2 for a, b in zip(starts, stops, strict=True)]
    sides = [1.0 if middle >= 0 else -1.0 for middle in middles]
    found = []
    for n, (a, b, middle, side) in enumerate(zip(starts, stops, middles, sides, strict=True)):
        rank, many = sides[:n].count(side), sides.count(side)
        away = edge + rank * min(APART, SPREAD / many)
        found.append(_bent(a, b, side * max(away, side * middle), t))
    return found


def _bent(a: tuple[float, float], b: tuple[float, float], y: float, t: Array) -> Array:
    """A curve from a to b that is at height y half-way: Bézier's, of third order."""
    pull = (4 * y - (a[1] + b[1]) / 2) / 3
    third = 0.3 * (b[0] - a[0])
    corners = [a, (a[0] + third, pull), (b[0] - third, pull), b]
    weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3]
    curve: Array = sum(w * np.array(c) for w, c in zip(weights, corners, strict=True))
    return curve


def draw_lines(ax: Axes, lines: list[Wire], colours: Theme) -> None:
    """Draw weights that are not 0, the faintest below."""
    shown = sorted((wire for wire in lines if wire.value), key=lambda wire: wire.share)
    shares = np.array([wire.share for wire in shown])
    drawn = LineCollection(
        [wire.points for wire in shown],
        linewidths=0.3 + 2.2 * shares,
        colors=[colours.positive if wire.value > 0 else colours.negative for wire in shown],
        alpha=list(0.25 + 0.65 * shares) if shown else None,
        zorder=1,
    )
    ax.add_collection(drawn)


def draw_numbers(
    ax: Axes,
    lines: list[Wire],
    columns: list[Column],
    taken: list[tuple[float, float]],
    unit: float,
    colours: Theme,
) -> None:
    """Write each weight on its line, where it hides least.

    Parameters
    ----------
    taken : list of places
        Of text that is there already.
    unit : float
        Inches from one unit of a layer to the next.
    """
    points = float(np.clip(10.5 * unit, 6.5, 9))
    half = np.array([0.3 * points * 5, 0.62 * points]) / 72 / unit  # of five letters
    boxes = [np.array(place) for place in taken]
    units = np.array([(column.x, y) for column in columns for y in column.ys])
    for wire in lines:
        if not wire.number:
            continue
        others = np.concatenate(
            [units[:0], *(w.points for w in lines if w is not wire and w.value)]
        )
        place = min(
            wire.points[POINTS // 8 : -(POINTS // 8)],
            key=lambda at: _hidden(at, half, boxes, units, others, wire),
        )
        boxes.append(place)
        ax.text(
            place[0],
            place[1],
            brief(wire.value),
            fontsize=points,
            ha="center",
            va="center",
            color=colours.ink,
            zorder=2.5,
            bbox={"facecolor": colours.paper, "edgecolor": "none", "pad": 0.5},
        )


def _hidden(
    at: Array, half: Array, boxes: list[Array], units: Array, others: Array, wire: Wire
) -> float:
    """How much a number there would hide: other numbers, units, other lines; best is half-way."""
    numbers = sum(bool((np.abs(at - box) < 2.05 * half).all()) for box in boxes)
    beside = np.maximum(np.abs(units - at) - half, 0.0)
    circles = int((np.hypot(beside[:, 0], beside[:, 1]) < RADIUS + 0.03).sum())
    crossed = int((np.abs(others - at) < 1.1 * half).all(axis=1).sum())
    near = sum(max(0.0, 1 - float(np.hypot(*(at - box)))) for box in boxes)
    off = float(np.hypot(*(at - wire.points[POINTS // 2])))
    return 1000 * (numbers + circles) + crossed + 2 * near + 0.5 * off
