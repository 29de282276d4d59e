"""What an Augment may hold, at the edges; its test has what is refused."""

import pytest

from pellucid.equations.checks import (
    LARGEST_SIDE,
    checked_amount,
    checked_crop,
    checked_elastic,
    checked_shape,
    is_finite,
)
from pellucid.errors import RecipeError


def test_what_stands_at_the_edge_is_taken():
    assert checked_amount("shift", 0, 2.5) == 0
    assert checked_amount("shift", 2.5, 2.5) == 2.5
    assert checked_shape([LARGEST_SIDE, 1]) == (LARGEST_SIDE, 1)
    assert checked_shape((1, 1, 3)) == (1, 1, 3)
    assert checked_elastic([1000, 0]) == (1000.0, 0.0)
    assert checked_crop(7, 7) == 7


def test_a_number_is_no_truth_and_no_text():
    assert [is_finite(value) for value in (0, -1.5, True, "1", float("inf"), None)] == [
        *(True, True, False, False, False, False)
    ]


def test_an_error_names_the_entry_and_what_came():
    with pytest.raises(RecipeError, match=r"^shift: expected a number from 0 to 2.5, got 2.6.$"):
        checked_amount("shift", 2.6, 2.5)
