"""Weights of classes are scikit-learn's, and examples count in them by their own weights."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from pellucid.estimators.weighing import weigh

LABELS = np.array(["a", "b", "b", "c", "b", "a"])
BITS = np.array([[0, 1], [1, 1], [1, 0], [1, 1], [1, 1], [1, 1]])
WEIGHTS = np.array([1.0, 2.0, 0.0, 3.0, 1.0, 1.0])


@pytest.mark.parametrize("labels", [LABELS, BITS], ids=["classes", "labels"])
def test_without_weights_of_their_own_they_are_scikit_learns(labels):
    wanted = compute_sample_weight("balanced", labels)
    np.testing.assert_allclose(weigh("balanced", labels, None), wanted, rtol=1e-15)


def test_given_ones_are_factors():
    chosen = {"a": 1.0, "b": 0.5, "c": 3.0}
    assert weigh(chosen, LABELS, None).tolist() == [1.0, 0.5, 0.5, 3.0, 0.5, 1.0]
    assert weigh(chosen, LABELS, WEIGHTS).tolist() == [1.0, 1.0, 0.0, 9.0, 0.5, 1.0]
    assert weigh(None, LABELS, WEIGHTS) is WEIGHTS
    assert weigh(None, LABELS, None) is None
    with pytest.raises(ValueError, match="are not in class_weight"):
        weigh({"z": 1.0}, LABELS, None)


@pytest.mark.parametrize("labels", [LABELS, BITS], ids=["classes", "labels"])
def test_balanced_weights_count_an_example_as_often_as_it_weighs(labels):
    rows = np.repeat(np.arange(6), WEIGHTS.astype(int))
    wanted = np.zeros(6)
    np.add.at(wanted, rows, weigh("balanced", labels[rows], None))
    np.testing.assert_allclose(weigh("balanced", labels, WEIGHTS), wanted, rtol=1e-15)


def test_balanced_classes_weigh_the_same_in_total():
    each = weigh("balanced", LABELS, WEIGHTS)
    totals = [each[name == LABELS].sum() for name in "abc"]
    np.testing.assert_allclose(totals, WEIGHTS.sum() / 3, rtol=1e-15)


def test_a_class_of_no_weight_has_none():
    each = weigh("balanced", LABELS, np.where(LABELS == "a", 0.0, 1.0))
    np.testing.assert_allclose(each, [0, 2 / 3, 2 / 3, 2, 2 / 3, 0])
