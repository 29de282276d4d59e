"""NumPy's .npz files, read without trusting them: no pickles, no more memory than they bring."""

import math
import os
import warnings
import zipfile
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from pellucid.arrays import Array
from pellucid.data.assemble import Pair, assemble
from pellucid.data.dataset import Dataset
from pellucid.data.opening import check_expansion, open_file
from pellucid.errors import DataError

# What the four arrays may be called; upper and lower case are the same.
KEYS = {
    "X": ("x", "x_train"),
    "Y": ("y", "y_train"),
    "X_test": ("x_test",),
    "Y_test": ("y_test",),
}
LAST_LETTER = 0x10FFFF  # of Unicode


def read_npz(path: Path) -> Dataset:
    """Return the data set in an .npz file.

    It holds ``X`` and ``Y``, and perhaps ``X_test`` and ``Y_test`` (or ``x_train``, ``y_train``,
    ``x_test``, ``y_test``). Pictures (n, h, w) of whole numbers 0 … 255 get an image format; Y
    of whole numbers, texts or one-hot rows are classes, floats are numbers to predict.

    Raises
    ------
    DataError
        Damaged, deceiving, with pickles, with other keys, or with arrays that do not fit.
    FileError
        The file cannot be read.
    """
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            with zipfile.ZipFile(file) as archive:
                arrays, unread = _arrays(archive, size, path)
        except DataError:
            raise
        except Exception as problem:  # zipfile, zlib and the parser of headers raise all kinds
            raise DataError(
                f"{path}: expected an .npz file of arrays, but it is damaged or something else "
                f"({type(problem).__name__}: {problem}). Write it again with numpy.savez."
            ) from None
    origin = f"The arrays in {path.name}"
    if unread:
        origin += f" ({', '.join(unread)} left unread)"
    train, test = _pairs(arrays, path)
    return assemble(path.name.removesuffix(".npz"), str(path), train, test, origin)


def _pairs(arrays: dict[str, Array], path: Path) -> tuple[Pair, Pair | None]:
    test = [key in arrays for key in ("X_test", "Y_test")]
    if "X" not in arrays or "Y" not in arrays or test[0] != test[1]:
        raise DataError(
            f"{path}: expected arrays X and Y, and X_test and Y_test or neither (or x_train, "
            f"y_train, x_test, y_test), got {', '.join(sorted(arrays)) or 'none of them'}."
        )
    train = arrays["X"], arrays["Y"]
    return train, ((arrays["X_test"], arrays["Y_test"]) if test[0] else None)


def _arrays(archive: zipfile.ZipFile, size: int, path: Path) -> tuple[dict[str, Array], list[str]]:
    """The arrays by their key in KEYS, and the names of what was left unread."""
    meaning = {name: key for key, names in KEYS.items() for name in names}
    chosen: dict[str, zipfile.ZipInfo] = {}
    unread = []
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        key = meaning.get(name.lower())
        if key is None:
            unread.append(name)
        elif key in chosen:
            raise DataError(f"{path}: expected {key} once, got it twice.")
        else:
            chosen[key] = info
    check_expansion(path, size, sum(info.file_size for info in chosen.values()))
    return {key: _member(archive, info, path) for key, info in chosen.items()}, unread


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Array:
    with archive.open(info) as opened:
        stream = cast(BinaryIO, opened)
        dtype, shape, fortran = _npy_header(stream, info, path)
        wanted = math.prod(shape) * dtype.itemsize
        length = info.file_size - stream.tell()
        if wanted != length or dtype.itemsize == 0 or min(shape, default=0) < 0:
            raise DataError(
                f"{path}: {info.filename} announces {wanted} bytes ({dtype} of {shape}), but "
                f"holds {length}."
            )
        body = stream.read(wanted + 1)  # to the end, where zipfile checks its sum
    if len(body) != wanted:
        raise DataError(f"{path}: {info.filename} ends after {len(body)} of {wanted} bytes.")
    values = np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")
    values = values.astype(dtype.newbyteorder("="), copy=False)
    if dtype.kind == "U":
        _check_letters(values, info.filename, path)
    return values


def _check_letters(texts: Array, name: str, path: Path) -> None:
    """NumPy takes any four bytes for a letter, and fails later where they are none."""
    letters = np.frombuffer(texts.tobytes(), np.uint32)
    if (letters > LAST_LETTER).any() or ((letters >= 0xD800) & (letters < 0xE000)).any():
        raise DataError(f"{path}: {name}: expected texts, but some of their letters are none.")


def _npy_header(
    stream: BinaryIO, info: zipfile.ZipInfo, path: Path
) -> tuple[np.dtype, tuple[int, ...], bool]:
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    version = np.lib.format.read_magic(stream)
    if version not in readers:
        raise DataError(f"{path}: {info.filename} has the unknown version {version}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers written by Python 2
        shape, fortran, dtype = readers[version](stream)
    if dtype.hasobject:
        raise DataError(
            f"{path}: {info.filename} holds Python objects (a pickle), which could run any "
            "program when opened. Store numbers, or texts of a fixed length."
        )
    if dtype.kind not in "buifUS":
        raise DataError(f"{path}: {info.filename}: expected numbers or texts, got {dtype}.")
    return dtype, shape, fortran
