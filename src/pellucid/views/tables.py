"""A square table as a picture: coloured cells, numbers in them, names on two sides."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from pellucid.arrays import Array
from pellucid.views.style import Theme, inches, literal, over

SMALLEST = 5.5  # points of letters that can be read
LETTER = 0.58  # how wide one is, in its own size
SHARE = 0.45  # of a side that names may take


def cells(shares: Array, colours: Theme) -> Array:
    """A colour a cell, (n, n, 4): ink for what is right, orange for what is wrong."""
    wrong = LinearSegmentedColormap.from_list("wrong", [colours.paper, colours.negative])
    apart = ~np.eye(len(shares), dtype=bool)
    most = float(shares[apart].max()) or 1.0
    picture = np.asarray(colours.amount(0.8 * shares))  # numbers stay readable on it
    picture[apart] = wrong(shares[apart] / most)
    return picture


def name_ticks(ax: Axes, named: list[str]) -> float:
    """Write names on two sides, as many as there is room for; return the size of a cell, points."""
    side = 72 * min(inches(ax))
    size = float(np.clip(0.7 * side / len(named), SMALLEST, 9.0))
    named = [_cut(name, max(3, int(SHARE * side / (LETTER * size)))) for name in named]
    wide = LETTER * size * max(map(len, named))  # the longest, lying
    turned = wide > 0.95 * side / len(named)
    cell = (side - (wide if turned else 0)) / len(named)
    places = range(0, len(named), int(np.ceil(1.1 * size / cell)))
    shown = [literal(named[k]) for k in places]
    ax.set_xticks(places, shown, fontsize=size, rotation=90 if turned else 0)
    ax.set_yticks(places, shown, fontsize=size)
    ax.tick_params(length=0)
    return cell


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def numbers(
    ax: Axes, cell: float, table: Array, shares: Array | None, picture: Array, theme: str
) -> None:
    """How many, or which share of the row in per cent, where cells are large enough."""
    for_all = table if shares is None else np.round(100 * shares).astype(int)
    size = min(10.0, cell / (LETTER * len(f"{for_all.max():,}") + 0.6))
    if size < SMALLEST:
        return
    for i, j in zip(*np.nonzero(table), strict=True):
        ax.text(
            *(j, i),
            f"{for_all[i, j]:,}",
            ha="center",
            va="center_baseline",
            fontsize=size,
            color=over(tuple(picture[i, j]), theme),
        )
