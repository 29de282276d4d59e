import os
import subprocess
import sys

import numpy as np
import pytest

from pellucid.data import csv_cache
from pellucid.data.csv_cache import keep_table, kept_table, key_of
from pellucid.data.csv_dialect import Dialect
from pellucid.data.csv_file import read_csv
from pellucid.data.table import Coded, Table

DIALECT = Dialect("cp1252", ";", ",", True, True)
MATRIX = np.arange(12, dtype=np.uint8).reshape(4, 3)
BYTES = Table(("a", "b", "c"), tuple(MATRIX.T), MATRIX)
CITIES = Coded(("Größe", "a\nb"), np.array([1, -1, 0, 0], np.int32))
MIXED = Table(("x", "city", "y"), (np.array([1.5, np.nan, 2, 3]), CITIES, np.zeros(4)))
WORDS = Table(("city",), (CITIES,))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "pellucid" / "tables"


def same(one, other):
    assert one.names == other.names
    assert (one.matrix is None) == (other.matrix is None)
    for a, b in zip(one.cells, other.cells, strict=True):
        if isinstance(a, Coded):
            assert a.values == b.values
            assert a.codes.dtype == b.codes.dtype == np.int32
            assert np.array_equal(a.codes, b.codes)
        else:
            assert a.dtype == b.dtype
            assert np.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize("table", [BYTES, MIXED, WORDS], ids=["bytes", "mixed", "words"])
def test_what_was_kept_comes_back(table):
    assert kept_table("key") is None
    keep_table("key", table, DIALECT)
    got, dialect = kept_table("key")
    assert dialect == DIALECT
    same(got, table)
    for column in got.cells:
        numbers = column.codes if isinstance(column, Coded) else column
        assert not numbers.flags.writeable


def test_a_matrix_is_mapped_not_copied():
    keep_table("key", BYTES, DIALECT)
    got, _ = kept_table("key")
    assert all(np.shares_memory(column, got.matrix) for column in got.cells)
    assert not got.matrix.flags.owndata


def test_damaged_entries_are_none(folder):
    keep_table("key", MIXED, DIALECT)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    for cut in (0, 5, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert kept_table("key") is None
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(bytes(damaged))
        got = kept_table("key")
        assert got is None or (got[0].names == MIXED.names and got[1] == DIALECT)
        if got is not None:
            same(got[0], MIXED)
    path.write_bytes(whole)
    assert kept_table("key") is not None


def test_keys_are_of_content_options_and_version(monkeypatch):
    keys = {key_of(content, options) for content in (b"a", b"b", b"") for options in ("x", "y")}
    large = bytes(9 << 20)
    keys |= {key_of(large, "x"), key_of(large[:-1] + b"a", "x"), key_of(b"a" + large[1:], "x")}
    keys |= {key_of(large[:-1], "x"), key_of(large + b"\0", "x")}
    monkeypatch.setattr(csv_cache, "VERSION", 0)
    keys.add(key_of(b"a", "x"))
    assert len(keys) == 12
    assert key_of(b"a", "x") == key_of(b"a", "x")


def test_entries_not_used_for_longest_make_room(folder, monkeypatch):
    keep_table("0", BYTES, DIALECT)
    size = next(folder.iterdir()).stat().st_size
    monkeypatch.setattr(csv_cache, "LIMIT", int(4.5 * size))
    for key in "123":
        keep_table(key, BYTES, DIALECT)
    for age, key in enumerate("0123"):
        os.utime(csv_cache._path(key), (age, age))
    assert kept_table("0") is not None  # used now
    keep_table("4", BYTES, DIALECT)
    assert [kept_table(key) is not None for key in "01234"] == [True, False, True, True, True]
    assert sum(path.stat().st_size for path in folder.iterdir()) <= csv_cache.LIMIT


def test_a_table_larger_than_a_quarter_is_not_kept(folder, monkeypatch):
    keep_table("key", BYTES, DIALECT)
    monkeypatch.setattr(csv_cache, "LIMIT", 4 * 12)
    keep_table("other", BYTES, DIALECT)
    assert len(list(folder.iterdir())) == 1
    assert kept_table("other") is None


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 300_000)
    return path


def test_a_second_reading_is_from_the_cache(large, folder):
    first, _ = read_csv(large)
    (entry,) = folder.iterdir()
    again, _ = read_csv(large)
    same(first, again)
    assert not again.cells[0].flags.writeable
    assert list(folder.iterdir()) == [entry]
    text, _ = read_csv(large, as_text=("a",))
    assert text.cells[0].values == ("1",)
    assert len(list(folder.iterdir())) == 2
    entry.write_bytes(b"damaged")
    same(read_csv(large)[0], first)
    assert kept_table(entry.stem) is not None


def test_small_files_and_those_that_should_not_are_not_kept(large, folder, tmp_path):
    read_csv(large, keep=False)
    (tmp_path / "small.csv").write_bytes(b"a,b\n1,x\n")
    read_csv(tmp_path / "small.csv")
    assert not folder.exists()


def test_never_out_of_date(large):
    before = large.stat()
    assert read_csv(large)[0].cells[0][-1] == 1
    large.write_bytes(large.read_bytes()[:-4] + b"2,x\n")
    os.utime(large, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = large.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert read_csv(large)[0].cells[0][-1] == 2


def test_a_cache_that_cannot_be_written_is_said_and_no_harm(large, tmp_path):
    (tmp_path / "pellucid").write_text("in the way")
    heard = []
    table, _ = read_csv(large, report=heard.append)
    assert len(table) == 300_000
    assert "large.csv will be read anew the next time: cannot make the folder" in heard[0]


def test_processes_that_write_at_once(large, folder):
    code = (
        "import sys; from pathlib import Path; from pellucid.data.csv_file import read_csv; "
        f"print(read_csv(Path({str(large)!r}))[0].cells[0].sum())"
    )
    work = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(3)
    ]
    assert [process.communicate()[0] for process in work] == [b"300000.0\n"] * 3
    (entry,) = folder.iterdir()
    assert kept_table(entry.stem) is not None
