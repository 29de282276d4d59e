"""Rows that stay in files: more of them than memory holds, read some at a time.

How kinds of files are read is decided in ``data/``; this is what the rest of the house sees.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pellucid.errors import DataError, UnsupportedError

BLOCK = 4 << 20  # bytes of rows to look at together, where all are looked at one after the other

_Array = npt.NDArray[Any]


class Piece(Protocol):
    """A file of rows. It may be read by several threads at the same time."""

    @property
    def name(self) -> str:
        """Its path, for errors."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns it has."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8, float32 or float64: the type of what is read."""

    @property
    def groups(self) -> Sequence[int] | None:
        """How many rows each stretch has that can only be read whole; None: any can be read."""

    def read(self, begin: int, end: int) -> _Array:
        """Return the rows from `begin` to before `end`."""

    def fingerprint(self) -> str:
        """Return a text that is the same while the file is."""


@dataclass(frozen=True, eq=False)
class StoredRows:
    """A matrix (n, n_columns) whose rows lie in files and are read when they are asked for.

    It is asked for rows as an array is, and answers with a common array of them.
    ``pellucid.stored`` makes one.

    Parameters
    ----------
    pieces : sequence of Piece
        The files, of one width and type.
    chunks : (n_chunks, 3) int64
        Rows that are read together, one chunk after the other: number of the piece, first row in
        it, and the row before which it ends.
    window : int, optional
        How many rows are shuffled together in training; by default as many as 32 MiB hold.
    """

    pieces: Sequence[Piece]
    chunks: _Array
    window: int | None = None

    def __len__(self) -> int:
        return int(self.begins[-1])

    def __repr__(self) -> str:
        n, m = self.shape
        return f"<{n:,} rows of {m:,} {self.dtype} in {len(self.pieces)} file(s), unread>"

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        return len(self), self.pieces[0].shape[1]

    @property
    def ndim(self) -> int:
        """2, as of any matrix."""
        return 2

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of what is read."""
        return self.pieces[0].dtype

    @property
    def nbytes(self) -> int:
        """How many bytes all rows were in memory."""
        return len(self) * self.row_bytes

    @property
    def row_bytes(self) -> int:
        """How many bytes a row is in memory."""
        return self.shape[1] * self.dtype.itemsize

    @cached_property
    def sizes(self) -> _Array:
        """How many rows each chunk has, int64 (n_chunks,)."""
        return self.chunks[:, 2] - self.chunks[:, 1]

    @cached_property
    def begins(self) -> _Array:
        """The row at which each chunk begins, and at last the number of rows, (n_chunks + 1,)."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.sizes)])

    def __getitem__(self, rows: _Array | slice | int) -> _Array:
        """Return some rows, each chunk of them read once; or one row, as a vector.

        Raises
        ------
        DataError
            A number that is not finite, a file that has changed since it was opened.
        FileError
            A file that cannot be read any more.
        IndexError
            A row that is not there.
        """
        if isinstance(rows, int | np.integer):
            return self[np.array([rows])][0]
        wanted = _row_numbers(rows, len(self))
        found = np.empty((len(wanted), self.shape[1]), self.dtype)
        in_order = np.argsort(wanted)
        which = np.searchsorted(self.begins, wanted[in_order], "right") - 1
        for some in np.split(in_order, np.flatnonzero(np.diff(which)) + 1):
            if len(some):
                found[some] = self._of_chunk(wanted[some])
        return found

    def _of_chunk(self, rows: _Array) -> _Array:
        """Rows of one chunk, in ascending order."""
        chunk = int(np.searchsorted(self.begins, rows[0], "right")) - 1
        number, begin, _ = self.chunks[chunk].tolist()
        piece, inside = self.pieces[number], rows - self.begins[chunk] + begin
        low, high = int(inside[0]), int(inside[-1]) + 1
        block = piece.read(low, high)
        _check_finite(block, low, piece.name)
        all_of_them = len(rows) == len(block) and (np.diff(rows) == 1).all()
        return block if all_of_them else block[inside - low]

    def blocks(self) -> Iterator[slice]:
        """Return slices that are all rows, as many at a time as 4 MiB hold."""
        step = max(1, BLOCK // self.row_bytes)
        return (slice(begin, begin + step) for begin in range(0, len(self), step))

    def rows_of(self, chunks: _Array) -> _Array:
        """Return the numbers of the rows of some chunks, one chunk after the other."""
        parts = [np.arange(self.begins[c], self.begins[c + 1]) for c in chunks]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def take_chunks(self, chunks: _Array) -> "StoredRows":
        """Return the rows of some chunks, left where they are."""
        return StoredRows(self.pieces, self.chunks[chunks], self.window)

    def take(self, rows: _Array) -> "StoredRows":
        """Return some rows by their numbers, left where they are.

        Those of a chunk that follow one another stay together as one. So this is for rows that
        are large, or few: each stretch is read, and remembered, by itself.
        """
        wanted = _row_numbers(rows, len(self))
        which = np.searchsorted(self.begins, wanted, "right") - 1
        goes_on = (np.diff(wanted) == 1) & (np.diff(which) == 0)
        first = np.append(True, ~goes_on)[: len(wanted)]  # of a stretch
        last = np.append(~goes_on, True)[: len(wanted)]
        inside = wanted - self.begins[which] + self.chunks[which, 1]
        stretches = (self.chunks[which[first], 0], inside[first], inside[last] + 1)
        return StoredRows(self.pieces, np.stack(stretches, axis=1), self.window)

    def fingerprint(self) -> str:
        """Return a digest of what tells these rows from others, without reading them all.

        Of each file that is used: its name, its size, when it was last written, and some blocks
        of it; and how it is cut into chunks. A file that is changed in another place by something
        that sets the old time again is not noticed.
        """
        digest = hashlib.sha256(f"{self.dtype} {self.shape};".encode())
        digest.update(np.ascontiguousarray(self.chunks, np.int64).data)
        for number in np.unique(self.chunks[:, 0]):
            digest.update(self.pieces[number].fingerprint().encode())
        return digest.hexdigest()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> _Array:
        raise UnsupportedError(
            f"expected an array in memory, got {self!r}. Give some of the rows, as X[:1000], or, "
            "where they fit into memory, all of them: X[:]."
        )


def _row_numbers(rows: _Array | slice, n: int) -> _Array:
    if isinstance(rows, slice):
        return np.arange(*rows.indices(n), dtype=np.int64)
    numbers = np.asarray(rows)
    if numbers.dtype == bool:
        numbers = np.flatnonzero(numbers)
    if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iu"):
        raise IndexError(f"expected rows as a slice or a vector of numbers, got {rows!r}")
    numbers = numbers.astype(np.int64)
    if numbers.size and not -n <= numbers.min() <= numbers.max() < n:
        raise IndexError(f"expected rows from 0 to {n - 1}, got {numbers.min()} … {numbers.max()}")
    return np.where(numbers < 0, numbers + n, numbers)


def _check_finite(block: _Array, first: int, name: str) -> None:
    with np.errstate(all="ignore"):
        # The sum is finite when every value is (unless it overflows, hence the second look).
        if block.dtype.kind != "f" or np.isfinite(block.sum()):
            return
    bad = np.argwhere(~np.isfinite(block))
    if len(bad):
        row, column = (int(i) for i in bad[0])
        raise DataError(
            f"{name}: expected finite numbers, got {block[row, column]} in row {first + row}, "
            f"column {column}. Fill in or leave out such rows before."
        )
