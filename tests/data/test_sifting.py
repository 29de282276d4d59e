import numpy as np
import pandas as pd
import pytest

from pellucid import DataError
from pellucid.data.columns import Column, as_table
from pellucid.data.dataset import ImageFormat
from pellucid.data.reading import Reading
from pellucid.data.sifting import image_of, names_of_inputs

N = 40
FRAME = as_table(
    pd.DataFrame(
        {
            "id": np.arange(1, N + 1),
            "customer_id": np.random.default_rng(0).permutation(N) + 1000,
            "day": np.arange(N),  # counts the rows too, but may say something
            "shop": np.arange(N) % 3,
            "y": np.arange(N) % 2,
        }
    )
)


def test_what_only_numbers_the_rows_is_left_out_with_a_word():
    said = []
    found = names_of_inputs(FRAME, Reading(("y",), group="shop"), said.append)
    assert found == ("day",)
    assert said == ["left out, since it only numbers the rows: 'id', 'customer_id'"]


def test_who_says_what_a_column_is_keeps_it():
    reading = Reading(("y",), kinds={"id": "number"})
    assert names_of_inputs(FRAME, reading, print) == ("id", "day", "shop")


def test_something_has_to_be_left():
    with pytest.raises(DataError, match="expected a column to predict from, got only 'y', 'id'"):
        names_of_inputs(FRAME.select(("y", "id")), Reading(("y",)), print)


def pixels(n=784, maximum=255, name="pixel{}"):
    columns = tuple(Column(name.format(j)) for j in range(n))
    rows = np.random.default_rng(0).integers(0, maximum + 1, (5, n)).astype(np.float64)
    rows[0, 0] = maximum
    return columns, rows


@pytest.mark.parametrize(
    ("n", "maximum", "format"),
    [
        (784, 255, ImageFormat(28, 28, 255, "mass")),
        (64, 16, ImageFormat(8, 8, 16, "box")),
        (100, 1, ImageFormat(10, 10, 1, "box")),
    ],
)
def test_columns_that_are_pixels_are_known(n, maximum, format):
    assert image_of(*pixels(n, maximum)) == format


def test_other_columns_are_no_pixels():
    columns, rows = pixels()
    assert image_of(columns, rows.astype(np.uint8)) is not None
    assert image_of(columns[:783], rows[:, :783]) is None
    assert image_of(columns, rows + 0.5) is None
    assert image_of(columns, rows - 1) is None
    assert image_of(*pixels(49)) is None
    assert image_of((Column("age"), *columns[1:]), rows) is None
    assert image_of((Column("pixel0", ("a",)), *columns[1:]), rows) is None
    rows[3, 3] = np.nan
    assert image_of(columns, rows) is None
