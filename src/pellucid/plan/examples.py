"""Training examples as engines take them: checked once, converted only when a batch is formed."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array, Inputs, SparseRows, as_codes, as_inputs, as_values
from pellucid.equations.losses import Loss, loss_of, smoothed
from pellucid.errors import DataError
from pellucid.network.architecture import Architecture
from pellucid.plan.recipe import Recipe
from pellucid.rows import StoredRows

SAMPLE = 256  # rows to judge zeros by
FEW = 0.3  # share of numbers that are not 0 up to which these are worth looking for


@dataclass(frozen=True)
class Examples:
    """Inputs, targets and optional weights, one row an example.

    `X` (n, n_inputs) is uint8, float32 or float64: an array, sparse rows, or rows that stay in
    files; `Y` is int32 codes (n,) or floats (n, n_out); `weights` (n,) are float64, or None where
    every example counts the same.
    """

    X: Inputs
    Y: Array
    weights: Array | None = None

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: Array | slice) -> "Examples":
        """Return some of the examples: copied, or views where `rows` is a slice and X an array.

        Rows in files are read.
        """
        weights = None if self.weights is None else self.weights[rows]
        X = self.X.take(rows) if isinstance(self.X, SparseRows) else self.X[rows]
        return Examples(X, self.Y[rows], weights)

    def fingerprint(self) -> str:
        """Return a digest of all values and shapes: the same data, the same text.

        Of rows in files it is what ``StoredRows.fingerprint`` says, which does not read them all.
        """
        digest, X = hashlib.sha256(), self.X
        parts: tuple[Array, ...]
        if isinstance(X, StoredRows):
            digest.update(X.fingerprint().encode())
            parts = ()
        else:
            parts = (X.values, X.columns, X.begins) if isinstance(X, SparseRows) else (X,)
        for array in (*parts, self.Y, self.weights):
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


def mostly_zeros(architecture: Architecture, X: Inputs) -> bool:
    """Return whether leaving zeros out of the first products is worth it, judged by a sample.

    Only where a 0 of the data is a 0 for the network.
    """
    if np.any(architecture.shift):
        return False
    if isinstance(X, SparseRows):
        return len(X.values) < FEW * len(X) * X.n_columns
    # Files are read from their beginning: rows from everywhere would take a chunk each.
    rows = X[:SAMPLE] if isinstance(X, StoredRows) else X[:: max(1, len(X) // SAMPLE)]
    return bool(np.count_nonzero(rows) < FEW * rows.size)


def target_rows(Y: Array, n_outputs: int, dtype: npt.DTypeLike) -> Array:
    """Return targets as rows (n, n_out) of floats; codes become one-hot."""
    if Y.ndim == 2:
        return Y.astype(dtype)
    rows = np.zeros((len(Y), n_outputs), dtype)
    rows[np.arange(len(Y)), Y] = 1
    return rows


def as_learnt(recipe: Recipe, Y: Array) -> Array:
    """Return target rows as training takes them: with a share spread over the classes, if asked."""
    share = recipe.label_smoothing
    if share == 0.0:
        return Y
    n_classes = 2 if loss_of(recipe.loss).targets == "bits" else Y.shape[1]
    return smoothed(Y, share, n_classes)


def _targets(architecture: Architecture, loss: str, Y: npt.ArrayLike, name: str) -> Array:
    row, n_out = loss_of(loss), architecture.n_outputs
    classes = architecture.layers[-1].activation == "softmax"
    if classes and (np.ndim(Y) == 1 or (np.ndim(Y) == 2 and np.shape(Y)[1] == 1 != n_out)):
        return as_codes(Y, n_out, name)
    values = as_values(Y, name)
    # A quantile loss has several outputs for each target: it stands once for each level.
    levels = len(row.numbers) if row.constant == "levels" else 1
    if values.shape[1] * levels != n_out:
        hint = (
            f" Turn class codes into rows with pellucid.one_hot({name}, {n_out})."
            if values.shape[1] == 1 and levels == 1
            else ""
        )
        raise DataError(
            f"{name}: expected {n_out // levels} columns, one for each "
            f"{'output of the network' if levels == 1 else f'{levels} outputs of the network'}, "
            f"got {values.shape[1]}.{hint}"
        )
    return _in_range(np.repeat(values, levels, axis=1), row, loss, name)


def _in_range(values: Array, row: Loss, loss: str, name: str) -> Array:
    """Targets of the kind that a loss takes."""
    if row.targets == "numbers":
        return values
    if row.targets == "signs":  # 0 is another way to say −1
        _expect(np.isin(values, (-1, 0, 1)), values, loss, name, "targets of −1 (or 0) and 1")
        return np.where(values == 0, -1, values).astype(values.dtype)
    if row.targets == "counts":
        _expect(values >= 0, values, loss, name, "targets of at least 0")
        return values
    _expect((values >= 0) & (values <= 1), values, loss, name, "targets from 0 to 1")
    if row.targets == "classes":
        sums = values.sum(axis=1)
        off = np.flatnonzero(np.abs(sums - 1) > 1e-4)
        if off.size:
            raise DataError(
                f"{name}: {loss} expects rows that sum to 1, got {sums[off[0]]:g} in row {off[0]}. "
                "For targets that may be 1 in several places use sigmoid outputs with "
                "binary_cross_entropy."
            )
    return values


def _expect(fits: Array, values: Array, loss: str, name: str, what: str) -> None:
    if not fits.all():
        row, column = (int(i) for i in np.argwhere(~fits)[0])
        raise DataError(
            f"{name}: {loss} expects {what}, got {values[row, column]} in row {row}, "
            f"column {column}. For other numbers use mse."
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
