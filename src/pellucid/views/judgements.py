"""Judgements of classes as pictures: what is taken for what, how sure, how well ranked."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from pellucid.arrays import Array, as_values
from pellucid.errors import DataError
from pellucid.evaluation.confusion import confusion
from pellucid.evaluation.reliability import reliability
from pellucid.views.style import Theme, axes, legend, literal, theme_of
from pellucid.views.tables import cells, name_ticks, numbers
from pellucid.views.targets import decided, judged, names, target_rows

SURE = 10  # examples from which on a share says something
MOST_NUMBERS = 20  # classes up to which cells have numbers
CURVES = 10  # classes up to which each has a colour and a name of its own
INSIDE = 4  # curves whose names have room below them
CORNER = 0.25  # of false alarms: curves that have found all by then are drawn enlarged
WORST = 3  # of more classes those that are named


def plot_confusion(
    P: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    normalize: bool = False,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw which classes are taken for which: rows are the right class, columns the chosen one.

    What is right, on the diagonal, is ink: the more of a class's examples, the darker. What is
    wrong is orange, on a scale of its own, so that the most frequent confusion is always seen. Up
    to 20 classes the numbers are written; no number is none.

    Parameters
    ----------
    P : (n, n_out) or (n,)
        Outputs, of which the largest is chosen (a single one: from ½ on class 1); or codes.
    Y : (n,) or (n, n_out)
        Codes, or one-hot rows.
    classes : sequence of str, optional
        Their names, in the order of the outputs.
    normalize : bool
        Whether the numbers are per cent of a row.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        Predictions, targets or names that do not fit each other.

    Examples
    --------
    >>> ax = plot_confusion([0, 1, 1, 1], [0, 0, 1, 1], classes=("cat", "dog"))
    >>> ax.get_title()
    '3 of 4 right'
    """
    outputs, right = judged(decided(P, Y, classes), Y)
    table = confusion(outputs, right)
    named = names(classes, len(table))
    side = 3.0 + 0.25 * min(len(table), MOST_NUMBERS)
    ax, colours = axes(ax, theme, (side, 0.92 * side)), theme_of(theme)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    picture = cells(shares, colours)
    ax.imshow(picture, interpolation="nearest")
    cell = name_ticks(ax, named)
    if len(table) <= MOST_NUMBERS:
        numbers(ax, cell, table, shares if normalize else None, picture, theme)
    ax.set(xlabel="taken for", ylabel="right class")
    title = f"{table.trace():,} of {table.sum():,} right"
    ax.set_title(title, fontsize="medium", color=colours.ink)
    return ax


def plot_calibration(
    P: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    bins: int = 10,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw how often the chosen class is right, against the probability that it was given.

    On the diagonal a network knows how sure it may be; below it, it is too sure. The bars are the
    share of the examples in each bin; points of fewer than 10 examples are open. The expected
    calibration error, the mean distance from the diagonal, stands above (Naeini et al. 2015).

    Parameters
    ----------
    P : (n, n_out) or (n,)
        Probabilities; several that do not sum to 1 are taken as shares in their sum. One column
        is that of class 1.
    Y : (n,) or (n, n_out)
        Codes, or one-hot rows.
    bins : int
        Of equal width, from 0 to 1.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        No probabilities, or targets that do not fit.

    Examples
    --------
    >>> ax = plot_calibration([0.9, 0.9, 0.9, 0.9], [1, 1, 1, 0])
    >>> ax.get_title()
    'expected calibration error 15.0 %'
    """
    if not isinstance(bins, int | np.integer) or bins < 1:
        raise DataError(f"bins: expected a whole number of at least 1, got {bins!r}.")
    outputs, right = judged(as_values(P, "P").astype(np.float64), Y)
    found = reliability(outputs, right, bins)
    ax, colours = axes(ax, theme, (4.6, 4.2)), theme_of(theme)
    ax.bar(
        (np.arange(bins) + 0.5) / bins,
        found.counts / len(right),
        width=0.92 / bins,
        color=colours.faint,
        label="share of examples",
    )
    ax.plot([0, 1], [0, 1], color=colours.ink, linewidth=0.8, linestyle=":")
    full = found.counts > 0
    colour = colours.series[0]
    (line,) = ax.plot(found.said[full], found.came[full], "o-", color=colour, label="share right")
    few = full & (found.counts < SURE)
    (open_points,) = ax.plot(found.said[few], found.came[few], "o", color=colour)
    open_points.set_markerfacecolor(colours.paper)
    for drawn in (line, open_points):
        drawn.set_zorder(3)
    _frame(ax, 0.025)
    ax.set(xlabel="probability of the chosen class", ylabel="share")
    title = f"expected calibration error {100 * found.error:.1f} %"
    ax.set_title(title, fontsize="medium", color=colours.ink)
    legend(ax, theme, loc="above", size="small", columns=2)
    return ax


def plot_roc(
    P: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw the share of a class that is found against false alarms, for every threshold.

    One line a class, each against the rest, with the area below it; of two classes one line, that
    of class 1. The diagonal is chance. Of more than 10 classes the three with the least area are
    named. Where all curves are in the upper left corner, the corner is enlarged.

    Parameters
    ----------
    P : (n, n_out) or (n,)
        Outputs; they need not be probabilities.
    Y : (n,) or (n, n_out)
        Codes, or rows of 0 and 1, of which several may be 1.
    classes : sequence of str, optional
        Their names, in the order of the outputs.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        Targets or names that do not fit the outputs, or no class with examples and others.

    Examples
    --------
    >>> ax = plot_roc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], classes=("healthy", "ill"))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['ill: 0.750']
    """
    outputs = as_values(P, "P").astype(np.float64)
    rows = target_rows(outputs, Y)
    named = names(classes, rows.shape[1] if len(rows.T) > 1 else 2)
    which = list(range(rows.shape[1]))
    if rows.shape[1] <= 2 and (rows.sum(axis=1) <= 1).all():
        outputs, rows, which = outputs[:, -1:], rows[:, -1:], [1]
    curves = [_curve(named[k], k, *pair) for k, *pair in zip(which, outputs.T, rows.T, strict=True)]
    if not any(len(curve.hits) for curve in curves):
        raise DataError("Y: expected a class that some examples are of and some are not.")
    ax, colours = axes(ax, theme, (4.6, 4.2)), theme_of(theme)
    ax.plot([0, 1], [0, 1], color=colours.ink, linewidth=0.8, linestyle=":")
    _draw_curves(ax, curves, colours)
    ax.set(xlabel="share of others taken for it", ylabel="share found")
    there = [curve for curve in curves if len(curve.hits)]
    title = f"{'area' if len(curves) == 1 else 'mean area'} {_mean_area(there):.3f}"
    right, bottom = _corner(there)
    _frame(ax, 0.012, right, bottom)
    title += "" if right == 1 else ", upper left corner"
    ax.set_title(title, fontsize="medium", color=colours.ink)
    beside = INSIDE < len(curves) <= CURVES
    legend(ax, theme, loc="beside" if beside else "lower right", size="small")
    return ax


class _Curve(NamedTuple):
    """One class against the rest; without points where there is nothing to tell apart."""

    name: str
    k: int
    alarms: Array
    hits: Array
    area: float


def _curve(name: str, k: int, P: Array, Y: Array) -> _Curve:
    from sklearn.metrics import auc, roc_curve  # takes a second to come

    if not 0 < Y.sum() < len(Y):
        return _Curve(name, k, np.empty(0), np.empty(0), 0.0)
    alarms, hits, _ = roc_curve(Y, P)
    return _Curve(name, k, alarms, hits, float(auc(alarms, hits)))


def _mean_area(curves: list[_Curve]) -> float:
    return float(np.mean([curve.area for curve in curves]))


def _corner(curves: list[_Curve]) -> tuple[float, float]:
    """Up to which share of false alarms, and from which share found, there is something to see."""
    ends = [float(curve.alarms[np.argmax(curve.hits == 1)]) for curve in curves]
    if not 0 < max(ends) <= CORNER:
        return 1.0, 0.0
    right = min(tick for tick in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if 0.9 * tick >= max(ends))
    least = min(float(curve.hits[curve.alarms == 0].max()) for curve in curves)
    return right, float(np.floor(10 * least)) / 10 if least < 1 else 0.9


def _frame(ax: Axes, room: float, right: float = 1.0, bottom: float = 0.0) -> None:
    """Limits with a little room, so that what is drawn along the edges is whole."""
    ax.set_xlim(-room * right, (1 + room) * right)
    ax.set_ylim(bottom - room * (1 - bottom), 1 + room * (1 - bottom))


def _draw_curves(ax: Axes, curves: list[_Curve], colours: Theme) -> None:
    there = [curve for curve in curves if len(curve.hits)]
    some = curves if len(curves) <= CURVES else sorted(there, key=lambda c: c.area)[:WORST]
    if some is not curves:
        for curve in there:
            (line,) = ax.plot(
                curve.alarms, curve.hits, color=colours.ink, alpha=0.25, linewidth=0.8
            )
        line.set_label(f"all {len(there)}")
    for place, curve in enumerate(some):
        k = curve.k if some is curves else place
        area = f"{curve.area:.3f}" if len(curve.hits) else "–"
        label = f"{literal(curve.name)}: {area}"
        ax.plot(curve.alarms, curve.hits, color=colours.of_class(k), label=label)
