"""A network drawn: units as circles, weights as lines, with one example's numbers on them."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle

from pellucid.arrays import Array
from pellucid.inspection.traced import Trace
from pellucid.model.network import Network
from pellucid.views.style import Theme, axes, bare, theme_of

MOST = 8  # units of a layer that are drawn; of more the first and the last, with dots between
RADIUS = 0.32


@dataclass(frozen=True)
class _Layer:
    """A layer's place: the units that are drawn, and where."""

    x: float
    units: tuple[int, ...]
    ys: tuple[float, ...]
    left_out: int

    def at(self, unit: int) -> tuple[float, float]:
        return self.x, self.ys[self.units.index(unit)]


def plot_network(
    network: Network,
    trace: Trace | None = None,
    *,
    example: int = 0,
    most: int = MOST,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw the network; with a trace, the activations of one example in its units.

    Width and colour of a line say how large a weight is and which sign it has. Of wide layers the
    first and the last units are drawn, and how many are left out is said.

    Parameters
    ----------
    network : Network
    trace : Trace, optional
        As ``pellucid.trace`` makes it.
    example : int
        Which example of the trace.
    most : int
        Units of a layer that are drawn.

    Returns
    -------
    Axes
    """
    ax, colours = bare(axes(ax, theme, (7.5, 5.0))), theme_of(theme)
    architecture = network.architecture
    sizes = [architecture.units(l) for l in range(architecture.n_layers + 1)]
    layers = [_placed(l, size, most) for l, size in enumerate(sizes)]
    for k, l in architecture.connections:
        W = network.weights[k, l]
        pieces = architecture.layer(l).pieces
        _lines(ax, layers[k], layers[l], W.reshape(len(W), -1, pieces).mean(axis=2), colours)
    small = max(sizes) <= most and sum(sizes) <= 24
    for l, layer in enumerate(layers):
        A = None if trace is None else trace.A[l][example]
        _units(ax, layer, A, colours, numbers=small or trace is not None)
        name = "input" if l == 0 else architecture.layer(l).activation
        ax.text(
            layer.x,
            _bottom(layers) - 0.9,
            f"{sizes[l]} {name}",
            ha="center",
            va="top",
            color=colours.ink,
            fontsize="small",
        )
    if small:
        _weights_as_numbers(ax, network, layers, colours)
    ax.set_xlim(-0.8, layers[-1].x + 0.8)
    ax.set_ylim(_bottom(layers) - 1.5, -_bottom(layers) + 0.8)
    ax.set_aspect("equal")
    return ax


def _placed(l: int, size: int, most: int) -> _Layer:
    """Where the units of a layer stand: one below the other, a gap in the middle of some."""
    if size <= most:
        units, slots, left_out = tuple(range(size)), [float(i) for i in range(size)], 0
    else:
        above, below = (most + 1) // 2, most // 2
        units = (*range(above), *range(size - below, size))
        slots = [float(i) + (1.0 if i >= above else 0.0) for i in range(most)]
        left_out = size - most
    middle = slots[-1] / 2
    return _Layer(2.6 * l, units, tuple(middle - slot for slot in slots), left_out)


def _bottom(layers: list[_Layer]) -> float:
    return min(layer.ys[-1] for layer in layers)


def _lines(ax: Axes, source: _Layer, to: _Layer, W: Array, colours: Theme) -> None:
    """The weights between the units that are drawn; the faintest below."""
    ends = [(i, j) for i in source.units for j in to.units if W[i, j] != 0]
    ends.sort(key=lambda end: abs(W[end]))
    largest = max((abs(float(W[end])) for end in ends), default=1.0)
    sizes = np.array([abs(float(W[end])) / largest for end in ends])
    lines = LineCollection(
        [(source.at(i), to.at(j)) for i, j in ends],
        linewidths=0.3 + 2.2 * sizes,
        colors=[colours.positive if W[end] > 0 else colours.negative for end in ends],
        alpha=list(0.25 + 0.65 * sizes) if ends else None,
        zorder=1,
    )
    ax.add_collection(lines)


def _units(ax: Axes, layer: _Layer, A: Array | None, colours: Theme, *, numbers: bool) -> None:
    for unit in layer.units:
        x, y = layer.at(unit)
        value = None if A is None else float(A[unit])
        ax.add_patch(
            Circle((x, y), RADIUS, facecolor=colours.paper, edgecolor=colours.ink, zorder=2)
        )
        if value is not None and numbers:
            text = f"{value:.2f}" if abs(value) < 100 else f"{value:.0e}"
            ax.text(x, y, text, ha="center", va="center", fontsize=7, color=colours.ink, zorder=3)
    if layer.left_out:
        half = len(layer.units) // 2 + len(layer.units) % 2
        y = (layer.ys[half - 1] + layer.ys[half]) / 2
        ax.text(
            layer.x,
            y,
            f"⋮ {layer.left_out} more",
            ha="center",
            va="center",
            fontsize="small",
            color=colours.ink,
            zorder=3,
        )


def _weights_as_numbers(ax: Axes, network: Network, layers: list[_Layer], colours: Theme) -> None:
    """Each weight beside its line, nearer to the unit it leads to; each bias above its unit."""
    for k, l in network.architecture.connections:
        W = network.weights[k, l]
        if W.size > 12 or W.shape[1] != network.architecture.units(l):
            continue
        for i, j in np.ndindex(W.shape):
            (x0, y0), (x1, y1) = layers[k].at(i), layers[l].at(j)
            at = 0.22 + 0.12 * ((2 * j + i) % 4)  # so that numbers of crossing lines are apart
            ax.text(
                x0 + at * (x1 - x0),
                y0 + at * (y1 - y0),
                f"{W[i, j]:.2f}",
                fontsize=6,
                ha="center",
                va="center",
                color=colours.ink,
                zorder=2,
                bbox={"facecolor": colours.paper, "edgecolor": "none", "pad": 0.5},
            )
