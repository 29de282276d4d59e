"""The largest difference between two networks: known where they are built to differ."""

import numpy as np
import pytest
import scipy.sparse

from pellucid.errors import ArchitectureError, DataError
from pellucid.inspection.agreement import gap, in_float64, largest_difference, rows_for
from pellucid.network.layer import Dense
from tests.inspection.networks import KINDS, SCALING, network


def test_two_biases_that_differ():
    one = network([Dense(2, "identity")])
    other = one.copy()
    other.biases[1][1] += 0.25
    assert largest_difference(one, one.copy()) == 0
    np.testing.assert_allclose(largest_difference(one, other), 0.25, rtol=1e-12)


def test_on_given_rows_only():
    one = network([Dense(1, "identity", bias="none")])
    other = one.copy()
    other.weights[1][0] += 1
    X = np.array([[0, 1, 1], [-3, 0, 0]])
    assert largest_difference(one, other, X) == pytest.approx(3)
    assert largest_difference(one, other, X[:1]) == 0
    assert largest_difference(one, other, scipy.sparse.csr_array(X)) == pytest.approx(3)


@pytest.mark.parametrize("scale", [1.0, [0.5, 0.0, 1 / 255]])
def test_drawn_rows_are_normal_once_they_are_scaled(scale):
    made = network([Dense(1)], scale=scale, shift=[0.1, 0.0, -4.0])
    X = rows_for(made.architecture, seed=3)
    A0 = X * np.asarray(made.architecture.scale) + np.asarray(made.architecture.shift)
    assert X.shape == (1000, 3)
    for column in (0, 2):
        assert abs(A0[:, column].mean()) < 0.15
        assert 0.9 < A0[:, column].std() < 1.1
    np.testing.assert_array_equal(X, rows_for(made.architecture, seed=3))
    assert (rows_for(made.architecture, seed=4) != X).any()


def test_an_odd_number_of_numbers_is_drawn_too():
    assert rows_for(network([Dense(1)]).architecture).shape == (1000, 3)


def test_float32_is_compared_in_float64():
    made = network(KINDS["relu, three hidden layers"], precision="float32", **SCALING)
    double = in_float64(made)
    assert double.precision == "float64"
    assert made.precision == "float32"
    assert largest_difference(made, double) == 0


def test_infinite_alike_is_no_difference():
    assert gap(np.array([np.inf, 1.0]), np.array([np.inf, 1.5])) == 0.5
    assert gap(np.array([np.inf]), np.array([1.0])) == np.inf


def test_networks_that_cannot_be_compared():
    with pytest.raises(ArchitectureError, match="same n_outputs, got 1 and 2"):
        largest_difference(network([Dense(1)]), network([Dense(2)]))
    with pytest.raises(DataError, match="expected 3 columns"):
        largest_difference(network([Dense(1)]), network([Dense(1)]), [[1.0, 2.0]])
