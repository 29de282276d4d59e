"""Decoding files of pictures that nobody vouches for: which kinds, how large, which way up.

What becomes of the pixels is decided in ``images.py`` (ink) and ``photographs.py``.
"""

import contextlib
import math
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from pellucid.data.opening import open_file
from pellucid.errors import DataError, PellucidError

if TYPE_CHECKING:
    from PIL import Image

KINDS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF")
PIXEL_LIMIT = 50_000_000  # more than any camera phone's ordinary picture; 200 MB in memory
SIDE_LIMIT = 65_535  # as JPEG's; some decoders take very long over longer lines
LARGE = 4_000_000  # pixels from where on a picture is shrunk before anything is worked out
TILE = 1_000_000  # pixels that are converted at a time, lest there are copies of all of them

# What undoes the ways in which a camera can be held, by Exif's numbers: methods of `transpose`.
TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}

Result = TypeVar("Result")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the decoders' warnings of odd metadata, which we do not read, to themselves.

    Python's filters of warnings belong to all threads: whoever decodes in several wraps them all.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def decode(path: Path, use: "Callable[[Image.Image], Result]") -> Result:
    """Open a picture, of which only the head is read yet, and return what `use` makes of it.

    Raises
    ------
    DataError
        Damaged, of another kind, or of more than 50 million pixels or 65,535 a side.
    FileError
        The file cannot be read.
    """
    from PIL import Image

    with open_file(path) as file:
        try:
            with Image.open(file, formats=KINDS) as image:
                if image.width * image.height > PIXEL_LIMIT or max(image.size) > SIDE_LIMIT:
                    raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
                return use(image)
        except PellucidError:
            raise
        except Image.DecompressionBombError as problem:
            raise DataError(
                f"{shown(path)}: expected at most {PIXEL_LIMIT // 10**6} million pixels, "
                f"{SIDE_LIMIT:,} a side, got {problem}. Make the picture smaller."
            ) from None
        except Exception as problem:  # the decoders raise nearly every kind on damaged files
            reason = " ".join(str(problem).split())[:120]
            raise DataError(
                f"{shown(path)}: expected a picture ({', '.join(KINDS)}), but it is damaged or "
                f"something else ({reason or type(problem).__name__})."
            ) from None


def eight_bits(image: "Image.Image", mode: str, shrink: int = 1) -> "Image.Image":
    """Return a picture in mode "L" or "RGB", as its camera was held, on white where transparent.

    Each `shrink` x `shrink` pixels become one. Beside the picture as it was decoded, no more than
    the result and some tiles are in memory.
    """
    from PIL import Image

    turn = TURNS.get(_orientation(image))
    small = shrink == 1 and image.width * image.height <= TILE
    plain = _plain(image, mode) if small else _tile_by_tile(image, mode, shrink)
    return plain if turn is None else plain.transpose(Image.Transpose[turn])


def shrinking(image: "Image.Image") -> int:
    """Return by how much a picture is to be shrunk so that it is no longer large."""
    return math.ceil(math.sqrt(image.width * image.height / LARGE))


def is_sideways(image: "Image.Image") -> bool:
    """Return whether the camera was held so that height and width are to be exchanged."""
    return _orientation(image) in (5, 6, 7, 8)


def _orientation(image: "Image.Image") -> Any:
    return image.getexif().get(0x0112)


def _tile_by_tile(image: "Image.Image", mode: str, shrink: int) -> "Image.Image":
    from PIL import Image

    width, height = image.size
    wide = min(width, TILE // shrink**2 * shrink)  # tiles begin where a pixel of the result does
    high = min(height, max(TILE // wide // shrink, 1) * shrink)
    plain = Image.new(mode, (-(-width // shrink), -(-height // shrink)))
    for top in range(0, height, high):
        for left in range(0, width, wide):
            box = (left, top, min(left + wide, width), min(top + high, height))
            tile = _plain(image.crop(box), mode).reduce(shrink)
            plain.paste(tile, (left // shrink, top // shrink))
    return plain


def _plain(image: "Image.Image", mode: str) -> "Image.Image":
    """A picture as it lies in the file, in eight bits and on white."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits; Pillow's own conversion has clipped them
        deep = np.asarray(image).clip(0, 65535).astype(np.uint32)
        return Image.fromarray(((deep + 128) // 257).astype(np.uint8)).convert(mode)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return image if image.mode == mode else image.convert(mode)


def shown(path: Path | str) -> str:
    """Return a path as it can be printed: bytes that are no text, and what moves a cursor, as ?."""
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)
