"""IDX, the format MNIST came in: four bytes of type and rank, the sizes, then the numbers.

A folder of such files, or a pair of them, is a data set.
"""

import gzip
import math
import os
import re
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np

from pellucid.arrays import Array
from pellucid.data.assemble import assemble
from pellucid.data.dataset import Dataset
from pellucid.data.opening import check_expansion, open_file
from pellucid.errors import DataError, FileError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CHUNK = 1 << 20
# As MNIST's own and those of its descendants: emnist-letters-test-images-idx3-ubyte.gz.
NAME = re.compile(
    r"(?:(?P<set>.+?)[-._])??(?:(?P<part>train|t10k|test)[-._])?(?P<kind>images|labels)"
    r"[-._]idx(?P<rank>\d)(?:[-._]ubyte)?(?:\.gz)?"
)
TEST = ("t10k", "test")
Files = tuple[Path, Path]  # of pictures and of their labels


def read_idx(path: Path) -> Array:
    """Return the array in an IDX file, plain or gzipped, in the machine's byte order.

    The sizes in the header are checked against what the file holds before memory is taken.

    Raises
    ------
    DataError
        Not IDX, truncated, too long, or packed to deceive.
    FileError
        The file cannot be read.
    """
    with open_file(path) as file:
        try:
            return _read(file, path)
        except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
            raise DataError(f"{path}: its gzip packing is damaged ({problem}).") from None
        except OSError as problem:
            raise FileError(f"cannot read {path}: {problem}.") from problem


def _read(file: BinaryIO, path: Path) -> Array:
    size = os.fstat(file.fileno()).st_size
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    stream = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
    dtype, shape = _header(stream, path)
    wanted = math.prod(shape) * dtype.itemsize
    if packed:
        check_expansion(path, size, wanted)
        body = _unpack(stream, wanted, path)
    else:
        _check_length(path, wanted, size - 4 - 4 * len(shape))
        body = bytearray(file.read(wanted))
        _check_length(path, wanted, len(body))
    return np.frombuffer(body, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _header(stream: BinaryIO, path: Path) -> tuple[np.dtype, tuple[int, ...]]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or not 1 <= magic[3] <= 8:
        raise DataError(
            f"{path}: expected an IDX file, beginning 00 00, a type and the number of "
            f"dimensions, got {magic.hex(' ') or 'nothing'}."
        )
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise DataError(f"{path}: expected {magic[3]} sizes, but the file ends in its header.")
    dtype, shape = np.dtype(DTYPES[magic[2]]), tuple(int(n) for n in np.frombuffer(sizes, ">u4"))
    # Of several sizes one may be 0; an array of the others has to be possible all the same.
    if math.prod(max(n, 1) for n in shape) * dtype.itemsize >= 2**63:
        raise DataError(
            f"{path}: its header announces {shape}, more than any memory. It is damaged."
        )
    return dtype, shape


def _unpack(stream: BinaryIO, wanted: int, path: Path) -> bytearray:
    # In pieces: a file that lies costs a mebibyte more than it brings, not what it claims.
    body = bytearray()
    while len(body) <= wanted:
        piece = stream.read(min(_CHUNK, wanted + 1 - len(body)))
        if not piece:
            break
        body += piece
    _check_length(path, wanted, len(body))
    return body


def _check_length(path: Path, wanted: int, got: int) -> None:
    if wanted != got:
        more = "at least " if got > wanted else ""
        raise DataError(
            f"{path}: its header announces {wanted} bytes of data, got {more}{got}. "
            "Copy or fetch the file again."
        )


class _Named(NamedTuple):
    """What the name of an IDX file says, in small letters."""

    set: str  # "emnist-letters"; empty in MNIST's own names
    part: str  # "train", "t10k", "test" or nothing
    kind: str  # "images" or "labels"


def _named(path: Path) -> _Named | None:
    found = NAME.fullmatch(path.name.lower())
    if found is None or found["rank"] != ("3" if found["kind"] == "images" else "1"):
        return None
    return _Named(found["set"] or "", found["part"] or "", found["kind"])


def is_idx_name(path: Path) -> bool:
    """Whether a file is named like the pictures of an IDX data set (``…images…idx3…``)."""
    named = _named(path)
    return named is not None and named.kind == "images"


def is_idx_set(path: Path) -> bool:
    """Whether a path is the beginning of the names of IDX files, such as gzip/emnist-letters."""
    try:
        return not path.exists() and any(key[0] == path.name.lower() for key in _pairs(path.parent))
    except (FileError, ValueError):  # no such folder; a zero character in the name
        return False


def read_idx_pair(images: Path) -> Dataset:
    """Return the data set of a file of pictures and the file of labels beside it.

    Beside pictures to train on, those of the same set to test on are found too.

    Raises
    ------
    DataError
        Without a file of labels, or as ``read_idx``.
    """
    named = _named(images)
    pairs = {} if named is None else _pairs(images.parent, images)
    train = None if named is None else pairs.get(named[:2])
    if named is None or train is None:
        raise DataError(
            f"{images}: expected a file of labels beside it, named with 'labels' and 'idx1' in "
            "place of 'images' and 'idx3'."
        )
    test = next((pairs[named.set, part] for part in TEST if (named.set, part) in pairs), None)
    return _dataset(images.name, train, None if named.part != "train" else test)


def read_idx_folder(folder: Path, name: str = "") -> Dataset:
    """Return the data set of a folder: MNIST's four files, or one pair of pictures and labels.

    Parameters
    ----------
    folder : Path
    name : str
        Of several sets in the folder, the one whose files begin so: "emnist-letters".

    Raises
    ------
    DataError
        No such files, or more of them than can be told apart.
    """
    found = _pairs(folder)
    sets = sorted({key[0] for key in found})
    if len(sets) > 1 and not name:
        choices = ", ".join(str(folder / text) for text in sets if text)
        raise DataError(f"{folder} holds {len(sets)} data sets. Name one of them: {choices}.")
    chosen = name.lower() or "".join(sets)
    parts = {key[1]: files for key, files in found.items() if key[0] == chosen}
    test = [files for part, files in parts.items() if part in TEST]
    train = [files for part, files in parts.items() if part not in TEST]
    if len(train) != 1 or len(test) > 1:
        if len(parts) == 1:  # a pair to test on, and no other
            return read_idx_pair(test[0][0])
        names = ", ".join(images.name for images, _ in parts.values()) or "none"
        raise DataError(
            f"{folder}: expected train-images-idx3-ubyte, train-labels-idx1-ubyte and the same "
            f"for t10k (each may end in .gz), or one such pair; pictures with labels: {names}."
        )
    title = folder.resolve().name if test and len(sets) == 1 else chosen
    return _dataset(title or train[0][0].name, train[0], test[0] if test else None)


def _dataset(name: str, train: Files, test: Files | None) -> Dataset:
    images, labels = train
    if test is None:
        origin = f"Pictures and labels of {images.name} and {labels.name}"
        return assemble(name, str(images), _pair(*train), None, origin)
    origin = f"The IDX files in {images.parent.resolve().name}"
    return assemble(name, str(images.parent), _pair(*train), _pair(*test), origin)


def _pairs(folder: Path, *preferred: Path) -> dict[tuple[str, str], Files]:
    """Files of pictures with their labels, by set and part; unpacked where both kinds are there."""
    try:
        paths = sorted(folder.iterdir(), key=lambda path: (path.name.lower()[-3:] == ".gz", path))
    except OSError as problem:
        raise FileError(
            f"cannot read {folder}: {(problem.strerror or '').lower()}. Check the name."
        ) from problem
    files: dict[_Named, Path] = {}
    for path in (*preferred, *paths):
        if (named := _named(path)) is not None and path.is_file():
            files.setdefault(named, path)
    return {
        named[:2]: (path, files[named._replace(kind="labels")])
        for named, path in files.items()
        if named.kind == "images" and named._replace(kind="labels") in files
    }


def _pair(images: Path, labels: Path) -> tuple[Array, Array]:
    X, Y = read_idx(images), read_idx(labels)
    if X.ndim != 3 or X.dtype != np.uint8:
        raise DataError(
            f"{images}: expected pictures of bytes (n, height, width), got {X.dtype} of {X.shape}."
        )
    if Y.ndim != 1 or Y.dtype.kind not in "iu":
        raise DataError(f"{labels}: expected whole numbers (n,), got {Y.dtype} of {Y.shape}.")
    return X, Y
