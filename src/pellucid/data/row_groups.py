"""Rows of files that can only be read some at a time: Parquet's row groups, and archives of arrays.

The group that was decoded last is kept, one for all files of a data set: a window may end in the
middle of it, and the next begin there.
"""

import contextlib
import io
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from pellucid.arrays import Array
from pellucid.data.npy import as_read, check_numbers
from pellucid.data.npz import chosen, member_header, opened, read_member
from pellucid.data.unchanged import Unchanged, unchanged
from pellucid.errors import DataError, PellucidError, UnsupportedError

Decode = Callable[[int], Array]  # a group by its number


class Kept:
    """The group that was decoded last. Several threads may ask at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: tuple[Path, int] | None = None
        self._rows: Array | None = None

    def group(self, path: Path, number: int, decode: Decode) -> Array:
        """Return a group of a file, decoded where it is not the last one."""
        with self._lock:
            if self._rows is None or self._of != (path, number):
                self._rows = None  # lest there are two at a time
                self._rows, self._of = decode(number), (path, number)
            return self._rows


@dataclass(frozen=True)
class GroupedRows:
    """The rows of a file, read group by group. A ``Piece`` of ``StoredRows``."""

    path: Path
    shape: tuple[int, int]
    dtype: np.dtype[Any]
    groups: Sequence[int]
    file: Unchanged
    decode: Decode
    kept: Kept

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.path)

    def read(self, begin: int, end: int) -> Array:
        """Return the rows from `begin` to before `end`."""
        ends = np.cumsum(self.groups)
        first, last = np.searchsorted(ends, (begin, end - 1), "right")
        parts = []
        for number in range(first, last + 1):
            rows, before = self.kept.group(self.path, number, self.decode), ends[number]
            before -= len(rows)
            parts.append(rows[max(begin - before, 0) : end - before])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def fingerprint(self) -> str:
        """Return name, size, time and the digest of some blocks of the file."""
        return self.file.fingerprint()


def npz_rows(path: Path, kept: Kept) -> GroupedRows:
    """Open the rows X of an .npz file, which are read all at once.

    Raises
    ------
    DataError
        Damaged, or X is no matrix of numbers.
    FileError
        The file cannot be read.
    """
    seen = unchanged(path)
    with seen.open() as file, opened(file, path) as archive:
        info = _member(chosen(archive, path)[0], "X", path)
        with archive.open(info) as member:
            header = member_header(cast(BinaryIO, member), info, path)
    if len(header.shape) != 2 or 0 in header.shape:
        raise DataError(
            f"{path}: expected X as a matrix with an example in each row, got shape "
            f"{header.shape}. Reshape it to (n, numbers of an example) and save it again."
        )
    check_numbers(header.dtype, str(path))
    dtype = as_read(header.dtype)

    def decode(number: int) -> Array:
        X = read_array(path, "X", seen)
        return np.ascontiguousarray(X, dtype)

    return GroupedRows(path, header.shape, dtype, (header.shape[0],), seen, decode, kept)


def read_array(path: Path, key: str, seen: Unchanged | None = None) -> Array:
    """Return X or Y of an .npz file."""
    with (seen or unchanged(path)).open() as file, opened(file, path) as archive:
        return read_member(archive, _member(chosen(archive, path)[0], key, path), path)


def parquet_rows(path: Path, kept: Kept, without: str | None) -> GroupedRows:
    """Open the rows of a Parquet file: all of its columns but one, which have to be numbers.

    Raises
    ------
    DataError
        Damaged, or columns that are no numbers.
    FileError
        The file cannot be read.
    UnsupportedError
        pyarrow is not installed.
    """
    seen = unchanged(path)
    with opened_parquet(seen) as file:
        metadata, schema = file.metadata, file.schema_arrow
    names = [name for name in schema.names if name != without]
    dtype = _common([_of_column(schema.field(name), path) for name in names])
    groups = tuple(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
    if not names or not sum(groups):
        raise DataError(f"{path}: expected rows of numbers, got {sum(groups)} of {len(names)}.")

    def decode(number: int) -> Array:
        with opened_parquet(seen, metadata) as file:
            table = file.read_row_group(number, columns=names, use_threads=False)
        if table.num_rows != groups[number]:
            raise DataError(
                f"{path}: expected {groups[number]} rows in its group {number}, got "
                f"{table.num_rows}. Write it again."
            )
        rows = np.empty((table.num_rows, len(names)), dtype)
        for j, name in enumerate(names):
            rows[:, j] = _whole(table.column(name), name, path)
        return rows

    shape = (sum(groups), len(names))
    return GroupedRows(path, shape, dtype, groups, seen, decode, kept)


def read_column(path: Path, name: str) -> Array:
    """Return a column of a Parquet file: numbers, or texts."""
    with opened_parquet(unchanged(path)) as file:
        column = file.read(columns=[name], use_threads=False).column(name)
    values = _whole(column, name, path)
    return values.astype(str) if values.dtype == object else values


def column_names(path: Path) -> list[str]:
    """Return the names of a Parquet file's columns."""
    with opened_parquet(unchanged(path)) as file:
        return list(file.schema_arrow.names)


@contextlib.contextmanager
def opened_parquet(seen: Unchanged, metadata: Any = None) -> Iterator[Any]:
    """Read a Parquet file; whatever goes wrong is said to be the file's fault.

    Raises
    ------
    DataError, UnsupportedError
    """
    try:
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError:
        raise UnsupportedError(
            f"{seen.path}: expected pyarrow, which Parquet files need and which is not installed. "
            "Install it with: pip install 'pellucid[data]'"
        ) from None
    try:
        with seen.open() as file, ParquetFile(io.BufferedReader(file), metadata=metadata) as read:
            if metadata is None:
                _check_groups(read.metadata, seen.path)
            yield read
    except PellucidError:
        raise
    except Exception as problem:  # pyarrow raises nearly every kind on damaged files
        raise DataError(
            f"{seen.path}: expected a Parquet file, but it is damaged or something else "
            f"({problem}). Write it again."
        ) from None


def _check_groups(metadata: Any, path: Path) -> None:
    """Raise where groups announce another number of rows than the file does.

    pyarrow takes as much memory as they announce before it looks. What is said of their columns
    is not asked for: where that is damaged, pyarrow 26 ends the process.
    """
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    if sum(sizes) != metadata.num_rows or min(sizes, default=0) < 0:
        raise DataError(
            f"{path}: expected {metadata.num_rows} rows in all of its groups together, got "
            f"{sum(sizes)}. Write it again."
        )


def _member(members: dict[str, Any], key: str, path: Path) -> Any:
    if key not in members:
        raise DataError(
            f"{path}: expected arrays X and Y, got {', '.join(members) or 'none of them'}."
        )
    return members[key]


def _of_column(field: Any, path: Path) -> np.dtype[Any]:
    """In which type engines take the numbers of a column."""
    import pyarrow.types as kinds

    kind = field.type
    if not (kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)):
        raise DataError(
            f"{path}: expected numbers in every column, got {kind} in column {field.name!r}. Leave "
            "it out, turn it into numbers first, or name it as the target."
        )
    return as_read(np.dtype(kind.to_pandas_dtype()))


def _common(dtypes: list[np.dtype[Any]]) -> np.dtype[Any]:
    return np.result_type(*dtypes) if dtypes else np.dtype(np.float32)


def _whole(column: Any, name: str, path: Path) -> Array:
    """The values of a column without gaps."""
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0])
        raise DataError(
            f"{path}: expected a value in every row, got {column.null_count} missing ones in "
            f"column {name!r}, the first in row {row} of its group. Fill in or leave out such rows."
        )
    return column.to_numpy()
