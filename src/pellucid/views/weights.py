"""Weights and activations as pictures, where inputs are pixels."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.errors import DataError
from pellucid.inspection.traced import Trace
from pellucid.model.network import Network
from pellucid.views.given import expect
from pellucid.views.style import axes, bare, inches, over, theme_of
from pellucid.views.surfaces import brief, short

HALF = 0.32  # of a row's height, where rows are 1 apart
FEW = 12  # units whose activations are written
NAMES, NUMBERS, SMALLEST = 10.0, 7.5, 5.0  # points
LETTER = 0.6  # how wide one is, in its own size
MARGIN = 70.0  # sizes of letters beside axes before names are written there
WIDE = 4.0  # inches from where on there is room for names of usual size
COLOURS = ("red", "green", "blue")  # a panel each
NAMED = 1.5  # inches from where on there is room for them


def plot_unit_weights(
    network: Network,
    unit: int,
    image: ImageFormat,
    *,
    layer: int = 1,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw the weights from the pixels into one unit of a layer that the input feeds.

    Blue (positive) weights answer to ink, or to the light of a photograph, orange ones are against
    it; the paper is 0. Of pictures in colour there are three panels: red, green and blue. Where the
    unit sees only a part of the picture, a line shows where that ends.

    Parameters
    ----------
    network : Network
    unit : int
        Counted from 0.
    image : ImageFormat
        How a row of inputs becomes a picture.
    layer : int
        1 where each layer feeds the next.

    Raises
    ------
    DataError
        No such unit, or a picture of another size.
    """
    expect("network", network, Network, "pel.Network")
    architecture = network.architecture
    if (0, layer) not in architecture.connections or not 0 <= unit < architecture.sums(layer):
        raise DataError(
            f"expected a layer that the input feeds and one of its units, got layer {layer}, "
            f"unit {unit}."
        )
    ax = plot_signed(network.weights[0, layer][:, unit], image, ax=ax, theme=theme)
    if 0 in architecture.layer(layer).masks:
        _frame_panels(ax, image, theme)
    return ax


def plot_signed(
    values: npt.ArrayLike, image: ImageFormat, *, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Draw signed numbers, one a pixel, such as weights or attributions; 0 is the paper.

    Of pictures in colour there are three panels, for red, green and blue, on one scale.

    Raises
    ------
    DataError
        Not as many as the picture has numbers, or not finite.
    """
    picture = _pixels(values, image)
    ax = bare(axes(ax, theme, (3.2 if image.channels == 1 else 8.0, 3.2)))
    most = float(np.abs(picture).max())
    cmap, end = theme_of(theme).signed, most or 1.0
    if image.channels == 3:
        picture = _side_by_side(picture)
        _name_panels(ax, image, theme)
    ax.imshow(picture, cmap=cmap, vmin=-end, vmax=end, interpolation="nearest")
    ax.set_title(f"±{short(most)}", fontsize="small", color=theme_of(theme).ink)
    return ax


def _side_by_side(picture: Array) -> Array:
    """The channels of (height, width, 3) as panels, with nothing, which is paper, between them."""
    height, width, n = picture.shape
    gap = np.full((height, _gap(width)), np.nan)
    panels = [part for k in range(n) for part in (gap, picture[..., k])]
    return np.ma.masked_invalid(np.hstack(panels[1:]))


def _frame_panels(ax: Axes, image: ImageFormat, theme: str) -> None:
    """Draw the edge of the picture, or of each of its three colours."""
    for k in range(image.channels):
        corner = (k * (image.width + _gap(image.width)) - 0.5, -0.5)
        edge: dict[str, Any] = {"edgecolor": theme_of(theme).faint, "linewidth": 0.8}
        frame = Rectangle(corner, image.width, image.height, fill=False, clip_on=False, **edge)
        ax.add_patch(frame)


def _gap(width: int) -> int:
    return max(1, width // 12)


def _name_panels(ax: Axes, image: ImageFormat, theme: str) -> None:
    """Write below each panel which colour it is, where there is room."""
    if inches(ax)[0] < NAMED:
        return
    for k, name in enumerate(COLOURS):
        x = k * (image.width + _gap(image.width)) + (image.width - 1) / 2
        place: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": "small"}
        ax.annotate(
            name,
            (x, image.height - 0.5),
            (0, -3),
            textcoords="offset points",
            color=theme_of(theme).ink,
            **place,
        )


def _pixels(values: npt.ArrayLike, image: ImageFormat) -> Array:
    """A number for each pixel, (height, width), and each colour, (height, width, 3)."""
    pixels: Array = np.asarray(values)
    if pixels.size != image.n_values or not np.isfinite(pixels).all():
        sides = " × ".join(map(str, image.shape))
        each = "one a pixel" if image.channels == 1 else "three a pixel"
        raise DataError(f"expected {sides} finite numbers, {each}, got shape {pixels.shape}.")
    return pixels.reshape(image.shape)


def plot_ink(
    row: npt.ArrayLike, image: ImageFormat, *, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Draw an example as ink on paper: 0 is the paper, the maximum the ink.

    A photograph (``image.centring`` is "whole") is drawn as it is, in its colours: 0 is black.

    Raises
    ------
    DataError
        Not as many numbers as the picture has, or not finite.
    """
    expect("image", image, ImageFormat, "pel.ImageFormat(height, width)")
    picture = _pixels(row, image)
    ax = bare(axes(ax, theme, (2.2, 2.2)))
    if image.channels == 3:
        ax.imshow(np.clip(picture / image.maximum, 0, 1), interpolation="nearest")
        return ax
    colours = "gray" if image.centring == "whole" else theme_of(theme).amount
    ax.imshow(picture, cmap=colours, vmin=0, vmax=image.maximum, interpolation="nearest")
    return ax


def plot_activations(
    trace: Trace, *, example: int = 0, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Draw the activations of one example, a row of cells for each layer, a cell for each unit.

    Parameters
    ----------
    trace : Trace
        As ``pellucid.trace`` makes it.
    example : int
        Which of its examples.

    Raises
    ------
    DataError
        No such example.

    Notes
    -----
    Each layer has a scale of its own: the paper is 0, blue positive, orange negative. Layers of a
    few units have their numbers in the cells and the units' below.
    """
    expect("trace", trace, Trace, "pel.trace")
    if not 0 <= example < len(trace.A[0]):
        raise DataError(f"example: expected 0 to {len(trace.A[0]) - 1}, got {example}.")
    layers = [trace.A[l][example] for l in range(1, trace.architecture.n_layers + 1)]
    ax = axes(ax, theme, (7.5, 0.6 * len(layers) + 0.4))
    ax.set(xlim=(-0.002, 1.002), ylim=(len(layers) - 0.35, -0.45), xticks=[])
    kinds = [layer.activation for layer in trace.architecture.layers]
    names = [
        f"layer {l}: {len(A)} {kind}, ±{short(float(np.abs(A).max()))}"
        for l, (A, kind) in enumerate(zip(layers, kinds, strict=True), start=1)
    ]
    size = NAMES if inches(ax)[0] > WIDE else NUMBERS
    ax.set_yticks(range(len(layers)), names, fontsize=size)
    width = 72 * inches(ax)[0] - LETTER * max(0.0, size * max(map(len, names)) - MARGIN)
    for y, A in enumerate(layers):
        _cells(ax, np.asarray(A), y, width, theme)
    ax.tick_params(axis="y", length=0)
    ax.spines[:].set_visible(False)
    return ax


def _cells(ax: Axes, A: Array, y: int, width: float, theme: str) -> None:
    """A layer's activations on so many points across, with a frame that shows those of 0."""
    written = [brief(float(value)) for value in A] if len(A) <= FEW else []
    size = min([NUMBERS, *(width / len(A) / (LETTER * (len(text) + 0.6)) for text in written)])
    colours, most = theme_of(theme), float(np.abs(A).max()) or 1.0
    ax.imshow(
        A[None, :] / most,
        cmap=colours.signed,
        vmin=-1,
        vmax=1,
        aspect="auto",
        extent=(0, 1, y + HALF, y - HALF),
        interpolation="nearest",
    )
    frame = Rectangle((0, y - HALF), 1, 2 * HALF, fill=False, edgecolor=colours.faint)
    ax.add_patch(frame)
    for j, text in enumerate(written):
        fill = colours.signed(0.5 + 0.5 * float(A[j]) / most)
        middle = (j + 0.5) / len(A)
        for place, said, colour, va, points in (
            (y, text if size >= SMALLEST else "", over(fill, theme), "center", size),
            (y + HALF + 0.04, str(j), colours.ink, "top", NUMBERS),
        ):
            ax.text(middle, place, said, color=colour, fontsize=points, ha="center", va=va)
