"""Metrics: how good predictions are, in numbers that people use. One row of a table each.

Those that count classes or rank are scikit-learn's, imported only when they are asked for. With
two classes, 1 is the one that precision, recall and F1 are about; with more, their mean over the
classes counts; where an example may have several labels, their mean over the labels.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.errors import RecipeError

SHARES = ("accuracy", "label_accuracy")  # of right answers
LIKELY = ("sigmoid", "softmax")  # outputs that are probabilities
SMALLEST = 2.0**-52  # what |y| counts as at least where it divides; scikit-learn's number


class Metric(NamedTuple):
    """A metric and how to read it."""

    value: Callable[[Array, Array, Any], Any]  # (P, Y, xp) → number
    better: str  # "higher" or "lower"
    targets: str  # "classes" or "numbers"; "any" of functions that are given
    formula: str
    source: str
    imports: str | None = None  # a module that it needs, which is slow to come


def is_share(name: str) -> bool:
    """Whether a score is a share, which people read in per cent."""
    return name in SHARES or name.startswith("below_")


def chosen(P: Array) -> Array:
    """The class of the largest output; with a single output, 1 where it is at least ½."""
    return P.argmax(1) if P.shape[1] > 1 else (P[:, 0] >= 0.5) * 1


def accuracy(P: Array, Y: Array, xp: Any = np) -> Any:
    """Share of examples whose chosen class is the right one; Y codes (n,) or rows (n, n_out)."""
    right = Y if Y.ndim == 1 else chosen(Y)
    return xp.mean(xp.where(chosen(P) == right, 1.0, 0.0))


def r2(P: Array, Y: Array, xp: Any = np) -> Any:
    """1 − Σ (y − p)² / Σ (y − ȳ)², averaged over the outputs; constant targets count as 0 or 1.

    As scikit-learn's: an output whose targets are all equal scores 1 when predicted exactly,
    else 0.
    """
    residual = xp.sum((Y - P) ** 2, axis=0)
    total = xp.sum((Y - xp.mean(Y, axis=0)) ** 2, axis=0)
    constant = xp.where(residual == 0, 1.0, 0.0)
    return xp.mean(xp.where(total > 0, 1.0 - residual / xp.where(total > 0, total, 1.0), constant))


def mean_absolute_error(P: Array, Y: Array, xp: Any = np) -> Any:
    """Σ |p − y| / (n n_out)."""
    return xp.mean(xp.abs(P - Y))


def label_accuracy(P: Array, Y: Array, xp: Any = np) -> Any:
    """Share of outputs on the right side of ½, each by itself."""
    rows = _rows(P, Y) if Y.ndim == 1 else Y
    return xp.mean(xp.where((P >= 0.5) == (rows >= 0.5), 1.0, 0.0))


def rmse(P: Array, Y: Array, xp: Any = np) -> Any:
    """√(Σ (p − y)² / n), averaged over the outputs."""
    return xp.mean(xp.sqrt(xp.mean((P - Y) ** 2, axis=0)))


def mape(P: Array, Y: Array, xp: Any = np) -> Any:
    """Σ |p − y| / |y| / (n n_out): a share, not per cent; huge where a target is 0."""
    size = xp.abs(Y)
    return xp.mean(xp.abs(P - Y) / xp.where(size > SMALLEST, size, SMALLEST))


def precision(P: Array, Y: Array, xp: Any = np) -> Any:
    """Of those taken for a class, the share that is of it; 0 where none was."""
    from sklearn.metrics import precision_score

    right, taken, average = _labels(P, Y)
    return precision_score(right, taken, average=average, zero_division=0)


def recall(P: Array, Y: Array, xp: Any = np) -> Any:
    """Of those of a class, the share that was taken for it; 0 where there is none."""
    from sklearn.metrics import recall_score

    right, taken, average = _labels(P, Y)
    return recall_score(right, taken, average=average, zero_division=0)


def f1(P: Array, Y: Array, xp: Any = np) -> Any:
    """2 precision · recall / (precision + recall); 0 where both are."""
    from sklearn.metrics import f1_score

    right, taken, average = _labels(P, Y)
    return f1_score(right, taken, average=average, zero_division=0)


def roc_auc(P: Array, Y: Array, xp: Any = np) -> Any:
    """The chance that of an example of a class and another one the first has the larger output.

    With more than two classes, each against the rest. NaN where a class does not occur, or is the
    only one, or an output is infinite.
    """
    from sklearn.metrics import roc_auc_score

    rows = _rows(P, Y)
    if not np.isfinite(P).all() or not all(0 < column.sum() < len(column) for column in rows.T):
        return float("nan")
    if P.shape[1] == 2 and _exclusive(Y):
        P, rows = P[:, 1:], rows[:, 1:]
    return np.mean([roc_auc_score(y, p) for y, p in zip(rows.T, P.T, strict=True)])


def log_loss(P: Array, Y: Array, xp: Any = np) -> Any:
    """−log of the probability given to the right class, averaged.

    NaN where an output is no probability. Of several outputs for one class, each is taken as its
    share in their sum.
    """
    from sklearn import metrics

    rows, P = _rows(P, Y), np.asarray(P, np.float64)
    sums = P.sum(axis=1, keepdims=True)
    exclusive = P.shape[1] > 1 and _exclusive(Y)
    if not ((P >= 0) & (P <= 1)).all() or (exclusive and not sums.all()):
        return float("nan")
    if exclusive:
        return metrics.log_loss(rows.argmax(1), P / sums, labels=range(P.shape[1]))
    columns = zip(rows.T, P.T, strict=True)
    return np.mean([metrics.log_loss(y, p, labels=[0, 1]) for y, p in columns])


def _exclusive(Y: Array) -> bool:
    """Whether each example is of one class: codes, one-hot rows, or a single column."""
    return Y.ndim == 1 or Y.shape[1] == 1 or bool((Y.sum(axis=1) == 1).all())


def _rows(P: Array, Y: Array) -> Array:
    """Targets as rows of 0 and 1, one column an output."""
    if Y.ndim == 1:
        return (Y[:, None] == np.arange(P.shape[1])) * 1 if P.shape[1] > 1 else Y[:, None] * 1
    return (Y >= 0.5) * 1


def _labels(P: Array, Y: Array) -> tuple[Array, Array, str]:
    """Right classes, chosen ones, and how scikit-learn is to average over them."""
    if not _exclusive(Y):
        return (Y >= 0.5) * 1, (P >= 0.5) * 1, "macro"
    right = Y if Y.ndim == 1 else chosen(Y)
    return right, chosen(P), "binary" if P.shape[1] <= 2 else "macro"


SKLEARN = "sklearn.metrics"

METRICS = {
    "accuracy": Metric(accuracy, "higher", "classes", "share of right classes", "—"),
    "r2": Metric(r2, "higher", "numbers", "1 − Σ (y − p)² / Σ (y − ȳ)²", "Wright 1921"),
    "mean_absolute_error": Metric(
        mean_absolute_error, "lower", "numbers", "Σ |p − y| / n", "Laplace 1774"
    ),
    "rmse": Metric(rmse, "lower", "numbers", "√(Σ (p − y)² / n)", "Gauss 1821"),
    "mape": Metric(mape, "lower", "numbers", "Σ |p − y| / |y| / n", "Makridakis 1993"),
    "precision": Metric(
        precision, "higher", "classes", "TP / (TP + FP)", "van Rijsbergen 1979", SKLEARN
    ),
    "recall": Metric(recall, "higher", "classes", "TP / (TP + FN)", "van Rijsbergen 1979", SKLEARN),
    "f1": Metric(
        f1, "higher", "classes", "2 TP / (2 TP + FP + FN)", "van Rijsbergen 1979", SKLEARN
    ),
    "roc_auc": Metric(
        roc_auc,
        "higher",
        "classes",
        "P(output of one of the class > of another)",
        "Fawcett 2006",
        SKLEARN,
    ),
    "log_loss": Metric(
        log_loss, "lower", "classes", "−log p of the right class", "Good 1952", SKLEARN
    ),
    "label_accuracy": Metric(
        label_accuracy, "higher", "classes", "share of right labels", "1 − Hamming loss"
    ),
}


def check_suits(names: Iterable[str], *, output: str, classes: bool, rows: bool) -> None:
    """Raise where a metric is unknown, or cannot be worked out.

    Parameters
    ----------
    output : str
        The activation of the outputs.
    classes : bool
        Whether the targets are classes or labels.
    rows : bool
        Whether they are rows of numbers, not codes.

    Raises
    ------
    RecipeError
    """
    suited = {"classes": classes, "numbers": rows}
    unfit = {name for name, row in METRICS.items() if not suited[row.targets]}
    unfit |= set() if output in LIKELY else {"log_loss"}
    for name in names:
        if name not in METRICS or name in unfit:
            what = "does not suit these targets and outputs" if name in METRICS else "is unknown"
            raise RecipeError(
                f"metrics: {name} {what}. Use any of {', '.join(sorted(set(METRICS) - unfit))}."
            )


def metric_of(metric: str | Metric | Callable[..., Any]) -> tuple[str, Metric]:
    """Return a metric's name and row: of a name, a row, or a function of (P, Y).

    A function counts as better when it is higher, and is called by its own name.

    Raises
    ------
    RecipeError
        Neither of these, or a name that METRICS does not have.
    """
    if isinstance(metric, str) and metric in METRICS:
        return metric, METRICS[metric]
    if isinstance(metric, Metric):
        return getattr(metric.value, "__name__", "metric"), metric
    if not callable(metric):
        raise RecipeError(
            f"metrics: expected one of {', '.join(METRICS)}, or a function of predictions and "
            f"targets, got {metric!r}."
        )
    own = metric

    def value(P: Array, Y: Array, xp: Any = np) -> Any:
        return own(P, Y)

    name = getattr(metric, "__name__", type(metric).__name__)
    return name, Metric(value, "higher", "any", name, "given")
