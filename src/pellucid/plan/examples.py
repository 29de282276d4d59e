"""Training examples as engines take them: checked once, converted only when a batch is formed."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array, as_codes, as_inputs, as_values
from pellucid.equations.losses import LOSSES
from pellucid.errors import DataError
from pellucid.network.architecture import Architecture


@dataclass(frozen=True)
class Examples:
    """Inputs, targets and optional weights, one row an example.

    `X` (n, n_inputs) is uint8, float32 or float64; `Y` is int32 codes (n,) or floats (n, n_out);
    `weights` (n,) are float64, or None where every example counts the same.
    """

    X: Array
    Y: Array
    weights: Array | None = None

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: Array) -> "Examples":
        """Return some of the examples, copied."""
        weights = None if self.weights is None else self.weights[rows]
        return Examples(self.X[rows], self.Y[rows], weights)

    def fingerprint(self) -> str:
        """Return a digest of all values and shapes: the same data, the same text."""
        digest = hashlib.sha256()
        for array in (self.X, self.Y, self.weights):
            if array is not None:
                digest.update(f"{array.dtype} {array.shape};".encode())
                digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


def as_examples(
    architecture: Architecture,
    loss: str,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    names: tuple[str, str] = ("X", "Y"),
) -> Examples:
    """Check that inputs and targets fit a network and its loss.

    For softmax outputs `Y` is class codes 0 … n_out − 1, or one-hot rows; otherwise (n, n_out)
    numbers, where a single output also takes a vector.

    Raises
    ------
    DataError
        What was expected, what came, and in which row.
    """
    inputs = as_inputs(X, architecture.n_inputs, names[0])
    targets = _targets(architecture, loss, Y, names[1])
    if len(inputs) != len(targets):
        raise DataError(
            f"expected as many targets as examples, got {len(targets)} rows of {names[1]} "
            f"for {len(inputs)} of {names[0]}."
        )
    return Examples(inputs, targets, _weights(weights, len(inputs)))


def target_rows(Y: Array, n_outputs: int, dtype: npt.DTypeLike) -> Array:
    """Return targets as rows (n, n_out) of floats; codes become one-hot."""
    if Y.ndim == 2:
        return Y.astype(dtype)
    rows = np.zeros((len(Y), n_outputs), dtype)
    rows[np.arange(len(Y)), Y] = 1
    return rows


def _targets(architecture: Architecture, loss: str, Y: npt.ArrayLike, name: str) -> Array:
    n_out = architecture.n_outputs
    classes = architecture.layers[-1].activation == "softmax"
    if classes and (np.ndim(Y) == 1 or (np.ndim(Y) == 2 and np.shape(Y)[1] == 1 != n_out)):
        return as_codes(Y, n_out, name)
    values = as_values(Y, name)
    if values.shape[1] != n_out:
        hint = (
            f" Turn class codes into rows with pellucid.one_hot({name}, {n_out})."
            if values.shape[1] == 1
            else ""
        )
        raise DataError(
            f"{name}: expected {n_out} columns, one for each output of the network, "
            f"got {values.shape[1]}.{hint}"
        )
    _check_range(values, LOSSES[loss].targets, loss, name)
    return values


def _check_range(values: Array, targets: str, loss: str, name: str) -> None:
    if targets == "numbers":
        return
    wrong = (values < 0) | (values > 1)
    if wrong.any():
        row, column = (int(i) for i in np.argwhere(wrong)[0])
        raise DataError(
            f"{name}: {loss} expects targets from 0 to 1, got {values[row, column]} in row {row}, "
            f"column {column}. For other numbers use mse."
        )
    if targets == "classes":
        sums = values.sum(axis=1)
        off = np.flatnonzero(np.abs(sums - 1) > 1e-4)
        if off.size:
            raise DataError(
                f"{name}: {loss} expects rows that sum to 1, got {sums[off[0]]:g} in row {off[0]}. "
                "For targets that may be 1 in several places use sigmoid outputs with "
                "binary_cross_entropy."
            )


def _weights(weights: npt.ArrayLike | None, n: int) -> Array | None:
    if weights is None:
        return None
    column = as_values(weights, "sample_weight").astype(np.float64)
    if column.shape != (n, 1) or (column < 0).any() or not column.sum() > 0:
        raise DataError(
            f"sample_weight: expected {n} numbers of at least 0, not all 0, "
            f"got shape {np.shape(weights)}, smallest {column.min(initial=np.inf):g}."
        )
    return np.ascontiguousarray(column[:, 0])
