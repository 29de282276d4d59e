"""Signs in the inputs: sizes that no network trains well on, and columns that tell nothing."""

from collections.abc import Iterator

import numpy as np

from pellucid.arrays import Array, SparseRows
from pellucid.inspection.signs_case import Case, Sign
from pellucid.rows import StoredRows

SPREADS = 300.0  # how many times wider than the usual a column may be; pixels of 1/255 are usual
AWAY = 50.0  # deviations that a column's mean may be away from 0
PICTURE = 36  # inputs from which on a row may be a picture
BACKGROUND = 0.2  # share of all numbers that makes a value the paper of a picture
FEW = 3  # columns named one by one


def unscaled_input(case: Case, limit: float) -> Iterator[Sign]:
    """Yield inputs of sizes that a network does not train well on."""
    mean, deviation = case.data.A.mean(axis=0), case.data.A.std(axis=0)
    sizes = np.hypot(mean, deviation)
    varied = deviation > 1e-9 * np.maximum(sizes, 1e-300)
    worst = int(np.argmax(sizes * varied))
    size = float(sizes[worst] * varied[worst])
    if size > limit and not _first_layers_normalize(case):
        many = int((sizes[varied] > limit).sum())
        yield Sign(
            f"input {worst}",
            size,
            f"as the network sees it, input {worst} is {mean[worst]:.3g} ± "
            f"{deviation[worst]:.3g}, about {size:.3g} in size, and should be about 1"
            f"{_others(many)}",
        )
        return
    yield from _apart(case, mean, deviation, varied)


def _apart(case: Case, mean: Array, deviation: Array, varied: Array) -> Iterator[Sign]:
    """Columns that are much wider or narrower than the usual one, or far from 0."""
    if varied.sum() < 2:
        return
    width = np.ptp(case.data.A, axis=0)
    usual = float(np.median(width[varied]))
    factor = np.where(varied, np.maximum(width, 1e-300) / usual, 1.0)
    worst = int(np.argmax(np.abs(np.log(factor))))
    if np.abs(np.log(factor[worst])) > np.log(SPREADS):
        yield Sign(
            f"input {worst}",
            float(factor[worst]),
            f"input {worst} spans {width[worst]:.3g}, where the usual input spans {usual:.3g}",
        )
    away = np.where(varied & (np.abs(mean) > 3), np.abs(mean) / np.maximum(deviation, 1e-300), 0)
    worst = int(np.argmax(away))
    if away[worst] > AWAY:
        yield Sign(
            f"input {worst}",
            float(away[worst]),
            f"input {worst} is {mean[worst]:.6g} ± {deviation[worst]:.3g}: its mean is "
            f"{away[worst]:.3g} deviations away from 0",
        )


def constant_input(case: Case, limit: float) -> Iterator[Sign]:
    """Yield inputs that are the same in every example, apart from the paper of pictures."""
    same = np.ptp(case.data.A, axis=0) == 0
    same[same] = _constant(case, np.flatnonzero(same))
    if same.all():
        yield Sign("all inputs", 1.0, "every example has the same inputs: there is nothing to tell")
        return
    if case.data.A.shape[1] >= PICTURE:  # NaN, of tables, is unlike any value
        same &= case.data.A[0] != _background(case.data.A[:, ~same])
    share = float(same.mean())
    if same.any() and share >= limit:
        columns = np.flatnonzero(same).tolist()
        named = _columns(columns, "input") + (" is" if len(columns) == 1 else " are")
        yield Sign(
            _columns(columns, "input"),
            share,
            f"{named} the same in all {len(case.data.examples)} examples "
            f"({case.data.A[0, columns[0]]:.4g} as the network sees it)",
        )


def is_picture(A: Array) -> bool:
    """Whether rows look like pictures: many numbers, of which a good part are the same."""
    return A.shape[1] >= PICTURE and not np.isnan(_background(A))


def _constant(case: Case, columns: Array) -> Array:
    """Whether these columns, the same throughout the sample, are so in all examples."""
    X, architecture = case.data.examples.X, case.network.architecture
    muted = np.broadcast_to(np.asarray(architecture.scale) == 0, case.data.A.shape[1])[columns]
    if isinstance(X, SparseRows):
        counts = np.bincount(X.columns, minlength=X.n_columns)[columns]
        return muted | (counts == 0) | (counts == len(X))
    if isinstance(X, StoredRows):
        return muted | _constant_in_files(X, columns)
    some = X[:, columns]
    return muted | (some == some[0]).all(axis=0)


def _constant_in_files(X: StoredRows, columns: Array) -> Array:
    first, same = X[:1][:, columns], np.ones(len(columns), bool)
    for rows in X.blocks():
        if not same.any():
            break
        same &= (X[rows][:, columns] == first).all(axis=0)
    return same


def _background(A: Array) -> float:
    """The value that is the paper of pictures: that of a good part of all numbers, or NaN."""
    values, counts = np.unique(A[: 4096 // A.shape[1] + 16], return_counts=True)
    commonest = int(counts.argmax())
    return float(values[commonest]) if counts[commonest] >= BACKGROUND * counts.sum() else np.nan


def _first_layers_normalize(case: Case) -> bool:
    architecture = case.network.architecture
    return all(
        architecture.layer(to).norm != "none" for k, to in architecture.connections if k == 0
    )


def _columns(columns: list[int], name: str) -> str:
    if len(columns) == 1:
        return f"{name} {columns[0]}"
    shown = ", ".join(map(str, columns[:FEW]))
    return f"{name}s {shown}" + (f" and {len(columns) - FEW} more" if len(columns) > FEW else "")


def _others(many: int) -> str:
    if many == 2:
        return "; so is 1 other input"
    return f"; so are {many - 1} other inputs" if many > 2 else ""
