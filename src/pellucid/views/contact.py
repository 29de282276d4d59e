"""A contact sheet: some examples of every class, beside its name and its share."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.axes import Axes

from pellucid.arrays import Array
from pellucid.data.contents import Group, groups
from pellucid.data.dataset import ImageFormat
from pellucid.errors import DataError
from pellucid.views.given import expect
from pellucid.views.style import axes, bare, inches, literal, theme_of

EACH = 12  # examples of a class
MOST = 40  # classes on a sheet
PICTURE = 55  # dots that an example is about high, of 100 to the inch
LARGEST = 110  # pixels of an example, beyond which several become one
BAR, WIDE = 0.09, 0.75  # of a row's height, and inches of the longest
NAME, COUNT = 9.0, 7.5  # points
TALL = 0.45  # inches that a row needs for these
SCARCE = 0.8  # of it
LETTER = 0.085  # inches that one is about wide in a name
LONGEST = 22  # letters of a name
PAD = 0.085  # inches that matplotlib leaves free around axes


def plot_contact_sheet(
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    image: ImageFormat,
    *,
    classes: Sequence[str] | None = None,
    each: int = EACH,
    seed: int = 0,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw some examples of every class, a row for each, with its name, count and share.

    Parameters
    ----------
    X : (n, image.n_values)
        Pictures, one a row.
    Y : (n,) or (n, m)
        Class codes; or numbers, by whose first column the examples are put into five rows.
    image : ImageFormat
        How a row of X becomes a picture.
    classes : sequence of str, optional
        Their names by code; without them Y is taken for numbers.
    each : int
        Examples in a row.
    seed : int
        Draws them.

    Returns
    -------
    ax : Axes
        Bars beside the names are as long as the class is large.

    Raises
    ------
    DataError
        Not as many numbers as the pictures have, or codes that the classes lack.

    Examples
    --------
    >>> import pellucid as pel
    >>> rows = [[0, 255, 0, 255], [255, 0, 255, 0], [255, 255, 0, 0]]
    >>> ax = pel.plot_contact_sheet(rows, [0, 0, 1], pel.ImageFormat(2, 2), classes=["|", "-"])
    """
    expect("image", image, ImageFormat, "pel.ImageFormat(height, width)")
    pixels, targets = np.asarray(X), np.asarray(Y)
    _check(pixels, targets, image, classes, each)
    shown = groups(targets, classes, each, seed)[:MOST]
    columns = max(len(group.rows) for group in shown)
    sheet = _sheet(pixels, shown, columns, image, theme)
    high, wide = sheet.shape[0] / len(shown), sheet.shape[1] / columns
    inch = (
        high * (round(PICTURE / high) or PICTURE / high) / 100
    )  # whole dots a pixel, if it can be
    across, left = columns * wide / high, _left([group.name for group in shown])
    size = (left + inch * across + PAD, inch * len(shown) + PAD)
    if ax is not None:  # as large as there is room
        there = inches(ax)
        inch = min(there[1] / len(shown), max(there[0] - left, there[0] / 2) / across)
    ax = bare(axes(ax, theme, size))
    ax.imshow(sheet, extent=(0, across, len(shown), 0), interpolation="nearest", aspect="equal")
    ax.set(xlim=(-left / inch, across), ylim=(len(shown), 0))
    largest = max(group.n for group in shown)
    for y, group in enumerate(shown):
        _name(ax, y, group, (WIDE * group.n / largest / inch, inch / TALL), theme)
    return ax


def _left(names: list[str]) -> float:
    """Inches for names, counts and bars."""
    return max(WIDE, LETTER * min(max(map(len, names)), LONGEST)) + 0.2


def _check(
    X: Array, Y: Array, image: ImageFormat, classes: Sequence[str] | None, each: int
) -> None:
    if X.ndim != 2 or X.shape[1] != image.n_values or len(X) == 0 or len(X) != len(Y):
        raise DataError(
            f"expected pictures of {image.n_values} numbers, one a row, and a target for each, "
            f"got X of shape {X.shape} and Y of shape {Y.shape}."
        )
    if each < 1:
        raise DataError(f"each: expected at least 1 example, got {each}.")
    if classes is None:
        return
    if Y.ndim != 1 or Y.dtype.kind not in "iu" or Y.min() < 0 or Y.max() >= len(classes):
        raise DataError(f"Y: expected codes from 0 to {len(classes) - 1}, one for each example.")


def _sheet(X: Array, shown: list[Group], columns: int, image: ImageFormat, theme: str) -> Array:
    """All pictures as one, (h, w, 4) from 0 to 1, a clear line between them."""
    step = -(-max(image.height, image.width) // LARGEST)
    high, wide = image.height // step, image.width // step
    gap = max(1, round(high / 14))
    sheet = np.zeros((len(shown), high + gap, columns, wide + gap, 4), np.float32)
    top = gap // 2
    for y, group in enumerate(shown):
        cells = X[group.rows].reshape(-1, image.height, image.width, image.channels)
        cells = cells[:, : high * step, : wide * step].reshape(
            -1, high, step, wide, step, image.channels
        )
        coloured = _coloured(cells.mean(axis=(2, 4)) / image.maximum, image, theme)
        sheet[y, top : top + high, : len(cells), top : top + wide] = coloured.transpose(1, 0, 2, 3)
    return sheet.reshape(len(shown) * (high + gap), columns * (wide + gap), 4)


def _coloured(cells: Array, image: ImageFormat, theme: str) -> Array:
    """Red, green, blue and opacity: ink on the theme's paper, photographs as they are."""
    values = np.clip(cells, 0, 1)
    if image.channels == 3:
        return np.concatenate([values, np.ones_like(values[..., :1])], axis=-1)
    grey = image.centring == "whole"
    colours = colormaps["gray"] if grey else theme_of(theme).amount
    return np.asarray(colours(values[..., 0]))


def _name(ax: Axes, y: int, group: Group, sizes: tuple[float, float], theme: str) -> None:
    """Write what a row shows, and draw a bar of how many there are of it.

    `sizes`: how long the bar is, and how much room there is, of that for letters of usual size;
    where it is scarce, only the name is written.
    """
    colours, (long, room) = theme_of(theme), sizes
    text = " ".join(group.name.split())
    name = literal(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")
    said = f"{group.n:,} · {100 * group.share:.1f} %"
    lines = [(0.30, name, NAME), (0.62, said, COUNT)] if room > SCARCE else [(0.46, name, NAME)]
    for place, line, points in lines:
        size = points * min(1.0, room * 2 / len(lines))
        written = ax.text(-0.2, y + place, line, ha="right", va="center", fontsize=size)
        written.set_color(colours.ink)
    ax.barh(y + 0.86, long, BAR, left=-0.2 - long, color=colours.series[0])
