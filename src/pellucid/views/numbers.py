"""Predictions of numbers as pictures: what is left over, and intervals beside what came."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from pellucid.arrays import Array, as_values
from pellucid.equations.metrics import r2, rmse
from pellucid.errors import DataError
from pellucid.views.style import MARKERS, Theme, axes, inches, legend, theme_of, whole
from pellucid.views.surfaces import short

MANY = 3000  # examples beyond which density is drawn, not points
FAINTEST = 0.3  # example that would be invisible
GROUPS = 20  # of equally many examples, by which medians run
FEW = 15  # examples that a median is taken of at least
NAMED = 10  # outputs that are told apart
SMOOTH = 300  # examples beyond which an interval's ends are medians of their neighbours
ENDS = 100  # groups of neighbours
WIDE = 4.0  # inches that names beside each other take
SHOWN = 1500  # targets of an interval that are drawn

Step = Literal["mid"] | None


def plot_residuals(
    P: npt.ArrayLike, Y: npt.ArrayLike, *, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Draw what predictions leave over, y − p, against the prediction.

    Where all is well the points lie about 0 everywhere, without a shape. The line is the median of
    groups of equally many examples; beyond 3000 points their density is drawn. R² and RMSE stand
    above.

    Parameters
    ----------
    P, Y : (n,) or (n, n_out)
        Predictions and targets; each output has its colour.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        Not as many predictions as targets, none, or numbers that are not finite.

    Examples
    --------
    >>> ax = plot_residuals([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    >>> ax.get_title()
    'R² 0.786, RMSE 0.577'
    """
    P, Y = _rows(P, "P"), _rows(Y, "Y")
    if P.shape != Y.shape:
        raise DataError(f"expected as many predictions as targets, got {P.shape} and {Y.shape}.")
    ax, colours = axes(ax, theme), theme_of(theme)
    left, many = Y - P, P.size > MANY
    if many:
        ax.hexbin(
            *(P.ravel(), left.ravel()),
            gridsize=50,
            norm=LogNorm(vmin=FAINTEST),  # or single ones would have the colour of the paper
            cmap=colours.amount,
            mincnt=1,
            linewidths=0.1,
        )
    ax.axhline(0.0, color=colours.ink, linewidth=0.8, linestyle=":")
    for j in range(P.shape[1]):
        colour = colours.of_class(j)
        if not many:
            name = f"output {j}" if P.shape[1] > 1 else None
            _points(ax, P[:, j], left[:, j], colour, MARKERS[j % len(MARKERS)], name)
        if P.shape[1] <= NAMED:
            _running_median(ax, P[:, j], left[:, j], colour, colours)
    ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))  # −0.75 takes much room
    ax.set(xlabel="prediction p", ylabel="left over, y − p")
    title = f"R² {float(r2(P, Y)):.3f}, RMSE {short(float(rmse(P, Y)))}"
    ax.set_title(title.replace("-", "−"), fontsize="medium", color=colours.ink)
    if 1 < P.shape[1] <= NAMED and not many:
        legend(ax, theme, size="small")
    return ax


def plot_intervals(
    P: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    levels: Sequence[float],
    x: npt.ArrayLike | None = None,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw predicted intervals and what came, with the share inside beside what was promised.

    Parameters
    ----------
    P : (n, n_levels)
        What a network trained with ``loss="quantile:0.1,0.5,0.9"`` predicts.
    Y : (n,) or (n, 1)
    levels : sequence of float
        The level of each column, such as (0.1, 0.5, 0.9): the outer two promise 80 %.
    x : (n,), optional
        What to draw against; without it examples are put in the order of the middle prediction.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        Shapes, levels or numbers that do not fit.

    Notes
    -----
    Of more than 300 examples the ends of the interval are drawn as medians of neighbours, in 100
    groups, and of more than 1500 some targets are left out. The share of those inside is always
    that of all, each with its own interval.

    Examples
    --------
    >>> ax = plot_intervals([[0, 2], [1, 3]], [1, 5], levels=(0.1, 0.9))
    >>> ax.get_title()
    '50.0 % inside, 80 % promised'
    """
    P, Y, levels = _ordered(_rows(P, "P"), _rows(Y, "Y"), levels)
    ax, colours = axes(ax, theme), theme_of(theme)
    middle = int(np.argmin(np.abs(np.array(levels) - 0.5)))
    at = P[:, middle] if x is None else _rows(x, "x")[:, 0]
    if len(at) != len(P):
        raise DataError(f"x: expected {len(P)} numbers, one an example, got {len(at)}.")
    order = np.argsort(at, kind="stable")
    across = np.arange(len(P)) if x is None else at[order]
    inside = ((P[:, 0] <= Y) & (P[:, -1] >= Y))[order]
    promised = f"{100 * (levels[-1] - levels[0]):g} %"
    step: Step = "mid" if x is None and len(P) <= SMOOTH else None  # an interval an example
    _bands(ax, across, P[order], levels, step, promised, colours)
    _targets(ax, across, Y[order], inside, colours)
    if x is None:
        whole(ax)
    ax.set(ylabel="target", xlabel="examples, by the prediction" if x is None else "x")
    title = f"{100 * inside.mean():.1f} % inside, {promised} promised"
    ax.set_title(title, fontsize="medium", color=colours.ink)
    legend(ax, theme, loc="above", size="small", columns=4 if inches(ax)[0] > WIDE else 2)
    return ax


def _rows(values: npt.ArrayLike, name: str) -> Array:
    """Finite numbers, a row an example, at least one."""
    rows = as_values(values, name).astype(np.float64)
    if not rows.size:
        raise DataError(f"{name}: expected at least one example, got shape {np.shape(values)}.")
    return rows


def _ordered(P: Array, Y: Array, levels: Sequence[float]) -> tuple[Array, Array, list[float]]:
    """Check levels and shapes, and bring the columns into the order of the levels."""
    given = [float(level) for level in levels]
    if len(given) < 2 or len(set(given)) < len(given) or not all(0 < q < 1 for q in given):
        raise DataError(
            f"levels: expected two or more different numbers between 0 and 1, got {given}."
        )
    if P.shape[1] != len(given) or Y.shape != (len(P), 1):
        raise DataError(
            f"expected P ({len(Y)}, {len(given)}), a column a level, and Y ({len(Y)},), "
            f"got {P.shape} and {Y.shape}. Of several targets take the columns of one."
        )
    order = np.argsort(given)
    return P[:, order], Y[:, 0], [given[i] for i in order]


def _points(ax: Axes, x: Array, y: Array, colour: str, marker: str, name: str | None) -> None:
    size = 12 if len(x) > 300 else 20
    alpha = 0.35 if len(x) > 300 else 0.6
    ax.scatter(x, y, s=size, color=colour, marker=marker, alpha=alpha, linewidths=0, label=name)


def _running_median(ax: Axes, x: Array, y: Array, colour: str, colours: Theme) -> None:
    """The median of groups of neighbours, with an edge of paper so that it is seen over points."""
    n = min(GROUPS, len(x) // FEW)
    if n < 2:
        return
    order = np.argsort(x, kind="stable")
    middles = [
        (np.median(x[group]), np.median(y[group]))
        for group in np.array_split(order, n)  # equally many in each
    ]
    line = np.array(middles).T
    ax.plot(*line, color=colours.paper, linewidth=4)
    ax.plot(*line, color=colour, linewidth=2)


def _bands(
    ax: Axes,
    x: Array,
    P: Array,
    levels: list[float],
    step: Step,
    promised: str,
    colours: Theme,
) -> None:
    """Intervals inside each other, and the median where it was asked for."""
    if len(x) == 1:  # has no width
        x, P = x + np.array([-0.4, 0.4]), np.repeat(P, 2, axis=0)
    if len(x) > SMOOTH:
        groups = np.array_split(np.arange(len(x)), ENDS)
        x = np.array([np.median(x[group]) for group in groups])
        P = np.array([np.median(P[group], axis=0) for group in groups])
    for j in range(len(levels) // 2):
        ax.fill_between(
            *(x, P[:, j], P[:, -1 - j]),
            step=step,
            color=colours.series[0],
            alpha=0.22,
            linewidth=0,
            label=f"{promised} interval" if j == 0 else None,
        )
    if 0.5 in levels:
        style = "default" if step is None else "steps-mid"
        median = P[:, levels.index(0.5)]
        ax.plot(x, median, color=colours.series[0], drawstyle=style, label="median")


def _targets(ax: Axes, x: Array, Y: Array, inside: Array, colours: Theme) -> None:
    """What came: quiet where it is inside, crosses where it is not."""
    some = np.linspace(0, len(x) - 1, min(len(x), SHOWN)).round().astype(int)
    x, Y, inside = x[some], Y[some], inside[some]
    size, alpha = (5, 0.4) if len(x) > SMOOTH else (9, 0.7)
    ax.scatter(
        *(x[inside], Y[inside]),
        s=size,
        color=colours.ink,
        alpha=alpha,
        linewidths=0,
        label="inside",
    )
    ax.scatter(
        *(x[~inside], Y[~inside]),
        s=2.5 * size,
        color=colours.series[1],
        marker="x",
        linewidths=1.0,
        label="outside",
    )
