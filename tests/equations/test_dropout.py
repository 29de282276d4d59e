"""Dropout: which lanes are left out, and that the mean is kept."""

import numpy as np
import pytest

from pellucid.equations.dropout import LANES, dropout, dropout_backward, mask, threshold

ALL = np.arange(LANES, dtype=np.uint16).reshape(256, 256)


def test_mask_by_hand():
    """At a rate of ¼ the lowest 16384 lanes are left out and the others count 4/3."""
    lanes = np.array([[0, 16383, 16384, 65535]], np.uint16)
    assert mask(lanes, 0.25).tolist() == [[0, 0, 4 / 3, 4 / 3]]


@pytest.mark.parametrize("rate", [0.0, 1 / 65536, 0.1, 0.2, 0.5, 0.9, 65535 / 65536])
def test_over_all_lanes_the_share_is_the_rate_and_the_mean_is_kept(rate):
    drawn = mask(ALL, rate)
    assert (drawn == 0).sum() == round(rate * 65536) == threshold(rate)
    np.testing.assert_allclose(drawn.mean(), 1, rtol=1e-12)
    assert len(np.unique(drawn[drawn > 0])) == 1


def test_rate_zero_leaves_every_neuron_as_it_is():
    assert (mask(ALL, 0.0) == 1).all()


def test_derivative(assert_derivative):
    draw = np.random.default_rng(3)
    A, dF = draw.normal(size=(3, 4)), draw.normal(size=(3, 4))
    m = mask(draw.integers(0, LANES, (3, 4)), 0.5)
    assert set(np.unique(m)) == {0, 2}
    assert_derivative(dropout_backward(dF, m), lambda at: (dF * dropout(at, m)).sum(), A)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_activations_are_dropped_cleanly(dtype):
    """A neuron left out is 0 whatever it was, and precision is kept."""
    A = np.array([[1e4, -1e4, np.finfo(dtype).max / 4, 0]], dtype)
    m = mask(np.array([[0, 0, 0, 65535]]), 0.5).astype(dtype)
    assert dropout(A, m).tolist() == [[0, 0, 0, 0]]
    assert dropout(A, m).dtype == dropout_backward(A, m).dtype == dtype
