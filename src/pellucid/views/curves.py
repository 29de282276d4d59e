"""Learning curves, and an error against anything that was swept."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter, MaxNLocator, NullLocator

from pellucid.training.history import History
from pellucid.views.style import axes, legend, theme_of

MOST_TICKS = 8  # values of a sweep that are written below it one by one
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
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="epoch", ylabel="cost")
    ax.set_title(history.sentence, fontsize="medium", color=colours.ink, wrap=True)
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
    """
    ax = axes(ax, theme)
    x = np.asarray(values, float)
    for name, given in errors.items():
        y = np.asarray(given, float)
        middle = y if y.ndim == 1 else np.median(y, axis=1)
        (line,) = ax.plot(x, middle, marker="o", markersize=3, label=name)
        if y.ndim == 2:
            ax.fill_between(x, y.min(axis=1), y.max(axis=1), color=line.get_color(), alpha=0.2)
    for axis in log:
        (ax.set_xscale if axis == "x" else ax.set_yscale)("log")
    if "x" in log and len(x) <= MOST_TICKS:  # what was swept, in the place of powers of ten
        ax.set_xticks(x, [f"{value:g}" for value in x])
        ax.xaxis.set_minor_locator(NullLocator())
    low, high = ax.get_ylim()
    if "y" in log and high / low < MOST_SPAN:  # 60 and 20 are read sooner than powers of ten
        ax.yaxis.set_major_formatter(LogFormatter())
        ax.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.6, 0.6)))
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if len(errors) > 1:
        legend(ax, theme)
    return ax
