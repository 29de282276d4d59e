"""Boundaries and responses over inputs: grids by hand, and rows predicted one by one."""

import numpy as np
import pytest
import scipy.sparse

from pellucid.errors import DataError, RecipeError
from pellucid.inspection.responses import boundary, response
from pellucid.inspection.trace import trace
from pellucid.network.layer import Dense
from tests.inspection.networks import KINDS, SCALING, network, rows, targets


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_predictions_over_two_inputs_are_those_of_rows_with_these_values(kind):
    made, X = network(KINDS[kind], **SCALING), rows()
    found = boundary(made, X, (2, 0), n=4)
    assert found.values.shape == (4, 4, made.architecture.n_outputs)
    for i, u in enumerate(found.axes[0]):
        for j, v in enumerate(found.axes[1]):
            row = [[v, X[:, 1].mean(), u]]
            np.testing.assert_allclose(
                found.values[i, j], made.predict(row)[0], rtol=1e-11, atol=1e-12
            )
    assert found.layer == made.architecture.n_layers


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_responses_are_the_activations_of_a_trace(kind):
    made, X = network(KINDS[kind]), rows()
    at = np.array([0.3, -0.2, 1.1])
    found = response(made, X, 1, inputs=[1], at=at, spans=[(-2, 2)], n=7)
    grid = np.tile(at, (7, 1))
    grid[:, 1] = np.linspace(-2, 2, 7)
    A = trace(made, grid, targets(made)).A[1]
    np.testing.assert_allclose(found.values, A, rtol=1e-13, atol=1e-15)
    last = made.architecture.units(1) - 1
    one = response(made, X, 1, last, [1], at=at, spans=[(-2, 2)], n=7)
    np.testing.assert_array_equal(one.values, found.values[:, last])


def test_the_boundary_of_a_plane():
    """x₀ + x₁ > 1: a sigmoid of 0 counts for the class 1."""
    made = network([Dense(1, "sigmoid")])
    made.weights[1], made.biases[1] = [[1.0], [1.0], [0.0]], [-1.0]
    found = boundary(made, rows(), spans=[(0, 1), (0, 1)], n=3)
    assert found.classes.tolist() == [[0, 0, 1], [0, 1, 1], [1, 1, 1]]


def test_classes_of_several_outputs_are_the_largest():
    made = network(KINDS["tanh and softmax"])
    found = boundary(made, 3 * rows(), n=9)
    np.testing.assert_array_equal(found.classes, found.values.argmax(-1))
    assert len(np.unique(found.classes)) > 1
    along = boundary(made, 3 * rows(), [1], n=9)
    np.testing.assert_array_equal(along.classes, along.values.argmax(-1))
    assert along.values.shape == (9, 3)


def test_spans_are_those_of_the_examples_and_a_tenth_more():
    X = np.array([[0.0, 1, 5], [10, 3, 5]])
    found = boundary(network(KINDS["masks"]), X, n=2)
    np.testing.assert_allclose(found.axes[0], [-1, 11])
    np.testing.assert_allclose(found.axes[1], [0.8, 3.2])
    np.testing.assert_allclose(found.at, [5, 2, 5])
    constant = boundary(network(KINDS["masks"]), X, [2], n=2)
    np.testing.assert_allclose(constant.axes[0], [4, 6])


def test_a_grid_larger_than_a_part():
    made = network(KINDS["no hidden layer"], precision="float32")
    found = boundary(made, rows(), n=80)
    row = np.array([[found.axes[0][70], found.axes[1][3], found.at[2]]])
    assert found.values.dtype == np.float64
    np.testing.assert_allclose(found.values[70, 3], made.predict(row)[0], rtol=1e-5)


def test_sparse_rows_and_small_numbers():
    made, X = network(KINDS["masks"]), np.random.default_rng(0).integers(0, 9, (50, 3))
    dense = boundary(made, X.astype(np.uint8), n=5)
    sparse = boundary(made, scipy.sparse.csr_array(X.astype(np.uint8)), n=5)
    np.testing.assert_array_equal(dense.values, sparse.values)
    np.testing.assert_allclose(dense.at, X.mean(0))


def test_steps_are_shown_too():
    made = network([Dense(1, "step"), Dense(1)])
    made.weights[1], made.biases[1] = [[1.0], [0.0], [0.0]], [0.0]
    found = response(made, rows(), 1, 0, [0], spans=[(-1, 1)], n=5)
    assert found.values.tolist() == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"layer": 0}, RecipeError, "layer: expected 1 to 2, got 0"),
        ({"layer": 3}, RecipeError, "layer: expected 1 to 2"),
        ({"unit": 4}, RecipeError, "unit: expected 0 to 3, as layer 1 has, got 4"),
        ({"inputs": (0, 3)}, RecipeError, "inputs: expected one or two different columns, 0 to 2"),
        ({"inputs": (0, 0)}, RecipeError, "inputs: expected"),
        ({"inputs": (0, 1, 2)}, RecipeError, "inputs: expected"),
        ({"spans": [(0, 1)]}, RecipeError, "spans: expected a pair for each"),
        ({"n": 1}, RecipeError, "n: expected"),
        ({"at": [1.0]}, DataError, "at: expected 3 columns"),
    ],
)
def test_what_cannot_be_asked(options, error, message):
    asked = {"layer": 1} | options
    with pytest.raises(error, match=message):
        response(network(KINDS["tanh and softmax"]), rows(), **asked)
