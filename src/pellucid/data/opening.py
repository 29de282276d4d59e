"""Opening files that nobody vouches for, and refusing those that unpack to far too much."""

from pathlib import Path
from typing import BinaryIO

from pellucid.errors import DataError, FileError

UNPACKED_LIMIT = 1 << 30  # bytes that any packed file may become
RATIO_LIMIT = 100  # beyond that limit: MNIST's packed files grow 5-fold, a bomb 1,000-fold


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading bytes.

    Raises
    ------
    FileError
        Missing, a folder, a device or a pipe, or not readable.
    """
    try:
        if path.exists() and not path.is_file():
            raise FileError(f"cannot read {path}: it is not a file. Give the name of a file.")
        return path.open("rb")
    except FileError:
        raise
    except (OSError, ValueError) as problem:  # ValueError: a zero character in the name
        reason = (getattr(problem, "strerror", None) or str(problem)).lower()
        raise FileError(f"cannot read {path}: {reason}. Check the name.") from problem


def check_expansion(path: Path, packed: int, unpacked: int) -> None:
    """Refuse a packed file that claims to hold far more than honest data of its size would.

    Raises
    ------
    DataError
        More than 1 GiB unpacked and more than 100 times the packed size.
    """
    if unpacked > max(UNPACKED_LIMIT, RATIO_LIMIT * packed):
        raise DataError(
            f"{path} claims to unpack from {packed} to {unpacked} bytes: expected at most 1 GiB, "
            f"or {RATIO_LIMIT} times its size. If the data are honest, store them unpacked."
        )
