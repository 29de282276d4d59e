"""Discrete derivatives: exact over a step, derivatives where the step vanishes."""

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.bounded import softmax, softmax_backward
from pellucid.equations.secants import CLOSE, discrete_gradient, maxout_secants, secant

ELEMENTWISE = sorted(
    name
    for name, row in ACTIVATIONS.items()
    if row.backward is not None and not row.grouped and name != "softmax"
)


def mean_derivative(row, a, b, n=20_001):
    """By the midpoint rule, along the straight line from a to b."""
    t = (np.arange(n) + 0.5)[:, None] / n
    Z = a + t * (b - a)
    return row.backward(np.ones_like(Z), Z, row.f(Z, np), np).mean(0)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_secant_accounts_for_the_whole_step(name):
    row, draw = ACTIVATIONS[name], np.random.default_rng(0)
    Z = draw.normal(0, 2, (2, 50, 4)) * draw.choice([1.0, 1e-3, 1e-9], (50, 1))
    A = row.f(Z[0], np), row.f(Z[1], np)
    slope = secant(row, (Z[0], Z[1]), A)
    np.testing.assert_allclose(slope * (Z[1] - Z[0]), A[1] - A[0], rtol=1e-9, atol=2 * CLOSE)
    far = np.abs(Z[1] - Z[0]) > CLOSE
    np.testing.assert_allclose(
        (slope * (Z[1] - Z[0]))[far], (A[1] - A[0])[far], rtol=1e-13, atol=1e-15
    )


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_secant_is_the_mean_of_the_derivative(name):
    row = ACTIVATIONS[name]
    a, b = np.array([-2.0, -1.5, 0.3, 2.0]), np.array([1.0, -0.5, 1.7, 2.0 + 1e-4])
    slope = secant(row, (a, b), (row.f(a, np), row.f(b, np)))
    np.testing.assert_allclose(slope, mean_derivative(row, a, b), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("step", [0.0, 1e-12, 1e-8, 1e-6])
def test_a_secant_becomes_the_derivative(name, step):
    row, Z = ACTIVATIONS[name], np.array([-3.1, -0.7, 0.2, 0.9, 5.0])
    slope = secant(row, (Z, Z + step), (row.f(Z, np), row.f(Z + step, np)))
    middle = Z + step / 2
    derivative = row.backward(np.ones(5), middle, row.f(middle, np), np)
    np.testing.assert_allclose(slope, derivative, rtol=1e-8, atol=1e-9)


def test_relu_by_hand():
    """From −1 to 3 it is at work for three quarters of the way."""
    row, Z = ACTIVATIONS["relu"], (np.array([-1.0, 3.0, -2.0]), np.array([3.0, -1.0, -1.0]))
    slope = secant(row, Z, (row.f(Z[0], np), row.f(Z[1], np)))
    assert slope.tolist() == [0.75, 0.75, 0]


def test_maxout_by_hand():
    """z₁ − z₀ goes from −1 to 3: the second is the larger for three quarters of the way."""
    Z = np.array([[0.0, -1.0], [5.0, 5.0]]), np.array([[1.0, 4.0], [6.0, 6.0]])
    assert maxout_secants(Z).tolist() == [[0.25, 0.75], [0.5, 0.5]]


@pytest.mark.parametrize("pieces", [2, 3, 5])
def test_shares_of_maxout_account_for_the_whole_step(pieces):
    draw = np.random.default_rng(pieces)
    Z = draw.normal(size=(2, 200, pieces)) * draw.choice([1.0, 1e-5], (200, 1))
    shares = maxout_secants((Z[0], Z[1]))
    step = (shares * (Z[1] - Z[0])).sum(1)
    np.testing.assert_allclose(step, Z[1].max(1) - Z[0].max(1), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(shares.sum(1), 1)
    assert (shares >= 0).all()


def test_shares_of_two_pieces_are_the_mean_of_the_derivative():
    draw = np.random.default_rng(0)
    Z = draw.normal(size=(2, 30, 2))
    t = (np.arange(20_000) + 0.5)[:, None, None] / 20_000
    along = Z[0] + t * (Z[1] - Z[0])
    first = (along[..., 0] > along[..., 1]).mean(0)
    np.testing.assert_allclose(maxout_secants((Z[0], Z[1]))[:, 0], first, atol=1e-4)


def test_where_one_piece_stays_the_largest_it_has_all():
    Z = np.array([[0.0, 3.0, 1.0]]), np.array([[1.0, 2.5, 2.0]])
    assert maxout_secants(Z).tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("size", [1e-12, 1e-6, 0.1, 3.0, 40.0])
def test_a_discrete_gradient_of_softmax_accounts_for_the_whole_step(size):
    draw = np.random.default_rng(1)
    one, v = draw.normal(size=(40, 3)), draw.normal(size=(40, 3))
    two = one + size * draw.normal(size=(40, 3))
    change = (v * (softmax(two) - softmax(one))).sum(1)
    g = discrete_gradient(lambda Z: softmax_backward(v, Z, softmax(Z)), change, (one, two))
    np.testing.assert_allclose((g * (two - one)).sum(1), change, rtol=1e-9, atol=1e-14)


def test_a_discrete_gradient_is_near_the_mean_gradient():
    draw = np.random.default_rng(2)
    one, v = draw.normal(size=(10, 3)), draw.normal(size=(10, 3))
    two = one + 0.5 * draw.normal(size=(10, 3))
    change = (v * (softmax(two) - softmax(one))).sum(1)
    found = discrete_gradient(lambda Z: softmax_backward(v, Z, softmax(Z)), change, (one, two))
    mean = np.zeros_like(one)
    for t in (np.arange(2000) + 0.5) / 2000:
        Z = one + t * (two - one)
        mean += softmax_backward(v, Z, softmax(Z)) / 2000
    np.testing.assert_allclose(found, mean, atol=3e-5)


def test_a_step_of_nothing_has_the_gradient():
    Z = np.array([[0.3, -1.0, 2.0]])
    found = discrete_gradient(lambda Z: 2 * Z, np.zeros(1), (Z, Z))
    np.testing.assert_allclose(found, 2 * Z)
