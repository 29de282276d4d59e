"""What one output adds to a loss, and its derivative, as text to put names or numbers into.

The mathematics is in ``equations/losses.py``; a test works these texts out and compares.
"""

from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.losses import loss_of
from pellucid.equations.named import name_and_numbers
from pellucid.inspection.expressions import number, put_in


class Term(NamedTuple):
    """A loss's term for one output. p is the prediction, y the target, n the number of outputs."""

    value: str
    derivative: str  # by p


TERMS = {
    "half_sse": Term("½ (p − y)²", "p − y"),
    "sse": Term("(p − y)²", "2 (p − y)"),
    "mse": Term("(p − y)² / n", "2 (p − y) / n"),
    "mae": Term("|p − y| / n", "sign(p − y) / n"),
    "huber": Term("½ (p − y)² / n", "(p − y) / n"),
    "quantile": Term("max(q (y − p), (q − 1) (y − p)) / n", "(1 − q) / n"),
    "binary_cross_entropy": Term("−(y log p + (1 − y) log(1 − p))", "−y/p + (1 − y)/(1 − p)"),
    "cross_entropy": Term("−y log p", "−y/p"),
    "poisson": Term("p − y log p + y log y − y", "1 − y/p"),
    "squared_hinge": Term("max(0, 1 − y p)² / n", "−2 y max(0, 1 − y p) / n"),
}
# Beyond where a loss changes its form.
HUBER_FAR = Term("δ (|p − y| − ½ δ) / n", "δ sign(p − y) / n")
QUANTILE_BELOW = "−q / n"  # where p < y


def term_of(loss: str, p: float, y: float, n_outputs: int, output: int) -> Term:
    """Return the term of an output, with all put in but p and y."""
    name, _ = name_and_numbers(loss)
    numbers, term = loss_of(loss).numbers, TERMS[name]
    known = {"n": str(n_outputs)}
    if name == "huber":
        known["δ"] = number(numbers[0])
        if abs(p - y) > numbers[0]:
            term = HUBER_FAR
    if name == "quantile":
        known["q"] = number(numbers[output % len(numbers)])
        if p < y:
            term = Term(term.value, QUANTILE_BELOW)
        elif p == y:
            term = Term(term.value, "0")
    if name == "poisson" and y == 0:
        term = Term("p", "1")  # 0 log 0 is 0
    return Term(*(put_in(text, known) for text in term))


def term_values(loss: str, Z: Array, P: Array, Y: Array) -> Array:
    """Return what each output adds to the loss of one example: (n_out,) from rows (1, n_out)."""
    row, n = loss_of(loss), P.shape[1]
    if row.targets == "classes":  # linear in the targets, and each p depends on every z
        return np.array([row.value(Z, P, Y * one, np)[0] for one in np.eye(n)])
    found = np.empty(n)
    for j in range(n):
        only = slice(j, j + 1)
        level = row.numbers[j % len(row.numbers)] if row.constant == "levels" else None
        own = row if level is None else loss_of(f"quantile:{level!r}")
        found[j] = own.value(Z[:, only], P[:, only], Y[:, only], np)[0]
    return found / n if row.outputs == "mean" else found
