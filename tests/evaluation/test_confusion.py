import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from pellucid.arrays import one_hot
from pellucid.evaluation.confusion import confusion


@pytest.mark.parametrize("n_classes", [2, 3, 7])
def test_counts_are_those_of_scikit_learn(n_classes):
    random = np.random.default_rng(n_classes)
    P = random.random((200, n_classes))
    Y = random.integers(0, n_classes, 200)
    table = confusion(P, Y)
    assert np.array_equal(table, confusion_matrix(Y, P.argmax(1), labels=range(n_classes)))
    assert np.array_equal(table, confusion(P, one_hot(Y, n_classes)))


def test_a_single_output_stands_for_two_classes():
    P = np.array([[0.2], [0.5], [0.9], [0.4]])
    Y = np.array([[0.0], [0.0], [1.0], [1.0]])
    assert confusion(P, Y).tolist() == [[1, 1], [1, 1]]


def test_a_class_that_never_occurs_keeps_its_row_and_column():
    table = confusion(np.array([[1.0, 0.0, 0.0]]), np.array([0]))
    assert table.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
