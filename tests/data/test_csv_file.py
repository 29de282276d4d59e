import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.data.csv_file import read_csv
from pellucid.data.table import Coded
from pellucid.errors import DataError, FileError, UnsupportedError
from tests.conftest import ENGINES
from tests.data.csv_tables import expected, read_as, same, tables, written


@pytest.fixture
def without_core(monkeypatch):
    def absent():
        raise UnsupportedError("not built")

    monkeypatch.setattr("pellucid.data.csv_file.core", absent)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("csv")


def read(path, content, **given):
    path = path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_csv(path, **given)


def test_a_table_of_all_kinds(tmp_path):
    table, dialect = read(tmp_path, "city,age,n\nOslo,31,1\n?,NA,2\n Oslo ,0.5,300\n")
    assert str(dialect) == "comma-separated, UTF-8, with a header"
    assert table.names == ("city", "age", "n")
    assert table.column("city").texts().tolist() == ["Oslo", None, "Oslo"]
    assert np.array_equal(table.column("age"), [31, np.nan, 0.5], equal_nan=True)
    assert table.column("n").dtype == np.float64
    assert table.matrix is None


def test_pixels_are_bytes_in_a_matrix(tmp_path):
    table, _ = read(tmp_path, "label,1x1\n5,0\n3,255\n")
    assert table.matrix.dtype == np.uint8
    assert table.matrix.tolist() == [[5, 0], [3, 255]]
    numbers, _ = read(tmp_path, "label,1x1\n5,0\n3,0.5\n")
    assert numbers.matrix.dtype == np.float64


def test_a_country_called_na_and_a_category_called_none(tmp_path):
    table, _ = read(tmp_path, 'country,cover\nNA,None\nDE,Brick\n"?",?\n,"NULL"\n')
    assert table.column("country").texts().tolist() == ["NA", "DE", "?", None]
    assert table.column("cover").texts().tolist() == ["None", "Brick", None, "NULL"]


def test_numbers_that_are_names(tmp_path):
    table, _ = read(tmp_path, "id,zip\n1,007\n2,123\n", as_text=["zip", "absent"])
    assert table.column("zip").texts().tolist() == ["007", "123"]
    assert table.column("id").tolist() == [1, 2]


@pytest.mark.parametrize("core", [True, False])
def test_an_encoding_seen_late(tmp_path, core, request):
    if not core:
        request.getfixturevalue("without_core")
    text = "a,b\n" + "x,y\n" * 40_000 + "é,y\n" + "x,y\n" * 40_000
    for encoding, name in (("utf-8", "UTF-8"), ("cp1252", "Windows-1252")):
        table, dialect = read(tmp_path, text.encode(encoding))
        assert name in str(dialect)
        assert table.cells[0].values == ("x", "é")


def test_what_is_given_goes_before(tmp_path):
    given = {"separator": ";", "encoding": "latin-1", "header": False, "decimal": ","}
    table, dialect = read(tmp_path, "é;1,5\n".encode("latin-1"), **given)
    assert str(dialect) == "semicolon-separated, iso8859-1, without a header, decimal comma"
    assert table.column("x0").texts().tolist() == ["é"]
    assert table.column("x1").tolist() == [1.5]


@pytest.mark.parametrize(
    ("content", "given", "message"),
    [
        ("a,b\n", {}, "expected rows below the header"),
        ("a,b\n\n \n", {}, "expected rows below the header"),
        ("a,b\n1,2\n3\n", {}, "line 3: expected 2 cells, as in the header, got 1"),
        ("1,2\n1,2\n3,4,5", {}, "line 3: expected 2 cells, as in the first line, got 3"),
        ('a,b\n1,"2\n3,4\n', {}, r"line 2, column 2 \('b'\): a quote is opened here"),
        ("a,b\n1,inf\n3,4\n", {}, r"line 2, column 2 \('b'\): expected finite numbers"),
        ("a,b\n1,2\n", {"separator": ",,"}, "separator: expected one character"),
        ("a,b\n1,2\n", {"encoding": "utf-99"}, "encoding: expected a name"),
        ("a,b\n1,2\n", {"decimal": "x"}, "decimal: expected"),
    ],
)
@pytest.mark.parametrize("core", [True, False])
def test_what_is_wrong_is_said_alike_by_both_readers(
    tmp_path, core, content, given, message, request
):
    if not core:
        request.getfixturevalue("without_core")
    with pytest.raises(DataError, match=message):
        read(tmp_path, content, **given)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_csv(tmp_path / "absent.csv")


@given(st.data())
def test_what_was_written_is_read(scratch, data):
    separator = data.draw(st.sampled_from(",;\t|"))
    columns = data.draw(tables())
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoted = [[data.draw(st.booleans()) for _ in column] for column in columns]
    lines = [separator.join(f"c{j}" for j in range(len(columns)))]
    for cells, quotes in zip(zip(*columns, strict=True), zip(*quoted, strict=True), strict=True):
        pairs = zip(cells, quotes, strict=True)
        lines.append(separator.join(written(cell, separator, q) for cell, q in pairs) or '""')
    given = {"separator": separator, "header": True, "decimal": "."}
    table, _ = read(scratch, end.join(lines).encode(encoding), **given)
    for column, cells, quotes in zip(table.cells, columns, quoted, strict=True):
        stood = [
            q or written(c, separator, q)[:1] == '"' for c, q in zip(cells, quotes, strict=True)
        ]
        assert same(read_as(column), expected(cells, stood))


@pytest.mark.skipif("native" not in ENGINES, reason="the core was not built")
def test_without_the_core_it_is_the_same(tmp_path, request):
    content = "a,b,c\n" + "".join(f"{i % 7},x{i % 5},{i / 3}\n" for i in range(3000))
    first, dialect = read(tmp_path, content)
    request.getfixturevalue("without_core")
    second, other = read(tmp_path, content)
    assert dialect == other
    for one, two in zip(first.cells, second.cells, strict=True):
        assert isinstance(one, Coded) == isinstance(two, Coded)
        assert same(read_as(one), read_as(two))


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.skipif("native" not in ENGINES, reason="the core was not built")
def test_ctrl_c_is_heard(tmp_path):
    code = (
        "import numpy as np; from pellucid.compiled import core; c = core(); "
        "data = b'0.123456789012345678,1\\n' * 20_000_000; print('begun', flush=True)\n"
        "while True: c.read_csv(data, 0, ',', '.', np.ones(2, np.uint8), 2)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline() == b"begun\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert b"KeyboardInterrupt" in errors
