"""Initial weights: known answers, and mean and variance of each row."""

from math import log, sqrt

import numpy as np
import pytest

from pellucid.equations.initial import INITIALS
from pellucid.equations.random import INITIAL, words

ROWS = sorted(INITIALS)
LARGEST = sqrt(-2 * log(2**-53))  # Box and Muller's radius of the smallest word, 8.57…

# Words, fan in, fan out → weights, by hand. A first word of all ones has radius 0; the word 0 is
# −1 as a uniform number, 2⁶³ is 0.
KNOWN = {
    "normal": ([0, 0, 2**64 - 1, 5], 9, 9, [LARGEST, 0, 0, 0]),
    "xavier": ([0, 2**63, 2**62, 3 * 2**62], 2, 22, [-0.5, 0, -0.25, 0.25]),
    "he": ([0, 0, 2**64 - 1, 5], 8, 1, [LARGEST / 2, 0, 0, 0]),
}
VARIANCE = {
    "normal": lambda n_in, n_out: 1.0,
    "xavier": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
}


def test_every_row_has_a_known_answer_and_a_variance():
    assert set(KNOWN) == set(VARIANCE) == set(INITIALS), "give each row of INITIALS both"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    raw, fan_in, fan_out, expected = KNOWN[name]
    weights = INITIALS[name].weights(np.array(raw, np.uint64), fan_in, fan_out)
    np.testing.assert_allclose(weights, expected, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize(("fan_in", "fan_out"), [(784, 30), (3, 200), (1, 1)])
@pytest.mark.parametrize("name", ROWS)
def test_mean_is_zero_and_variance_as_the_row_says(name, fan_in, fan_out):
    """A hundred thousand draws: within 5 standard errors of a normal sample's."""
    n = 100_000
    weights = INITIALS[name].weights(words(1, INITIAL, n), fan_in, fan_out)
    variance = VARIANCE[name](fan_in, fan_out)
    assert weights.shape == (n,)
    assert abs(weights.mean()) < 5 * sqrt(variance / n)
    assert abs(weights.var() / variance - 1) < 5 * sqrt(2 / n)


def test_xavier_stays_within_its_bound():
    weights = INITIALS["xavier"].weights(words(2, INITIAL, 10_000), 10, 14)
    assert np.abs(weights).max() <= 0.5
    assert np.abs(weights).max() > 0.499


@pytest.mark.parametrize("name", ROWS)
def test_extreme_words_give_finite_weights(name):
    raw = np.array([0, 2**64 - 1, 2**64 - 1, 0, 0, 0, 2**64 - 1, 2**64 - 1], np.uint64)
    assert np.isfinite(INITIALS[name].weights(raw, 1, 1)).all()


def test_only_normal_draws_biases():
    """DESIGN.md §7: `--init normal` is N(0, 1), biases too."""
    assert {name for name, row in INITIALS.items() if row.biases} == {"normal"}


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained(name):
    row = INITIALS[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.weights.__doc__
