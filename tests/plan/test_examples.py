"""Which targets fit which network, and what is said of the others."""

import numpy as np
import pytest

from pellucid.errors import DataError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.plan.examples import Examples, as_examples, as_learnt, target_rows
from pellucid.plan.recipe import Recipe

CLASSES = Architecture(2, (Dense(3, "softmax"),))
BITS = Architecture(2, (Dense(3, "sigmoid"),))
NUMBERS = Architecture(2, (Dense(1, "identity"),))
X = np.arange(8.0).reshape(4, 2)


def test_codes_stay_codes_and_rows_stay_rows():
    for codes in ([0, 2, 1, 2], [[0], [2], [1], [2]], [0.0, 2.0, 1.0, 2.0]):
        examples = as_examples(CLASSES, "cross_entropy", X, codes)
        assert examples.Y.dtype == np.int32
        assert examples.Y.tolist() == [0, 2, 1, 2]
    rows = np.eye(3)[[0, 2, 1, 2]]
    assert (rows == as_examples(CLASSES, "cross_entropy", X, rows).Y).all()
    assert as_examples(NUMBERS, "mse", X, [1, 2, 3, 4]).Y.tolist() == [[1], [2], [3], [4]]
    assert as_examples(BITS, "binary_cross_entropy", X, np.ones((4, 3))).Y.shape == (4, 3)


def test_one_class_alone_takes_rows_and_codes():
    one = Architecture(2, (Dense(1, "softmax"),))
    assert as_examples(one, "cross_entropy", X, np.ones((4, 1))).Y.shape == (4, 1)
    assert as_examples(one, "cross_entropy", X, np.zeros(4)).Y.tolist() == [0, 0, 0, 0]


def test_target_rows_are_one_hot():
    rows = target_rows(np.array([2, 0], np.int32), 3, np.float64)
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert rows.dtype == np.float64
    assert target_rows(np.ones((2, 3)), 3, np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("architecture", "loss", "Y", "message"),
    [
        (
            CLASSES,
            "cross_entropy",
            [0, 1, 2, 3],
            "Y: expected class codes 0 to 2, .* got 3 in row 3",
        ),
        (CLASSES, "cross_entropy", [0, 1, -1, 0], "class codes 0 to 2, .* got -1 in row 2"),
        (CLASSES, "cross_entropy", [0, 0.5, 1, 0], r"class codes 0 to 2, .* got 0\.5 in row 1"),
        (CLASSES, "cross_entropy", [0, np.nan, 1, 0], "finite numbers, got nan in row 1"),
        (
            CLASSES,
            "cross_entropy",
            ["a"] * 4,
            "expected numbers, got values of type <U1. Turn text",
        ),
        (
            CLASSES,
            "cross_entropy",
            [0, 1],
            "as many targets as examples, got 2 rows of Y for 4 of X",
        ),
        (
            CLASSES,
            "cross_entropy",
            np.ones((4, 3)),
            "expects rows that sum to 1, got 3 in row 0. For targets .* binary_cross_entropy",
        ),
        (CLASSES, "cross_entropy", np.eye(4), "expected 3 columns, one for each output .* got 4"),
        (
            CLASSES,
            "cross_entropy",
            np.array([[2, -1, 0]] * 4),
            "targets from 0 to 1, got 2.* in row 0, column 0. For other numbers use mse",
        ),
        (
            BITS,
            "binary_cross_entropy",
            np.array([[0, 0, 0], [0, 0, 0], [0, 0, -0.5], [0, 0, 0]]),
            "binary_cross_entropy expects targets from 0 to 1, got -0.5 in row 2, column 2",
        ),
        (
            BITS,
            "binary_cross_entropy",
            [0, 1, 2, 0],
            r"expected 3 columns, .* got 1. Turn class codes .* with pellucid.one_hot\(Y, 3\)",
        ),
        (NUMBERS, "mse", np.zeros((4, 2)), r"expected 1 columns, .* got 2\.$"),
        (NUMBERS, "mse", [1, 2, 3, np.inf], "finite numbers, got inf in row 3"),
        (NUMBERS, "mse", np.zeros((4, 1, 1)), "expected one row for each example, got shape"),
        (
            NUMBERS,
            "mse",
            np.array([1, 2, 3, None], object),
            "expected numbers, got values of type o",
        ),
    ],
)
def test_other_targets_are_refused(architecture, loss, Y, message):
    with pytest.raises(DataError, match=message):
        as_examples(architecture, loss, X, Y)


def test_signs_may_be_said_with_0_and_counts_are_numbers():
    for Y in ([-1, 1, 1, -1], [0, 1, 1, 0], [False, True, True, False]):
        assert as_examples(NUMBERS, "squared_hinge", X, Y).Y.tolist() == [[-1], [1], [1], [-1]]
    counts = Architecture(2, (Dense(1, "exp"),))
    assert as_examples(counts, "poisson", X, [0, 1.5, 2, 7]).Y.tolist() == [[0], [1.5], [2], [7]]


def test_quantiles_have_an_output_for_each_level_of_each_target():
    """Each target stands once for each level, in the order of the outputs."""
    three, loss = Architecture(2, (Dense(3, "identity"),)), "quantile:0.1,0.5,0.9"
    assert as_examples(three, loss, X, [1, 2, 3, 4]).Y[1].tolist() == [2, 2, 2]
    six = Architecture(2, (Dense(6, "identity"),))
    assert as_examples(six, loss, X, X).Y[1].tolist() == [2, 2, 2, 3, 3, 3]
    with pytest.raises(DataError, match="expected 2 columns, one for each 3 outputs .* got 1"):
        as_examples(six, loss, X, [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("output", "loss", "Y", "message"),
    [
        ("exp", "poisson", [0, 1, -1, 2], "poisson expects targets of at least 0, got -1.* row 2"),
        (
            "identity",
            "squared_hinge",
            [1, 0.5, 0, 1],
            r"squared_hinge expects targets of −1 \(or 0\) and 1, got 0.5 in row 1",
        ),
    ],
)
def test_targets_of_another_kind_are_refused(output, loss, Y, message):
    with pytest.raises(DataError, match=message):
        as_examples(Architecture(2, (Dense(1, output),)), loss, X, Y)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (X[:, :1], "X: expected 2 columns, one for each input of the network, got 1"),
        (X[0], "X: expected a matrix"),
        (X[:0], "at least one example"),
        (np.where(X == 3, np.nan, X), "finite numbers, got nan in row 1, column 1"),
        (X.astype(str), "expected numbers"),
    ],
)
def test_other_inputs_are_refused(inputs, message):
    with pytest.raises(DataError, match=message):
        as_examples(NUMBERS, "mse", inputs, [1, 2, 3, 4])


def test_errors_use_the_names_given():
    with pytest.raises(DataError, match="0 rows of validation Y for 4 of validation X"):
        as_examples(NUMBERS, "mse", X, [], names=("validation X", "validation Y"))


def test_weights_become_a_vector_of_doubles():
    for weights in ([1, 0, 2, 0.5], [[1], [0], [2], [0.5]], np.array([1, 0, 2, 0.5], np.float32)):
        examples = as_examples(NUMBERS, "mse", X, X[:, 0], weights)
        assert examples.weights.dtype == np.float64
        assert examples.weights.tolist() == [1, 0, 2, 0.5]
    assert as_examples(NUMBERS, "mse", X, X[:, 0]).weights is None


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, 1, 1, -1], r"4 numbers of at least 0, not all 0, got shape \(4,\), smallest -1"),
        ([0, 0, 0, 0], r"4 numbers of at least 0, not all 0, got shape \(4,\), smallest 0"),
        ([1, 1, 1], r"expected 4 numbers .* got shape \(3,\)"),
        (np.ones((4, 2)), r"expected 4 numbers .* got shape \(4, 2\)"),
        ([], r"expected 4 numbers .* got shape \(0,\)"),
        ([1, 1, 1, np.nan], "sample_weight: expected finite numbers, got nan in row 3"),
        (["a"] * 4, "sample_weight: expected numbers"),
    ],
)
def test_other_weights_are_refused(weights, message):
    with pytest.raises(DataError, match=message):
        as_examples(NUMBERS, "mse", X, X[:, 0], weights)


def test_take_copies_rows_of_everything():
    examples = Examples(X, np.arange(4, dtype=np.int32), np.arange(4.0))
    part = examples.take(np.array([2, 0]))
    assert (part.X.tolist(), part.Y.tolist(), part.weights.tolist()) == (
        [[4, 5], [0, 1]],
        [2, 0],
        [2, 0],
    )
    part.X[...] = 9
    assert X.max() == 7
    assert Examples(X, X).take(np.array([1])).weights is None
    assert (len(examples), len(part)) == (4, 2)


def test_the_fingerprint_tells_data_apart():
    """Any value, shape, type, or weights; the same data give the same text."""
    Y = np.arange(4, dtype=np.int32)
    changed = X.copy()
    changed[3, 1] += 1e-9
    others = [
        Examples(X, Y),
        Examples(changed, Y),
        Examples(X.reshape(2, 4), Y),
        Examples(X.astype(np.float32), Y),
        Examples(X, Y[::-1].copy()),
        Examples(X, Y, np.ones(4)),
        Examples(X, Y, np.array([1.0, 1.0, 1.0, 2.0])),
    ]
    assert len({examples.fingerprint() for examples in others}) == len(others)
    assert Examples(X.copy(), Y.copy()).fingerprint() == others[0].fingerprint()
    assert Examples(np.asfortranarray(X), Y).fingerprint() == others[0].fingerprint()


def test_targets_as_they_are_learnt():
    """A tenth is spread over three classes; over two where each output is a bit of its own."""
    rows = np.array([[0.0, 1.0, 0.0]])
    assert as_learnt(Recipe(loss="cross_entropy"), rows) is rows
    found = as_learnt(Recipe(loss="cross_entropy", label_smoothing=0.1), rows)
    np.testing.assert_allclose(found, [[1 / 30, 0.9 + 1 / 30, 1 / 30]], rtol=1e-14)
    found = as_learnt(Recipe(loss="binary_cross_entropy", label_smoothing=0.1), rows)
    np.testing.assert_allclose(found, [[0.05, 0.95, 0.05]], rtol=1e-14)
