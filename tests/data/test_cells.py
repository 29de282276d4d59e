import numpy as np
import pandas as pd
import polars as pl
import pytest

from pellucid import DataError
from pellucid.data import cells as of
from pellucid.data.columns import as_table
from pellucid.data.table import Coded

NAN = np.nan


def series(frame):
    """The first column of a frame."""
    return as_table(frame).cells[0]


@pytest.mark.parametrize(
    "cells",
    [
        np.array(["b", None, 1.0, 1, True], object),
        series(pd.DataFrame({"a": pd.Series(["b", None, 1.0, 1, True], dtype=object)})),
        Coded(("b", "1", "True"), np.array([0, -1, 1, 1, 2], np.int32)),
    ],
)
def test_cells_become_texts_that_are_kept_once(cells):
    found = of.coded("a", cells)
    assert found.texts().tolist() == ["b", None, "1", "1", "True"]
    assert len(set(found.values)) == len(found.values)


def test_texts_that_end_in_zeros_stay_different():
    found = of.coded("a", np.array(["a", "a\0"], object))
    assert found.texts().tolist() == ["a", "a\0"]


def test_what_is_no_text_is_refused():
    with pytest.raises(DataError, match=r"column 'a': expected numbers or texts.*got \[1\]"):
        of.coded("a", np.array([[1], None], object))


def test_types_are_told_apart():
    moments = series(pl.DataFrame({"a": pl.Series([0]).cast(pl.Date)}))
    booleans = series(pd.DataFrame({"a": [True]}))
    categories = series(pd.DataFrame({"a": pd.Categorical(["x"])}))
    texts = Coded(("x",), np.zeros(1, np.int32))
    for cells in (moments, booleans, categories, texts, np.zeros(1), np.array([True])):
        assert of.are_moments(cells) == (cells is moments)
        assert of.are_categories(cells) == (cells is categories)
        is_boolean = cells is booleans or (isinstance(cells, np.ndarray) and cells.dtype == bool)
        assert of.are_booleans(cells) == is_boolean
    assert of.are_moments(np.zeros(1, "M8[D]"))


def test_numbers_are_taken_at_once_and_texts_are_not():
    assert of.at_once(np.array([1, 2], np.uint8)).tolist() == [1, 2]
    assert of.at_once(Coded((), np.zeros(0, np.int32))) is None
    assert of.at_once(np.array(["1"])) is None


@pytest.mark.parametrize(
    ("value", "missing"),
    [(None, True), (NAN, True), (pd.NA, True), (pd.NaT, True), (np.float32(NAN), True)]
    + [(0, False), ("", False), ("nan", False), (False, False)],
)
def test_what_says_nothing_is_missing(value, missing):
    assert of.is_missing(value) == missing
