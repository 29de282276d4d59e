"""Losses that are minus the logarithm of a probability: certainty, rounding, counts."""

from math import lgamma, log

import numpy as np
import pytest
import sklearn.metrics

from pellucid.equations.bounded import exp, sigmoid, softmax
from pellucid.equations.likelihoods import (
    binary_cross_entropy,
    binary_cross_entropy_dP,
    cross_entropy,
    cross_entropy_dP,
    difference,
    poisson,
    poisson_dP,
)

TYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@TYPES
def test_cross_entropies_are_right_at_ten_thousand(dtype):
    """A certain and right prediction costs 0, a certain and wrong one its distance in z."""
    Z = np.array([[1e4, -1e4], [-1e4, 1e4]], dtype)
    Y = np.array([[1, 0], [1, 0]], dtype)
    assert binary_cross_entropy(Z, sigmoid(Z), Y).tolist() == [0, 2e4]
    assert cross_entropy(Z, softmax(Z), Y).tolist() == [0, 2e4]
    assert difference(sigmoid(Z), Y).tolist() == [[0, 0], [-1, 1]]
    assert difference(softmax(Z), Y).tolist() == [[0, 0], [-1, 1]]


@TYPES
def test_a_nearly_certain_prediction_still_costs_its_rest(dtype):
    """−log σ(40) is e⁻⁴⁰, which is lost where 1 is added first."""
    Z, Y = np.array([[40, -40]], dtype), np.array([[1, 0]], dtype)
    found = binary_cross_entropy(Z, sigmoid(Z), Y)
    np.testing.assert_allclose(found, 2 * np.exp(-40.0), rtol=1e-6)


def test_two_classes_by_softmax_are_one_bit_by_sigmoid():
    """With z for one class and 0 for the other."""
    z, y = np.linspace(-30, 30, 61)[:, None], np.arange(61)[:, None] % 2
    Z, Y = np.hstack([0 * z, z]), np.hstack([1 - y, y])
    one, two = binary_cross_entropy(z, sigmoid(z), y), cross_entropy(Z, softmax(Z), Y)
    np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-15)


def test_classes_and_bits_cost_what_scikit_learn_says():
    draw = np.random.default_rng(0)
    Z, codes = draw.normal(0, 2, (40, 4)), draw.integers(0, 4, 40)
    found = cross_entropy(Z, softmax(Z), np.eye(4)[codes]).mean()
    assert found == pytest.approx(sklearn.metrics.log_loss(codes, softmax(Z)), rel=1e-12)
    z, bits = Z[:, :1], codes % 2
    found = binary_cross_entropy(z, sigmoid(z), bits[:, None]).mean()
    assert found == pytest.approx(sklearn.metrics.log_loss(bits, sigmoid(z)[:, 0]), rel=1e-12)


def test_derivatives_by_the_prediction_by_hand():
    """At p = ¼: towards 1 by −4 and towards 0 by 4/3; counts of 0 pull by 1."""
    P = np.full((1, 3), 0.25)
    Y = np.array([[1.0, 0, 0.5]])
    np.testing.assert_allclose(binary_cross_entropy_dP(P, Y), [[-4, 4 / 3, -4 / 3]], rtol=1e-15)
    assert cross_entropy_dP(P, Y).tolist() == [[-4, 0, -2]]
    assert poisson_dP(P, Y).tolist() == [[-3, 1, -1]]


def test_poisson_is_the_likelihood_but_for_what_no_prediction_changes():
    """−log(e^−p p^y / y!) less its value at p = y: half the deviance."""
    draw = np.random.default_rng(1)
    Z, Y = draw.normal(1, 1, (30, 1)), draw.poisson(3, (30, 1)).astype(float)
    found = poisson(Z, exp(Z), Y)

    def minus_log(p, y):
        return p - (y * log(p) if y else 0) + lgamma(y + 1)

    pairs = zip(Z[:, 0], Y[:, 0], strict=True)
    expected = [minus_log(np.exp(z), y) - minus_log(y, y) for z, y in pairs]
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)
    deviance = sklearn.metrics.mean_poisson_deviance(Y[:, 0], np.exp(Z[:, 0]))
    assert 2 * found.mean() == pytest.approx(deviance, rel=1e-12)


@TYPES
def test_counts_of_zero_cost_their_rate(dtype):
    """0 log 0 is 0; with a rate that rounds to 0 a count costs its distance in z."""
    Z = np.array([[0, -1e4], [2, -800], [-1e4, 1]], dtype)
    Y = np.array([[0, 0], [0, 0], [3, 0]], dtype)
    expected = [1, np.exp(2), 3e4 + 3 * log(3) - 3 + np.e]
    found = poisson(Z, exp(Z), Y)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found.dtype == dtype


def test_poisson_is_infinite_where_the_rate_is():
    with np.errstate(over="ignore"):
        P = exp(np.array([[710.0]]))
    assert poisson(np.array([[710.0]]), P, np.array([[3.0]])).tolist() == [np.inf]
    assert difference(P, np.array([[3.0]])).tolist() == [[np.inf]]
