"""Numbers on the lines of a map, each where it covers nothing."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.patheffects import Normal, Stroke

from pellucid.arrays import Array

POINTS = 61  # of a line, of which one gets the number
# In the lengths of the axes:
EDGE = 0.06  # from the frame
ROOM = 0.12  # from other numbers and from what is drawn later, where there is as much
CLOSE = 0.04  # where there is less, no number is written
SHORTEST = 0.2  # line that has a number

Colour = tuple[float, float, float, float]


def write_numbers(
    ax: Axes,
    lines: ContourSet,
    texts: dict[float, str],
    colour: Callable[[float], Colour],
    spans: tuple[Array, Array],
    keep_off: Array,
) -> None:
    """Write what a line's level is on each piece of it.

    Parameters
    ----------
    texts : mapping from level to str
    colour : callable
        What the map's colour at a level is.
    spans : x and y of the map, ascending
    keep_off : (n, 2)
        Points that numbers should not cover.
    """
    low = np.array([span[0] for span in spans])
    size = np.array([np.ptp(span) for span in spans])
    taken = (keep_off - low) / size
    places = list[tuple[float, float]]()
    for path in lines.get_paths():
        for piece in path.to_polygons(closed_only=False):
            place = _place((np.asarray(piece) - low) / size, taken)
            if place is not None:
                taken = np.vstack([taken, place])
                places.append(tuple(low + place * size))
    written = ax.clabel(lines, fmt=texts, fontsize=8, manual=places) if places else []
    levels = {text: level for level, text in texts.items()}
    for text in written:
        below = colour(levels[text.get_text()])
        text.set_alpha(1.0)
        text.set_path_effects([Stroke(linewidth=3, foreground=below), Normal()])


def _place(line: Array, taken: Array) -> Array | None:
    """Where there is room on a line, as near to its middle as may be."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    way = np.append(0.0, np.cumsum(steps))
    if way[-1] < SHORTEST:
        return None
    shares = np.linspace(0.0, 1.0, POINTS)
    places = np.column_stack([np.interp(shares * way[-1], way, part) for part in line.T])
    apart = np.linalg.norm(places[:, None] - taken, axis=2)
    room = apart.min(axis=1, initial=ROOM)
    room[(np.abs(places - 0.5) > 0.5 - EDGE).any(axis=1)] = 0.0
    best = int(np.argmax(room - 0.01 * np.abs(shares - 0.5)))
    return np.array(places[best]) if room[best] >= CLOSE else None
