"""The old rules: what was proved of them holds, and what was known to go wrong does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.historical import (
    asynchronous_update,
    averaging_update,
    energy,
    hebb_couplings,
    hebb_update,
    neighbours,
    perceptron_pass,
    perceptron_update,
    synchronous_update,
)

seeds = st.integers(0, 10_000)
at_leisure = settings(deadline=None, max_examples=50)


def separable(seed, n=60, n_in=4, margin=0.1):
    """Points on both sides of a plane w x + b = 0, none nearer than `margin`; and (w, b)."""
    draw = np.random.default_rng(seed)
    plane = draw.normal(size=n_in + 1)
    plane /= np.linalg.norm(plane)
    X = draw.normal(size=(20 * n, n_in))
    sides = X @ plane[:-1] + plane[-1]
    clear = np.abs(sides) > margin
    return X[clear][:n], (sides[clear][:n, None] > 0) * 1.0, plane


def symmetric(draw, n):
    K = draw.normal(size=(n, n))
    K = K + K.T
    np.fill_diagonal(K, 0)
    return K


def test_a_perceptron_update_by_hand():
    W, b = np.array([[1.0, -1.0], [0.0, 2.0]]), np.array([0.0, -1.0])
    x, y = np.array([2.0, 1.0]), np.array([0.0, 1.0])  # sums 2 and −1: both wrong
    W_new, b_new = perceptron_update(W, b, x, y, rate=0.5)
    assert W_new.tolist() == [[0, 0], [-0.5, 2.5]]
    assert b_new.tolist() == [-0.5, -0.5]
    assert W.tolist() == [[1, -1], [0, 2]]


def test_a_right_prediction_changes_nothing():
    W, b = np.array([[1.0]]), np.array([0.5])
    for x, y in ((1.0, 1.0), (-1.0, 0.0), (-0.5, 0.0)):  # at a sum of 0 it predicts 0
        found = perceptron_update(W, b, np.array([x]), np.array([y]))
        assert (found[0], found[1]) == (W, b)


@at_leisure
@given(seeds)
def test_a_perceptron_finds_a_plane_within_novikoffs_bound(seed):
    X, Y, plane = separable(seed)
    W, b, total = np.zeros((4, 1)), np.zeros(1), 0
    longest = (X**2).sum(1).max() + 1
    nearest = np.abs(X @ plane[:-1] + plane[-1]).min()
    bound = longest / nearest**2
    while True:
        W, b, mistakes = perceptron_pass(W, b, X, Y)
        total += mistakes
        assert total <= bound
        if mistakes == 0:
            break
    assert (((X @ W + b) > 0) == (Y > 0)).all()


def test_a_perceptron_goes_on_for_ever_where_there_is_no_plane():
    X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    W, b = np.zeros((2, 1)), np.zeros(1)
    for _ in range(100):
        W, b, mistakes = perceptron_pass(W, b, X, Y)
        assert mistakes > 0


def test_several_perceptrons_learn_side_by_side():
    X, Y, _ = separable(3)
    both = np.concatenate([Y, 1 - Y], axis=1)
    W, b, mistakes = perceptron_pass(np.zeros((4, 2)), np.zeros(2), X, both)
    one = perceptron_pass(np.zeros((4, 1)), np.zeros(1), X, Y)
    other = perceptron_pass(np.zeros((4, 1)), np.zeros(1), X, 1 - Y)
    np.testing.assert_array_equal(W, np.concatenate([one[0], other[0]], axis=1))
    np.testing.assert_array_equal(b, np.concatenate([one[1], other[1]]))
    assert mistakes == one[2] + other[2]


@at_leisure
@given(seeds, st.floats(0.01, 100))
def test_the_rate_changes_only_the_length(seed, rate):
    X, Y, _ = separable(seed, n=20)
    one = perceptron_pass(np.zeros((4, 1)), np.zeros(1), X, Y)
    other = perceptron_pass(np.zeros((4, 1)), np.zeros(1), X, Y, rate)
    assert one[2] == other[2]
    np.testing.assert_allclose(rate * one[0], other[0], rtol=1e-9, atol=1e-12)


def test_hebbs_rule_by_hand():
    W = hebb_update(np.ones((2, 3)), np.array([1.0, 2.0]), np.array([0.0, 1.0, -1.0]), rate=0.5)
    assert W.tolist() == [[1, 1.5, 0.5], [1, 2, 0]]


def test_updates_by_hebbs_rule_sum_to_its_couplings():
    patterns = np.random.default_rng(0).choice([-1, 1], (3, 10))
    K = np.zeros((10, 10))
    for s in patterns:
        K = hebb_update(K, s, s, rate=1 / 10)
    np.testing.assert_allclose(K - np.diag(np.diag(K)), hebb_couplings(patterns), atol=1e-15)


def test_orthogonal_patterns_are_fixed_points():
    """Rows of a Hadamard matrix: s K = s (1 − m / n) for m patterns of n neurons."""
    H = np.array([[1]])
    for _ in range(4):
        H = np.block([[H, H], [H, -H]])
    patterns = H[[1, 5, 9, 14]]
    K = hebb_couplings(patterns)
    np.testing.assert_allclose(patterns @ K, patterns * (1 - 4 / 16))
    np.testing.assert_array_equal(synchronous_update(K, patterns), patterns)
    np.testing.assert_array_equal(asynchronous_update(K, patterns, range(16)), patterns)


def test_a_damaged_pattern_is_restored():
    draw = np.random.default_rng(1)
    patterns = draw.choice([-1, 1], (3, 100))
    K = hebb_couplings(patterns)
    damaged = patterns.copy()
    damaged[:, :15] *= -1
    np.testing.assert_array_equal(asynchronous_update(K, damaged, range(100)), patterns)


def test_with_too_many_patterns_the_memory_fails():
    """Beyond about 0.138 n (Amit, Gutfreund and Sompolinsky 1985)."""
    patterns = np.random.default_rng(2).choice([-1, 1], (50, 100))
    after = synchronous_update(hebb_couplings(patterns), patterns)
    assert (after != patterns).any(axis=1).mean() > 0.9


def test_energy_by_hand():
    K, s = np.array([[0.0, 2.0], [2.0, 0.0]]), np.array([1, -1])
    assert energy(K, s) == 2
    assert energy(K, s, np.array([3.0, 1.0])) == 0
    assert energy(K, np.array([[1, 1], [1, -1]]), 1.0).tolist() == [-4, 2]


@at_leisure
@given(seeds, st.integers(1, 12))
def test_energy_never_rises_one_neuron_at_a_time_until_the_state_is_fixed(seed, n):
    draw = np.random.default_rng(seed)
    K, b, s = symmetric(draw, n), draw.normal(size=n), draw.choice([-1, 1], n)
    for _ in range(2**n + 1):
        before, begun = energy(K, s, b), s
        for j in draw.permutation(n):
            s = asynchronous_update(K, s, [j], b)
            after = energy(K, s, b)
            assert after <= before + 1e-12
            before = after
        if (s == begun).all():
            break
    np.testing.assert_array_equal(synchronous_update(K, s, b), s)


def test_all_at_once_two_neurons_swap_for_ever():
    """Each wants to be as the other is: by turns they agree, at once they change places."""
    K, s = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([1, -1])
    after = synchronous_update(K, s)
    assert after.tolist() == [-1, 1]
    assert synchronous_update(K, after).tolist() == [1, -1]
    assert asynchronous_update(K, s, [0, 1]).tolist() == [-1, -1]


@at_leisure
@given(seeds, st.integers(1, 10))
def test_all_at_once_ends_in_at_most_two_states(seed, n):
    draw = np.random.default_rng(seed)
    K, s = symmetric(draw, n), draw.choice([-1, 1], n)
    for _ in range(2 ** (n + 1)):
        s = synchronous_update(K, s)
    np.testing.assert_array_equal(synchronous_update(K, synchronous_update(K, s)), s)


def test_at_a_sum_of_0_a_neuron_stays():
    K, s = np.zeros((3, 3)), np.array([1, -1, 1])
    np.testing.assert_array_equal(synchronous_update(K, s), s)
    np.testing.assert_array_equal(asynchronous_update(K, s, range(3)), s)
    assert synchronous_update(K, s, np.array([-1, 1, 0])).tolist() == [-1, 1, 1]


def test_several_states_go_side_by_side_and_the_given_ones_stay():
    draw = np.random.default_rng(4)
    K, S = symmetric(draw, 6), draw.choice([-1, 1], (5, 6))
    before = S.copy()
    for update in (synchronous_update, lambda K, s: asynchronous_update(K, s, range(6))):
        np.testing.assert_array_equal(update(K, S), [update(K, s) for s in S])
    np.testing.assert_array_equal(S, before)
    assert synchronous_update(K, S).dtype == S.dtype


@pytest.mark.parametrize("name", ["tanh", "identity", "relu"])
def test_an_averaging_update_neuron_by_neuron(name):
    draw, f = np.random.default_rng(5), ACTIVATIONS[name].f
    K = draw.normal(size=(6, 6)) * (draw.random((6, 6)) < 0.5)
    K[:, 2] = 0
    s, c = draw.normal(size=6), draw.normal(size=6)
    expected = []
    for j in range(6):
        heard = [s[i] * K[i, j] for i in range(6) if K[i, j] != 0]
        expected.append(f(np.array([[sum(heard) / len(heard) if heard else 0.0]]) + c[j], np)[0, 0])
    np.testing.assert_allclose(averaging_update(K, s, c, f), expected, rtol=1e-13)
    assert neighbours(K).tolist() == [int((K[:, j] != 0).sum()) for j in range(6)]
    both = averaging_update(K, np.stack([s, 2 * s]), c, f)
    np.testing.assert_allclose(both[0], expected, rtol=1e-13)


def test_averaging_over_neighbours_with_weights_of_1_evens_out():
    """A ring: the mean of two neighbours and oneself, again and again, is the mean of all."""
    K = np.eye(9) + np.roll(np.eye(9), 1, 0) + np.roll(np.eye(9), -1, 0)
    s = np.random.default_rng(6).normal(size=9)
    mean = s.mean()
    for _ in range(500):
        s = averaging_update(K, s, 0.0, ACTIVATIONS["identity"].f)
    np.testing.assert_allclose(s, mean, rtol=1e-9)
