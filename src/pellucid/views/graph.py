"""Which derivative is made from which, drawn: from the cost on the right back to the weights."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from pellucid.errors import DataError
from pellucid.inspection.expressions import latex
from pellucid.inspection.graph import DerivativeGraph, Edge, Node
from pellucid.views.given import expect
from pellucid.views.style import Theme, axes, bare, inches, theme_of

# Inches, where there is room.
HALF = 0.25  # half of a box
APART = 1.0  # between the derivatives by activations and by weighted sums
BELOW = 1.2  # from these to the weights' row
GAP = 0.24  # between two boxes of that row
LETTERS = 15.0  # points
SMALL = 11.5
WIDE, LEAST = 5.0, 2.7  # inches that the text below needs in one line, or in two
SAID = "framed in colour: worked out once,{}and used for all that it leads to"

Place = tuple[float, float]


def plot_derivative_graph(
    graph: DerivativeGraph, *, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Draw which derivative is made from which, as backpropagation does, from right to left.

    Above are the derivatives by activations and weighted sums, from the output on the right to the
    first layer; below those by weights and biases. Each arrow says what is multiplied with on the
    way; where several arrows end, the products are summed. What several derivatives are made from,
    and is worked out once, is framed in colour.

    Parameters
    ----------
    graph : DerivativeGraph
        As ``pellucid.derivative_graph`` makes it.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(2, "sigmoid"), pel.Dense(1, "sigmoid")])
    >>> ax = plot_derivative_graph(pel.derivative_graph(network))
    >>> len(ax.patches)  # 8 boxes, 7 arrows
    15
    """
    expect("graph", graph, DerivativeGraph, "pel.derivative_graph")
    if not graph.nodes:
        raise DataError("graph: expected at least one derivative, got none.")
    places = _places(graph)
    bends = {edge: _bend(edge, places) for edge in graph.edges}
    left = min(x - _half(node) for node, (x, _) in places.items()) - 0.1
    right = max(x + _half(node) for node, (x, _) in places.items()) + 0.1
    top, bottom = max([0.2, *bends.values()]) + 0.5, -BELOW - HALF - 0.55
    spare = max(0.0, LEAST - (right - left)) / 2 if graph.reused else 0.0  # for the line below
    left, right = left - spare, right + spare
    size = 1.0 if ax is None else _size(ax, right - left, top - bottom)
    ax, colours = bare(axes(ax, theme, (right - left, top - bottom))), theme_of(theme)
    for node, place in places.items():
        _box(ax, node, place, colours, size, reused=node in graph.reused)
    for edge in graph.edges:
        _arrow(ax, edge, places, bends[edge], colours, size)
    if graph.reused:
        ax.text(
            (left + right) / 2,
            bottom + 0.05,
            SAID.format("\n" if right - left < WIDE else " "),
            ha="center",
            va="bottom",
            fontsize=9 * max(size, 0.7),
            color=colours.ink,
        )
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    return ax


def _size(ax: Axes, width: float, height: float) -> float:
    """By what letters have to shrink on axes that are given."""
    grown = 1.0 if ax.figure.get_layout_engine() is None else 1.2  # axes that the layout will widen
    return min(grown * inches(ax)[0] / width, grown * inches(ax)[1] / height, 1.0)


def _half(node: Node) -> float:
    """Half of a box's width: more where the name holds both ends of a connection."""
    return HALF + 0.12 * ("→" in node.name)


def _places(graph: DerivativeGraph) -> dict[Node, Place]:
    """Where each box's middle is: layers beside each other, in each two boxes above the others."""
    places: dict[Node, Place] = {}
    right = 0.0
    for layer in sorted({node.layer for node in graph.nodes}, reverse=True):
        here = [node for node in graph.nodes if node.layer == layer]
        below = [node for node in here if node.kind in ("W", "b")]
        row = sum(2 * _half(node) + GAP for node in below)
        width = max(2 * APART, row + GAP)
        middle = right - width / 2
        for node in here:
            if node.kind in ("A", "Z"):
                places[node] = (middle + APART / 2 * (1 if node.kind == "A" else -1), 0.0)
        x = max(
            middle - APART / 2 - row / 2, right - width - GAP
        )  # under ∂C/∂z, or as near as may be
        for node in below:
            places[node] = (x + _half(node) + GAP / 2, -BELOW)
            x += 2 * _half(node) + GAP
        right -= width
    return places


def _bend(edge: Edge, places: dict[Node, Place]) -> float:
    """How high an arrow goes that skips layers; 0 for a straight one."""
    if edge.user.kind != "A" or edge.used.layer == edge.user.layer + 1:
        return 0.0
    apart = places[edge.used][0] - places[edge.user][0]
    return float(0.3 * apart**0.75)  # so that of two that end at the same box one is inside


def _box(ax: Axes, node: Node, place: Place, colours: Theme, size: float, *, reused: bool) -> None:
    x, y = place
    frame = FancyBboxPatch(
        (x - _half(node) + 0.06, y - HALF + 0.06),
        2 * _half(node) - 0.12,
        2 * HALF - 0.12,
        boxstyle="round,pad=0.06,rounding_size=0.08",
        facecolor=colours.paper,
        edgecolor=colours.series[0] if reused else colours.ink,
        linewidth=(2.2 if reused else 0.8) * max(size, 0.6),
        zorder=2,
    )
    ax.add_patch(frame)
    _fraction(ax, node.name, place, colours, LETTERS * size)


def _arrow(
    ax: Axes,
    edge: Edge,
    places: dict[Node, Place],
    bend: float,
    colours: Theme,
    size: float,
) -> None:
    """An arrow from what is used to what is made, and its factor beside or on it."""
    (x0, y0), (x1, y1) = places[edge.used], places[edge.user]
    if bend:
        y, high = HALF, HALF + 4 / 3 * bend
        way, at = [(x0, y), (x0, high), (x1, high), (x1, y)], ((x0 + x1) / 2, HALF + bend)
    elif y1 < y0:
        begin = x0 + max(-0.8 * HALF, min(0.8 * HALF, 0.25 * (x1 - x0)))
        way = [(begin, y0 - HALF), (x1, y1 + HALF)]
        at = (begin + 0.6 * (x1 - begin), y0 - HALF + 0.6 * (y1 - y0 + 2 * HALF))
    else:
        way, at = [(x0 - HALF, y0), (x1 + HALF, y1)], ((x0 + x1) / 2, 0.23)
    codes = [Path.MOVETO, *[Path.CURVE4 if bend else Path.LINETO] * (len(way) - 1)]
    arrow = FancyArrowPatch(
        path=Path(way, codes),
        arrowstyle="-|>",
        mutation_scale=9 * max(size, 0.6),
        color=colours.ink,
        linewidth=0.9 * max(size, 0.6),
        zorder=1,
    )
    ax.add_patch(arrow)
    _fraction(ax, edge.factor, at, colours, SMALL * size, on=bool(bend) or y1 < y0)


def _fraction(
    ax: Axes, ratio: str, at: Place, colours: Theme, points: float, *, on: bool = False
) -> None:
    """Write ∂C/∂a as a fraction; `on` a line, with paper behind it."""
    above, _, below = ratio.partition("/")
    ax.text(
        *at,
        rf"$\frac{{{latex(above)}}}{{{latex(below)}}}$",
        ha="center",
        va="center",
        fontsize=points,
        color=colours.ink,
        zorder=3,
        bbox={"facecolor": colours.paper, "edgecolor": "none", "pad": 0.8} if on else None,
    )
