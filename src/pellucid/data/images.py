"""One picture at a time: from a file to a row as the data set has them, and back.

Of ink on paper, ink is large in the data and paper 0, whatever the picture's own colours are;
photographs keep their colours.
"""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.data.decoding import decode, eight_bits, quiet, shrinking
from pellucid.data.photographs import photograph, upright_size, what_was_done
from pellucid.errors import DataError
from pellucid.files import write_atomically

if TYPE_CHECKING:
    from PIL import Image

BLANK = 8  # of 255: less contrast than this is an empty sheet
WHITE = 240  # of 255: paper darker than this is a photograph's, not the data set's inverted
FAINT = 32  # of 255: ink fainter than this is dust, shadow or compression


class _Box(NamedTuple):
    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def read_picture(path: Path, format: ImageFormat) -> tuple[Array, str]:
    """Return the picture in `path` as a row of the data set, and what was done to it.

    Transparency becomes white. Where the data set is of photographs (``centring="whole"``), the
    picture is cut and resized as they were, and keeps its colours if they did. Where it is of ink,
    colours become grey and dark ink light; a picture that already has the size and the layout of
    the data set keeps its pixels; any other is cut to its ink, resized with its proportions kept,
    and centred. Of more than 4 million pixels, several become one first.

    Parameters
    ----------
    path : Path
        PNG, JPEG, BMP, TIFF, WebP or GIF (its first frame).
    format : ImageFormat
        How the data set lays out its pictures.

    Returns
    -------
    row : Array, shape (format.n_values,)
        uint8 from 0 (paper, black) to `format.maximum` (ink, white).
    said : str
        One sentence for the user.

    Raises
    ------
    DataError
        Damaged, of another kind, of more than 50 million pixels, or no ink on it.
    FileError
        The file cannot be read.
    """
    if format.centring == "whole":
        with quiet():
            pixels, size = decode(path, lambda image: photograph(image, format))
        return _row(pixels, format), what_was_done(size, format)
    grey, ratio = _read_grey(path)
    if int(grey.max()) - int(grey.min()) < BLANK:
        raise DataError(f"{path}: expected ink on paper, got a blank picture.")
    paper = int(np.median(_border(grey)))
    dark_ink = paper - int(grey.min()) > int(grey.max()) - paper
    said = "dark ink on light paper: inverted" if dark_ink else "light ink on dark paper"
    own = 255 - grey if dark_ink else grey
    if _is_laid_out(own, format) and not (dark_ink and paper < WHITE):
        return _row(own, format), f"{said}; {own.shape[0]} x {own.shape[1]}, taken as it is."
    ink = _ink(grey, paper, dark_ink)
    box = _bounding_box(ink)
    picture = _fit(ink[box.top : box.bottom, box.left : box.right], format)
    where = "its centre of mass" if format.centring == "mass" else "its bounding box"
    inner = _inner(format)
    return (
        _row(picture, format),
        f"{said}; ink of {round(ratio * box.height)} x {round(ratio * box.width)} pixels resized "
        f"to fit {inner[0]} x {inner[1]} "
        f"and centred in {format.height} x {format.width} by {where}.",
    )


def write_picture(row: Array, format: ImageFormat, path: Path) -> None:
    """Write a row of the data set as a PNG; whole or not at all.

    Ink is light there and paper black; colours are as they are.

    Parameters
    ----------
    row : Array, shape (format.n_values,)
        Values from 0 to `format.maximum`, which becomes 255.
    format : ImageFormat
        How the data set lays out its pictures.
    path : Path
        The file to write.

    Raises
    ------
    DataError
        A row of another length, or values outside 0 … maximum.
    FileError
        The file cannot be written.
    """
    from PIL import Image

    size = format.n_values
    if row.shape != (size,) or not (row.min() >= 0 and row.max() <= format.maximum):
        raise DataError(
            f"expected a row of {size} values from 0 to {format.maximum}, "
            f"got shape {row.shape} from {row.min(initial=0)} to {row.max(initial=0)}."
        )
    light = np.rint(row * (255.0 / format.maximum)).astype(np.uint8)
    content = BytesIO()
    Image.fromarray(light.reshape(format.shape)).save(content, "PNG")
    write_atomically(path, content.getvalue())


def _read_grey(path: Path) -> tuple[Array, float]:
    """8-bit grey of shape (h, w), and how many pixels of the file's height one of it is."""
    with quiet():
        return decode(path, _grey)


def _grey(image: "Image.Image") -> tuple[Array, float]:
    before, shrink = upright_size(image)[0], shrinking(image)
    image.draft("L", (image.width // shrink, image.height // shrink))  # which does it to JPEGs
    grey = np.asarray(eight_bits(image, "L", shrinking(image)), np.uint8)
    return grey, before / len(grey)


def _border(grey: Array) -> Array:
    """The outermost pixels, a twentieth of the shorter side thick."""
    thick = max(1, min(grey.shape) // 20)
    inside = np.zeros(grey.shape, bool)
    inside[thick:-thick, thick:-thick] = True
    return np.asarray(grey[~inside])


def _is_laid_out(picture: Array, format: ImageFormat) -> bool:
    """Whether a picture is of the data set's size, and placed as it places its own.

    For "mass" the ink of MNIST is 19 or 20 pixels long, with its centre of mass within half a
    pixel of the middle. Ink longer than that was never laid out so (other data of 28 x 28), and
    is left alone too.
    """
    if picture.shape != (format.height, format.width) or format.centring == "box":
        return picture.shape == (format.height, format.width)
    box, inner = _bounding_box(picture), _inner(format)
    if box.height > inner[0] or box.width > inner[1]:
        return True
    filled = box.height >= inner[0] - 2 or box.width >= inner[1] - 2
    middle = (format.height // 2, format.width // 2)
    centre = _centre_of_mass(picture)
    return filled and all(abs(c - m) < 1 for c, m in zip(centre, middle, strict=True))


def _ink(grey: Array, paper: int, dark_ink: bool) -> Array:
    """Distance from the paper, stretched so that the strongest ink is 255; dust removed."""
    darkest, lightest = int(grey.min()), int(grey.max())
    greys = np.arange(darkest, lightest + 1)
    distance = (paper - greys) * (1 if dark_ink else -1)
    ink = np.clip(distance, 0, None) * (255.0 / distance.max())
    ink[ink < FAINT] = 0
    table = np.rint(ink).astype(np.uint8)
    return np.asarray(table[grey - darkest])


def _bounding_box(ink: Array) -> _Box:
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return _Box(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


def _inner(format: ImageFormat) -> tuple[int, int]:
    """The box that the ink is fitted into: 20 of 28 pixels for "mass", all of them for "box"."""
    if format.centring == "box":
        return format.height, format.width
    return max(1, format.height * 20 // 28), max(1, format.width * 20 // 28)


def _fit(ink: Array, format: ImageFormat) -> Array:
    """Resize the ink into the inner box, its proportions kept, and lay it on empty paper."""
    from PIL import Image

    ratio = min(inner / n for inner, n in zip(_inner(format), ink.shape, strict=True))
    height, width = (max(1, round(n * ratio)) for n in ink.shape)
    resized = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.LANCZOS))
    # Thin strokes fade when they shrink: the strongest ink is 255 again.
    resized = np.rint(resized * (255.0 / max(int(resized.max()), 1))).astype(np.uint8)
    top, left = _place(resized, format)
    picture = np.zeros((format.height, format.width), np.uint8)
    picture[top : top + height, left : left + width] = resized
    return picture


def _place(ink: Array, format: ImageFormat) -> tuple[int, int]:
    room = (format.height - ink.shape[0], format.width - ink.shape[1])
    if format.centring == "box":
        return room[0] // 2, room[1] // 2
    # In MNIST the pixel of the centre of mass is number 14 of 0 … 27.
    centre = _centre_of_mass(ink)
    top, left = (
        round(n // 2 - c) for n, c in zip((format.height, format.width), centre, strict=True)
    )
    return min(max(top, 0), room[0]), min(max(left, 0), room[1])


def _centre_of_mass(picture: Array) -> tuple[float, float]:
    total = float(picture.sum())
    rows, columns = (np.arange(n) for n in picture.shape)
    return (
        float(picture.sum(axis=1) @ rows) / total,
        float(picture.sum(axis=0) @ columns) / total,
    )


def _row(picture: Array, format: ImageFormat) -> Array:
    return np.rint(picture * (format.maximum / 255.0)).astype(np.uint8).reshape(-1)
