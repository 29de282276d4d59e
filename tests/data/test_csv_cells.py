import math

import numpy as np
import pytest

from pellucid.data.csv_cells import (
    MISSING,
    Cell,
    CsvProblem,
    Fault,
    as_number,
    is_missing_text,
    raw_texts,
    records,
)


def rows(data, separator=","):
    return [[cell.content for cell in r.cells] for r in records(data, 0, separator)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_and_none_at_all(end):
    assert rows(b"a,b" + end + b"c,d" + end) == [[b"a", b"b"], [b"c", b"d"]]
    assert rows(b"a,b" + end + end + b" " + end + b"c,d") == [[b"a", b"b"], [b"c", b"d"]]


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        (b'"a,b",c', [b"a,b", b"c"]),
        (b'"say ""hi""",c', [b'say "hi"', b"c"]),
        (b'"two\r\nlines",c', [b"two\r\nlines", b"c"]),
        (b' a\t, " b "\t', [b"a", b" b "]),
        (b'5" pipe,"', None),
        (b'5" pipe,a"b"', [b'5" pipe', b'a"b"']),
        (b",", [b"", b""]),
        (b'""', [b""]),
        (b"a,", [b"a", b""]),
    ],
)
def test_what_a_cell_is(data, cells):
    if cells is None:
        with pytest.raises(CsvProblem, match="UNCLOSED"):
            rows(data)
    else:
        assert rows(data) == [cells]


def test_blanks_of_any_number_can_separate():
    assert rows(b'  a \t b\n\n \t\nc  \'d "e f" \n', " ")[0] == [b"a", b"b"]
    assert rows(b'1 "e f" \n  2 ""', " ") == [[b"1", b"e f"], [b"2", b""]]


def test_tabs_that_separate_are_not_blank():
    assert rows(b"\ta\t \n\t\t\n", "\t") == [[b"", b"a", b""], [b"", b"", b""]]


@pytest.mark.parametrize(
    ("data", "fault", "place", "column"),
    [
        (b"a,b\n1,\0", Fault.NUL, 6, 1),
        (b'a,"x\0"', Fault.NUL, 4, 1),
        (b'a\n "b', Fault.UNCLOSED, 3, 0),
        (b'a,"b" c,d', Fault.AFTER_QUOTE, 5, 1),
        (b"a," + b"x" * (1 << 20) + b"x", Fault.HUGE_CELL, 2, 1),
        (b'a,"' + b"x" * (1 << 20), Fault.HUGE_CELL, 2, 1),
        (b"," * 100_001, Fault.WIDE, 100_001, 100_001),
    ],
)
def test_where_a_fault_is(data, fault, place, column):
    with pytest.raises(CsvProblem) as raised:
        rows(data)
    assert (raised.value.fault, raised.value.place, raised.value.column) == (fault, place, column)


def test_a_cell_may_be_as_long_as_is_allowed():
    assert len(rows(b"x" * (1 << 20) + b",a")[0][0]) == 1 << 20


def test_where_cells_and_records_begin():
    first, second = records(b'a, "b"\r\n\r\nc,d', 0, ",")
    assert (first.begins, first.end) == ([0, 2], 8)
    assert (second.begins, second.end) == ([10, 12], 13)


@pytest.mark.parametrize("text", ["0", "-1.5", "+.5", "5.", "1e5", "12E-3", "007"])
def test_numbers(text):
    assert as_number(text.encode(), ".") == float(text)
    assert as_number(text.replace(".", ",").encode(), ",") == float(text)


@pytest.mark.parametrize(
    "text", ["", "1_0", "0x1", " 1", "1 ", "1e", ".", "nan", "1,5", "٣", "5 %"]
)
def test_no_numbers(text):
    assert as_number(text.encode(), ".") is None


def test_infinities_are_told():
    for text in (b"inf", b"-Infinity", b"1e999"):
        assert math.isinf(as_number(text, "."))


def test_texts_are_joined_and_found_again():
    codes = np.arange(3)
    for values in ([b"ab", b"", b"c"], ["é".encode(), b"", b"x"], []):
        column = raw_texts(values, codes)
        assert column.values == values
        assert column.decoded("utf-8") == [value.decode() for value in values]
    with pytest.raises(UnicodeDecodeError) as raised:
        raw_texts([b"a", b"x\xe9y"], codes).decoded("utf-8")
    assert raised.value.object == b"x\xe9y"


def test_what_is_missing_in_a_column_of_texts():
    missing = [Cell(b"", False), Cell(b"", True), Cell(b"?", False)]
    assert all(map(is_missing_text, missing))
    assert not any(is_missing_text(Cell(sign, True)) for sign in MISSING - {b""})
    assert not is_missing_text(Cell(b"NA", False))
