"""Decoding files of pictures that nobody vouches for: which kinds, how large, which way up.

What becomes of the pixels is decided in ``images.py`` (ink) and ``photographs.py``.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pellucid.data.opening import open_file
from pellucid.errors import DataError, PellucidError

if TYPE_CHECKING:
    from PIL import Image

KINDS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF")
PIXEL_LIMIT = 50_000_000  # more than any camera phone's ordinary picture; 200 MB in memory

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
        Damaged, of another kind, or of more than 50 million pixels.
    FileError
        The file cannot be read.
    """
    from PIL import Image

    with open_file(path) as file:
        try:
            with Image.open(file, formats=KINDS) as image:
                if image.width * image.height > PIXEL_LIMIT:
                    raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
                return use(image)
        except PellucidError:
            raise
        except Image.DecompressionBombError as problem:
            raise DataError(
                f"{shown(path)}: expected at most {PIXEL_LIMIT // 10**6} million pixels "
                f"({problem}). Make the picture smaller."
            ) from None
        except Exception as problem:  # the decoders raise nearly every kind on damaged files
            reason = " ".join(str(problem).split())[:120]
            raise DataError(
                f"{shown(path)}: expected a picture ({', '.join(KINDS)}), but it is damaged or "
                f"something else ({reason or type(problem).__name__})."
            ) from None


def eight_bits(image: "Image.Image", mode: str) -> "Image.Image":
    """Return a picture in mode "L" or "RGB", as its camera was held, on white where transparent."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits; Pillow's own conversion has clipped them
        deep = np.asarray(upright).astype(np.float64)
        return Image.fromarray(np.rint(deep.clip(0, 65535) / 257).astype(np.uint8)).convert(mode)
    if upright.has_transparency_data:
        clear = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return upright if upright.mode == mode else upright.convert(mode)


def is_sideways(image: "Image.Image") -> bool:
    """Return whether the camera was held so that height and width are to be exchanged."""
    return image.getexif().get(0x0112) in (5, 6, 7, 8)


def shown(path: Path | str) -> str:
    """Return a path as it can be printed: bytes that are no text, and what moves a cursor, as ?."""
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)
