"""What became of the columns and how good the result is, in words that are true."""

import numpy as np
import pytest

from pellucid.data.columns import columns_of, read
from pellucid.data.encode import fit_encoding
from pellucid.estimators.choosing import Choice
from pellucid.estimators.explaining import SHOWN, listed, of_columns, of_scores


def explained(columns):
    """What is said of columns, as a dictionary."""
    n = max(len(cells) for cells in columns)
    table = np.array([[cells[i % len(cells)] for cells in columns] for i in range(n)], object)
    found = columns_of(table)
    return {c.what: c for c in of_columns(fit_encoding(found, read(table, found)))}


def test_names_are_listed_as_far_as_they_can_be_read():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(i) for i in range(SHOWN)]).count(",") == SHOWN - 1
    assert listed(["x"] * (SHOWN + 1200)).endswith(", x and 1,200 others")


def test_a_sparse_table():
    [said] = of_columns(None)
    assert "not scaled" in said.why


def test_numbers_categories_and_what_is_missing():
    said = explained([[1, 2, 3, None], ["a", "b"], ["c", "d"]])
    assert said.keys() == {"columns", "missing numbers"}
    assert said["columns"].value == "1 of numbers and 2 of categories, which make 6 inputs"
    assert said["missing numbers"].value == "x0"


def test_only_what_there_is_is_spoken_of():
    [numbers] = explained([[1, 2, 3], [3, 5]]).values()
    assert numbers.value == "2 of numbers, which make 2 inputs"
    assert "categor" not in numbers.why
    [category] = explained([["a", "b"]]).values()
    assert category.value == "1 of categories, which makes 2 inputs"
    assert "median" not in category.why


def test_columns_that_are_left_out_and_why():
    names = [f"name {i}" for i in range(40)]
    said = explained([names, [7], [None], ["the same"], [1, 2]])
    assert said["left out as names"].value == "x0"
    assert said["left out as constant"].value == "x1, x2, x3"
    nothing = explained([[7], ["the same"]])
    assert nothing["columns"].value == "none that tells rows apart, which make 1 input"
    assert nothing["left out as constant"].value == "x0, x1"


def test_categories_that_have_no_input():
    said = explained([[f"town {i % 1500}" for i in range(3000)]])
    assert said["many categories"].value == "x0 100 of 1,500"


def test_nothing_is_claimed_where_nothing_was_held_out():
    [said] = of_scores("accuracy", [], 0.5, 1.0)
    assert said[:2] == ("expected accuracy", "unknown")
    assert "cross_val_score" in said.why


def test_the_mean_and_its_error():
    """Of 0.7, 0.8, 0.9 the mean is 0.8, the deviation 0.1, the error of the mean 0.1 / √3."""
    [said] = of_scores("R²", [0.7, 0.8, 0.9], 0.25, 0.85)
    assert said[:2] == ("expected R²", "0.800 ± 0.058")
    assert said.why.endswith("it is 0.250")
    assert of_scores("R²", [-0.3, -0.3], 0.0, 0.9)[0].value == "−0.300 ± 0.000"


@pytest.mark.parametrize(
    ("held_out", "constant", "seen", "noticed"),
    [
        ([0.8, 0.8, 0.8], 0.5, 0.85, []),
        ([0.8, 0.8, 0.8], 0.5, 0.95, ["overfitting"]),
        ([0.5, 0.8, 1.1], 0.4, 0.95, []),  # the difference may be chance
        ([0.8, 0.8, 0.8], 0.8, 0.81, ["little learnt"]),
        ([0.7, 0.8, 0.9], 0.7, 1.0, ["little learnt"]),
        ([-0.1, -0.2, -0.1], 0.0, 1.0, ["little learnt"]),
    ],
)
def test_poor_results_are_noticed(held_out, constant, seen, noticed):
    _, *more = of_scores("accuracy", held_out, constant, seen)
    assert [choice.what for choice in more] == noticed
    assert all(isinstance(choice, Choice) for choice in more)
