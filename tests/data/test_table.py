import numpy as np
import pytest

from pellucid import DataError
from pellucid.data.table import Coded, Table

CITIES = Coded(("Oslo", "Rome"), np.array([1, -1, 0], np.int32))
AGES = np.array([31.0, np.nan, 5.0])


def test_texts_come_back_as_they_stood():
    assert CITIES.texts().tolist() == ["Rome", None, "Oslo"]
    assert CITIES.take(np.array([2, 0])).texts().tolist() == ["Oslo", "Rome"]


def test_rows_and_columns_can_be_chosen():
    table = Table(("city", "age"), (CITIES, AGES))
    assert len(table) == 3
    some = table.take(np.array([2, 0])).select(("age", "city"))
    assert some.names == ("age", "city")
    assert some.column("age").tolist() == [5, 31]
    assert some.column("city").texts().tolist() == ["Oslo", "Rome"]


def test_a_table_of_numbers_is_one_matrix():
    matrix = np.arange(6, dtype=np.uint8).reshape(3, 2)
    table = Table(("a", "b"), tuple(matrix.T), matrix)
    chosen = table.take(slice(1, 3)).select(("b",))
    assert chosen.matrix.tolist() == [[3], [5]]
    assert chosen.column("b").tolist() == [3, 5]


@pytest.mark.parametrize(
    ("names", "cells", "message"),
    [
        (("a", "b", "a"), (AGES, AGES, AGES), "another name for each column, got 'a' twice"),
        (("a", "b"), (AGES, AGES[:2]), "same length"),
        (("a",), (AGES, AGES), "a name for each"),
    ],
)
def test_columns_that_do_not_fit_are_refused(names, cells, message):
    with pytest.raises(DataError, match=message):
        Table(names, cells)
