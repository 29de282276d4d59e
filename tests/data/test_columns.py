"""Tables of every kind become numbers: which columns are categories, and what is missing."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pellucid.data.columns import Column, as_table, columns_of, counts_rows, is_frame, read
from pellucid.data.table import Coded, Table
from pellucid.errors import DataError

NAN = np.nan
DAY = 86400.0
D2020 = 18262 * DAY  # seconds from 1970 to 2020
BERLIN = dt.timezone(dt.timedelta(hours=1))


def aware(*hours):
    return [dt.datetime(2020, 1, 1, hour, tzinfo=BERLIN) for hour in hours]


PANDAS = {
    "object": (["b", None, "a"], ("a", "b"), [1, NAN, 0]),
    "string": (pd.array(["b", None, "a"], "string"), ("a", "b"), [1, NAN, 0]),
    "category": (pd.Categorical(["b", None, "a"]), ("a", "b"), [1, NAN, 0]),
    "category of numbers": (pd.Categorical([2, None, 10]), ("10", "2"), [1, NAN, 0]),
    "category of intervals": (pd.cut([1, 2, 9], [0, 5, 9]), ("(0, 5]", "(5, 9]"), [0, 0, 1]),
    "category of booleans": (pd.Categorical([True, None, False]), ("False", "True"), [1, NAN, 0]),
    "nullable integers": (pd.array([1, None, 3], "Int64"), None, [1, NAN, 3]),
    "nullable numbers": (pd.array([1.5, None, 3], "Float32"), None, [1.5, NAN, 3]),
    "nullable booleans": (pd.array([True, None, False], "boolean"), None, [1, NAN, 0]),
    "booleans": ([True, False, True], None, [1, 0, 1]),
    "uint8": (np.array([0, 255, 3], np.uint8), None, [0, 255, 3]),
    "float32": (np.array([0.5, NAN, 3], np.float32), None, [0.5, NAN, 3]),
    "dates": (pd.to_datetime(["2020-01-01", None, "2020-01-02"]), None, [D2020, NAN, D2020 + DAY]),
    "with a zone": (pd.to_datetime(aware(1, 2, 3)), None, [D2020, D2020 + 3600, D2020 + 7200]),
    "spans": (pd.to_timedelta([1.5, None, 60], "s"), None, [1.5, NAN, 60]),
    "dates as objects": (
        [dt.date(2020, 1, 1), None, dt.date(2020, 1, 2)],
        None,
        [D2020, NAN, D2020 + DAY],
    ),
    "moments as objects": (
        pd.Series([*aware(1, 2), pd.NaT], dtype=object),
        None,
        [D2020, D2020 + 3600, NAN],
    ),
    "mixed": (["b", 1, 1.0], ("1", "b"), [1, 0, 0]),
    "numbers as objects": ([1, None, 2.5], None, [1, NAN, 2.5]),
    "numbers as texts": (["1", pd.NA, " 2.5 "], None, [1, NAN, 2.5]),
    "decimals": ([Decimal("1.5"), None, Decimal(2)], None, [1.5, NAN, 2]),
    "nothing": ([None, None, None], (), [NAN, NAN, NAN]),
    "no number": ([NAN, NAN, NAN], None, [NAN, NAN, NAN]),
}
POLARS = {
    "texts": (pl.Series(["b", None, "a"]), ("a", "b"), [1, NAN, 0]),
    "categorical": (pl.Series(["b", None, "a"], dtype=pl.Categorical), ("a", "b"), [1, NAN, 0]),
    "enum": (pl.Series(["b", None, "a"], dtype=pl.Enum(["b", "a"])), ("a", "b"), [1, NAN, 0]),
    "enum of digits": (
        pl.Series(["2", None, "1"], dtype=pl.Enum(["2", "1"])),
        ("1", "2"),
        [1, NAN, 0],
    ),
    "integers": (pl.Series([1, None, 3]), None, [1, NAN, 3]),
    "numbers": (pl.Series([1.5, None, NAN]), None, [1.5, NAN, NAN]),
    "booleans": (pl.Series([True, None, False]), None, [1, NAN, 0]),
    "dates": (
        pl.Series([dt.date(2020, 1, 1), None, dt.date(2020, 1, 2)]),
        None,
        [D2020, NAN, D2020 + DAY],
    ),
    "moments": (
        pl.Series([dt.datetime(2020, 1, 1, 0, 0, 1, 500000), None, dt.datetime(2020, 1, 1)]),
        None,
        [D2020 + 1.5, NAN, D2020],
    ),
    "times of day": (
        pl.Series([dt.time(1, 1, 1, 500000), None, dt.time(0)]),
        None,
        [3661.5, NAN, 0],
    ),
    "spans": (pl.Series([dt.timedelta(1), None, dt.timedelta(seconds=1.5)]), None, [DAY, NAN, 1.5]),
    "decimals": (pl.Series([Decimal("1.5"), None, Decimal(2)]), None, [1.5, NAN, 2]),
    "bytes": (pl.Series([b"b", None, b"a"]), ("b'a'", "b'b'"), [1, NAN, 0]),
    "nothing": (pl.Series([None, None, None]), (), [NAN, NAN, NAN]),
}


@pytest.mark.parametrize("kind", PANDAS)
def test_columns_of_pandas(kind):
    cells, values, numbers = PANDAS[kind]
    frame = pd.DataFrame({"a": cells})
    columns = columns_of(frame)
    assert [(column.name, column.values) for column in columns] == [("a", values)]
    np.testing.assert_array_equal(read(frame, columns)[:, 0], numbers)


@pytest.mark.parametrize("kind", POLARS)
def test_columns_of_polars(kind):
    cells, values, numbers = POLARS[kind]
    frame = pl.DataFrame({"a": cells})
    columns = columns_of(frame)
    assert [(column.name, column.values) for column in columns] == [("a", values)]
    np.testing.assert_array_equal(read(frame, columns)[:, 0], numbers)


def test_both_kinds_of_frames_side_by_side_and_an_array_of_objects():
    cells = {"n": [1.0, 2.0, None], "t": ["x", None, "y"], "b": [True, False, True]}
    expected = [[1, 0, 1], [2, NAN, 0], [NAN, 1, 1]]
    array = np.array(list(zip(*cells.values(), strict=True)), object)
    for table in (pd.DataFrame(cells), pl.DataFrame(cells), array):
        columns = columns_of(table)
        assert [column.values for column in columns] == [None, ("x", "y"), None]
        np.testing.assert_array_equal(read(table, columns), expected)
        assert is_frame(table) == (table is not array)
    assert [column.name for column in columns] == ["x0", "x1", "x2"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.int64, np.uint8, bool])
def test_an_array_of_numbers_stays_as_it_is(dtype):
    X = np.arange(6).reshape(3, 2).astype(dtype)
    columns = columns_of(X)
    kind = "boolean" if dtype is bool else "number"
    assert columns == (Column("x0", kind=kind), Column("x1", kind=kind))
    assert read(X, columns) is X


def test_arrays_of_texts_and_of_moments():
    texts = np.array([["b", "1"], ["a", "2"]])
    columns = columns_of(texts)
    assert columns == (Column("x0", ("a", "b")), Column("x1"))
    np.testing.assert_array_equal(read(texts, columns), [[1, 1], [0, 2]])
    days = np.array([["2020-01-01"], ["NaT"]], "M8[D]")
    np.testing.assert_array_equal(read(days, columns_of(days)), [[D2020], [NAN]])
    spans = np.array([[90], ["NaT"]], "m8[s]")
    np.testing.assert_array_equal(read(spans, columns_of(spans)), [[90], [NAN]])


def test_names_of_columns_need_not_be_texts():
    frame = pd.DataFrame(np.eye(2), columns=[7, ("a", 1)])
    assert [column.name for column in columns_of(frame)] == ["7", "('a', 1)"]


def test_another_table_is_read_as_the_first_was():
    """New categories are missing, and the same thing may be written in another way."""
    columns = (Column("n"), Column("c", ("1", "2", "True", "x")))
    table = pd.DataFrame({"n": ["5", None], "c": ["x", "new"]})
    np.testing.assert_array_equal(read(table, columns), [[5, 3], [NAN, NAN]])
    table = pd.DataFrame({"n": [True, False], "c": [2.0, NAN]})
    np.testing.assert_array_equal(read(table, columns), [[1, 1], [0, NAN]])
    np.testing.assert_array_equal(read(np.array([[5, 1], [6, 9]]), columns), [[5, 0], [6, NAN]])
    table = pl.DataFrame({"n": [dt.date(1970, 1, 2)] * 2, "c": [True, None]})
    np.testing.assert_array_equal(read(table, columns), [[DAY, 2], [DAY, NAN]])


def test_what_is_no_number_is_shown_with_its_row():
    columns = (Column("age"),)
    for cells in (["1", None, "old"], [1, None, "old"]):
        with pytest.raises(DataError, match=r"column 'age': expected numbers.*got 'old' in row 2"):
            read(pd.DataFrame({"age": pd.Series(cells, dtype=object)}), columns)
    for cells in ([1.0, NAN, np.inf], ["1", None, "-inf"]):
        for frame in (pd.DataFrame({"age": cells}), pl.DataFrame({"age": cells})):
            assert columns_of(frame) == columns
            with pytest.raises(DataError, match="'age'.*finite numbers.*got infinity in row 2"):
                read(frame, columns)


@pytest.mark.parametrize(
    "cells", [[[1], [2]], [{"a": 1}, None], [1 + 2j, "a"], pd.period_range("2020", periods=2)]
)
def test_what_is_neither_number_nor_text_is_refused(cells):
    frame = pd.DataFrame({"a": pd.Series(cells)})
    with pytest.raises(DataError, match="column 'a': expected numbers or texts .*got"):
        columns_of(frame)


CELLS = st.one_of(
    st.none(), st.text("ab1. "), st.integers(-3, 3), st.booleans(), st.just(NAN), st.just(pd.NA)
)


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(object, st.tuples(st.integers(1, 8), st.integers(1, 3)), elements=CELLS))
def test_every_cell_is_missing_or_found_again(table):
    columns = columns_of(table)
    rows = read(table, columns)
    assert rows.shape == table.shape
    assert rows.dtype == np.float64
    for (i, j), value in np.ndenumerate(table):
        gone = value is None or value is pd.NA or value is NAN
        assert np.isnan(rows[i, j]) == gone
        if not gone:
            values = columns[j].values
            assert str(value) == values[int(rows[i, j])] if values else float(value) == rows[i, j]


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.float64, (4, 2), elements=st.floats(allow_infinity=False)))
def test_numbers_come_through_a_frame_to_the_last_bit(numbers):
    for frame in (pd.DataFrame(numbers), pl.DataFrame(numbers)):
        np.testing.assert_array_equal(read(frame, columns_of(frame)), numbers)


FRAME = pd.DataFrame(
    {
        "age": [31.0, NAN, 5.0],
        "town": ["Rome", None, "Oslo"],
        "paid": ["yes", "no", "yes"],
        "born": ["2020-01-01", None, "2020-01-02"],
        "seen": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
        "zip": ["007", "010", "007"],
    }
)


def test_kinds_are_found():
    kinds = {column.name: column.kind for column in columns_of(FRAME)}
    assert kinds == {
        "age": "number",
        "town": "category",
        "paid": "boolean",
        "born": "date",
        "seen": "date",
        "zip": "number",
    }


def test_dates_that_are_texts_are_read_in_their_form():
    columns = columns_of(FRAME[["born"]])
    np.testing.assert_array_equal(read(FRAME[["born"]], columns)[:, 0], [D2020, NAN, D2020 + DAY])
    moments = pd.DataFrame({"born": pd.to_datetime(["2020-01-02"])})  # another frame has them so
    assert read(moments, columns)[0, 0] == D2020 + DAY
    with pytest.raises(DataError, match=r"'born': expected dates.*got 'soon' in row 1, counted"):
        read(pd.DataFrame({"born": ["2020-01-02", "soon"]}), columns)


def test_kinds_can_be_said():
    kinds = {"zip": "category", "age": "identifier", "paid": "category", "born": "category"}
    columns = {column.name: column for column in columns_of(FRAME, kinds)}
    assert columns["zip"].values == ("007", "010")
    assert columns["age"] == Column("age", kind="identifier")
    assert np.isnan(read(FRAME, tuple(columns.values()))[:, 0]).all()
    assert (columns["paid"].kind, columns["born"].values) == (
        "category",
        ("2020-01-01", "2020-01-02"),
    )


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ({"age": "integer"}, r"'age': expected one of number, category.*got 'integer'"),
        ({"town": "number"}, r"'town': expected numbers.*got 'Rome' in row 0"),
        ({"town": "date"}, r"'town': expected dates.*got Oslo, Rome. Make it a category"),
        ({"zip": "date"}, r"'zip': expected dates"),
        ({"age": "boolean"}, None),
        ({"town": "boolean"}, None),
    ],
)
def test_kinds_that_do_not_suit_are_refused(kinds, message):
    if message is None:  # two values may be called a boolean
        assert columns_of(FRAME, kinds)
        return
    with pytest.raises(DataError, match=message):
        columns_of(FRAME, kinds)


def test_three_values_are_no_boolean():
    with pytest.raises(DataError, match="expected two values of a boolean, got 3: a, b, c"):
        columns_of(pd.DataFrame({"a": ["a", "b", "c"]}), {"a": "boolean"})


def test_tables_are_read_as_frames_are():
    """Texts kept once, and the series of any frame."""
    table = Table(
        ("town", "age", "paid"),
        (
            Coded(("Rome", "Oslo", "never"), np.array([0, -1, 1], np.int32)),
            np.array([31, NAN, 5]),
            Coded(("yes", "no"), np.array([0, 1, 0], np.int32)),
        ),
    )
    frame = FRAME[["town", "age", "paid"]]
    assert columns_of(table) == columns_of(frame) == columns_of(as_table(frame))
    expected = read(frame, columns_of(frame))
    np.testing.assert_array_equal(read(table, columns_of(frame)), expected)
    np.testing.assert_array_equal(
        read(as_table(pl.from_pandas(frame)), columns_of(frame)), expected
    )


def test_a_matrix_of_numbers_is_not_copied():
    matrix = np.arange(6, dtype=np.uint8).reshape(3, 2)
    table = Table(("a", "b"), tuple(matrix.T), matrix)
    assert read(table, columns_of(table)) is matrix
    assert not np.shares_memory(read(table, columns_of(table, {"a": "category"})), matrix)


def test_numbers_that_count_the_rows_are_known():
    assert counts_rows(np.arange(1, 30))
    assert not counts_rows(np.arange(5))  # too few to tell
    assert not counts_rows(np.arange(0, 60, 2))
    assert not counts_rows(np.array([NAN] * 30))
