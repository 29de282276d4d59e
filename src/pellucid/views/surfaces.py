"""A quantity over two others: filled contours with numbers on their lines, and paths on them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from pellucid.arrays import Array
from pellucid.errors import DataError
from pellucid.inspection.expressions import number
from pellucid.views.style import VERMILION, over, theme_of

FEW = 60  # points of a path that are drawn one by one
EDGE = 0.05  # of the axes, where no numbers stand
RAISED = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEVELS = 12  # at most about so many lines
STEPS = (  # of a decade
    (1.0,),
    (1.0, 3.0),
    (1.0, 2.0, 5.0),
    (1.0, 1.5, 2.0, 3.0, 5.0, 7.0),
    (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0),
)


def draw_surface(
    ax: Axes, x: Array, y: Array, values: Array, *, log: bool = False, theme: str = "light"
) -> Normalize:
    """Draw ``values[i, j]`` at x[i], y[j], and return which number has which colour.

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
    ways = {
        short(level): (colours(float(scale(level))), np.asarray(path.vertices))
        for level, path in zip(levels, lines.get_paths(), strict=True)
    }
    for text in ax.clabel(lines, fmt=short, fontsize=8):
        text.set_alpha(1.0)
        if not _inside(np.array([text.get_position()]), x, y).all():
            _move(ax, text, *ways[text.get_text()], x, y)
    return scale


def _inside(places: Array, x: Array, y: Array) -> Array:
    """Which places are so far from the frame that a number has room, (n,)."""
    low, high = (np.array([x[at], y[at]]) for at in (0, -1))
    found: Array = np.all(np.abs((places - low) / (high - low) - 0.5) < 0.5 - EDGE, axis=1)
    return found


def _move(ax: Axes, text: Text, below: tuple[float, ...], line: Array, x: Array, y: Array) -> None:
    """Bring a number from the frame to where its line is furthest from other numbers."""
    places = line[_inside(line, x, y)]
    size = np.array([np.ptp(x), np.ptp(y)])
    others = np.array([other.get_position() for other in ax.texts if other is not text])
    if not len(places) or not len(others):
        text.remove()
        return
    apart = np.linalg.norm((places[:, None] - others) / size, axis=2).min(axis=1)
    text.set_position(tuple(places[apart.argmax()]))
    text.set_rotation(0)
    text.set_path_effects([Stroke(linewidth=3, foreground=below), Normal()])  # over its line


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


def short(value: float) -> str:
    """A number in about three digits, on one line of text: 0.123, 1066, 1.52·10⁻⁵."""
    if 999.5 <= abs(value) < 1e5:
        return f"{value:.0f}".replace("-", "−")
    text, _, power = number(value, 3).partition("^{")
    return text + power.rstrip("}").translate(RAISED)
