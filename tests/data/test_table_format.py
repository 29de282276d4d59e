import numpy as np
import pandas as pd
import polars as pl
import pytest

from pellucid import DataError
from pellucid.data.columns import as_table, columns_of, read
from pellucid.data.encode import fit_encoding
from pellucid.data.table import Coded, Table
from pellucid.data.table_format import TableFormat, listed

FRAME = pd.DataFrame({"age": [1.0, 2, 3, 4], "town": ["a", "b", None, "a"], "y": [0, 1, 0, 1]})
INPUTS = FRAME[["age", "town"]]
COLUMNS = columns_of(INPUTS)
FORMAT = TableFormat(fit_encoding(COLUMNS, read(INPUTS, COLUMNS)), ("y",), "classes")
EXPECTED = FORMAT.inputs(as_table(INPUTS))


def test_order_and_other_columns_are_of_no_importance():
    shuffled = FRAME[["town", "y", "age"]].assign(more=1.5)
    for table in (as_table(shuffled), as_table(pl.from_pandas(shuffled))):
        np.testing.assert_array_equal(FORMAT.inputs(table), EXPECTED)


def test_without_a_header_columns_are_known_by_their_places():
    table = Table(("x0", "x1"), (FRAME["age"].to_numpy(), as_table(FRAME).column("town")))
    np.testing.assert_array_equal(FORMAT.inputs(table), EXPECTED)


def test_a_category_that_is_new_is_said_and_counts_as_none():
    said = []
    table = Table(("age", "town"), (np.ones(2), Coded(("c", "a"), np.array([0, 1], np.int32))))
    found = FORMAT.inputs(table, "new.csv", said.append)
    assert found[0, -2:].tolist() == [0, 0]
    assert found[1, -2:].tolist() == [1, 0]
    assert said == ["column 'town': 'c' not seen in training, counted as none"]


def test_a_column_that_is_missing_is_named():
    with pytest.raises(DataError, match=r"new.csv: expected the column 'town'.*has 'age', 'y'"):
        FORMAT.inputs(as_table(FRAME[["age", "y"]]), "new.csv")


def test_cells_of_another_kind_are_shown_with_column_and_row():
    table = as_table(FRAME.assign(age=["1", "2", "old", "4"]))
    with pytest.raises(DataError, match=r"column 'age': expected numbers.*got 'old' in row 2"):
        FORMAT.inputs(table)


def test_many_names_are_listed_in_part():
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed([str(j) for j in range(20)]).endswith("'11', … 20 in all")
