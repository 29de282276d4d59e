"""Outputs and targets of classes in every form they come in."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.views.targets import decided, judged, names, target_rows

P = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]])


def test_codes_and_one_hot_rows_are_the_same():
    for Y in ([1, 0], [1.0, 0.0], [[1], [0]], [[0, 1, 0], [1, 0, 0]], pel.one_hot([1, 0], 3)):
        assert target_rows(P, Y).tolist() == [[0, 1, 0], [1, 0, 0]]
        assert judged(P, Y)[1].tolist() == [1, 0]


def test_a_single_output_has_a_column_for_class_1():
    single = np.array([[0.2], [0.9]])
    assert target_rows(single, [0, 1]).tolist() == [[0], [1]]
    assert judged(single, [[0], [1]])[1].tolist() == [0, 1]


def test_several_labels_are_rows_and_no_class():
    assert target_rows(P, [[1, 1, 0], [0, 0, 0]]).tolist() == [[1, 1, 0], [0, 0, 0]]
    with pytest.raises(pel.DataError, match="one class for each example"):
        judged(P, [[1, 1, 0], [0, 0, 1]])


def test_codes_are_decided_already():
    assert decided([2, 0], [1, 0], None).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert decided([0, 0], [0, 0], None).shape == (2, 2)
    assert decided([0, 1], [0, 1], ["a", "b", "c"]).shape == (2, 3)
    assert decided([0, 1], pel.one_hot([0, 1], 4), None).shape == (2, 4)
    assert decided(P, [0, 0], None).tolist() == P.tolist()


def test_names_are_numbers_where_there_are_none():
    assert names(None, 3) == ["0", "1", "2"]
    assert names(("cat", "a very long name of a class"), 2) == ["cat", "a very long nam…"]


@pytest.mark.parametrize(
    ("Y", "what"),
    [
        ([0, 3], "expected class codes 0 to 2"),
        ([0], "as many targets as predictions, got 1 for 2"),
        ([[0, 2, 0], [1, 0, 0]], "rows of 0 and 1"),
        ([[0, 1], [1, 0]], "one class code for each example"),
        ([0.5, 1], "expected class codes"),
    ],
)
def test_targets_that_do_not_fit(Y, what):
    with pytest.raises(pel.DataError, match=what):
        target_rows(P, Y)


def test_what_else_does_not_fit():
    with pytest.raises(pel.DataError, match="at least one example"):
        target_rows(np.empty((0, 3)), [])
    with pytest.raises(pel.DataError, match="Give a single output as a column"):
        decided([0.2, 0.9], [0, 1], None)
    with pytest.raises(pel.DataError, match="expected 3 names, one a class, got 2"):
        names(("a", "b"), 3)
