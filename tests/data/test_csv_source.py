import gzip
from pathlib import Path

import numpy as np
import pytest

from pellucid.data.csv_cells import CsvProblem, Fault, raw_texts
from pellucid.data.csv_dialect import Dialect
from pellucid.data.csv_source import Given, content_of, decoded, line_of, open_source, said
from pellucid.errors import DataError, FileError

PATH = Path("cities.csv")
NOTHING = Given(None, None, None, None, ())


def column(*values):
    return raw_texts(values, np.arange(len(values)))


def opened(data, **given):
    return open_source(PATH, data, NOTHING._replace(**given))


def test_what_is_found():
    source = opened(b"name;size\nRome;1,5\n")
    assert source.dialect == Dialect("utf-8", ";", ",", True, False)
    assert source.names == ("name", "size")
    assert source.data[source.begin :] == b"Rome;1,5\n"


def test_what_is_given_goes_before():
    given = {"separator": ";", "encoding": "latin-1", "header": False, "decimal": "."}
    source = opened("é,1;2,5\n".encode("latin-1"), **given)
    assert source.dialect == Dialect("iso8859-1", ";", ".", False, False)
    assert source.names == ("x0", "x1")
    assert source.begin == 0


def test_packed_files_are_unpacked_and_damaged_ones_refused():
    packed = gzip.compress(b"a,b\n1,2\n")
    source = opened(packed + packed[:0])
    assert source.dialect.packed
    assert source.data == b"a,b\n1,2\n"
    assert opened(packed + packed).data == b"a,b\n1,2\n" * 2
    for damaged in (packed[:-9], packed[:12], packed[:5] + b"xyz", packed + b"xyz"):
        with pytest.raises(DataError, match="cities.csv: its gzip packing is damaged"):
            opened(damaged)


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr("pellucid.data.opening.UNPACKED_LIMIT", 1 << 20)
    with pytest.raises(DataError, match="claims to unpack from"):
        opened(gzip.compress(bytes(1 << 24)))


def test_names():
    assert opened(b'"a, b", c ,,d\n1,2,3,4\n').names == ("a, b", "c", "column 3", "d")
    assert opened("größe,b\n1,2\n".encode("cp1252")).names == ("größe", "b")
    assert opened("größe,b\n1,2\n".encode("utf-16")).names == ("größe", "b")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "got an empty file"),
        (b" \n\r\n ", "got an empty file"),
        (b"\xef\xbb\xbf\n", "got an empty file"),
        (b"a,b,a\n1,2,3\n", "columns 1 and 3 are both called 'a'"),
        (b",column 1\n1,2\n", "columns 1 and 2 are both called 'column 1'"),
        (b"\xff\xfea", "expected utf-16-le, but"),
        (b'"a', "line 1, column 1: a quote is opened"),
        (b"a\0,b\n1,2\n", "line 1, column 1: expected text, got a zero byte"),
        (b"," * 100_000, "at most 100,000 columns"),
        (b"," * 100_001, "at most 100,000 columns"),
    ],
)
def test_what_cannot_be_opened(data, message):
    with pytest.raises(DataError, match=message) as raised:
        opened(data)
    assert str(raised.value).startswith("cities.csv: ")


def test_files_of_the_disk(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    assert content_of(tmp_path / "a") == b"a"
    for absent in (tmp_path / "b", tmp_path):
        with pytest.raises(FileError, match="cannot read"):
            content_of(absent)


def test_an_encoding_may_be_known_late():
    source = opened(b"a,b\n1,2\n")
    same, texts = decoded(source, [column("é".encode())])
    assert (same.dialect.encoding, texts) == ("utf-8", [["é"]])
    other, texts = decoded(source, [column(b"a"), column(b"b", b"\xe9")])
    assert (other.dialect.encoding, texts) == ("cp1252", [["a"], ["b", "é"]])


def test_what_is_not_in_the_encoding_is_told_by_its_line():
    source = opened("é,b\n1,2\n3,".encode() + b"x\xe9y\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"line 3: expected utf-8, got the byte 0xe9 in b'x\\xe9y'"):
        decoded(source, [column(b"z", b"x\xe9y")])
    with pytest.raises(DataError, match="line 1: expected cp1252, got the byte 0x81"):
        opened(b"\x81,b\n1,2\n", encoding="windows-1252")


def test_lines_end_in_three_ways():
    data = b"a\nb\r\nc\rd"
    assert [line_of(data, place) for place in (0, 1, 2, 3, 5, 6, 7)] == [1, 1, 2, 2, 3, 3, 4]


@pytest.mark.parametrize(
    ("fault", "place", "column", "got", "message"),
    [
        (Fault.RAGGED, 10, 0, 3, "line 2: expected 2 cells, as in the header, got 3. Cells were"),
        (Fault.NUL, 10, 1, 0, r"line 2, column 2 \('size'\): expected text, got a zero byte"),
        (Fault.NUL, 10, 2, 0, "line 2, column 3: expected text, got a zero byte"),
        (Fault.HUGE_CELL, 10, 0, 0, r"line 2, column 1 \('name'\): expected at most 1,048,576"),
        (Fault.UNCLOSED, 10, 0, 0, "a quote is opened here and never closed"),
        (Fault.AFTER_QUOTE, 10, 0, 0, "after the closing quote"),
        (Fault.INFINITE, 10, 1, 0, "expected finite numbers, got an infinity"),
        (Fault.WIDE, 10, 1, 0, "line 2: expected at most 100,000 columns"),
    ],
)
def test_faults_are_said_with_their_place(fault, place, column, got, message):
    source = opened(b"name,size\nRome,1\n")
    error = said(source, CsvProblem(fault, place, column, got))
    assert isinstance(error, DataError)
    with pytest.raises(DataError, match=f"^cities.csv: .*{message}"):
        raise error
