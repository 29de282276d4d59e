"""What a network makes of one or two inputs: regions of classes, levels, and curves."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from pellucid.arrays import Array, as_inputs, as_values
from pellucid.errors import DataError, RecipeError
from pellucid.inspection.responses import Response
from pellucid.model.network import Network
from pellucid.views.given import expect
from pellucid.views.hyperplanes import draw_hyperplanes
from pellucid.views.style import Theme, axes, inches, legend, literal, theme_of
from pellucid.views.surfaces import NOTHING, draw_surface
from pellucid.views.tints import MANY, draw_regions, size_of

NAMED = 10  # lines that a legend names
INSIDE = 5  # classes that the legend names on the picture
SMALL = 3.5  # inches below which the legend is small
ALIKE = 2.0  # spans that differ by less are of one kind: a unit is as long along both


def plot_boundary(
    response: Response,
    X: npt.ArrayLike | None = None,
    Y: npt.ArrayLike | None = None,
    *,
    classes: Sequence[str] | None = None,
    network: Network | None = None,
    output: int | None = None,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw which class is chosen where, over two inputs, with the examples there.

    Parameters
    ----------
    response : Response
        Over two inputs, as ``pellucid.boundary`` makes it.
    X : (n, n_inputs), optional
        Examples. Those of more than two inputs are drawn where their two columns are.
    Y : (n,), (n, 1) or (n, n_out), optional
        Their classes, as codes or one-hot; with `output` that output's targets, which are coloured
        as the levels are.
    classes : sequence of str, optional
        Names.
    network : Network, optional
        To draw where each weighted sum of the first layer is 0 too: a straight line, with an arrow
        to the side where it is positive.
    output : int, optional
        Draw how high this output is in the place of classes: for regression.
    names : (n_inputs,) of str, optional
        Of the columns.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError, RecipeError
        What does not fit the response.
    UnsupportedError
        Of lines, where the first layer has none: layer normalization, maxout.

    Examples
    --------
    >>> import pellucid as pel
    >>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> network = pel.Network(2, [pel.Dense(2, "tanh"), pel.Dense(1, "sigmoid")], seed=0)
    >>> ax = plot_boundary(pel.boundary(network, X), X, Y, network=network)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('input 0', 'input 1')
    """
    expect("response", response, Response, "pel.boundary")
    if len(response.inputs) != 2:
        raise RecipeError("response: expected one over two inputs. plot_response draws others.")
    rows = None if X is None else _rows(response, X)
    if Y is not None and (rows is None or len(rows) != len(np.asarray(Y))):
        raise DataError(
            f"expected X and Y of as many examples, got {0 if rows is None else len(rows)} and "
            f"{len(np.asarray(Y))}."
        )
    ax, colours = _plane(response, names, ax, theme), theme_of(theme)
    if output is None:
        draw_regions(ax, response, rows, Y, classes, colours)
    else:
        x, y = response.axes
        off = NOTHING if rows is None or len(rows) > MANY else rows
        scale = draw_surface(ax, x, y, _unit(response, output), keep_off=off, theme=theme)
        _levelled(ax, rows, _targets(Y, output), scale, colours)
    if network is not None:
        draw_hyperplanes(ax, network, response, rows, colours)
    if labels := ax.get_legend_handles_labels()[1]:
        size = "small" if inches(ax)[0] > SMALL else "x-small"
        legend(ax, theme, loc="beside" if len(labels) > INSIDE else "best", size=size)
    return ax


def plot_response(
    response: Response,
    *,
    unit: int | None = None,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw activations along one input as lines, one a unit; of one unit over two as a map.

    Parameters
    ----------
    response : Response
        As ``pellucid.response`` or ``boundary`` makes it.
    unit : int, optional
        One of its units; over two inputs it has to be said where there are several.
    names : (n_inputs,) of str, optional
        Of the columns.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError, RecipeError

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(1, [pel.Dense(3, "relu"), pel.Dense(1)], seed=0)
    >>> ax = plot_response(pel.response(network, [[-1], [1]], 1))
    >>> len(ax.get_lines())
    3
    """
    expect("response", response, Response, "pel.response")
    if len(response.inputs) == 2:
        (x, y), ax = response.axes, _plane(response, names, ax, theme)
        draw_surface(ax, x, y, _unit(response, unit), theme=theme)
        return ax
    ax = axes(ax, theme)
    values = response.values if response.values.ndim == 2 else response.values[:, None]
    units = range(values.shape[1])
    if unit is not None:
        values, units = _unit(response, unit)[:, None], range(unit, unit + 1)
    _curves(ax, response, values, units, theme_of(theme))
    last = f"layer {response.layer}"
    ax.set(xlabel=_names(response, names)[0], ylabel=f"activation, {last}")
    ax.set_xlim(response.axes[0][0], response.axes[0][-1])
    if 1 < len(units) <= NAMED:
        legend(ax, theme, size="small")
    return ax


def _rows(response: Response, X: npt.ArrayLike) -> Array:
    """The two columns of the examples."""
    rows: Array = np.asarray(as_inputs(X, len(response.at))[:], np.float64)
    return rows[:, list(response.inputs)]


def _names(response: Response, names: Sequence[str] | None) -> list[str]:
    if names is None:
        return [f"input {column}" for column in response.inputs]
    if len(names) != len(response.at):
        raise DataError(f"names: expected {len(response.at)}, one a column, got {len(names)}.")
    return [literal(str(names[column])) for column in response.inputs]


def _plane(response: Response, names: Sequence[str] | None, ax: Axes | None, theme: str) -> Axes:
    """Axes for two inputs, as long as their spans where these are alike."""
    x, y = response.axes
    across, up = _names(response, names)
    ax = axes(ax, theme, (5.6, 4.8))
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel=across, ylabel=up)
    ratio = np.ptp(x) / np.ptp(y)
    if 1 / ALIKE < ratio < ALIKE:
        ax.set_aspect("equal")
    return ax


def _unit(response: Response, unit: int | None) -> Array:
    """One unit's values; without its number, of a response that has one."""
    values = response.values
    if values.ndim == len(response.inputs):
        values = values[..., None]
    n = values.shape[-1]
    if unit is None and n > 1:
        raise RecipeError(f"unit: expected one of 0 to {n - 1} for a map over two inputs.")
    if not 0 <= (unit or 0) < n:
        raise RecipeError(f"expected a unit or output from 0 to {n - 1}, got {unit!r}.")
    found: Array = values[..., unit or 0]
    return found


def _targets(Y: npt.ArrayLike | None, output: int) -> Array | None:
    if Y is None:
        return None
    values = as_values(Y, "Y")
    return values[:, output if values.shape[1] > 1 else 0]


def _levelled(
    ax: Axes, rows: Array | None, targets: Array | None, scale: Normalize, colours: Theme
) -> None:
    """Examples over levels; in the colours of their targets they stand out where they differ."""
    if rows is None:
        return
    ax.scatter(
        rows[:, 0],
        rows[:, 1],
        s=size_of(rows),
        c="white" if targets is None else targets,
        norm=None if targets is None else scale,
        cmap=None if targets is None else colours.density,
        edgecolors="white",
        linewidths=1.0,
        zorder=3,
    )


def _curves(ax: Axes, response: Response, values: Array, units: range, colours: Theme) -> None:
    """A line for each unit; of very many all alike."""
    few = len(units) <= NAMED
    for j, unit in enumerate(units):
        ax.plot(
            response.axes[0],
            values[:, j],
            color=colours.of_class(j) if few else colours.ink,
            linewidth=1.6 if few else 0.6,
            alpha=1.0 if few else 0.5,
            label=f"unit {unit}",
        )
