"""Calibration by hand, and as scikit-learn counts it."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

import pellucid as pel
from pellucid.evaluation.reliability import reliability


def test_by_hand():
    """Two bins: three answers of 60 %, of which one is right; one of 90 %, which is."""
    P = np.array([[0.6, 0.4], [0.4, 0.6], [0.6, 0.4], [0.1, 0.9]])
    found = reliability(P, np.array([0, 0, 1, 1]), bins=4)
    assert found.counts.tolist() == [0, 0, 3, 1]
    np.testing.assert_allclose(found.said, [0, 0, 0.6, 0.9])
    np.testing.assert_allclose(found.came, [0, 0, 1 / 3, 1])
    assert found.error == pytest.approx((3 * (0.6 - 1 / 3) + 0.1) / 4)


@pytest.mark.parametrize("bins", [1, 7, 10])
def test_as_scikit_learn_counts(bins):
    random = np.random.default_rng(0)
    P = random.dirichlet(np.ones(4), 500)
    Y = random.integers(0, 4, 500)
    found = reliability(P, Y, bins)
    came, said = calibration_curve(P.argmax(1) == Y, P.max(1), n_bins=bins)
    full = found.counts > 0
    np.testing.assert_allclose(found.came[full], came)
    np.testing.assert_allclose(found.said[full], said)
    assert found.counts.sum() == 500


def test_a_single_output_is_the_probability_of_class_1():
    single = np.array([[0.2], [0.7], [0.5]])
    Y = np.array([0, 1, 0])
    both = np.hstack([1 - single, single])
    both[2] = [0.4999999, 0.5000001]  # ½ counts as class 1
    for one, other in zip(reliability(single, Y, 5), reliability(both, Y, 5), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_outputs_that_do_not_sum_to_1_are_shares():
    P = np.array([[0.3, 0.1], [0.2, 0.8]])
    found = reliability(P, np.array([0, 1]), bins=2)
    assert found.said.tolist() == [0, pytest.approx((0.75 + 0.8) / 2)]


def test_certainty_is_in_the_last_bin():
    assert reliability(np.eye(3), np.arange(3), 5).counts.tolist() == [0, 0, 0, 0, 3]


@pytest.mark.parametrize("P", [[[1.2]], [[-0.1, 0.5]], [[0.0, 0.0]]])
def test_what_is_no_probability_is_refused(P):
    with pytest.raises(pel.DataError, match="expected probabilities"):
        reliability(np.array(P), np.array([0]))
