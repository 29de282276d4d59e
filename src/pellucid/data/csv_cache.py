"""Tables read before, kept by the content of their files, so that they open at once.

An entry's name is a digest of the file's bytes, of what the user said of them and of the version of
the reader. So an entry is never out of date; one that is damaged is as good as none.
"""

import contextlib
import hashlib
import json
import mmap
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np

from pellucid.arrays import Array
from pellucid.data.cache import cache_folder
from pellucid.data.csv_dialect import Dialect
from pellucid.data.table import Cells, Coded, Table
from pellucid.files import decode, encode, make_folder, write_atomically

VERSION = 1  # another one whenever the same file would be read differently
SMALLEST = 1 << 20  # bytes of a file whose table is kept; smaller ones are read as quickly
LIMIT = 2 << 30  # bytes of all entries together
_PIECE = 4 << 20

Kept = tuple[Table, Dialect]


def key_of(content: bytes, options: str) -> str:
    """Return what the table of these bytes, read with these options, is kept under."""
    return hashlib.sha256(f"{VERSION} {options} {_digest([content])}".encode()).hexdigest()


def keep_table(key: str, table: Table, dialect: Dialect) -> None:
    """Write an entry, whole or not at all, unless it takes more than a quarter of the limit.

    The entries that were not used for longest make room.

    Raises
    ------
    FileError
        The folder cannot be made or written.
    """
    tensors = _tensors(table, dialect)
    if sum(tensor.nbytes for tensor in tensors.values()) > LIMIT // 4:
        return
    content = encode(tensors, {"digest": _digest(map(_bytes, tensors.values()))})
    folder = _folder()
    make_folder(folder)
    _make_room(folder, LIMIT - len(content))
    write_atomically(_path(key), content)


def kept_table(key: str) -> Kept | None:
    """Return an entry, mapped into memory and read-only; None where there is no sound one."""
    path = _path(key)
    try:
        with open(path, "rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        tensors, metadata = decode(cast(bytes, content), path)
        names = ("codes", "numbers", "words")
        if metadata["digest"] != _digest(_bytes(tensors[name]) for name in names):
            return None
        kept = _kept(tensors)
        os.utime(path)  # used now
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return kept


def _folder() -> Path:
    return cache_folder() / "tables"


def _path(key: str) -> Path:
    return _folder() / f"{key}.safetensors"


def _bytes(array: Array) -> memoryview:
    return np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")


def _digest(parts: Iterable[bytes | memoryview]) -> str:
    """Of pieces, on all processors, and then of what comes out."""
    views = [memoryview(part) for part in parts]
    pieces = [view[i : i + _PIECE] for view in views for i in range(0, len(view), _PIECE)]
    with ThreadPoolExecutor() as pool:
        digests = pool.map(lambda piece: hashlib.sha256(piece).digest(), pieces)
        whole = hashlib.sha256(repr([len(view) for view in views]).encode() + b"".join(digests))
    return whole.hexdigest()


def _tensors(table: Table, dialect: Dialect) -> dict[str, Array]:
    """A table as three arrays: its numbers, its codes, and as JSON all that is text."""
    coded = {name: c for name, c in zip(table.names, table.cells, strict=True) if _is_coded(c)}
    numbers = [c for c in table.cells if not isinstance(c, Coded)]
    stacked = np.stack(numbers, axis=1) if numbers else np.zeros((len(table), 0))
    matrix = stacked if table.matrix is None else table.matrix
    codes = [c.codes for c in coded.values() if isinstance(c, Coded)]
    words = {
        "names": table.names,
        "values": {name: c.values for name, c in coded.items() if isinstance(c, Coded)},
        "dialect": asdict(dialect),
    }
    return {
        "codes": np.array(codes, np.int32).reshape(-1).view(np.uint8),
        "numbers": np.ascontiguousarray(matrix),
        "words": np.frombuffer(json.dumps(words).encode(), np.uint8),
    }


def _is_coded(cells: Cells) -> bool:
    return isinstance(cells, Coded)


def _kept(tensors: dict[str, Array]) -> Kept:
    words: dict[str, Any] = json.loads(bytes(tensors["words"]))
    numbers = tensors["numbers"]
    codes = tensors["codes"].view(np.int32).reshape(len(words["values"]), len(numbers))
    coded = {
        name: Coded(tuple(values), row)
        for (name, values), row in zip(words["values"].items(), codes, strict=True)
    }
    columns = iter(numbers.T)
    cells = tuple(coded[name] if name in coded else next(columns) for name in words["names"])
    table = Table(tuple(words["names"]), cells, None if coded else numbers)
    return table, Dialect(**words["dialect"])


def _make_room(folder: Path, limit: int) -> None:
    """Remove entries, first those not used for longest, until the rest fits."""
    entries = []
    for path in folder.iterdir():
        with contextlib.suppress(OSError):  # another process may make room too
            found = path.stat()
            entries.append((found.st_mtime_ns, found.st_size, path))
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= limit:
            return
        with contextlib.suppress(OSError):
            path.unlink()
        total -= size
