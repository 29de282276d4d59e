"""Photographs: all of the picture counts, so its longer side is cut and the rest resized.

Ink on paper is another matter: see ``images.py``.
"""

from typing import TYPE_CHECKING

import numpy as np

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.data.decoding import eight_bits, is_sideways, shrinking

if TYPE_CHECKING:
    from PIL import Image

ROOM = 2  # a JPEG is decoded at a size at least so many times what is wanted, then resized
TINT = 16  # of 255: colours closer than this are grey that was compressed
SMALL = 64  # pixels a side that are enough to judge colours by

Size = tuple[int, int]  # height, width


def photograph(image: "Image.Image", format: ImageFormat) -> tuple[Array, Size]:
    """Return a picture as the data set has its own, and the size that it came in.

    Proportions are kept: what the longer side has too much is cut off evenly at both ends.

    Parameters
    ----------
    image : PIL.Image.Image
        Opened, not yet decoded: a large JPEG is decoded at a fraction of its size.
    format : ImageFormat

    Returns
    -------
    pixels : Array, shape format.shape
        uint8 from 0 to 255.
    size : (int, int)
        Height and width before.
    """
    from PIL import Image

    before, wanted = upright_size(image), (format.height, format.width)
    mode = "L" if format.channels == 1 else "RGB"
    _hurry(image, mode, wanted)
    height, width = upright_size(image)
    room = min(height // (ROOM * wanted[0]), width // (ROOM * wanted[1]))
    upright = eight_bits(image, mode, max(min(shrinking(image), room), 1))
    box = middle((upright.height, upright.width), wanted)
    if (upright.height, upright.width) != wanted:
        size = format.width, format.height
        upright = upright.resize(size, Image.Resampling.BICUBIC, box, reducing_gap=3.0)
    return np.asarray(upright, np.uint8).reshape(format.shape), before


def middle(size: Size, wanted: Size) -> tuple[float, float, float, float]:
    """Return the largest box of the wanted proportions, in the middle: left, top, right, bottom."""
    height, width = size
    ratio = min(height / wanted[0], width / wanted[1])
    high, wide = ratio * wanted[0], ratio * wanted[1]
    left, top = (width - wide) / 2, (height - high) / 2
    return max(left, 0.0), max(top, 0.0), min(left + wide, width), min(top + high, height)


def upright_size(image: "Image.Image") -> Size:
    """Return height and width as the picture is looked at; only its head is read."""
    size = image.height, image.width
    return size[::-1] if is_sideways(image) else size


def is_coloured(image: "Image.Image") -> bool:
    """Return whether a picture holds more than greys."""
    if image.mode in ("1", "L", "LA", "F") or image.mode.startswith("I"):
        return False
    _hurry(image, "RGB", (SMALL, SMALL))
    small = eight_bits(image, "RGB", shrinking(image))
    small.thumbnail((SMALL, SMALL))
    pixels = np.asarray(small).astype(np.int16)
    return bool((pixels.max(axis=2) - pixels.min(axis=2)).max() > TINT)


def what_was_done(size: Size, format: ImageFormat) -> str:
    """Return in a sentence what became of one picture of `size`."""
    wanted = format.height, format.width
    colour = "in grey" if format.channels == 1 else "in colour"
    if size == wanted:
        return f"a photograph of {size_said(*size)}, taken as it is, {colour}."
    cut = ", the longer side cut at both ends" if is_cut(size, wanted) else ""
    return f"a photograph of {size_said(*size)}, resized to {size_said(*wanted)}{cut}, {colour}."


def is_cut(size: Size, wanted: Size) -> bool:
    """Return whether a pixel or more of a picture is lost at its ends."""
    left, top, _, _ = middle(size, wanted)
    return max(left, top) >= 0.5


def size_said(height: int, width: int) -> str:
    """Return a size as people write it, the width first."""
    said = f"{width} x {height}"
    return said if height == width else f"{said} (width x height)"


def _hurry(image: "Image.Image", mode: str, wanted: Size) -> None:
    """Have a JPEG decoded at a half, a quarter or an eighth, where that is still enough."""
    height, width = wanted[::-1] if is_sideways(image) else wanted
    image.draft(mode, (ROOM * width, ROOM * height))
