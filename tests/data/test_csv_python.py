import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.data.csv_cells import CsvProblem, Fault, RawTexts
from pellucid.data.csv_python import read_records
from tests.data.csv_tables import expected, same, tables, written


def read(data, n_columns=2, separator=",", decimal=".", as_text=(), begin=0):
    return read_records(data, begin, separator, decimal, n_columns, as_text)


def plain(column):
    if isinstance(column, RawTexts):
        return [column.values[code].decode() if code >= 0 else None for code in column.codes]
    return np.asarray(column, np.float64)


def test_numbers_and_texts():
    found = read(b"h\n1,a\n?,b\n2.5,a\n,?\n", begin=2)
    assert found.matrix is None
    assert np.array_equal(found.cells[0], [1, np.nan, 2.5, np.nan], equal_nan=True)
    assert found.cells[1].values == [b"a", b"b"]
    assert found.cells[1].codes.tolist() == [0, 1, 0, -1]
    assert found.cells[1].codes.dtype == np.int32


@given(st.data())
def test_what_was_written_is_read(data):
    separator = data.draw(st.sampled_from(",;\t|"))
    columns = data.draw(tables())
    quoted = [[data.draw(st.booleans()) for _ in column] for column in columns]
    lines = [
        separator.join(written(c, separator, q) for c, q in zip(cells, quotes, strict=True))
        for cells, quotes in zip(zip(*columns, strict=True), zip(*quoted, strict=True), strict=True)
    ]
    if len(columns) == 1:
        lines = [line or '""' for line in lines]  # an empty line would be none
    found = read("\n".join(lines).encode(), len(columns), separator)
    for column, cells, quotes in zip(found.cells, columns, quoted, strict=True):
        stood = [
            q or written(c, separator, q)[:1] == '"' for c, q in zip(cells, quotes, strict=True)
        ]
        assert same(plain(column), expected(cells, stood))


def test_a_table_of_bytes():
    found = read(b"0,255\n1.0,2e1\n")
    assert found.matrix.dtype == np.uint8
    assert found.matrix.tolist() == [[0, 255], [1, 20]]
    assert all(np.shares_memory(column, found.matrix) for column in found.cells)
    for other in (b"0,256\n", b"-0,1\n", b"0,\n", b"0,0.5\n", b"0,-1\n"):
        assert read(b"1,2\n" + other).matrix.dtype == np.float64
    assert read(b"1,2\n", as_text={1}).cells[0].dtype == np.float64


@pytest.mark.parametrize(
    ("data", "fault", "place", "column", "got"),
    [
        (b"1,2\n\n1\n", Fault.RAGGED, 5, 0, 1),
        (b"1,2\n1,2,3\n", Fault.RAGGED, 4, 0, 3),
        (b"1,2\n1,inf\n", Fault.INFINITE, 6, 1, 0),
        (b"1,1e999\ninf,2", Fault.INFINITE, 2, 1, 0),
    ],
)
def test_where_a_fault_is(data, fault, place, column, got):
    with pytest.raises(CsvProblem) as raised:
        read(data)
    problem = raised.value
    assert (problem.fault, problem.place, problem.column, problem.got) == (
        fault,
        place,
        column,
        got,
    )


def test_an_infinity_among_texts_is_one():
    assert plain(read(b"1,inf\n2,x\n").cells[1]) == ["inf", "x"]
    assert plain(read(b"1,inf\n2,3\n", as_text={1}).cells[1]) == ["inf", "3"]
