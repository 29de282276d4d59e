"""Outputs and targets of classes, checked, in the forms that pictures need."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array, as_codes, as_values, one_hot
from pellucid.equations.metrics import chosen
from pellucid.errors import DataError

LONGEST = 16  # letters of a class's name that are written


def decided(P: npt.ArrayLike, Y: npt.ArrayLike, classes: Sequence[str] | None) -> Array:
    """Outputs as they are, and codes as one-hot rows."""
    if np.ndim(P) != 1:
        return as_values(P, "P").astype(np.float64)
    codes = as_values(P, "P")[:, 0]
    if (codes != np.round(codes)).any() or not codes.size:
        raise DataError(
            "P: expected class codes (n,) or outputs (n, n_out), got a vector that is no codes. "
            "Give a single output as a column: P[:, None]."
        )
    n = np.shape(Y)[1] if np.ndim(Y) == 2 else int(max(codes.max(), np.max(Y, initial=0))) + 1
    n = max(n, 2, len(classes or ()))
    return one_hot(codes, n, np.float64)


def judged(P: Array, Y: npt.ArrayLike) -> tuple[Array, Array]:
    """Outputs, and the code of the right class for each."""
    rows = target_rows(P, Y)
    if rows.shape[1] == 1:
        return P, rows[:, 0]
    if not (rows.sum(axis=1) == 1).all():
        raise DataError("Y: expected one class for each example, got rows with several, or none.")
    return P, chosen(rows)


def target_rows(P: Array, Y: npt.ArrayLike) -> Array:
    """Targets as rows of 0 and 1, a column an output; a single output has one for class 1."""
    n, n_out = P.shape
    if not n:
        raise DataError("P: expected at least one example, got none.")
    if np.ndim(Y) == 2 and np.shape(Y)[1] == n_out > 1:
        values = as_values(Y, "Y")
        if not np.isin(values, (0, 1)).all():
            raise DataError("Y: expected rows of 0 and 1, got other numbers.")
        rows = values.astype(np.int64)
    elif n_out == 1:
        rows = as_codes(Y, 2, "Y")[:, None].astype(np.int64)
    else:
        rows = one_hot(as_codes(Y, n_out, "Y"), n_out, np.int64)
    if len(rows) != n:
        raise DataError(f"expected as many targets as predictions, got {len(rows)} for {n}.")
    return rows


def names(classes: Sequence[str] | None, n: int) -> list[str]:
    """A name for each class, cut where it is long."""
    names = [str(k) for k in range(n)] if classes is None else [str(name) for name in classes]
    if len(names) != n:
        raise DataError(f"classes: expected {n} names, one a class, got {len(names)}.")
    return [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
