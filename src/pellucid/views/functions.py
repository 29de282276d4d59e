"""Activation functions as curves, with their derivatives."""

from collections.abc import Callable, Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS, Activation
from pellucid.errors import DataError
from pellucid.network.layer import check_choice
from pellucid.views.style import axes, inches, legend, theme_of

POINTS = 201  # a piece of a curve
LETTER = 0.06  # inches that a letter of a small title takes
KEY = 0.4  # and the piece of line before them
TALLEST = 3.0  # a function may go so far beyond the span of z at least before it is cut off

Curve = Callable[[Array], Array]


def plot_activation_function(
    names: str | Sequence[str],
    *,
    span: tuple[float, float] = (-5.0, 5.0),
    derivative: bool = True,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw activation functions of the table, and their derivatives.

    A function is solid, its derivative dashed. Where one of them jumps the line is broken: the
    full point is the value there, the open one is not. Of one function the formulas stand above.

    Parameters
    ----------
    names : str or sequence of str
        Rows of ``pellucid.equations.activations.ACTIVATIONS``.
    span : (float, float)
        From which z to which. A function that grows much beyond it is cut off.
    derivative : bool
        Whether f′ is drawn; step and sign have none.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    ArchitectureError
        An unknown name.
    DataError
        No name, or a span that does not ascend.

    Notes
    -----
    Softmax and maxout make one activation of several sums: z is the first of two, the other is 0.

    Examples
    --------
    >>> ax = plot_activation_function("relu")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['a = max(z, 0)', 'a′ = 1 where z > 0, else 0']
    """
    named = [names] if isinstance(names, str) else list(names)
    for name in named:
        check_choice(name, ACTIVATIONS, "activation")
    low, high = (float(z) for z in span)
    if not named or not (np.isfinite(high - low) and low < high):
        raise DataError(f"expected names and a span that ascends, got {named} over {span}.")
    ax, colours = axes(ax, theme), theme_of(theme)
    for line in (ax.axhline, ax.axvline):
        line(0.0, color=colours.faint, linewidth=0.8, zorder=0)
    several = len(named) > 1
    for k, name in enumerate(named):
        row = ACTIVATIONS[name]
        value, slope = (name, f"{name}′") if several else _formulas(row, ax)
        jumps = (0.0,) if row.backward is None else ()
        _curve(ax, _value(row), (low, high), jumps, colours.of_class(k), "-", value)
        if derivative and row.backward is not None:
            kinks = (0.0,) if row.grouped else row.kinks
            colour = colours.of_class(k if several else 1)
            _curve(ax, _slope(row), (low, high), kinks, colour, "--", slope)
    _cut_off(ax, (low, high))
    ax.set(xlim=(low, high), xlabel="z")
    if not several:
        joint = ACTIVATIONS[named[0]].grouped or named[0] == "softmax"
        title = f"{named[0]}, beside a sum of 0" if joint else named[0]
        ax.set_title(title, fontsize="medium", color=colours.ink)
    legend(ax, theme, loc="best" if several else "above", size="small")
    return ax


def _value(row: Activation) -> Curve:
    """f, of the first of two sums where an activation is made of several."""
    return lambda z: row.f(_beside_zero(z), np)[:, 0]


def _slope(row: Activation) -> Curve:
    """f′ by the row's own backward pass."""

    def slope(z: Array) -> Array:
        assert row.backward is not None
        Z = _beside_zero(z)
        A = row.f(Z, np)
        first = np.zeros_like(A)
        first[:, 0] = 1.0
        return row.backward(first, Z, A, np)[:, 0]

    return slope


def _beside_zero(z: Array) -> Array:
    return np.column_stack([z, np.zeros_like(z)])


def _curve(
    ax: Axes,
    f: Curve,
    span: tuple[float, float],
    jumps: Sequence[float],
    colour: str,
    style: str,
    label: str,
) -> None:
    """A line in pieces from jump to jump, with a full point where the value is."""
    within = [jump for jump in jumps if span[0] < jump < span[1]]
    ends = [span[0], *within, span[1]]
    for i, (low, high) in enumerate(zip(ends[:-1], ends[1:], strict=True)):
        near = 1e-9 * (high - low)
        z = np.linspace(low, high, POINTS)
        with np.errstate(over="ignore"):  # e^z of a wide span
            y = f(np.clip(z, low + near * (i > 0), high - near * (high != span[1])))
        ax.plot(z, y, color=colour, linestyle=style, label=label if i == 0 else None)
        for end in (0, -1):
            if z[end] in within:
                full = np.isclose(f(z[[end]])[0], y[end])
                ax.plot(
                    *(z[[end]], y[[end]]),
                    color=colour,
                    marker="o",
                    markersize=4.5,
                    markerfacecolor=colour if full else ax.get_facecolor(),
                    zorder=3 if full else 2.5,
                )


def _cut_off(ax: Axes, span: tuple[float, float]) -> None:
    """Keep the scale of z for functions that grow much faster."""
    least = [np.abs(y[np.isfinite(y)]).min(initial=np.inf) for y in _heights(ax)]
    lowest = max((float(each) for each in least if np.isfinite(each)), default=0.0)
    most = max(abs(span[0]), abs(span[1]), TALLEST, 2 * lowest)  # something of each is seen
    low, high = max(ax.dataLim.y0, -most), min(ax.dataLim.y1, most)
    if high > low:
        ax.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))


def _heights(ax: Axes) -> list[Array]:
    """Of the curves."""
    heights = [np.asarray(line.get_ydata()) for line in ax.get_lines()]
    return [y for y in heights if y.size > 2]


def _formulas(row: Activation, ax: Axes) -> tuple[str, str]:
    """Of f and f′, in lines that fit the axes."""
    width = max(20, int((inches(ax)[0] - KEY) / LETTER))
    return fill(f"a = {row.formula}", width), fill(f"a′ = {row.derivative}", width)
