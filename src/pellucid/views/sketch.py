"""A network as a small drawing for a page: SVG by hand, in the page's own ink, without matplotlib.

For a picture with numbers on it, or with one example's activations, see ``network.py``.
"""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from pellucid.arrays import Array
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.segments import parameter_segments

MOST = 8  # units of a layer that are drawn; of more the first and the last, with dots between
# In pixels:
RADIUS, STEP = 7.0, 22.0  # of a unit; from one to the next
NEAR, FAR, ALL = 84.0, 150.0, 480.0  # from layer to layer, and from the first to the last
EDGE, LINE = 14.0, 14.0  # around everything; from one line of text to the next
SIDE, LETTER, LONGEST = 44.0, 6.2, 18  # half a caption; a letter's width; letters of a name
FONT = "font-family:system-ui,sans-serif;font-size:11px"
# Okabe and Ito's blue and orange, as in all pictures; mixed with the ink, which is dark on light
# paper and light on dark paper, the blue is as clear on either. The first are for old browsers.
COLOURS = {
    "positive": ("#0072b2", "color-mix(in srgb,#56b4e9 65%,currentColor)"),
    "negative": ("#e69f00", "color-mix(in srgb,#e69f00 90%,currentColor)"),
}
NORMS = {"batch": "batch norm", "layer": "layer norm"}


class Column(NamedTuple):
    """A layer's place: the units that are drawn, and how high."""

    x: float
    units: list[int]
    ys: list[float]
    dots: float | None  # where some are left out


def network_svg(
    network: Network, inputs: Sequence[str] | None = None, outputs: Sequence[str] | None = None
) -> str:
    """Return the drawing as an ``<svg>`` element that needs nothing else.

    Lines are weights: blue is positive, orange negative, and the wider the larger beside the others
    of their layer. Below each layer stand its units and its activation.

    Parameters
    ----------
    network : Network
        A chain of layers.
    inputs, outputs : sequence of str, optional
        Names to write beside the units of the input and of the output.
    """
    a = network.architecture
    sizes = [a.units(l) for l in range(a.n_layers + 1)]
    named = [_beside(names, size) for names, size in ((inputs, sizes[0]), (outputs, sizes[-1]))]
    left, right = (max([SIDE, *(LETTER * len(name) + 2 * RADIUS for name in n)]) for n in named)
    captions = [_caption(a, l) for l in range(len(sizes))]
    widest = LETTER * max(len(words) for caption in captions for words in caption)
    gap = max(min(FAR, max(NEAR, ALL / a.n_layers)), widest + 8)
    columns = _columns(sizes, EDGE + left, gap)
    low = max(column.ys[-1] for column in columns)
    width = 2 * EDGE + left + right + gap * a.n_layers
    height = low + RADIUS + LINE * max(len(caption) for caption in captions) + EDGE
    parts = [
        f"<title>{escape(described(a))}</title>",
        *_lines(network, columns),
        *(part for l, column in enumerate(columns) for part in _units(network, l, column)),
        *_names(columns[0], named[0], "end"),
        *_names(columns[-1], named[1], "start"),
        *(
            _text(column.x, low + RADIUS + 4 + LINE * (row + 1), words, "middle")
            for column, caption in zip(columns, captions, strict=True)
            for row, words in enumerate(caption)
        ),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" fill="currentColor" '
        f'style="max-width:100%;height:auto;{FONT}">' + "".join(parts) + "</svg>"
    )


def described(architecture: Architecture) -> str:
    """Return a network in a line: its layers, and how many parameters it has.

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> described(Architecture(2, [Dense(3, "tanh"), Dense(1, "sigmoid")]))
    '2 inputs, 3 tanh, 1 sigmoid: 13 parameters'
    """
    layers = [f"{layer.units} {layer.activation}" for layer in architecture.layers]
    n = sum(segment.size for segment in parameter_segments(architecture))
    return f"{_counted(architecture.n_inputs, 'input')}, {', '.join(layers)}: {n:,} parameters"


def _columns(sizes: list[int], left: float, gap: float) -> list[Column]:
    """Where the units of each layer stand, the highest layers from edge to edge."""
    rows = [size if size <= MOST else MOST + 1 for size in sizes]
    found = []
    for l, (size, n) in enumerate(zip(sizes, rows, strict=True)):
        top = EDGE + RADIUS + STEP * (max(rows) - n) / 2
        ys = [top + STEP * row for row in range(n)]
        half = MOST // 2
        dots = None if size <= MOST else ys.pop(half)
        units = list(range(size)) if dots is None else [*range(half), *range(size - half, size)]
        found.append(Column(left + gap * l, units, ys, dots))
    return found


def _lines(network: Network, columns: list[Column]) -> list[str]:
    """Weights that are not 0, one group a sign, the faintest below."""
    lines: dict[str, list[tuple[float, str]]] = {sign: [] for sign in COLOURS}
    for k, l in network.architecture.connections:
        W = network.weights[k, l]
        W = W.reshape(len(W), len(W[0]) // network.architecture.layer(l).pieces, -1).mean(axis=2)
        for share, line in _drawn(W, columns[k], columns[l]):
            lines["positive" if share > 0 else "negative"].append((abs(share), line))
    return [
        f'<g stroke="{plain}" style="stroke:{mixed}" class="{sign}">'
        + "".join(line for _, line in sorted(lines[sign]))
        + "</g>"
        for sign, (plain, mixed) in COLOURS.items()
    ]


def _drawn(W: Array, start: Column, stop: Column) -> list[tuple[float, str]]:
    """Each weight beside the largest that is drawn, and its line from rim to rim."""
    shown = W[start.units][:, stop.units]
    most = float(abs(shown).max()) or 1.0
    found = []
    for i, y in enumerate(start.ys):
        for j, to in enumerate(stop.ys):
            share = float(shown[i, j]) / most
            if share == 0:
                continue
            wide, high = stop.x - start.x, to - y
            rim = RADIUS / (wide**2 + high**2) ** 0.5
            ends = start.x + rim * wide, y + rim * high, stop.x - rim * wide, to - rim * high
            x1, y1, x2, y2 = (f"{end:.1f}" for end in ends)
            look = f'stroke-width="{0.4 + 2.2 * abs(share):.2f}" '
            look += f'opacity="{0.3 + 0.65 * abs(share):.2f}"'
            found.append((share, f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {look}/>'))
    return found


def _units(network: Network, l: int, column: Column) -> list[str]:
    """Circles that say what they are where one points at them, and dots for those left out."""
    look = 'fill="none" stroke="currentColor" pointer-events="all"'
    found = [
        f'<circle cx="{column.x:.1f}" cy="{y:.1f}" r="{RADIUS:.0f}" {look}>'
        f"<title>{_pointed_at(network, l, unit)}</title></circle>"
        for unit, y in zip(column.units, column.ys, strict=True)
    ]
    return (
        found if column.dots is None else [*found, _text(column.x, column.dots + 4, "⋮", "middle")]
    )


def _pointed_at(network: Network, l: int, unit: int) -> str:
    if l == 0:
        return f"input {unit}"
    said, layer = f"layer {l}, unit {unit}", network.architecture.layer(l)
    if layer.bias != "neuron" or layer.pieces > 1:
        return said
    return f"{said}: bias {network.biases[l][unit]:.3g}".replace("-", "−")


def _beside(names: Sequence[str] | None, size: int) -> list[str]:
    """Names of the units that are drawn, cut where they are long."""
    if names is None:
        return []
    units = _columns([size], 0.0, 0.0)[0].units
    return [_cut(str(names[unit])) for unit in units]


def _cut(name: str) -> str:
    words = " ".join(name.split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _names(column: Column, names: list[str], anchor: str) -> list[str]:
    x = column.x + (RADIUS + 5) * (1 if anchor == "start" else -1)
    places = zip(column.ys, names, strict=False)
    return [_text(x, y + 4, escape(name), anchor) for y, name in places]


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _caption(architecture: Architecture, l: int) -> list[str]:
    """What is said of a layer below it, a line each."""
    if l == 0:
        return [_counted(architecture.n_inputs, "input")]
    layer = architecture.layer(l)
    kind = "output" if l == architecture.n_layers else "unit"
    lines = [_counted(layer.units, kind), layer.activation]
    return [*lines, NORMS[layer.norm]] if layer.norm in NORMS else lines


def _counted(n: int, thing: str) -> str:
    return f"{n:,} {thing}{'s' * (n != 1)}"
