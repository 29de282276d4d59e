"""A quantity over two others: filled contours with numbers on their lines, and paths on them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import MaxNLocator

from pellucid.arrays import Array
from pellucid.errors import DataError
from pellucid.inspection.expressions import number
from pellucid.views.contours import write_numbers
from pellucid.views.style import VERMILION, over, theme_of

DENSE = 400  # points that stand for a path
FEW = 60  # points of a path that are drawn one by one
RAISED = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NOTHING = np.empty((0, 2))
LEVELS = 12  # at most about so many lines
STEPS = (  # of a decade
    (1.0,),
    (1.0, 3.0),
    (1.0, 2.0, 5.0),
    (1.0, 1.5, 2.0, 3.0, 5.0, 7.0),
    (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0),
)


def draw_surface(
    ax: Axes,
    x: Array,
    y: Array,
    values: Array,
    *,
    log: bool = False,
    keep_off: Array = NOTHING,
    theme: str = "light",
) -> Normalize:
    """Draw ``values[i, j]`` at x[i], y[j], and return which number has which colour.

    Numbers on lines keep off the points that are given, (n, 2).

    Raises
    ------
    DataError
        No finite numbers; with `log`, none above 0.
    """
    finite = np.isfinite(values) & ((values > 0) if log else True)
    if not finite.any():
        what = "above 0, as a logarithmic scale needs" if log else "that are finite"
        raise DataError(f"expected numbers {what}, got none.")
    low, high = float(values[finite].min()), float(values[finite].max())
    shown = np.ma.masked_invalid(np.maximum(values, low) if log else values).T
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    levels = _levels(low, high, log=log)
    scale = (LogNorm if log else Normalize)(low, high if high > low else low + 1)
    colours = theme_of(theme).density
    if len(levels) < 2:  # flat
        ax.pcolormesh(x, y, shown, cmap=colours, norm=scale, shading="gouraud")
        return scale
    ax.contourf(x, y, shown, levels=levels, cmap=colours, norm=scale, extend="both")
    inks = [over(colours(float(scale(level))), theme) for level in levels]
    lines = ax.contour(x, y, shown, levels=levels, colors=inks, linewidths=0.5, alpha=0.6)
    texts = dict(zip(levels.tolist(), _apart(levels), strict=True))
    write_numbers(ax, lines, texts, lambda level: colours(float(scale(level))), (x, y), keep_off)
    return scale


def _apart(levels: Array) -> list[str]:
    """Numbers with as many digits as tell them apart."""
    for digits in range(3, 17):
        texts = [short(level, digits) for level in levels]
        if len(set(texts)) == len(texts):
            break
    return texts


def _levels(low: float, high: float, *, log: bool) -> Array:
    """Round numbers between the lowest and the highest."""
    if not high > low:
        return np.array([low])
    for steps in STEPS if log else ():
        decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        every = -(-len(decades) // LEVELS)  # of very many
        found = np.outer(decades[::every], steps).ravel()
        found = found[(found > low) & (found < high)]
        if len(found) >= LEVELS // 2:
            return found
    even = np.array(MaxNLocator(LEVELS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))
    return even[(even > low) & (even < high)]


def draw_path(ax: Axes, path: Array, costs: Array, scale: Normalize, theme: str) -> None:
    """Draw a path with its ends; few points have the colour of their own cost."""
    path_line(ax, few=len(path) <= FEW).set_data(*path.T)
    if len(path) <= FEW:
        ax.scatter(
            path[1:-1, 0],
            path[1:-1, 1],
            s=26,
            c=costs[1:-1],
            norm=scale,
            cmap=theme_of(theme).density,
            edgecolors="white",
            linewidths=1.2,
            zorder=4,
        )
    for place, name, marker in ((0, "start", "o"), (-1, "end", "*")):
        path_end(ax, path[place], marker).set_label(f"{name}, cost {short(costs[place])}")


def along(path: Array) -> Array:
    """Points on a path, close to each other, (n, 2)."""
    if len(path) < 2:
        return path.reshape(-1, 2)
    n = max(2, DENSE // len(path))
    pieces = [np.linspace(a, b, n) for a, b in zip(path[:-1], path[1:], strict=True)]
    return np.concatenate(pieces)


def path_line(ax: Axes, *, few: bool = False) -> Line2D:
    """A line without points yet; white with a dark edge, to be seen on any colour of the map."""
    around = [Stroke(linewidth=3.0 if few else 2.4, foreground="#1b1b1b"), Normal()]
    (line,) = ax.plot([], [], color="white", linewidth=1.4, path_effects=around, zorder=3)
    return line


def path_end(ax: Axes, place: Array, marker: str) -> Line2D:
    """One end of a path."""
    (point,) = ax.plot(
        *place[:, None],
        marker=marker,
        color=VERMILION,
        markeredgecolor="white",
        markersize=14 if marker == "*" else 9,
        linestyle="none",
        zorder=5,
    )
    return point


def short(value: float, digits: int = 3) -> str:
    """A number in about three digits, on one line of text: 0.123, 1066, 1.52·10⁻⁵."""
    if digits == 3 and 999.5 <= abs(value) < 1e5:
        return f"{value:.0f}".replace("-", "−")
    text, _, power = number(value, digits).partition("^{")
    return text + power.rstrip("}").translate(RAISED)


def brief(value: float) -> str:
    """A number on a unit or a line: two decimals, where it is not too large for them."""
    if not abs(value) < 100:
        return short(value)
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")  # + 0: or −0 keeps its sign
