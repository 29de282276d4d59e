"""The user's cache folder, and arrays kept in it so that they open at once."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array
from pellucid.files import make_folder, write_atomically

Report = Callable[[str], None]  # told in a sentence what is being done


def silent(message: str) -> None:
    """Report nothing."""


def cache_folder() -> Path:
    """Return ``$XDG_CACHE_HOME/pellucid``, or ``~/.cache/pellucid``; it may not exist yet."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # unset, empty, or relative, which its specification ignores
        base = Path("~/.cache").expanduser()
    return base / "pellucid"


def save_array(path: Path, array: Array) -> None:
    """Write `array` as an uncompressed .npy file, whole or not at all.

    Raises
    ------
    FileError
        The folder cannot be made or written.
    """
    content = BytesIO()
    np.save(content, array, allow_pickle=False)
    make_folder(path.parent)
    write_atomically(path, content.getvalue())


def load_array(path: Path, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> Array | None:
    """Return the array in `path`, mapped into memory and read-only.

    None where there is no such file, or where its type, shape or length is not as expected.
    """
    try:
        mapped = np.lib.format.open_memmap(path, mode="r")
        size = path.stat().st_size
    except (OSError, ValueError):
        return None
    if mapped.dtype != dtype or mapped.shape != shape or not mapped.flags.c_contiguous:
        return None
    if mapped.offset + mapped.nbytes != size:
        return None
    return np.asarray(mapped)
