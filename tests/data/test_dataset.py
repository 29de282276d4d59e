import numpy as np
import pytest

from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.errors import DataError

X = np.zeros((3, 4), np.uint8)
CODES = np.zeros(3, np.int32)


def test_a_part_is_as_long_as_its_rows():
    assert len(Part(X, CODES)) == 3
    assert len(Part(X.astype(np.float32), np.zeros((3, 2)))) == 3


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        (X, CODES[:2], "3 rows of X, 2 of Y"),
        (X[0], CODES, "rows of uint8 or floats"),
        (X.astype(np.int64), CODES, "int64"),
        (np.asfortranarray(X), CODES, "C order"),
        (X, CODES.astype(np.int64), "int32 codes"),
        (X, np.zeros(3), "int32 codes"),
    ],
)
def test_a_part_refuses_what_does_not_fit(inputs, targets, message):
    with pytest.raises(DataError, match=message):
        Part(inputs, targets)


def test_pictures_are_scaled_by_their_maximum():
    part = Part(X, CODES)
    pictures = Dataset("a", part, None, ("0",), ImageFormat(2, 2, 16, "box"), "Made here.")
    table = Dataset("b", part, None, ("0",), None, "Made here.")
    assert pictures.scale == 1 / 16
    assert table.scale == 1


def test_a_format_prints_as_the_text_that_makes_it():
    assert eval(repr(ImageFormat(8, 8, 16, "box"))) == ImageFormat(8, 8, 16, "box")


def test_a_format_knows_the_shape_of_its_pictures():
    grey, colour = ImageFormat(2, 3), ImageFormat(2, 3, 255, "whole", 3)
    assert (grey.shape, grey.n_values) == ((2, 3), 6)
    assert (colour.shape, colour.n_values) == ((2, 3, 3), 18)
