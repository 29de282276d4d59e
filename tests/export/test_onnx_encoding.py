"""Tables become inputs in operators of ONNX as they do in Python, however they are handed in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.data.columns import Column, columns_of, read
from pellucid.data.encode import Encoding, fit_encoding
from pellucid.export.onnx_encoding import Given, write_encoding, write_numbers
from pellucid.export.onnx_graph import Graph
from tests.export.reading import carry_out

TOWNS = ["Rome", "Oslo", "Bonn", "größer", "", None]
# Numbers with and without gaps, texts with gaps, whole numbers, booleans; what says nothing.
TABLE = np.array(
    [
        [
            *(0.1 * i**2, None if i % 3 == 0 else 1e6 + i, TOWNS[i % 6], i % 4, i % 2 == 0),
            *(7.0, "the same", "always", None if i % 5 == 0 else 3.0, None if i % 4 else "there"),
        ]
        for i in range(40)
    ],
    object,
)
NUMBERS = [0, 1, 3, 4, 5, 8]


def fitted(table):
    """The encoding of a table."""
    columns = columns_of(table)
    return fit_encoding(columns, read(table, columns))


def in_python(encoding, table):
    """The inputs as an estimator has them."""
    return encoding.apply(read(table, encoding.columns))


def floats(cells, dtype=np.float64):
    """Cells as numbers, with NaN for what is missing."""
    return np.array(cells, dtype)


def texts(cells):
    """Cells as onnxruntime makes texts of them."""
    return np.array([[str(cell) for cell in row] for row in cells], object).reshape(cells.shape)


def apart(table, n=10):
    """A value for each column, with its type."""
    return [Given(f"X.{j}", (j,), j not in NUMBERS) for j in range(n)], {
        f"X.{j}": floats(table[:, [j]]) if j in NUMBERS else texts(table[:, [j]]) for j in range(n)
    }


def written(encoding, given, values):
    """The inputs that the graph makes."""
    graph = Graph("float64")
    out = write_encoding(graph, encoding, given)
    return carry_out(graph, values)[out]


def assert_same(found, expected):
    """To the last digits of float32, in which both are."""
    assert found.dtype == expected.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=2e-7, atol=0)


def test_a_known_answer():
    columns = (Column("age"), Column("town", ("Bonn", "Oslo", "Rome")))
    encoding = Encoding(columns, (0,), (30.0,), (10.0,), (0,), ((1, (0, 2)),))
    ages = np.array([[30.0], [60.0], [np.nan], [-1e300], [np.inf]], np.float64)
    towns = np.array([["Rome"], ["Bonn"], ["Oslo"], ["nowhere"], [""]], object)
    found = written(
        encoding, [Given("a", (0,), False), Given("b", (1,), True)], {"a": ages, "b": towns}
    )
    far = 3 / 2**0.5  # z = 3 → 3/√(1 + 1)
    expected = [[0, 0, 0, 1], [far, 0, 1, 0], [0, 1, 0, 0], [-3, 0, 0, 0], [3, 0, 0, 0]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_column_a_value():
    encoding = fitted(TABLE)
    assert len(encoding.numbers) == 4
    assert encoding.missing == (1, 8)
    assert [j for j, _ in encoding.categories] == [2, 9]
    assert encoding.left_out == ("x5", "x6", "x7")
    assert_same(written(encoding, *apart(TABLE)), in_python(encoding, TABLE))


def test_all_as_texts():
    """As skl2onnx has an array of objects."""
    encoding = fitted(TABLE)
    given = [Given("X", tuple(range(10)), True)]
    assert_same(written(encoding, given, {"X": texts(TABLE)}), in_python(encoding, TABLE))


@pytest.mark.parametrize("gone", ["", "nan", "NaN", "None", "<NA>", "NaT"])
def test_missing_numbers_in_the_texts_that_there_are_for_them(gone):
    column = np.array([[1.0], [2.0], [None], [4.0]], object)
    encoding = fitted(column)
    words = np.array([["1.0"], [" 2 "], [gone], ["4e0"]], object)
    found = written(encoding, [Given("X", (0,), True)], {"X": words})
    assert_same(found, in_python(encoding, column))


@given(st.permutations(range(10)), st.sets(st.integers(1, 9)), st.integers(0, 40))
@settings(deadline=None, max_examples=60)
def test_columns_side_by_side_in_any_order(order, cuts, n_rows):
    encoding, table = fitted(TABLE), TABLE[:n_rows]
    groups = np.split(np.array(order), sorted(cuts))
    given, values = [], {}
    for i, group in enumerate(groups):
        words = not set(group) <= set(NUMBERS)
        given.append(Given(f"X.{i}", tuple(int(j) for j in group), words))
        values[f"X.{i}"] = texts(table[:, group]) if words else floats(table[:, group])
    found = written(encoding, given, values)
    assert found.shape == (n_rows, len(encoding.names))
    assert_same(found, in_python(encoding, table))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.int64, bool])
def test_numbers_of_every_type_as_one_array(dtype):
    X = np.random.default_rng(0).normal(0, 3, (50, 6)).astype(dtype)
    encoding = fitted(X)
    given = [Given("X", tuple(range(6)), False)]
    assert_same(written(encoding, given, {"X": X}), in_python(encoding, X))


def test_float32_far_from_zero_loses_no_digits():
    """Numbers are taken from their middle in float64, whatever they come in."""
    X = (1e7 + np.arange(64))[:, None].astype(np.float32)
    encoding = fitted(X.astype(np.float64) + 0.3)
    expected = in_python(encoding, X)
    found = written(encoding, [Given("X", (0,), False)], {"X": X})
    assert_same(found, expected)
    center, spread = encoding.center[0], encoding.spread[0]
    coarse, fine = (X - np.float32(center)) / spread, (X.astype(np.float64) - center) / spread
    assert np.abs(coarse - fine).max() > 1e-3


def test_numbers_that_come_with_gaps_only_later():
    X = np.arange(12.0).reshape(6, 2)
    encoding = fitted(X)
    later = np.where(X > 5, np.nan, X)
    found = written(encoding, [Given("X", (0, 1), False)], {"X": later})
    assert_same(found, in_python(encoding, later))
    assert (found[3:] == 0).all()


@pytest.mark.parametrize("n_rows", [0, 1, 5])
def test_a_table_that_says_nothing_becomes_one_input_of_zeros(n_rows):
    table = np.array([["a", 1.0]] * 5, object)
    encoding = fitted(table)
    found = written(encoding, [Given("X", (0, 1), True)], {"X": texts(table[:n_rows])})
    assert_same(found, in_python(encoding, table[:n_rows]))
    assert found.shape == (n_rows, 1)


def test_what_is_not_needed_is_not_read():
    encoding = fitted(TABLE)
    graph = Graph("float64")
    given, _ = apart(TABLE)
    write_encoding(graph, encoding, given)
    read_there = {name for node in graph.nodes for name in node.inputs}
    assert {name for name in read_there if name.startswith("X.")} == {
        f"X.{j}" for j in range(10) if j not in (5, 6, 7)
    }


def test_numbers_without_an_encoding_are_put_in_order():
    graph = Graph("float64")
    out = write_numbers(graph, [Given("a", (2, 0), False), Given("b", (1,), True)], range(3))
    values = {"a": np.array([[2, 0], [5, 3]]), "b": np.array([["1"], ["4"]], object)}
    np.testing.assert_array_equal(carry_out(graph, values)[out], [[0, 1, 2], [3, 4, 5]])


def test_an_array_of_numbers_in_place_is_not_taken_apart():
    X = np.random.default_rng(0).normal(size=(20, 3))
    graph = Graph("float64")
    write_encoding(graph, fitted(X), [Given("X", (0, 1, 2), False)])
    assert not {"Gather", "Concat"} & {node.operator for node in graph.nodes}
