"""The cost as a function of the parameters: against traces and differences."""

import numpy as np
import pytest
import scipy.sparse

from pellucid.arrays import SparseRows, as_inputs
from pellucid.errors import DataError, RecipeError
from pellucid.inspection.costs import cost_of
from pellucid.inspection.trace import trace
from pellucid.network.layer import Dense
from pellucid.network.passes import CHUNK
from tests.inspection.networks import KINDS, SCALING, network, rows, targets


def test_a_cost_by_hand():
    """P = 2x, so that the errors are −1 and 1, weighted 3 : 1 they cost 1; slope 2 Σ share e x."""
    made = network([Dense(1, "identity", bias="none")])
    made.weights[1] = [[2.0], [0.0], [0.0]]
    cost = cost_of(made, [[1, 0, 0], [2, 0, 1]], [3, 3], "mse", sample_weight=[3, 1])
    assert cost(cost.start) == 1
    np.testing.assert_allclose(cost.gradient(cost.start), [-0.5, 0, 0.5])
    assert cost(np.array([3.0, 0.0, -3.0])) == 0
    np.testing.assert_array_equal(cost.start, made.parameters)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_cost_and_gradient_are_those_of_a_trace(kind):
    made = network(KINDS[kind], **SCALING)
    X, Y, weights = rows(), targets(made), np.arange(7.0)
    cost = cost_of(made, X, Y, None, weights)
    whole = trace(made, X, Y, sample_weight=weights)
    np.testing.assert_allclose(cost(cost.start), whole.cost, rtol=1e-13)
    np.testing.assert_allclose(cost.gradient(cost.start), whole.gradient, rtol=1e-12, atol=1e-14)


def test_many_examples_are_taken_in_parts():
    made = network(KINDS["tanh and softmax"])
    X, Y = rows(2 * CHUNK + 5), targets(made, 2 * CHUNK + 5)
    cost = cost_of(made, X, Y)
    whole = trace(made, X, Y)
    assert len(list(cost.passes(cost.start))) == 3
    np.testing.assert_allclose(cost(cost.start), whole.cost, rtol=1e-13)
    np.testing.assert_allclose(cost.gradient(cost.start), whole.gradient, rtol=1e-10, atol=1e-14)


def test_a_network_in_float32_is_calculated_in_float64():
    made = network(KINDS["relu, three hidden layers"], precision="float32")
    X, Y = rows(), targets(made)
    cost = cost_of(made, X, Y)
    assert cost.start.dtype == np.float64
    assert cost(cost.start) == trace(made, X, Y, precision="float64").cost


def test_sparse_inputs():
    made = network(KINDS["masks"])
    X, Y = np.eye(7, 3), targets(made)
    sparse = scipy.sparse.csr_array(X)
    assert isinstance(as_inputs(sparse), SparseRows)
    one, other = cost_of(made, X, Y), cost_of(made, sparse, Y)
    assert one(one.start) == other(other.start)


def test_what_does_not_fit_is_refused():
    made = network(KINDS["tanh and softmax"])
    with pytest.raises(RecipeError, match="expects sigmoid outputs"):
        cost_of(made, rows(), targets(made), "binary_cross_entropy")
    with pytest.raises(DataError, match="expected as many targets as examples"):
        cost_of(made, rows(5), targets(made, 6))
    with pytest.raises(RecipeError, match="layer 1: step is flat"):
        cost_of(network([Dense(2, "step"), Dense(1)]), rows(), np.zeros(7))
