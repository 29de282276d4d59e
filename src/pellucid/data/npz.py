"""NumPy's .npz files, read without trusting them: no pickles, no more memory than they bring."""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

import numpy as np

from pellucid.arrays import Array
from pellucid.data.assemble import Pair, assemble
from pellucid.data.dataset import Dataset
from pellucid.data.npy import Header, check_length, read_header
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
    with open_file(path) as file, opened(file, path) as archive:
        members, unread = chosen(archive, path)
        arrays = {key: read_member(archive, info, path) for key, info in members.items()}
    origin = f"The arrays in {path.name}"
    if unread:
        origin += f" ({', '.join(unread)} left unread)"
    train, test = _pairs(arrays, path)
    return assemble(path.name.removesuffix(".npz"), str(path), train, test, origin)


@contextlib.contextmanager
def opened(file: IO[bytes], path: Path) -> Iterator[zipfile.ZipFile]:
    """Read an archive; whatever goes wrong is said to be the file's fault.

    Raises
    ------
    DataError
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except DataError:
        raise
    except Exception as problem:  # zipfile, zlib and the parser of headers raise all kinds
        raise DataError(
            f"{path}: expected an .npz file of arrays, but it is damaged or something else "
            f"({type(problem).__name__}: {problem}). Write it again with numpy.savez."
        ) from None


def _pairs(arrays: dict[str, Array], path: Path) -> tuple[Pair, Pair | None]:
    test = [key in arrays for key in ("X_test", "Y_test")]
    if "X" not in arrays or "Y" not in arrays or test[0] != test[1]:
        raise DataError(
            f"{path}: expected arrays X and Y, and X_test and Y_test or neither (or x_train, "
            f"y_train, x_test, y_test), got {', '.join(sorted(arrays)) or 'none of them'}."
        )
    train = arrays["X"], arrays["Y"]
    return train, ((arrays["X_test"], arrays["Y_test"]) if test[0] else None)


def chosen(archive: zipfile.ZipFile, path: Path) -> tuple[dict[str, zipfile.ZipInfo], list[str]]:
    """Return the members by their key in KEYS, and the names of what is left unread."""
    meaning = {name: key for key, names in KEYS.items() for name in names}
    found: dict[str, zipfile.ZipInfo] = {}
    unread = []
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        key = meaning.get(name.lower())
        if key is None:
            unread.append(name)
        elif key in found:
            raise DataError(f"{path}: expected {key} once, got it twice.")
        else:
            found[key] = info
    size = path.stat().st_size
    check_expansion(path, size, sum(info.file_size for info in found.values()))
    return found, unread


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Array:
    """Return the array in a member of an archive."""
    with archive.open(info) as member:
        stream, what = cast(BinaryIO, member), f"{path}: {info.filename}"
        header = member_header(stream, info, path)
        wanted = header.n_bytes
        body = stream.read(wanted + 1)  # to the end, where zipfile checks its sum
    if len(body) != wanted:
        raise DataError(f"{what} ends after {len(body)} of {wanted} bytes.")
    values = np.frombuffer(body, header.dtype).reshape(
        header.shape, order="F" if header.fortran else "C"
    )
    values = values.astype(header.dtype.newbyteorder("="), copy=False)
    if header.dtype.kind == "U":
        _check_letters(values, what)
    return values


def _check_letters(texts: Array, what: str) -> None:
    """NumPy takes any four bytes for a letter, and fails later where they are none."""
    letters = np.frombuffer(texts.tobytes(), np.uint32)
    if (letters > LAST_LETTER).any() or ((letters >= 0xD800) & (letters < 0xE000)).any():
        raise DataError(f"{what}: expected texts, but some of their letters are none.")


def member_header(stream: BinaryIO, info: zipfile.ZipInfo, path: Path) -> Header:
    """Return the header of an array in an archive, checked against the size of its member."""
    what = f"{path}: {info.filename}"
    header = read_header(stream, what)
    check_length(header, info.file_size - stream.tell(), what)
    return header
