"""NumPy's .npy files: their headers, read without trusting them, and files of rows that stay."""

import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.opening import open_file
from pellucid.data.unchanged import Unchanged, unchanged
from pellucid.errors import DataError


class Header(NamedTuple):
    """What a .npy file says of the array that it holds."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool  # column after column

    @property
    def n_bytes(self) -> int:
        """How many bytes the array has to be."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(stream: BinaryIO, what: str) -> Header:
    """Return the header of an array in NumPy's format; the stream then stands at its numbers.

    Raises
    ------
    DataError
        An unknown version, Python objects, or neither numbers nor texts; `what` is named in it.
    ValueError
        Something else than such a header.
    """
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    version = np.lib.format.read_magic(stream)
    if version not in readers:
        raise DataError(f"{what} has the unknown version {version}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers written by Python 2
        shape, fortran, dtype = readers[version](stream)
    if dtype.hasobject:
        raise DataError(
            f"{what} holds Python objects (a pickle), which could run any "
            "program when opened. Store numbers, or texts of a fixed length."
        )
    if dtype.kind not in "buifUS":
        raise DataError(f"{what}: expected numbers or texts, got {dtype}.")
    return Header(dtype, shape, fortran)


def check_length(header: Header, length: int, what: str) -> None:
    """Raise where a file that holds `length` bytes after its header announces another number."""
    wanted = header.n_bytes
    if wanted != length or header.dtype.itemsize == 0 or min(header.shape, default=0) < 0:
        raise DataError(
            f"{what} announces {wanted} bytes ({header.dtype} of {header.shape}), but "
            f"holds {length}."
        )


def read_npy(path: Path) -> Array:
    """Return the array in a .npy file.

    Raises
    ------
    DataError
        Damaged, deceiving, or with pickles.
    FileError
        The file cannot be read.
    """
    with open_file(path) as file:
        header = _checked_header(file, path)
        body = file.read(header.n_bytes)
    if len(body) != header.n_bytes:
        raise DataError(f"{path} ends after {len(body)} of {header.n_bytes} bytes.")
    values = np.frombuffer(body, header.dtype).reshape(
        header.shape, order="F" if header.fortran else "C"
    )
    return values.astype(header.dtype.newbyteorder("="), copy=False)


@dataclass(frozen=True)
class NpyRows:
    """The rows of a .npy file, read where they are asked for. A ``Piece`` of ``StoredRows``.

    They are read into memory of our own: pages of a file that is mapped would count as this
    process's, and would be as many as the file has.
    """

    path: Path
    shape: tuple[int, int]
    stored: np.dtype[Any]  # as it lies in the file
    offset: int  # of the first row, in bytes
    file: Unchanged
    groups: Sequence[int] | None = None

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.path)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of what is read."""
        return as_read(self.stored)

    def read(self, begin: int, end: int) -> Array:
        """Return the rows from `begin` to before `end`."""
        block = np.empty((end - begin, self.shape[1]), self.stored)
        wanted = block.reshape(-1).view(np.uint8).data
        with self.file.open() as file:
            file.seek(self.offset + begin * self.shape[1] * self.stored.itemsize)
            while len(wanted):
                got = file.readinto(wanted)
                if not got:
                    raise DataError(f"{self.path} ends before its row {end}.")
                wanted = wanted[got:]
        return block.astype(self.dtype, copy=False)

    def fingerprint(self) -> str:
        """Return name, size, time and the digest of some blocks of the file."""
        return self.file.fingerprint()


def npy_rows(path: Path) -> NpyRows:
    """Open the rows of a .npy file.

    Raises
    ------
    DataError
        Damaged, or something else than a matrix of numbers that lies row after row.
    FileError
        The file cannot be read.
    """
    with open_file(path) as file:
        header, offset = _checked_header(file, path), file.tell()
    if len(header.shape) != 2 or 0 in header.shape:
        raise DataError(
            f"{path}: expected a matrix with an example in each row, got shape {header.shape}. "
            "Reshape it to (n, numbers of an example) and save it again."
        )
    if header.fortran:
        raise DataError(
            f"{path} lies column after column (Fortran's order), so that no row can be read by "
            "itself. Save it again with numpy.save(path, numpy.ascontiguousarray(X))."
        )
    check_numbers(header.dtype, str(path))
    return NpyRows(path, header.shape, header.dtype, offset, unchanged(path))


def check_numbers(dtype: np.dtype[Any], what: str) -> None:
    """Raise where these are no numbers."""
    if dtype.kind not in "buif":
        raise DataError(f"{what}: expected X as numbers, got {dtype}.")


def as_read(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type in which engines take numbers of this one: uint8, float32 or float64."""
    native = dtype.newbyteorder("=")
    kept = native in (np.dtype(np.uint8), np.dtype(np.float32), np.dtype(np.float64))
    return native if kept else np.dtype(np.float32)


def _checked_header(file: BinaryIO, path: Path) -> Header:
    try:
        header = read_header(file, str(path))
    except DataError:
        raise
    except Exception as problem:  # the parser of headers raises all kinds
        raise DataError(
            f"{path}: expected an array in NumPy's format, but it is damaged or something else "
            f"({type(problem).__name__}: {problem}). Write it again with numpy.save."
        ) from None
    check_length(header, os.fstat(file.fileno()).st_size - file.tell(), str(path))
    return header
