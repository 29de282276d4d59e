"""The user's cache folder, and arrays kept in it so that they open at once."""

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

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


def save_rows(path: Path, blocks: Iterable[Array], width: int) -> int:
    """Write blocks of rows (…, width) of uint8, one after the other, as one .npy file.

    No more than a block is held in memory; whole or not at all. The number of rows is returned.

    Raises
    ------
    FileError
        The folder cannot be made or written.
    """
    n = 0

    def write(file: BinaryIO) -> None:
        nonlocal n
        file.write(_head(0, width))
        for block in blocks:
            file.write(np.ascontiguousarray(block, np.uint8).data)
            n += len(block)
        file.seek(0)
        file.write(_head(n, width))

    make_folder(path.parent)
    write_atomically(path, write)
    return n


def _head(n: int, width: int) -> bytes:
    """The head of a .npy file; NumPy leaves room in it, so that `n` may grow."""
    content = BytesIO()
    described = {"descr": "|u1", "fortran_order": False, "shape": (n, width)}
    np.lib.format.write_array_header_1_0(content, described)
    return content.getvalue()


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
