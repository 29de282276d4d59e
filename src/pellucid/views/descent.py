"""The cost along one weight or over two directions, with the steps of training on it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from pellucid.arrays import Array
from pellucid.errors import DataError
from pellucid.inspection.surfaces import CostLine, CostSurface
from pellucid.views.films import Draw, save_film, sheet
from pellucid.views.given import expect
from pellucid.views.slopes import curves, named, of_one, step_explained, steps
from pellucid.views.style import Theme, axes, legend, theme_of
from pellucid.views.surfaces import along, draw_path, draw_surface, path_end, path_line, short


def plot_cost_line(
    line: CostLine | Sequence[CostLine], *, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Draw the cost along one parameter, the tangent where it is, and a step down.

    The step goes along the tangent: hollow is the cost that this promises, full is what came. Of
    several lines, such as one after each step of a training, each has its point, its tangent and
    its step, in their order; the curves of those before the last are faint, if they differ at all.

    Parameters
    ----------
    line : CostLine, or several of the same parameter
        As ``pellucid.cost_line`` makes it.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        No line, or lines of different parameters.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(1, [pel.Dense(1, "identity")], initial="zeros")
    >>> ax = plot_cost_line(pel.cost_line(network, [[1.0]], [2.0], "w_0,0^1", "mse"))
    >>> ax.get_xlabel()
    '$w_{0,0}^{(1)}$'
    """
    given = list(line) if isinstance(line, Sequence) else [line]
    for one in given:
        expect("line", one, CostLine, "pel.cost_line")
    lines = of_one(given)
    ax = axes(ax, theme)
    curves(ax, lines, theme_of(theme))
    if len(lines) == 1:
        step_explained(ax, lines[0], theme_of(theme))
    else:
        steps(ax, lines, theme_of(theme))
    legend(ax, theme, size="small")
    return ax


def plot_cost_surface(
    surface: CostSurface,
    *,
    log: bool = False,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw the cost over two directions as a map, and the path of a training on it.

    Points of the path are filled with the colour of their own cost. Where they stand out from the
    map, the path is far from the plane: how far at most is said above.

    Parameters
    ----------
    surface : CostSurface
        As ``pellucid.cost_surface`` makes it.
    log : bool
        Whether each line of the map is so many times the last, not so much more.
    names : two of str, optional
        Of the directions.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        No finite cost; with `log`, none above 0.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(1, [pel.Dense(1, "identity")], initial="zeros")
    >>> ax = plot_cost_surface(pel.cost_surface(network, [[1.0]], [0.0], 0, 1, "mse"))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('parameter 0', 'parameter 1')
    """
    expect("surface", surface, CostSurface, "pel.cost_surface")
    ax = axes(ax, theme, (6.4, 4.8))
    scale = _map(ax, surface, log=log, names=names, theme=theme)
    if len(surface.path):
        draw_path(ax, surface.path, surface.path_costs, scale, theme)
        if surface.path_distances.max() > 1e-6 * np.abs(surface.path).max():
            far = f"the path is up to {short(surface.path_distances.max())} beside this plane"
            ax.set_title(far, fontsize="medium", color=theme_of(theme).ink)
        legend(ax, theme, size="small")
    return ax


def save_descent(
    surface: CostSurface | Sequence[CostLine],
    path: str | Path,
    *,
    frames: int = 40,
    fps: float = 10.0,
    log: bool = False,
    names: Sequence[str] | None = None,
    theme: str = "light",
) -> Path:
    """Write a film of a training: its path grows over the map, or a ball rolls down the curve.

    Parameters
    ----------
    surface : CostSurface with a path, or CostLine of one parameter, one after each step
    path : str or Path
        Of the GIF file.
    frames : int
        Pictures at most; of a longer path some points are left out. The last stays for two seconds.
    fps : float
        Pictures in a second.
    log, names
        As for ``plot_cost_surface``.
    theme : {"light", "dark"}

    Returns
    -------
    Path

    Raises
    ------
    DataError
        Fewer than two points.
    RecipeError, FileError

    Examples
    --------
    >>> import pellucid as pel, tempfile
    >>> network = pel.Network(1, [pel.Dense(1, "identity")], seed=0)
    >>> points = pel.follow(pel.start(network, [[1.0], [2.0]], [1.0, 2.0], epochs=3))
    >>> surface = pel.cost_surface(network, [[1.0], [2.0]], [1.0, 2.0], 0, 1, path=points, n=5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_descent(surface, f"{folder}/descent.gif", frames=3).name
    'descent.gif'
    """
    if isinstance(surface, CostSurface):
        n_points = len(surface.path)
    else:
        surface = of_one(list(surface))
        n_points = len(surface)
    if n_points < 2:
        raise DataError(
            f"expected a path of at least two points, got {n_points}. Follow a training with "
            "pellucid.follow, and give what it returns to cost_surface(…, path=…)."
        )
    figure = sheet()
    ax = axes(figure.add_subplot(), theme)
    if isinstance(surface, CostSurface):
        draw = _growing(ax, surface, log=log, names=names, theme=theme)
    else:
        draw = _rolling(ax, surface, theme_of(theme))
    return save_film(figure, draw, n_points, Path(path), frames=frames, fps=fps)


def _map(
    ax: Axes, surface: CostSurface, *, log: bool, names: Sequence[str] | None, theme: str
) -> Normalize:
    given = names or [_direction(surface.first, "first"), _direction(surface.second, "second")]
    if len(given) != 2:
        raise DataError(f"names: expected two, one for each direction, got {len(given)}.")
    ax.set(xlabel=given[0], ylabel=given[1])
    return draw_surface(
        *(ax, surface.u, surface.v, surface.costs),
        log=log,
        keep_off=along(surface.path),
        theme=theme,
    )


def _direction(direction: Array, which: str) -> str:
    """What is said of a direction: the parameter that alone moves along it, if one does."""
    (places,) = np.nonzero(direction)
    return f"parameter {places[0]}" if len(places) == 1 else f"along the {which} direction"


def _growing(
    ax: Axes, surface: CostSurface, *, log: bool, names: Sequence[str] | None, theme: str
) -> Draw:
    """A picture of the path up to each of its points."""
    _map(ax, surface, log=log, names=names, theme=theme)
    way, head = path_line(ax), path_end(ax, surface.path[0], "o")
    ax.set_title(" ", fontsize="medium", color=theme_of(theme).ink)

    def draw(k: int) -> None:
        way.set_data(*surface.path[: k + 1].T)
        head.set_data(*surface.path[k : k + 1].T)
        ax.title.set_text(f"{k} of {len(surface.path) - 1}: cost {short(surface.path_costs[k])}")

    return draw


def _rolling(ax: Axes, lines: list[CostLine], colours: Theme) -> Draw:
    """A picture of the curve with the ball at each value of the parameter."""
    curves(ax, lines, colours)
    (curve,) = (line for line in ax.get_lines() if line.get_label() == "cost")
    (tangent,) = ax.plot([], [], "--", color=colours.ink, linewidth=1.0)
    (left,) = ax.plot([], [], ".", color=colours.ink, alpha=0.4)
    (ball,) = ax.plot([], [], "o", color=colours.series[1], markersize=10)
    ax.set_title(" ", fontsize="medium", color=colours.ink)
    name = named(lines[0].name)

    def draw(k: int) -> None:
        line = lines[k]
        curve.set_data(line.values, line.costs)
        tangent.set_data(line.values, line.tangent)
        left.set_data([each.at for each in lines[:k]], [each.cost for each in lines[:k]])
        ball.set_data([line.at], [line.cost])
        place = f"{name} = {short(line.at)}, cost {short(line.cost)}, slope {short(line.slope)}"
        ax.title.set_text(f"{k} of {len(lines) - 1}: {place}")

    return draw
