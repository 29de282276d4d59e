"""The array vocabulary: which arrays Pellucid takes, and how they are checked on the way in.

Rows are examples everywhere. What an array means for a network (codes, one-hot rows) is decided
in ``plan/examples.py``; reading files into arrays belongs to ``data/``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.errors import DataError
from pellucid.rows import StoredRows

# A NumPy array. The functions of equations/ also take torch tensors, when given xp=torch.
Array = npt.NDArray[Any]

PRECISIONS = ("float32", "float64")


@dataclass(frozen=True)
class SparseRows:
    """A matrix (n, n_columns) that holds only its numbers that are not 0, row by row (CSR).

    It is asked for rows as an array is, and answers with a common array of them.

    Parameters
    ----------
    values : (n_kept,) uint8, float32 or float64
    columns : (n_kept,) int32
        In which column each value stands.
    begins : (n + 1,) int64
        Where each row begins in the two; the last is their length.
    n_columns : int
    """

    values: Array
    columns: Array
    begins: Array
    n_columns: int

    def __len__(self) -> int:
        return len(self.begins) - 1

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are, zeros included."""
        return len(self), self.n_columns

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values."""
        return self.values.dtype

    def __getitem__(self, rows: Array | slice) -> Array:
        some = self.take(np.arange(len(self))[rows])
        dense = np.zeros(some.shape, self.dtype)
        dense[np.repeat(np.arange(len(some)), np.diff(some.begins)), some.columns] = some.values
        return dense

    def take(self, rows: Array | slice) -> "SparseRows":
        """Return some of the rows, kept as sparsely."""
        lengths = np.diff(self.begins)[rows]
        begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        kept = np.arange(begins[-1]) + np.repeat(self.begins[:-1][rows] - begins[:-1], lengths)
        return SparseRows(self.values[kept], self.columns[kept], begins, self.n_columns)

    def tocsr(self) -> Any:
        """Return the same rows as SciPy's sparse array, sharing memory."""
        from scipy.sparse import csr_array

        return csr_array((self.values, self.columns, self.begins), shape=self.shape)


# Examples in rows, as engines take them.
Inputs = Array | SparseRows | StoredRows


def as_inputs(X: npt.ArrayLike | Inputs, n_inputs: int | None = None, name: str = "X") -> Inputs:
    """Return `X` as a finite, C-contiguous matrix of examples in rows; uint8 stays uint8.

    Parameters
    ----------
    X : array_like, SciPy's sparse matrix or array, or StoredRows, shape (n, n_inputs)
        Numbers. Integers other than uint8 and booleans become float32; float16 becomes float32.
        What is sparse stays so, and what is in files stays there: it is checked when it is read.
    n_inputs : int, optional
        How many columns the network expects.
    name : str
        What to call the array in an error.

    Raises
    ------
    DataError
        Not numbers, not two-dimensional, empty, of a wrong width, or not finite.
    """
    array: Inputs
    if isinstance(X, SparseRows | StoredRows):
        array = X  # which nobody makes of what is not checked, now or when it is read
    else:
        array = _sparse_rows(X, name) if hasattr(X, "tocsr") else as_matrix(X, name)
    if n_inputs is not None and array.shape[1] != n_inputs:
        raise DataError(
            f"{name}: expected {n_inputs} columns, one for each input of the network, "
            f"got {array.shape[1]}."
        )
    return array


def as_matrix(X: npt.ArrayLike, name: str = "X") -> Array:
    """Return `X` as ``as_inputs`` does, where it has to be a common array."""
    array = _numbers(X, name)
    if array.ndim != 2:
        hint = " For one example write X[None, :]." if array.ndim == 1 else ""
        raise DataError(
            f"{name}: expected a matrix with an example in each row, "
            f"got an array of shape {array.shape}.{hint}"
        )
    _check_not_empty(array.shape, name)
    array = _of_a_kind(array)
    _check_finite(array, name)
    return np.ascontiguousarray(array)


def _sparse_rows(X: Any, name: str) -> SparseRows:
    if X.ndim != 2:
        raise DataError(
            f"{name}: expected a matrix with an example in each row, "
            f"got a sparse array of shape {X.shape}."
        )
    csr = X.tocsr()
    _check_not_empty(csr.shape, name)
    _check_places(csr, name)
    if not csr.has_canonical_format:
        csr = csr.copy()
        csr.sum_duplicates()
    values = _of_a_kind(_numbers(csr.data, name))
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        row = int(np.searchsorted(csr.indptr, bad[0], "right")) - 1
        raise DataError(
            f"{name}: expected finite numbers, got {values[bad[0]]} in row {row}, column "
            f"{csr.indices[bad[0]]} ({len(bad)} such values in all). Fill in or leave out these "
            "rows."
        )
    return SparseRows(
        np.ascontiguousarray(values),
        np.ascontiguousarray(csr.indices, np.int32),
        np.ascontiguousarray(csr.indptr, np.int64),
        int(csr.shape[1]),
    )


def _check_places(csr: Any, name: str) -> None:
    """Engines read where indices point; SciPy itself does not look at all of them."""
    begins, (n_rows, n_columns) = csr.indptr, csr.shape
    kept = min(len(csr.indices), len(csr.data))
    if len(begins) != n_rows + 1 or begins[0] != 0 or begins[-1] > kept:
        raise DataError(
            f"{name}: expected an indptr of {n_rows + 1} numbers from 0 to at most {kept}, the "
            f"number of values, got {len(begins)} from {begins[0]} to {begins[-1]}. Make the "
            "sparse matrix anew."
        )
    back = np.flatnonzero(begins[1:] < begins[:-1])
    if back.size:
        row = int(back[0])
        raise DataError(
            f"{name}: expected an indptr that never falls, got {begins[row]} and then "
            f"{begins[row + 1]} for row {row}. Make the sparse matrix anew."
        )
    columns = csr.indices[: begins[-1]]
    outside = np.flatnonzero((columns < 0) | (columns >= n_columns))
    if outside.size:
        row = int(np.searchsorted(begins, outside[0], "right")) - 1
        raise DataError(
            f"{name}: expected column indices from 0 to {n_columns - 1}, got "
            f"{columns[outside[0]]} in row {row}. Make the sparse matrix anew."
        )


def _check_not_empty(shape: tuple[int, ...], name: str) -> None:
    if 0 in shape:
        raise DataError(f"{name}: expected at least one example and one column, got shape {shape}.")


def _of_a_kind(array: Array) -> Array:
    """Numbers as engines take them: uint8, float32 or float64."""
    kept = array.dtype == np.uint8 or array.dtype in (np.float32, np.float64)
    return array if kept else array.astype(np.float32)


def as_values(Y: npt.ArrayLike, name: str = "Y") -> Array:
    """Return `Y` as finite floats with one row an example (a vector becomes a column)."""
    array = _numbers(Y, name)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise DataError(f"{name}: expected one row for each example, got shape {array.shape}.")
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    _check_finite(array, name)
    return np.ascontiguousarray(array)


def as_codes(Y: npt.ArrayLike, n_classes: int, name: str = "Y") -> Array:
    """Return class codes 0 … n_classes − 1 as int32; floats are taken when they are whole."""
    array = _numbers(Y, name)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError(f"{name}: expected one class code for each example, got {array.shape}.")
    if array.dtype.kind == "f":
        _check_finite(array[:, None], name)
    with np.errstate(invalid="ignore"):  # floats beyond the integers: refused below
        codes = array.astype(np.int64)
    wrong = np.flatnonzero((codes != array) | (codes < 0) | (codes >= n_classes))
    if wrong.size:
        row = int(wrong[0])
        raise DataError(
            f"{name}: expected class codes 0 to {n_classes - 1}, one for each output, "
            f"got {array[row]} in row {row}. Number the classes from 0, or give the network "
            "as many outputs as there are classes."
        )
    return codes.astype(np.int32)


def one_hot(codes: npt.ArrayLike, n_classes: int, dtype: npt.DTypeLike = np.float32) -> Array:
    """Rows of zeros with a single 1 at the class: the target of a network with one output a class.

    Examples
    --------
    >>> one_hot([1, 0], 3)
    array([[0., 1., 0.],
           [1., 0., 0.]], dtype=float32)
    """
    checked = as_codes(codes, n_classes, "codes")
    rows = np.zeros((len(checked), n_classes), dtype)
    rows[np.arange(len(checked)), checked] = 1
    return rows


def _numbers(values: npt.ArrayLike, name: str) -> Array:
    try:
        array = np.asarray(values)
    except ValueError as problem:
        raise DataError(f"{name}: expected rows of equal length, got {problem}.") from None
    if array.dtype.kind not in "buif":
        raise DataError(
            f"{name}: expected numbers, got values of type {array.dtype}. "
            "Turn text and categories into numbers first; class names, for example, with "
            "names, codes = np.unique(Y, return_inverse=True)."
        )
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _check_finite(array: Array, name: str) -> None:
    # The sum is finite when every value is (unless it overflows, hence the second look).
    if array.dtype.kind != "f" or not array.size or np.isfinite(_quiet_sum(array)):
        return
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        row, column = (int(i) for i in bad[0])
        raise DataError(
            f"{name}: expected finite numbers, got {array[row, column]} in row {row}, "
            f"column {column} ({len(bad)} such values in all). Fill in or leave out these rows."
        )


def _quiet_sum(array: Array) -> float:
    with np.errstate(all="ignore"):
        return float(array.sum())
