import numpy as np

from pellucid.arrays import one_hot
from pellucid.evaluation.mistakes import Mistake, worst_mistakes

P = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.99, 0.01]])
Y = np.array([1, 1, 0, 1])
LOSSES = -np.log(P[np.arange(4), Y])


def test_the_worst_stand_first_and_right_answers_are_left_out():
    found = worst_mistakes(P, Y, LOSSES, at_most=9)
    assert [mistake.row for mistake in found] == [3, 0, 2]
    assert found[0] == Mistake(3, 1, 0, LOSSES[3])


def test_no_more_than_asked_for_and_none_where_all_is_right():
    assert [mistake.row for mistake in worst_mistakes(P, Y, LOSSES)] == [3]
    assert worst_mistakes(P, P.argmax(1), LOSSES, at_most=4) == []


def test_one_hot_rows_are_taken_as_codes_are():
    assert worst_mistakes(P, one_hot(Y, 2), LOSSES, 4) == worst_mistakes(P, Y, LOSSES, 4)


def test_of_equal_losses_the_earlier_row_stands_first():
    P = np.full((3, 2), [0.8, 0.2])
    found = worst_mistakes(P, np.array([1, 1, 1]), np.ones(3), at_most=2)
    assert [mistake.row for mistake in found] == [0, 1]
