"""What inputs did to a prediction, as bars or as a picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.errors import DataError, RecipeError
from pellucid.inspection.attribution import Attribution
from pellucid.views.given import expect
from pellucid.views.style import axes, bare, inches, literal, theme_of
from pellucid.views.surfaces import short

# In inches:
NUMBER = 0.65  # a number beside a bar
LETTER = 0.08  # of a name
TICK = 0.65  # a number below
MARGIN = 0.6  # beside axes before names are written there
LONGEST = 24  # letters of a column's name
FAINT = 0.5  # how much of a photograph is seen below what is drawn over it


def plot_attribution(
    attribution: Attribution,
    *,
    example: int | None = None,
    output: int | None = None,
    image: ImageFormat | None = None,
    row: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
    most: int = 10,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw what each input did to an output: bars, the largest first, or a picture of pixels.

    Blue moved the output up, orange down. Of contributions the bars sum to what is said above them:
    the output at the example, less that at the baseline.

    Parameters
    ----------
    attribution : Attribution
        As ``pellucid.attribution`` makes it.
    example : int, optional
        Which; without it the mean size over all examples, which has no sign.
    output : int, optional
        Which, where each was explained; by default the example's largest.
    image : ImageFormat, optional
        How the columns become a picture; what the colours of a pixel did is summed.
    row : (n_inputs,), optional
        The example itself: its values stand beside the names, its outline on the picture; a
        photograph lies pale below.
    names : (n_inputs,) of str, optional
        Of the columns.
    most : int
        Bars; what the other columns did is summed in one more.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError, RecipeError
        What does not fit the attribution.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(1, "identity")], precision="float64")
    >>> network.weights[1] = [[2.0], [-1.0]]
    >>> found = pel.attribution(network, [[1.0, 3.0]])
    >>> ax = plot_attribution(found, example=0, names=["length", "width"])
    >>> [float(bar.get_width()) for bar in ax.patches]
    [-3.0, 2.0]
    """
    expect("attribution", attribution, Attribution, "pel.attribution")
    values, title = _selected(attribution, example, output)
    given = _row(row, len(values))
    if image is not None:
        ax = _picture(values, image, given, ax, theme, signed=example is not None)
    else:
        written = _columns(len(values), names, given)
        summed = attribution.method != "gradient"  # slopes by different inputs have no sum
        shown, labels = _largest(values, written, most, summed=summed)
        ax = axes(ax, theme, (6.4, 0.3 * len(shown) + 1.2))
        _bars(ax, shown, labels, theme, signed=example is not None)
        ax.set(xlabel=_quantity(attribution, mean=example is None))
    ax.set_title(title, fontsize="medium", color=theme_of(theme).ink)
    return ax


def _selected(
    attribution: Attribution, example: int | None, output: int | None
) -> tuple[Array, str]:
    """A value for each column, and what they explain."""
    n, n_inputs = len(attribution.values), attribution.values.shape[-1]
    values = attribution.values.reshape(n, -1, n_inputs)
    outputs, F, F_baseline = (
        found.reshape(n, -1)
        for found in (attribution.outputs, attribution.F, attribution.F_baseline)
    )
    if example is not None and not 0 <= example < n:
        raise DataError(f"example: expected 0 to {n - 1}, got {example}.")
    asked = outputs if example is None else outputs[example : example + 1]
    if output is not None and not (asked == output).any():
        known = ", ".join(map(str, np.unique(asked)))
        raise DataError(f"output: expected one that was explained there, {known}; got {output}.")
    if example is None:
        mask = np.ones_like(outputs, bool) if output is None else outputs == output
        of = "" if output is None else f"output {output}, "
        return np.abs(values[mask]).mean(0), f"{of}{mask.any(axis=1).sum()} examples"
    j = int(F[example].argmax() if output is None else (outputs[example] == output).argmax())
    title = f"output {outputs[example, j]}: {short(F[example, j])}"
    if attribution.method != "gradient":
        title += f", at the baseline {short(F_baseline[example, j])}"
    return values[example, j], title


def _row(row: npt.ArrayLike | None, n: int) -> Array | None:
    if row is None:
        return None
    given = np.asarray(row, np.float64)
    if given.shape != (n,):
        raise DataError(f"row: expected {n} numbers, one a column, got shape {given.shape}.")
    return given


def _columns(n: int, names: Sequence[str] | None, row: Array | None) -> list[str]:
    """What stands beside the bars."""
    if names is not None and len(names) != n:
        raise DataError(f"names: expected {n}, one a column, got {len(names)}.")
    found = [f"input {j}" for j in range(n)] if names is None else [str(name) for name in names]
    found = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in found]
    found = [literal(name) for name in found]
    if row is None:
        return found
    return [f"{name} = {short(value)}" for name, value in zip(found, row, strict=True)]


def _largest(
    values: Array, written: list[str], most: int, *, summed: bool
) -> tuple[Array, list[str]]:
    """The largest, the first above; last what the others sum to."""
    if not isinstance(most, int) or most < 1:
        raise RecipeError(f"most: expected a whole number of at least 1, got {most!r}.")
    order = np.argsort(-np.abs(values), kind="stable")
    shown, labels = values[order[:most]], [written[j] for j in order[:most]]
    left = len(values) - len(shown)
    if not left or not summed:
        return shown, labels
    return np.append(shown, values[order[most:]].sum()), [*labels, f"{left} more"]


def _bars(ax: Axes, values: Array, labels: list[str], theme: str, *, signed: bool) -> None:
    """A bar for each, its number beside its end."""
    colours = theme_of(theme)
    fills = [colours.positive if value > 0 else colours.negative for value in values]
    places = np.arange(len(values))
    fill = fills if signed else colours.amount(0.5)
    bars = ax.barh(places, values, height=0.7, color=fill)
    numbers = ax.bar_label(bars, [short(value) for value in values], padding=3, fontsize="small")
    for number in numbers:
        number.set_color(colours.ink)
    ax.set_yticks(places, labels)
    ax.set_ylim(len(values) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    _room(ax, values, max(map(len, labels)))
    if signed:
        ax.axvline(0.0, color=colours.ink, linewidth=0.8)
        ax.spines["left"].set_visible(False)


def _room(ax: Axes, values: Array, longest: int) -> None:
    """Widen the axes on both sides where bars end, for the numbers beside them."""
    width = inches(ax)[0] - max(LETTER * longest - MARGIN, 0.0)  # names will take their share
    share = NUMBER / max(width, 4 * NUMBER)
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    ax.xaxis.set_major_locator(MaxNLocator(max(2, int(width / TICK)), steps=[1, 2, 5, 10]))
    room = share * ((high - low) or 1.0) / (1 - (low < 0) * share - (high > 0) * share)
    ax.set_xlim(low - room * (low < 0), high + room * (high > 0 or low == 0))


def _quantity(attribution: Attribution, *, mean: bool) -> str:
    """What the bars are."""
    F = "output" if attribution.of == "output" else "output's weighted sum"
    what = {
        "gradient": f"slope of the {F}",
        "gradient_x_input": f"(x − baseline) · slope of the {F}",
        "integrated_gradients": f"contribution to the {F}",
    }[attribution.method]
    return f"{what}, mean size" if mean else what


def _picture(
    values: Array,
    image: ImageFormat,
    row: Array | None,
    ax: Axes | None,
    theme: str,
    *,
    signed: bool,
) -> Axes:
    """A pixel for each column or, of colours, three; and the example, where it is given."""
    if len(values) != image.n_values:
        sides = " × ".join(map(str, image.shape))
        raise DataError(f"image: expected {len(values)} numbers, one a column, got {sides}.")
    colours = theme_of(theme)
    ax = bare(axes(ax, theme, (3.2, 3.4)))
    pixels = values.reshape(image.height, image.width, -1).sum(axis=2)  # what its colours did
    most = float(np.abs(pixels).max()) or 1.0
    cmap, low = (colours.signed, -most) if signed else (colours.amount, 0.0)
    look: dict[str, Any] = {"cmap": cmap, "vmin": low, "vmax": most, "interpolation": "nearest"}
    if row is None or image.centring != "whole":
        ax.imshow(pixels, **look)
    else:
        _below(ax, row.reshape(image.height, image.width, -1).mean(axis=2), image)
        ax.imshow(pixels, alpha=np.abs(pixels) / most, **look)
    if row is not None and image.centring != "whole":
        _outline(ax, row.reshape(image.shape), image, theme)
    return ax


def _below(ax: Axes, grey: Array, image: ImageFormat) -> None:
    """A photograph, faint and without colours, which mean something else here."""
    ax.imshow(grey, cmap="gray", vmin=0, vmax=image.maximum, alpha=FAINT, interpolation="nearest")


def _outline(ax: Axes, ink: Array, image: ImageFormat, theme: str) -> None:
    """The line around an example's ink."""
    ink = np.pad(ink, 1)  # so that outlines are closed
    half = image.maximum / 2
    if ink.max() > half:
        places = [np.arange(-1, n + 1) for n in (image.width, image.height)]
        ax.contour(*places, ink, levels=[half], colors=theme_of(theme).ink, linewidths=0.8)
        ax.set(xlim=(-0.5, image.width - 0.5), ylim=(image.height - 0.5, -0.5))
