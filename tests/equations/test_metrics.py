"""Every metric: known answers, scikit-learn's numbers, every kind of targets, edges."""

import inspect
from math import isnan, log, nan, sqrt

import numpy as np
import pytest
import sklearn.metrics

from pellucid.equations.metrics import METRICS, Metric, chosen, is_share, metric_of
from pellucid.errors import RecipeError

ROWS = sorted(METRICS)
CLASSES = sorted(name for name, row in METRICS.items() if row.targets == "classes")
NUMBERS = sorted(name for name, row in METRICS.items() if row.targets == "numbers")

# P, Y → value, by hand. One column is the probability of class 1; `TWO` says the same in two.
ONE = [[0.9], [0.6], [0.4], [0.2], [0.8], [0.1]], [1, 0, 1, 0, 1, 0]
TWO = [[1 - p, p] for (p,) in ONE[0]], ONE[1]
# Chosen 0 0 1 1 2 0: of class 0 two of three taken are right, of 1 one of two, of 2 one of one.
THREE = np.eye(3)[[0, 0, 1, 1, 2, 0]] * 0.4 + 0.2, [0, 0, 1, 2, 2, 1]
LABELS = [[0.9, 0.8], [0.7, 0.1], [0.2, 0.6], [0.1, 0.3]], [[1, 1], [1, 1], [0, 0], [1, 0]]
KNOWN = {
    "accuracy": [
        ([[0.1, 0.9], [0.6, 0.4], [0.3, 0.7]], [1, 0, 0], 2 / 3),
        (*ONE, 4 / 6),
        (*TWO, 4 / 6),
        (*THREE, 4 / 6),
    ],
    "r2": [([[1], [2], [4]], [[1], [2], [3]], 1 / 2)],
    "mean_absolute_error": [([[1, 2], [2, 2]], [[1, 4], [3, 3]], 1)],
    "rmse": [([[1, 2], [3, 2]], [[1, 4], [5, 3]], (sqrt(2) + sqrt(5 / 2)) / 2)],
    "mape": [([[1, 2], [3, -2]], [[2, 4], [4, 2]], (1 / 2 + 1 / 2 + 1 / 4 + 2) / 4)],
    "precision": [
        (*ONE, 2 / 3),
        (*TWO, 2 / 3),
        (*THREE, (2 / 3 + 1 / 2 + 1) / 3),
        (*LABELS, (1 + 1 / 2) / 2),
    ],
    "recall": [
        (*ONE, 2 / 3),
        (*TWO, 2 / 3),
        (*THREE, (1 + 1 / 2 + 1 / 2) / 3),
        (*LABELS, (2 / 3 + 1 / 2) / 2),
    ],
    "f1": [
        (*ONE, 2 / 3),
        (*TWO, 2 / 3),
        (*THREE, (4 / 5 + 1 / 2 + 2 / 3) / 3),
        (*LABELS, (4 / 5 + 1 / 2) / 2),
    ],
    # Of 3 · 3 pairs one is the wrong way round, ½ for each tie.
    "roc_auc": [
        (*ONE, 8 / 9),
        (*TWO, 8 / 9),
        (*THREE, ((8 - 0.5 * 2) / 8 + (8 - 1.5 - 1.5) / 8 + (8 - 0.5 * 4) / 8) / 3),
        (*LABELS, (2 / 3 + 2 / 4) / 2),
    ],
    "log_loss": [
        (*ONE, -log(0.9 * 0.4 * 0.4 * 0.8 * 0.8 * 0.9) / 6),
        (*TWO, -log(0.9 * 0.4 * 0.4 * 0.8 * 0.8 * 0.9) / 6),
        (*THREE, -(4 * log(0.6) + 2 * log(0.2)) / 6),
        (*LABELS, -log(0.9 * 0.7 * 0.8 * 0.1 * 0.8 * 0.1 * 0.4 * 0.7) / 8),
    ],
    "label_accuracy": [(*LABELS, 5 / 8), (*ONE, 4 / 6), (*THREE, 14 / 18)],
}
PEERS = {  # of right and chosen classes, or of targets and predictions
    "accuracy": lambda Y, P, _: sklearn.metrics.accuracy_score(Y, chosen(P)),
    "precision": lambda Y, P, how: sklearn.metrics.precision_score(Y, chosen(P), average=how),
    "recall": lambda Y, P, how: sklearn.metrics.recall_score(Y, chosen(P), average=how),
    "f1": lambda Y, P, how: sklearn.metrics.f1_score(Y, chosen(P), average=how),
    "roc_auc": lambda Y, P, how: sklearn.metrics.roc_auc_score(
        Y, P[:, -1] if how == "binary" else P, multi_class="ovr"
    ),
    "log_loss": lambda Y, P, how: sklearn.metrics.log_loss(
        Y, P[:, -1] if how == "binary" else P, labels=np.arange(max(P.shape[1], 2))
    ),
    "label_accuracy": lambda Y, P, _: (
        1 - sklearn.metrics.hamming_loss(rows_of(Y, P.shape[1]), (P >= 0.5) * 1)
    ),
    "r2": lambda Y, P, _: sklearn.metrics.r2_score(Y, P),
    "mean_absolute_error": lambda Y, P, _: sklearn.metrics.mean_absolute_error(Y, P),
    "rmse": lambda Y, P, _: sklearn.metrics.root_mean_squared_error(Y, P),
    "mape": lambda Y, P, _: sklearn.metrics.mean_absolute_percentage_error(Y, P),
}


def rows_of(codes, columns):
    """Codes as a column of bits, or as one-hot rows."""
    return codes[:, None] if columns == 1 else np.eye(columns, dtype=int)[codes]


def value(name, P, Y):
    return METRICS[name].value(np.asarray(P, float), np.asarray(Y), np)


def test_every_row_has_a_known_answer_and_a_peer():
    assert set(KNOWN) == set(PEERS) == set(METRICS), "give each row of METRICS both"


@pytest.mark.parametrize(
    ("name", "P", "Y", "expected"), [(name, *case) for name in ROWS for case in KNOWN[name]]
)
def test_known_answer(name, P, Y, expected):
    """Codes, the same as one-hot rows or as a column of bits, and several labels."""
    assert value(name, P, Y) == pytest.approx(expected, rel=1e-12)
    if np.ndim(Y) == 1:
        rows = rows_of(np.array(Y), np.shape(P)[1])
        assert value(name, P, rows) == pytest.approx(expected, rel=1e-12)
        assert value(name, P, rows.astype(float)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", NUMBERS)
def test_same_number_as_scikit_learn(name):
    draw = np.random.default_rng(4)
    for shape in ((50, 3), (50, 1), (2, 4)):
        P, Y = draw.normal(size=(2, *shape))
        assert value(name, P, Y) == pytest.approx(PEERS[name](Y, P, None), rel=1e-13)


@pytest.mark.parametrize("columns", [1, 2, 3, 7])
@pytest.mark.parametrize("name", CLASSES)
def test_same_number_as_scikit_learn_of_classes(name, columns):
    """One sigmoid, two softmax columns, three classes and more; codes and one-hot rows."""
    draw = np.random.default_rng(columns)
    Y = draw.permutation(np.arange(120) % max(columns, 2))
    P = draw.dirichlet(np.ones(max(columns, 2)), 120)
    if columns == 1:
        P = P[:, 1:]
    expected = PEERS[name](Y, P, "binary" if columns <= 2 else "macro")
    for targets in (Y, rows_of(Y, columns)):
        assert value(name, P, targets) == pytest.approx(expected, rel=1e-13)


def test_same_numbers_as_scikit_learn_of_several_labels():
    """Each label by itself, then their mean."""
    draw = np.random.default_rng(5)
    P, Y = draw.random((60, 3)), draw.integers(0, 2, (60, 3))
    taken, metrics = (P >= 0.5) * 1, sklearn.metrics
    expected = {
        "precision": metrics.precision_score(Y, taken, average="macro"),
        "recall": metrics.recall_score(Y, taken, average="macro"),
        "f1": metrics.f1_score(Y, taken, average="macro"),
        "roc_auc": metrics.roc_auc_score(Y, P, average="macro"),
        "log_loss": np.mean([metrics.log_loss(y, p) for y, p in zip(Y.T, P.T, strict=True)]),
        "label_accuracy": 1 - metrics.hamming_loss(Y, taken),
    }
    for name, number in expected.items():
        assert value(name, P, Y) == pytest.approx(number, rel=1e-13)


@pytest.mark.parametrize("name", ROWS)
def test_better_says_which_way_is_better(name):
    """Right predictions score better than wrong ones."""
    Y = np.eye(3)
    right, wrong = value(name, Y, Y), value(name, 1 - Y, Y)
    assert right > wrong if METRICS[name].better == "higher" else right < wrong


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NUMBERS)
def test_extremes_are_finite(name, dtype):
    """±10000, zeros, one example, one output: a finite number and no warning."""
    for P in ([[1e4, -1e4], [0, 0]], [[0, 0]], [[0], [1e4]], [[-745]]):
        P = np.array(P, dtype)
        assert np.isfinite(METRICS[name].value(P, np.zeros_like(P), np))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CLASSES)
def test_extremes_of_classes_are_numbers_or_undefined(name, dtype):
    """Certain, absent and tied probabilities, one example, one class only: no warning."""
    for P, Y in (
        ([[1, 0], [0, 1]], [0, 1]),
        ([[1, 0], [0, 1]], [1, 0]),
        ([[0.5, 0.5]], [1]),
        ([[0], [1]], [0, 0]),
        ([[0], [0]], [1, 1]),
        ([[1]], [1]),
        ([[1, 0, 0], [0, 1, 0], [0, 1, 0]], [0, 1, 1]),
        ([[0, 1, 1], [1, 0, 1]], [[0, 1, 1], [0, 0, 0]]),
        ([[0, 1, 1]], [[0, 0, 0]]),
        ([[0, 1, 1]], [[1, 1, 1]]),
    ):
        found = METRICS[name].value(np.array(P, dtype), np.array(Y), np)
        assert np.isfinite(found) or (name == "roc_auc" and isnan(found))


@pytest.mark.parametrize(
    ("P", "Y", "auc"),
    [
        ([[0.2], [0.7]], [1, 1], nan),
        ([[0.2], [0.7]], [0, 0], nan),
        ([[0.8, 0.2], [0.3, 0.7]], [1, 1], nan),
        ([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1]], [0, 1], nan),
        ([[0.9, 0.9], [0.1, 0.9]], [[1, 1], [0, 1]], nan),
        ([[0.2], [0.7]], [0, 1], 1),
    ],
)
def test_roc_auc_of_one_class_only_is_undefined(P, Y, auc):
    assert value("roc_auc", P, Y) == pytest.approx(auc, nan_ok=True)


@pytest.mark.parametrize("name", ["roc_auc", "log_loss"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_a_run_that_diverges_predicts_is_undefined_not_an_error(name, bad):
    for P in ([[bad, 0.5], [0.2, 0.8]], [[0.3, 0.7], [0.2, bad]]):
        assert isnan(value(name, P, [0, 1]))
    assert isnan(value(name, [[bad], [0.5]], [0, 1]))


def test_log_loss_is_of_probabilities():
    """NaN for other outputs, and where all outputs of an example are 0; 36 for a sure mistake."""
    for P in ([[1.5, -0.5], [0.5, 0.5]], [[0.0, 0.0], [0.5, 0.5]]):
        assert isnan(value("log_loss", P, [0, 1]))
    assert value("log_loss", [[0.0], [1.0]], [1, 0]) == pytest.approx(52 * log(2), rel=1e-3)
    # Sigmoids for one class of several: each output as its share in their sum.
    assert value("log_loss", [[0.5, 0.5, 1.0]], [2]) == pytest.approx(log(2), rel=1e-12)


def test_nothing_taken_and_nothing_there_count_0():
    """As scikit-learn does, but without its warnings."""
    nothing = [[0.1], [0.2]]
    assert [value(name, nothing, [1, 1]) for name in ("precision", "recall", "f1")] == [0, 0, 0]
    assert [value(name, nothing, [0, 0]) for name in ("precision", "recall", "f1")] == [0, 0, 0]


def test_a_label_counts_from_a_half_on():
    """Of predictions and of soft targets alike, each of both labels once right and once wrong."""
    P, Y = [[0.5, 0.5], [0.49, 0.49]], [[0.5, 0.49], [0.5, 0.49]]
    for name in ("label_accuracy", "precision", "recall"):
        assert value(name, P, Y) == {"label_accuracy": 0.5, "precision": 0.5, "recall": 0.25}[name]
    assert value("roc_auc", [[0.2], [0.3], [0.4]], [[0.49], [0.5], [0.5]]) == 1


@pytest.mark.parametrize("one", [False, True])
def test_accuracy_takes_codes_and_rows(one):
    """A column of probabilities is cut at ½; rows of either side name their largest."""
    accuracy = METRICS["accuracy"].value
    P = np.array([[0.5], [0.49], [1], [0]]) if one else np.eye(3)[[0, 2, 1, 1]]
    codes = np.array([1, 1, 1, 0] if one else [0, 2, 2, 1])
    rows = codes[:, None] if one else np.eye(3)[codes]
    assert accuracy(P, codes, np) == accuracy(P, rows, np) == 0.75


def test_chosen_takes_the_first_of_equals():
    assert chosen(np.array([[1.0, 1.0], [0.0, 2.0]])).tolist() == [0, 1]


def test_r2_of_constant_targets_is_scikit_learns():
    """An output whose targets are all equal counts 1 where it is met exactly, else 0."""
    Y = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    for P in (Y, Y + [0, 1], Y + [1, 0]):
        assert value("r2", P, Y) == pytest.approx(sklearn.metrics.r2_score(Y, P), rel=1e-15)


def test_mape_of_a_target_of_0_is_huge_as_scikit_learns():
    P, Y = np.array([[1.0], [2]]), np.array([[0.0], [2]])
    expected = sklearn.metrics.mean_absolute_percentage_error(Y, P)
    assert value("mape", P, Y) == pytest.approx(expected, rel=1e-15)
    assert expected == 2.0**51


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained(name):
    row = METRICS[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.value.__doc__
    assert row.better in ("higher", "lower")
    assert row.targets in ("classes", "numbers")
    assert row.imports in (None, "sklearn.metrics")
    assert ("sklearn" in inspect.getsource(row.value)) == (row.imports is not None)


def largest_error(P, Y):
    return abs(P - Y).max()


class Half:
    def __call__(self, P, Y):
        return 0.5


def test_a_metric_is_a_name_a_row_or_a_function():
    P, Y = np.array([[1.0], [5]]), np.array([[2.0], [2]])
    assert metric_of("r2") == ("r2", METRICS["r2"])
    own = Metric(lambda P, Y, xp: 3.0, "lower", "numbers", "3", "here")
    assert metric_of(own) == ("<lambda>", own)
    assert metric_of(METRICS["rmse"]) == ("rmse", METRICS["rmse"])
    name, row = metric_of(largest_error)
    assert (name, row.better, row.targets) == ("largest_error", "higher", "any")
    assert row.value(P, Y, np) == 3
    name, row = metric_of(Half())
    assert (name, row.value(P, Y, np)) == ("Half", 0.5)


@pytest.mark.parametrize("metric", ["acuracy", "", 3, None, ("r2",)])
def test_anything_else_is_refused(metric):
    with pytest.raises(
        RecipeError, match="metrics: expected one of accuracy, r2, .* got "
    ) as found:
        metric_of(metric)
    assert f"got {metric!r}." in str(found.value)


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("accuracy", True),
        ("label_accuracy", True),
        ("below_0.9", True),
        ("f1", False),
        ("r2", False),
    ],
)
def test_shares_are_known_by_name(name, share):
    assert is_share(name) == share
