"""The average of the weights: by hand, as a weighted mean, what it forgets and keeps."""

import numpy as np
import pytest

from pellucid.equations.average import average

DECAYS = [0.0, 0.5, 0.9, 0.999]


def walk(path, decay, start):
    found = np.array(start)
    for t, p in enumerate(path, start=1):
        found = average(found, p, t, decay)
    return found


def test_known_answer():
    """Of 4, 8, 1 with weights ¼, ½, 1: (1 + 4 + 1) / 1.75; after two steps (2 + 8) / 1.5."""
    path = np.array([[4.0], [8.0], [1.0]])
    assert walk(path[:1], 0.5, [0.0]) == [4]
    np.testing.assert_allclose(walk(path[:2], 0.5, [0.0]), 10 / 1.5, rtol=1e-15)
    np.testing.assert_allclose(walk(path, 0.5, [0.0]), 6 / 1.75, rtol=1e-15)


@pytest.mark.parametrize("decay", DECAYS)
def test_it_is_the_mean_of_all_steps_weighted_by_age(decay):
    path = np.random.default_rng(0).normal(size=(50, 7))
    weights = decay ** np.arange(50.0)[::-1]
    expected = (weights[:, None] * path).sum(0) / weights.sum()
    np.testing.assert_allclose(walk(path, decay, np.ones(7)), expected, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("decay", DECAYS)
def test_it_remembers_nothing_of_the_start(decay):
    path = np.random.default_rng(1).normal(size=(5, 7))
    from_afar = walk(path, decay, np.full(7, 1e3))
    np.testing.assert_allclose(from_afar, walk(path, decay, np.zeros(7)), atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("decay", DECAYS)
def test_what_does_not_change_stays_the_same_to_the_bit(decay, dtype):
    """So a frozen layer's average is that layer; masked weights stay 0."""
    p = np.random.default_rng(2).normal(size=100).astype(dtype)
    p[:10] = 0
    assert (walk([p] * 20, decay, p) == p).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("decay", [*DECAYS, 1 - 2**-53])
def test_extremes_are_finite_and_keep_the_precision(decay, dtype):
    """Early and very late steps, tiny and large parameters: no warning."""
    old = np.array([0, 1e15, -1e15, np.finfo(dtype).tiny, 1e4], dtype)
    for t in (1, 2, 10**6, 10**9):
        found = average(old, -old[::-1], t, decay)
        assert found.dtype == dtype
        assert np.isfinite(found).all()
