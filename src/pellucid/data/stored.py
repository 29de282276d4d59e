"""Data that stay in files: a .npy or Parquet file, or a folder of shards, opened but not read.

Which file holds what is told by names. Of .npy files, one whose name has an X by itself (``X.npy``,
``train-x.npy``, ``X_000.npy``) holds inputs, and the targets are beside it, under the same name
with a Y (``Y.npy``, ``train-y.npy``, ``Y_000.npy``). An .npz file holds arrays X and Y. Of a
Parquet file one column is the target and all others are inputs. In a folder, files with the word
test in their name are the test part.
"""

import contextlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.idx import is_idx_name
from pellucid.data.npy import npy_rows, read_npy
from pellucid.data.row_groups import (
    Kept,
    column_names,
    npz_rows,
    parquet_rows,
    read_array,
    read_column,
)
from pellucid.errors import DataError, FileError
from pellucid.rows import Piece, StoredRows

CHUNK = 1 << 19  # bytes of rows of a .npy file that are read together
CHUNKS = 100  # and so many chunks at least, where there are as many rows
KINDS = (".npy", ".npz", ".parquet")
TARGETS = ("Y", "y")  # what a Parquet file's target is called unless it is said

_X = re.compile(r"(?<![A-Za-z0-9])[Xx](?![A-Za-z0-9])")
_Y = re.compile(r"(?<![A-Za-z0-9])[Yy](?![A-Za-z0-9])")
_TEST = re.compile(r"(?<![A-Za-z])test(?![A-Za-z])", re.IGNORECASE)


class Stored(NamedTuple):
    """Inputs that stay in files, and their targets in memory."""

    X: StoredRows
    Y: Array


class Parts(NamedTuple):
    """The files of inputs in a folder, or one such file."""

    train: tuple[Path, ...]
    test: tuple[Path, ...]


def stored(
    path: str | Path,
    *,
    target: str | None = None,
    chunk: int | None = None,
    window: int | None = None,
) -> Stored:
    """Open data that stay in files, to train on more than memory holds.

    Parameters
    ----------
    path : str or Path
        A ``.npy`` file of inputs (n, d) named X with its targets beside it named Y (``X.npy``
        and ``Y.npy``, ``train-x.npy`` and ``train-y.npy``); a Parquet file; or a folder of shards,
        all ``.npy``, all ``.npz`` with X and Y, or all ``.parquet``, taken in the order of their
        names, those with the word test in their name left out.
    target : str, optional
        The target's column in Parquet files; by default Y or y.
    chunk : int, optional
        How many rows of a ``.npy`` file are read together; by default as many as 512 KiB hold, and
        at most a hundredth of them. Other files have chunks of their own: row groups, archives.
    window : int, optional
        How many rows are shuffled together in training; by default as many as 32 MiB hold.

    Returns
    -------
    X : StoredRows
        For ``train``, ``start``, ``resume``, ``Network.predict``; ``X[:1000]`` reads some.
    Y : ndarray
        In memory, as it is in the files.

    Raises
    ------
    DataError
        Files that are damaged, do not fit together or have no targets.
    FileError
        A file that cannot be read.
    UnsupportedError
        Parquet where pyarrow is not installed.
    """
    found = parts_of(Path(path).expanduser())
    return _opened(found.train, target, chunk, window)


def stored_rows(
    path: str | Path,
    *,
    target: str | None = None,
    chunk: int | None = None,
    window: int | None = None,
) -> StoredRows:
    """Open inputs that stay in files and have no targets, to predict by. See ``stored``.

    Any name will do for a ``.npy`` file. Of Parquet files, a column that is the target is left out.
    """
    path = Path(path).expanduser()
    files = parts_of(path).train if path.is_dir() else (path,)
    return _rows(files, target, chunk, window)


def parts_of(path: Path) -> Parts:
    """Return which files of a folder are inputs, to train on and to test on; or the file itself.

    Raises
    ------
    DataError
        No such files, or files of several kinds.
    FileError
        The folder cannot be read.
    """
    if not path.is_dir():
        if path.suffix not in KINDS:
            raise DataError(f"{path}: expected a file {_one_of(KINDS)}, or a folder of such files.")
        return Parts((path,), ())
    try:
        files = sorted(file for file in path.iterdir() if file.suffix in KINDS)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise FileError(f"cannot read {path}: {reason}. Check the name.") from problem
    kinds = {file.suffix for file in files}
    if kinds == {".npy"}:
        files = [file for file in files if _X.search(file.stem)]
    if len(kinds) != 1 or not files:
        raise DataError(
            f"{path}: expected files of one kind, {_one_of(KINDS)}, those of .npy with an X in "
            f"their names such as X.npy or X-000.npy; got {', '.join(sorted(kinds)) or 'none'}."
        )
    test = tuple(file for file in files if _TEST.search(file.stem))
    train = tuple(file for file in files if file not in test)
    return Parts(train, test) if train else Parts(test, ())


def is_folder_of_rows(path: Path) -> bool:
    """Return whether a folder has files of rows in it, and none of IDX, which go before."""
    if not path.is_dir():
        return False
    with contextlib.suppress(OSError):  # whoever reads it says so
        files = list(path.iterdir())
        return any(file.suffix in KINDS for file in files) and not any(map(is_idx_name, files))
    return False


def open_parts(path: Path, target: str | None = None) -> tuple[Stored, Stored | None]:
    """Return the part to train on and the part to test on, where there is one."""
    found = parts_of(path)
    test = _opened(found.test, target, None, None) if found.test else None
    train = _opened(found.train, target, None, None)
    if test is not None and test.X.shape[1] != train.X.shape[1]:
        raise DataError(
            f"{path}: expected rows of one width in both parts, got {train.X.shape[1]} to train on "
            f"and {test.X.shape[1]} to test on."
        )
    return train, test


def _opened(
    files: Sequence[Path], target: str | None, chunk: int | None, window: int | None
) -> Stored:
    X = _rows(files, target, chunk, window)
    Y = [_targets(file, target) for file in files]
    for file, piece, own in zip(files, X.pieces, Y, strict=True):
        if np.ndim(own) == 0 or len(own) != piece.shape[0]:
            raise DataError(
                f"{file}: expected a target for each of its {piece.shape[0]} rows, got Y of shape "
                f"{np.shape(own)}."
            )
    if len({own.shape[1:] for own in Y}) > 1 or len({own.dtype.kind for own in Y}) > 1:
        raise DataError(f"{files[0].parent}: expected targets of one kind and width in all files.")
    return Stored(X, Y[0] if len(Y) == 1 else np.concatenate(Y))


def _rows(
    files: Sequence[Path], target: str | None, chunk: int | None, window: int | None
) -> StoredRows:
    for name, value in (("chunk", chunk), ("window", window)):
        if value is not None and (not isinstance(value, int) or value < 1):
            raise DataError(f"{name}: expected a number of rows of at least 1, got {value!r}.")
    kept = Kept()
    pieces = tuple(_piece(file, target, kept) for file in files)
    for piece in pieces[1:]:
        first = pieces[0]
        if (piece.shape[1], piece.dtype) != (first.shape[1], first.dtype):
            raise DataError(
                f"expected files of one width and type, got {first.shape[1]} columns of "
                f"{first.dtype} in {first.name} and {piece.shape[1]} of {piece.dtype} in "
                f"{piece.name}."
            )
    n = sum(piece.shape[0] for piece in pieces)
    row_bytes = pieces[0].shape[1] * pieces[0].dtype.itemsize
    chunk = chunk or max(1, min(CHUNK // row_bytes, n // CHUNKS))
    chunks = [_chunks(i, piece, chunk) for i, piece in enumerate(pieces)]
    return StoredRows(pieces, np.concatenate(chunks), window)


def _chunks(number: int, piece: Piece, chunk: int) -> Array:
    """The chunks of a piece: its groups, or so many rows each."""
    n = piece.shape[0]
    if piece.groups is not None:
        ends = np.cumsum(piece.groups)
    else:
        ends = np.append(np.arange(chunk, n, chunk), n)
    begins = np.append(0, ends[:-1])
    table = np.stack([np.full(len(ends), number), begins, ends], axis=1).astype(np.int64)
    return table[ends > begins]  # row groups may be empty


def _piece(file: Path, target: str | None, kept: Kept) -> Piece:
    if file.suffix == ".npz":
        return npz_rows(file, kept)
    if file.suffix == ".parquet":
        names = column_names(file)
        given = next((name for name in TARGETS if name in names), None)
        return parquet_rows(file, kept, target or given)
    return npy_rows(file)


def _targets(file: Path, target: str | None) -> Array:
    if file.suffix == ".npz":
        return read_array(file, "Y")
    if file.suffix == ".parquet":
        return _column(file, target)
    beside = _beside(file)
    if beside is None:
        raise DataError(
            f"{file}: expected its targets beside it. Call the inputs X.npy, or a name with X by "
            "itself such as train-X.npy, and the targets the same with Y: Y.npy, train-Y.npy."
        )
    return read_npy(beside)


def _beside(file: Path) -> Path | None:
    """Where the targets of a .npy file are: the same name with a Y in the place of the X."""
    cases: tuple[Callable[[str], str], ...] = (
        lambda x: "Y" if x == "X" else "y",
        lambda x: "y" if x == "X" else "Y",
    )
    for case in cases:
        name = _X.sub(lambda found, case=case: case(found[0]), file.stem)  # type: ignore[misc]
        if name != file.stem and (beside := file.with_name(name + file.suffix)).is_file():
            return beside
    return None


def _column(file: Path, target: str | None) -> Array:
    names = column_names(file)
    name = target or next((name for name in TARGETS if name in names), None)
    if name is None or name not in names:
        shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
        raise DataError(
            f"{file}: expected a column {name or 'Y'!r} with the targets, got {shown}. Say which "
            "it is, as in stored(path, target=...)."
        )
    return read_column(file, name)


def _one_of(kinds: Sequence[str]) -> str:
    return f"{', '.join(kinds[:-1])} or {kinds[-1]}"
