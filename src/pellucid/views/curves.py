"""Learning curves, and an error against anything that was swept."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter, NullLocator

from pellucid.errors import DataError
from pellucid.training.history import History
from pellucid.views.given import expect
from pellucid.views.style import axes, inches, legend, literal, theme_of, whole
from pellucid.views.surfaces import short

MOST_TICKS = 8  # values of a sweep that are written below it one by one
WIDE = 4.0  # inches that a sentence in usual letters needs
MOST_SPAN = 1000  # between the ends of a logarithmic axis that has plain numbers


def plot_history(
    history: History, *, ax: Axes | None = None, log: bool = False, theme: str = "light"
) -> Axes:
    """Draw the cost of each epoch, of the validation part too, with the reason of stopping.

    Parameters
    ----------
    history : History
        What ``train`` returned.
    ax : Axes, optional
    log : bool
        Whether the cost's axis is logarithmic.
    theme : {"light", "dark"}

    Returns
    -------
    Axes
    """
    expect("history", history, History, "pel.train")
    ax, colours = axes(ax, theme), theme_of(theme)
    epochs = history.column("epoch")
    ax.plot(epochs, history.costs, marker="." if len(epochs) < 40 else "", label="training")
    validation = history.column("validation_cost")
    if np.isfinite(validation).any():
        ax.plot(epochs, validation, marker="." if len(epochs) < 40 else "", label="validation")
        legend(ax, theme)
    if history.best_epoch is not None:
        ax.axvline(history.best_epoch, color=colours.faint, linestyle=":", zorder=0)
        ax.annotate(
            f"kept: epoch {history.best_epoch}",
            (history.best_epoch, 1.0),
            xycoords=("data", "axes fraction"),
            color=colours.ink,
            fontsize="small",
            va="bottom",
            ha="center",
        )
    if log:
        ax.set_yscale("log")
        _plain(ax)
    whole(ax)
    ax.set(xlabel="epoch", ylabel="cost")
    size = "medium" if inches(ax)[0] > WIDE else "small"
    ax.set_title(history.sentence, fontsize=size, color=colours.ink, wrap=True)
    return ax


def plot_sweep(
    values: npt.ArrayLike,
    errors: Mapping[str, npt.ArrayLike],
    *,
    xlabel: str,
    ylabel: str = "error",
    log: Sequence[str] = (),
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw an error against anything: a rate, a width, a number of examples.

    Parameters
    ----------
    values : (n,)
        What was swept.
    errors : mapping from name to (n,) or (n, repeats)
        A line for each; of repeats the median, and a band from least to greatest.
    log : any of "x", "y"
        Which axes are logarithmic.

    Raises
    ------
    DataError
        Not as many errors as values.
    """
    x, rows = np.asarray(values, float), {name: np.asarray(y, float) for name, y in errors.items()}
    for name, y in rows.items():
        if y.ndim not in (1, 2) or x.shape != y.shape[:1]:
            raise DataError(
                f"{name}: expected an error, or a row of them, for each of {x.size} values, got "
                f"shape {y.shape}."
            )
    ax = axes(ax, theme)
    for name, y in rows.items():
        middle = y if y.ndim == 1 else np.median(y, axis=1)
        (line,) = ax.plot(x, middle, marker="o", markersize=3, label=literal(name))
        if y.ndim == 2:
            ax.fill_between(x, y.min(axis=1), y.max(axis=1), color=line.get_color(), alpha=0.2)
    for axis in log:
        (ax.set_xscale if axis == "x" else ax.set_yscale)("log")
    if "x" in log and len(x) <= MOST_TICKS:  # what was swept, in the place of powers of ten
        ax.set_xticks(x, [f"{value:g}" for value in x])
        ax.xaxis.set_minor_locator(NullLocator())
    if "y" in log:
        _plain(ax)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if len(errors) > 1:
        legend(ax, theme)
    return ax


class _Plain(LogFormatter):
    """Writes 0.6 where matplotlib writes 6e−01."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return short(x) if super().__call__(x, pos) else ""


def _plain(ax: Axes) -> None:
    """Have 60 and 20, which are read sooner, in the place of powers of ten."""
    low, high = ax.get_ylim()
    if high / low < MOST_SPAN:
        ax.yaxis.set_major_formatter(_Plain())
        ax.yaxis.set_minor_formatter(_Plain(minor_thresholds=(1.6, 0.6)))
