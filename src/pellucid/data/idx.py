"""IDX, the format MNIST came in: four bytes of type and rank, the sizes, then the numbers.

A folder of such files, or a pair of them, is a data set.
"""

import gzip
import math
import os
import re
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from pellucid.arrays import Array
from pellucid.data.assemble import assemble
from pellucid.data.dataset import Dataset
from pellucid.data.opening import check_expansion, open_file
from pellucid.errors import DataError, FileError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CHUNK = 1 << 20


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
    return np.dtype(DTYPES[magic[2]]), tuple(int(n) for n in np.frombuffer(sizes, ">u4"))


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


def is_idx_name(path: Path) -> bool:
    """Whether a file is named like the pictures of an IDX data set (``…images…idx3…``)."""
    return "images" in path.name and bool(re.search(r"[-.]idx3(-ubyte)?(\.gz)?$", path.name))


def read_idx_pair(images: Path) -> Dataset:
    """Return the data set of a file of pictures and the file of labels beside it.

    Raises
    ------
    DataError
        Without a file of labels, or as ``read_idx``.
    """
    labels = _labels_beside(images)
    if labels is None:
        raise DataError(
            f"{images}: expected a file of labels beside it, named with 'labels' and 'idx1' in "
            "place of 'images' and 'idx3'."
        )
    origin = f"Pictures and labels of {images.name} and {labels.name}"
    return assemble(images.name, str(images), _pair(images, labels), None, origin)


def read_idx_folder(folder: Path) -> Dataset:
    """Return the data set of a folder: MNIST's four files, or one pair of pictures and labels.

    Raises
    ------
    DataError
        No such files, or more of them than can be told apart.
    """
    found = {
        path: labels
        for path in _pictures_in(folder)
        if (labels := _labels_beside(path)) is not None
    }
    test = [path for path in found if re.search(r"t10k|test", path.name)]
    train = [path for path in found if path not in test]
    if len(found) == 1:
        return read_idx_pair(next(iter(found)))
    if len(train) != 1 or len(test) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise DataError(
            f"{folder}: expected train-images-idx3-ubyte, train-labels-idx1-ubyte and the same "
            f"for t10k (each may end in .gz), or one such pair; pictures with labels: {names}."
        )
    pairs = [_pair(path, found[path]) for path in (train[0], test[0])]
    origin = f"The IDX files in {folder.resolve().name}"
    return assemble(folder.resolve().name, str(folder), pairs[0], pairs[1], origin)


def _pictures_in(folder: Path) -> list[Path]:
    """The files of pictures, each once: unpacked where both kinds are there."""
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError as problem:
        raise FileError(
            f"cannot read {folder}: {(problem.strerror or '').lower()}. Check the name."
        ) from problem
    chosen = [name for name in names if name.removesuffix(".gz") == name or name[:-3] not in names]
    return sorted(folder / name for name in chosen if is_idx_name(folder / name))


def _labels_beside(images: Path) -> Path | None:
    name = images.name.replace("images", "labels").replace("idx3", "idx1").removesuffix(".gz")
    beside = [images.with_name(name), images.with_name(f"{name}.gz")]
    return next((path for path in beside if path.is_file()), None)


def _pair(images: Path, labels: Path) -> tuple[Array, Array]:
    X, Y = read_idx(images), read_idx(labels)
    if X.ndim != 3 or X.dtype != np.uint8:
        raise DataError(
            f"{images}: expected pictures of bytes (n, height, width), got {X.dtype} of {X.shape}."
        )
    if Y.ndim != 1 or Y.dtype.kind not in "iu":
        raise DataError(f"{labels}: expected whole numbers (n,), got {Y.dtype} of {Y.shape}.")
    return X, Y
