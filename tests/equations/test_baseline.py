"""The best constant: no other one costs less, whatever the loss, the weights and the targets."""

from math import log

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.baseline import constant_cost, constant_prediction
from pellucid.equations.losses import LOSSES, loss_of

TEXTS = [*sorted(LOSSES), "huber:0.1", "huber:30", "quantile:0.9", "quantile:0.1,0.5,0.9"]


def targets(text, seed, n=41, outputs=3):
    """Targets of the kind a loss takes, lopsided, so that mean and median are far apart."""
    draw, kind = np.random.default_rng(seed), loss_of(text).targets
    if kind == "numbers":
        return draw.exponential(2, (n, outputs)) - [0, 5, 1]
    if kind == "counts":
        return draw.poisson([0.3, 2, 9], (n, outputs)).astype(float)
    if kind == "signs":
        return np.where(draw.random((n, outputs)) < [0.1, 0.5, 0.8], 1.0, -1.0)
    if kind == "bits":
        return (draw.random((n, outputs)) < [0.1, 0.5, 0.8]).astype(float)
    return np.eye(outputs)[draw.choice(outputs, n, p=[0.1, 0.3, 0.6])]


def weights_of(weighted, n=41):
    return np.random.default_rng(9).exponential(1, n) * (np.arange(n) % 7 > 0) if weighted else None


def cost(text, p, Y, weights):
    """Of predicting p for every example, from the sums that give it."""
    row = loss_of(text)
    z = {"sigmoid": lambda p: np.log(p / (1 - p)), "softmax": np.log, "exp": np.log}
    P = np.tile(p, (len(Y), 1))
    Z = z[row.link](P) if row.needs_link else P
    if row.needs_link:
        np.testing.assert_allclose(ACTIVATIONS[row.link].f(Z, np), P, rtol=1e-12)
    return np.average(row.value(Z, P, Y, np), weights=weights)


def others(text, best, Y, draw):
    """Constants near the best one and far from it, that the link can give."""
    link = loss_of(text).link if loss_of(text).needs_link else "identity"
    for scale in (1e-4, 1e-2, 0.3, 2):
        for _ in range(60):
            if link == "identity":
                yield best + scale * draw.normal(size=best.shape)
            elif link == "exp":
                yield best * np.exp(scale * draw.normal(size=best.shape))
            else:
                z = np.log(best) + scale * draw.normal(size=best.shape)
                if link == "softmax":
                    yield np.exp(z) / np.exp(z).sum()
                else:
                    yield np.exp(z) / (np.exp(z) + 1 - best)
    if link == "identity":
        yield from Y
        yield Y.mean(0)
        yield np.median(Y, axis=0)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("text", TEXTS)
def test_no_other_constant_costs_less(text, seed, weighted):
    Y, weights = targets(text, seed), weights_of(weighted)
    best = constant_prediction(loss_of(text), Y, weights)
    assert best.shape == (3,)
    least = cost(text, best, Y, weights)
    found = [cost(text, p, Y, weights) for p in others(text, best, Y, np.random.default_rng(seed))]
    assert len(found) >= 240
    assert min(found) >= least - 1e-12 * max(1, least)
    assert constant_cost(text, Y, weights) == pytest.approx(least, rel=1e-9)


@pytest.mark.parametrize("text", TEXTS)
def test_a_weight_is_so_many_examples(text):
    """Weights 0, 1, 2, 3 beside each example that often; and only their shares matter."""
    Y, weights = targets(text, 4), np.arange(41.0) % 4
    repeated = np.repeat(Y, weights.astype(int), axis=0)
    for given in (weights, 10 * weights):
        found = constant_prediction(loss_of(text), Y, given)
        expected = constant_prediction(loss_of(text), repeated)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-7)
        expected = constant_cost(text, repeated)
        assert constant_cost(text, Y, given) == pytest.approx(expected, rel=1e-12)


def test_known_answers():
    """Of 0, 1 and 5; Huber's is 1.5: 1.5 and ½ are balanced by the 2 that is left of 3.5."""
    Y = np.array([[0.0], [1], [5]])
    for text, best, least in (
        ("mse", 2, 14 / 3),
        ("half_sse", 2, 7 / 3),
        ("mae", 1, 5 / 3),
        ("quantile:0.9", 5, 0.1 * (5 + 4) / 3),
        ("huber:2", 1.5, (1.125 + 0.125 + 2 * (3.5 - 1)) / 3),
        ("poisson", 2, (-6 * log(2) + 5 * log(5)) / 3),
    ):
        precision = 1e-8 if text.startswith("huber") else 1e-15
        assert constant_prediction(loss_of(text), Y) == pytest.approx([best], rel=precision)
        assert constant_cost(text, Y) == pytest.approx(least, rel=1e-14)


def test_a_quantile_is_not_moved_by_rounding():
    """0.07 · 100 rounds to more than 7; of 0 … 99 the seventh is still enough."""
    assert 0.07 * 100 > 7
    found = constant_prediction(loss_of("quantile:0.07"), np.arange(100.0)[:, None])
    assert found.tolist() == [6]


def test_classes_cost_their_entropy():
    """A quarter of one class and three quarters of another."""
    entropy = log(4) / 4 + 0.75 * log(4 / 3)
    Y = np.array([[1, 0], [0, 1], [0, 1], [0, 1]], np.float32)
    assert constant_cost("cross_entropy", Y) == pytest.approx(entropy, rel=1e-12)
    assert constant_cost("binary_cross_entropy", Y[:, :1]) == pytest.approx(entropy, rel=1e-12)
    assert constant_cost("binary_cross_entropy", Y) == pytest.approx(2 * entropy, rel=1e-12)


def test_codes_are_each_class_as_often_as_it_occurs():
    """So that a million codes need no million rows; a class that never occurs costs nothing."""
    codes = np.array([0, 2, 2, 0, 2, 2, 2])
    weights = np.arange(1.0, 8)
    for w in (None, weights):
        counted = np.bincount(codes, w, 4)
        found = constant_cost("cross_entropy", np.eye(4), counted)
        expected = constant_cost("cross_entropy", np.eye(4)[codes], w)
        assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "Y"),
    [
        ("cross_entropy", [[0, 1, 0], [0, 1, 0]]),
        ("binary_cross_entropy", [[0, 1], [0, 1]]),
        ("poisson", [[0, 7], [0, 7]]),
        ("squared_hinge", [[1, -1], [1, -1]]),
        ("mse", [[3, 3], [3, 3]]),
        ("huber", [[3, -2], [3, -2]]),
        ("mae", [[3, -2]]),
        ("quantile:0.1,0.9", [[3, -2]]),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_targets_that_never_change_cost_nothing(text, Y, dtype):
    """A single class, no count at all, one example: no NaN and no warning."""
    assert 0 <= constant_cost(text, np.array(Y, dtype)) < 1e-10


@pytest.mark.parametrize("text", ["mse", "mae", "huber", "quantile:0.3"])
def test_extreme_targets_stay_finite(text):
    Y = np.array([[1e15, -1e-300], [-1e15, 0], [0, 1e-300]])
    assert np.isfinite(constant_prediction(loss_of(text), Y)).all()
    assert np.isfinite(constant_cost(text, Y))


def test_costs_are_summed_in_double_precision():
    """A million float32 numbers of 0.1 are the same number, and their cost 0."""
    Y = np.full((1_000_000, 1), 0.1, np.float32)
    assert constant_cost("mse", Y) < 1e-25
