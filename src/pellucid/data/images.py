"""One picture at a time: from a file to a row as the data set has them, and back.

In the data ink is large and paper 0, whatever the picture's own colours are.
"""

import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.data.opening import open_file
from pellucid.errors import DataError
from pellucid.files import write_atomically

if TYPE_CHECKING:
    from PIL import Image

KINDS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF")
PIXEL_LIMIT = 50_000_000  # more than any camera phone's ordinary picture; 200 MB in memory
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

    Colours become grey, transparency white, dark ink light. A picture that already has the size
    and the layout of the data set keeps its pixels; any other is cut to its ink, resized with
    its proportions kept, and centred.

    Parameters
    ----------
    path : Path
        PNG, JPEG, BMP, TIFF, WebP or GIF (its first frame).
    format : ImageFormat
        How the data set lays out its pictures.

    Returns
    -------
    row : Array, shape (height · width,)
        uint8 from 0 (paper) to `format.maximum` (ink).
    said : str
        One sentence for the user.

    Raises
    ------
    DataError
        Blank, damaged, of another kind, or of more than 50 million pixels.
    FileError
        The file cannot be read.
    """
    grey = _read_grey(path)
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
        f"{said}; ink of {box.height} x {box.width} pixels resized to fit {inner[0]} x {inner[1]} "
        f"and centred in {format.height} x {format.width} by {where}.",
    )


def write_picture(row: Array, format: ImageFormat, path: Path) -> None:
    """Write a row of the data set as a grey PNG: ink light, paper black; whole or not at all.

    Parameters
    ----------
    row : Array, shape (height · width,)
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

    size = format.height * format.width
    if row.shape != (size,) or not (row.min() >= 0 and row.max() <= format.maximum):
        raise DataError(
            f"expected a row of {size} values from 0 to {format.maximum}, "
            f"got shape {row.shape} from {row.min(initial=0)} to {row.max(initial=0)}."
        )
    light = np.rint(row * (255.0 / format.maximum)).astype(np.uint8)
    content = BytesIO()
    Image.fromarray(light.reshape(format.height, format.width)).save(content, "PNG")
    write_atomically(path, content.getvalue())


def _read_grey(path: Path) -> Array:
    from PIL import Image

    with open_file(path) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata, which we do not read
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=KINDS) as image:
                if image.width * image.height > PIXEL_LIMIT:
                    raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
                return _grey(image)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
            raise DataError(
                f"{path}: expected at most {PIXEL_LIMIT // 10**6} million pixels ({problem}). "
                "Make the picture smaller."
            ) from None
        except Exception as problem:  # the decoders raise nearly every kind on damaged files
            reason = " ".join(str(problem).split())[:120]
            raise DataError(
                f"{path}: expected a picture ({', '.join(KINDS)}), but it is damaged or "
                f"something else ({reason or type(problem).__name__})."
            ) from None


def _grey(image: "Image.Image") -> Array:
    """8-bit grey of shape (h, w), turned as its camera says, laid on white where transparent."""
    from PIL import Image, ImageOps

    if image.mode.startswith("I"):  # 16 bits; Pillow's own conversion has clipped them
        deep = np.asarray(image).astype(np.float64)
        return np.rint(deep.clip(0, 65535) / 257).astype(np.uint8)
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        clear = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return np.asarray(upright.convert("L"), np.uint8)


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
    distance = (paper - grey.astype(np.int16)) * (1 if dark_ink else -1)
    ink = np.clip(distance, 0, None) * (255.0 / distance.max())
    ink[ink < FAINT] = 0
    return np.asarray(np.rint(ink), np.uint8)


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
