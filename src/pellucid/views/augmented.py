"""Pictures beside what augmenting makes of them."""

import textwrap

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from pellucid.arrays import Array, as_matrix
from pellucid.data.dataset import ImageFormat
from pellucid.equations.augmenting import Augment, distorted
from pellucid.errors import DataError
from pellucid.plan.checks import check_whole
from pellucid.views.given import expect
from pellucid.views.style import axes, bare, inches, theme_of

CELL = 0.78  # inches of a picture, where the figure is ours
GAP = 0.03  # between pictures, in their own size; before the copies it is four times as wide
FINE = 64  # pixels of the sheet for a picture, at least, so that gaps can be narrow
NO_BREAK = "\u00a0"
LETTER = 0.075  # inches of an average one of the title's


def plot_augmented(
    X: npt.ArrayLike,
    image: ImageFormat,
    augment: Augment,
    *,
    seed: int = 0,
    n: int = 8,
    copies: int = 6,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw examples, and beside each what training sees in its place, epoch after epoch.

    Parameters
    ----------
    X : (n_examples, n_inputs)
        Pictures; row i is distorted as example i of a training part is.
    image : ImageFormat
        How a row becomes a picture.
    augment : Augment
    seed : int
        The run's.
    n : int
        How many examples, the first ones.
    copies : int
        How many epochs.

    Raises
    ------
    DataError
        Pictures of another size than the format's or the augmenting's.
    """
    expect("image", image, ImageFormat, "pel.ImageFormat(height, width)")
    expect("augment", augment, Augment, "pel.Augment((height, width))")
    for name, count in (("n", n), ("copies", copies)):
        check_whole(name, count, 1)
    rows = as_matrix(X)[:n]
    if not rows.shape[1] == image.n_values == augment.n_values:
        raise DataError(
            f"expected pictures of one size, got rows of {rows.shape[1]} numbers, a format of "
            f"{image.n_values}, augmenting for {augment.n_values}."
        )
    numbers = np.arange(len(rows), dtype=np.int64)
    seen = [rows] + [distorted(augment, rows, numbers, seed, epoch) for epoch in range(copies)]
    ax = bare(axes(ax, theme, _size(len(rows), copies)))
    coloured = [_coloured(pictures, image, theme) for pictures in seen]
    _sheet(ax, np.stack(coloured, axis=1), theme)
    ax.set_title(
        textwrap.fill(said(augment), int(inches(ax)[0] / LETTER)),
        fontsize="medium",
        color=theme_of(theme).ink,
    )
    return ax


def said(augment: Augment) -> str:
    """Say in words what may happen to a picture."""
    a = augment
    parts = [
        f"shift ±{a.shift:g} px" if a.shift else "",
        f"rotate ±{a.rotate:g}°" if a.rotate else "",
        f"shear ±{a.shear:g}°" if a.shear else "",
        f"scale ±{100 * a.scale:g} %" if a.scale else "",
        f"elastic σ {a.elastic[0]:g} α {a.elastic[1]:g}" if a.elastic else "",
        f"noise {100 * a.noise:g} %" if a.noise else "",
        "flip" if a.flip else "",
        f"crop ±{a.crop} px" if a.crop else "",
    ]
    whole = [part.replace(" ", NO_BREAK) for part in parts if part]
    return ", ".join(whole) or "nothing is changed"


def _size(n: int, copies: int) -> tuple[float, float]:
    return CELL * (copies + 1) + 0.3, CELL * n + 0.9


def _coloured(rows: Array, image: ImageFormat, theme: str) -> Array:
    """Pictures in rows as colours from 0 to 1, (n, height, width, 3): ink in the theme's."""
    shares = np.clip(rows.astype(np.float64) / image.maximum, 0.0, 1.0)
    if image.channels == 3:
        return shares.reshape(-1, image.height, image.width, 3)
    grey = colormaps["gray"] if image.centring == "whole" else theme_of(theme).amount
    return np.asarray(grey(shares.reshape(-1, image.height, image.width)))[..., :3]


def _sheet(ax: Axes, pictures: Array, theme: str) -> None:
    """All pictures (n, 1 + copies, height, width, 3) as one image, with what the columns are."""
    fine = -(-FINE // max(pictures.shape[2:4]))
    pictures = pictures.repeat(fine, axis=2).repeat(fine, axis=3)
    n, columns, height, width, _ = pictures.shape
    gap = max(1, round(GAP * max(height, width)))
    left = [column * (width + gap) + (3 * gap if column else 0) for column in range(columns)]
    whole = (n * (height + gap) - gap, left[-1] + width, 3)
    sheet = np.broadcast_to(to_rgb(theme_of(theme).faint), whole).copy()
    sheet[:, width : left[1]] = to_rgb(theme_of(theme).paper)
    for row in range(n):
        top = row * (height + gap)
        for column, x in enumerate(left):
            sheet[top : top + height, x : x + width] = pictures[row, column]
    ax.imshow(sheet, interpolation="nearest")
    names = ["as it is", *(f"epoch {epoch}" for epoch in range(1, columns))]
    ax.xaxis.tick_top()
    ax.set_xticks([x + (width - 1) / 2 for x in left], names, fontsize="small")
    ax.tick_params(axis="x", length=0)
