"""A network drawn: units as circles, weights as lines, with one example's numbers on them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from pellucid.arrays import Array
from pellucid.errors import DataError
from pellucid.inspection.traced import Trace
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.views.given import expect
from pellucid.views.style import Theme, axes, bare, inches, over, theme_of
from pellucid.views.surfaces import brief
from pellucid.views.wires import RADIUS, Column, draw_lines, draw_numbers, wires

MOST = 8  # units of a layer that are drawn; of more the first and the last, with dots between
MOST_WEIGHTS = 24  # that are written beside their lines
# In the distance from one unit of a layer to the next:
NEAR, FAR = 2.0, 3.4  # from layer to layer
ABOVE, BELOW, SIDE = 0.75, 0.55, 0.8  # what is around the outermost units
TEXT = 0.32  # a line of a caption
# In inches:
WIDTH, HEIGHT = 7.5, 5.0  # of a new figure at most; wider, where there are very many layers
APART = 0.62  # from layer to layer at least, for the captions
LARGEST = 0.85  # from unit to unit
READABLE = 0.4  # from unit to unit, from where on numbers fit into circles
NORMS = {"batch": "batch normalization", "layer": "layer normalization"}
BIASES = {"layer": "one bias for all", "none": "no bias"}


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

    Width and colour of a line say how large a weight is, beside the others of its connection, and
    which sign it has; skip connections bend around the layers between. Of wide layers the first
    and the last units are drawn, and how many are left out is said. Small networks have their
    weights on the lines and their biases above the units.

    Parameters
    ----------
    network : Network
    trace : Trace, optional
        As ``pellucid.trace`` makes it. Units are filled by their activation, on a scale of their
        layer: the paper is 0, blue positive, orange negative.
    example : int
        Which example of the trace.
    most : int
        Units of a layer that are drawn, at least 2.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        A trace of another network, or no such example.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(2, "sigmoid"), pel.Dense(1, "sigmoid")], seed=0)
    >>> ax = plot_network(network, pel.trace(network, [[1.0, 2.0]], [[1.0]]))
    >>> len(ax.patches)
    5
    """
    expect("network", network, Network, "pel.Network")
    architecture = network.architecture
    sizes = [architecture.units(l) for l in range(architecture.n_layers + 1)]
    _check(sizes, trace, example, most)
    low, high = _extent(network, _columns(sizes, most, 1.0))
    captions = [_said(architecture, l) for l in range(len(sizes))]
    bottom = low - BELOW - TEXT * (1 + max(caption.count("\n") for caption in captions))
    ax, gap, unit = _sheet(ax, theme, architecture.n_layers, high + ABOVE - bottom)
    columns, colours = _columns(sizes, most, gap), theme_of(theme)
    lines = wires(network, columns)
    draw_lines(ax, lines, colours)
    for l, column in enumerate(columns):
        A = None if trace is None else np.asarray(trace.A[l][example])
        _units(ax, column, A, theme, unit)
        _caption(ax, column.x, low - RADIUS - 0.12, captions[l], colours, unit)
    n_weights = sum(network.weights[key].size for key in architecture.connections)
    if max(sizes) <= most and n_weights <= MOST_WEIGHTS:
        taken = _biases(ax, network, columns, colours, unit)
        draw_numbers(ax, lines, columns, taken, unit, colours)
    ax.set(xlim=(-SIDE, columns[-1].x + SIDE), ylim=(bottom, high + ABOVE), aspect="equal")
    return ax


def _check(sizes: list[int], trace: Trace | None, example: int, most: int) -> None:
    if not isinstance(most, int) or most < 2:
        raise DataError(f"most: expected a whole number of at least 2, got {most!r}.")
    if trace is None:
        return
    widths = [trace.A[l].shape[1] for l in range(len(trace.A))]
    if widths != sizes:
        raise DataError(
            f"trace: expected one of this network, with layers of {sizes} units, got {widths}."
        )
    if not 0 <= example < len(trace.A[0]):
        raise DataError(f"example: expected 0 to {len(trace.A[0]) - 1}, got {example}.")


def _columns(sizes: list[int], most: int, gap: float) -> list[Column]:
    """Where the units of each layer stand: one below the other, a gap in the middle of some."""
    found = []
    for l, size in enumerate(sizes):
        if size <= most:
            units, slots = tuple(range(size)), [float(i) for i in range(size)]
        else:
            above, below = (most + 1) // 2, most // 2
            units = (*range(above), *range(size - below, size))
            slots = [float(i) + (1.0 if i >= above else 0.0) for i in range(most)]
        middle = slots[-1] / 2
        places = tuple(middle - slot for slot in slots)
        found.append(Column(gap * l, units, places, size - len(units)))
    return found


def _extent(network: Network, columns: list[Column]) -> tuple[float, float]:
    """The lowest and the highest point of units and lines."""
    ends = [y for column in columns for y in (column.ys[0], column.ys[-1])]
    for wire in wires(network, columns):
        ends += [float(wire.points[:, 1].min()), float(wire.points[:, 1].max())]
    return min(ends), max(ends)


def _sheet(ax: Axes | None, theme: str, n_gaps: int, tall: float) -> tuple[Axes, float, float]:
    """Axes, from layer to layer in units, and from unit to unit in inches."""
    if ax is None:
        room = max(WIDTH, APART * n_gaps), min(HEIGHT, LARGEST * tall)
    else:
        grown = 1.0 if ax.figure.get_layout_engine() is None else 1.15  # the layout will widen it
        room = grown * inches(ax)[0], grown * inches(ax)[1]
    unit = room[1] / tall
    gap = float(np.clip((room[0] / unit - 2 * SIDE) / n_gaps, NEAR, FAR))
    wide = gap * n_gaps + 2 * SIDE
    unit = min(unit, room[0] / wide)
    return bare(axes(ax, theme, (wide * unit, tall * unit))), gap, unit


def _units(ax: Axes, column: Column, A: Array | None, theme: str, unit: float) -> None:
    """Circles, filled by their activation beside the layer's largest, with its number."""
    colours = theme_of(theme)
    most = 1.0 if A is None else float(np.abs(A).max()) or 1.0
    for i, y in zip(column.units, column.ys, strict=True):
        fill = colours.signed(0.5 if A is None else 0.5 + 0.5 * float(A[i]) / most)
        circle = Circle((column.x, y), RADIUS, facecolor=fill, edgecolor=colours.ink, zorder=2)
        circle.set_linewidth(1.0 if unit > READABLE else 0.6)
        ax.add_patch(circle)
        if A is not None and unit >= READABLE:
            text = brief(float(A[i]))
            points = min(11.0, 14.5 * unit * min(1.0, 5 / len(text)))
            ax.text(
                column.x,
                y,
                text,
                color=over(fill, theme),
                fontsize=points,
                ha="center",
                va="center",
                zorder=3,
            )
    if column.left_out:
        half = (len(column.units) + 1) // 2
        y = (column.ys[half - 1] + column.ys[half]) / 2
        _caption(ax, column.x, y, f"⋮ {column.left_out} more", colours, unit, on=True)


def _caption(
    ax: Axes, x: float, y: float, text: str, colours: Theme, unit: float, *, on: bool = False
) -> None:
    """Text below a layer, or `on` the lines, with paper behind it."""
    ax.text(
        x,
        y,
        text,
        ha="center",
        va="center" if on else "top",
        color=colours.ink,
        fontsize=float(np.clip(11 * unit, 7.5, 10)),
        linespacing=1.35,
        zorder=3,
        bbox={"facecolor": colours.paper, "edgecolor": "none", "pad": 1.5} if on else None,
    )


def _said(architecture: Architecture, l: int) -> str:
    """What is said of a layer below it."""
    if l == 0:
        return f"{architecture.n_inputs} input{'s' * (architecture.n_inputs > 1)}"
    layer = architecture.layer(l)
    lines = [f"{layer.units} {layer.activation}"]
    if layer.pieces > 1:
        lines.append(f"of {layer.pieces} sums each")
    lines += [NORMS[layer.norm]] if layer.norm in NORMS else []
    lines += [BIASES[layer.bias]] if layer.bias in BIASES else []
    return "\n".join(lines)


def _with_sign(bias: float) -> str:
    text = brief(bias)
    return text if text.startswith("−") else f"+{text}"


def _biases(
    ax: Axes, network: Network, columns: list[Column], colours: Theme, unit: float
) -> list[tuple[float, float]]:
    """Write each bias above its unit, with its sign, and return where."""
    found = []
    for l in (key[0] for key in network.biases):
        column, n = columns[l], network.architecture.units(l)
        if network.architecture.sums(l) != n:
            continue
        biases = np.broadcast_to(network.biases[l], n)
        for i, y in zip(column.units, column.ys, strict=True):
            found.append((column.x, y + RADIUS + 0.15))
            ax.text(
                column.x,
                y + RADIUS + 0.04,
                _with_sign(float(biases[i])),
                fontsize=float(np.clip(10.5 * unit, 6.5, 9)),
                ha="center",
                va="bottom",
                color=colours.ink,
                zorder=4,
                bbox={"facecolor": colours.paper, "edgecolor": "none", "pad": 0.5},
            )
    return found
