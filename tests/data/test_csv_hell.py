"""Files from hell: each is read as it was generated, or is exactly one clear error."""

import gzip
import os
import subprocess
import sys

import numpy as np
import pytest

from pellucid.data.csv_file import read_csv
from pellucid.errors import DataError, FileError
from tests.conftest import ENGINES
from tests.data.csv_tables import read_as, written

ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]
NAMES = ["größe", "a b", "n", 'say "so"']
ROWS = [
    ["Ærø, or not", "two\nlines", "1", 'a "word"'],
    ["x;y", "two\r\nlines", "-2.5e3", "?"],
    ["x\ty|z", " padded ", "", "NA"],
    ["", "None", "0.1", "é"],
]
WANT = [
    ["Ærø, or not", "x;y", "x\ty|z", None],
    ["two\nlines", "two\r\nlines", " padded ", "None"],
    np.array([1, -2500, np.nan, 0.1]),
    ['a "word"', "?", "NA", "é"],
]


def lines_of(rows, separator, end, all_quoted):
    return end.join(
        separator.join(written(c, separator, all_quoted or c == "?") for c in row) for row in rows
    )


def encoded(text, codec):
    return (b"\xfe\xff" if codec == "utf-16-be" else b"") + text.encode(codec)


@pytest.mark.parametrize("all_quoted", [False, True], ids=["some", "all"])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("separator", ",;\t| ", ids=["comma", "semicolon", "tab", "pipe", "space"])
def test_right_ones(tmp_path, separator, codec, end, all_quoted):
    """With and without a last line end, with blank lines, packed and not."""
    break_ = ENDS[end]
    lines = lines_of([NAMES, *ROWS], separator, break_, all_quoted)
    path = tmp_path / "hell.csv"
    # Nothing can tell a space that separates from one within an unquoted name.
    given = {"separator": " "} if separator == " " else {}
    for last, packed in ((break_, False), ("", False), (3 * break_, True)):
        content = encoded(lines + last, codec)
        path.write_bytes(gzip.compress(content, 1) if packed else content)
        table, dialect = read_csv(path, **given)
        assert table.names == tuple(NAMES)
        assert (dialect.separator, dialect.packed) == (separator, packed)
        for got, want in zip(map(read_as, table.cells), WANT, strict=True):
            np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("decimal", ".,")
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("separator", ",;\t| ", ids=["comma", "semicolon", "tab", "pipe", "space"])
def test_numbers_with_points_and_commas(tmp_path, separator, end, header, decimal):
    if decimal == separator:
        return
    rows = np.random.default_rng(0).normal(size=(30, 4)).round(6)
    lines = [[repr(float(x)).replace(".", decimal) for x in row] for row in rows]
    names = [["a", "b", "c", "d"]] if header else []
    path = tmp_path / "hell.csv"
    path.write_text(lines_of(names + lines, separator, ENDS[end], False), newline="")
    table, dialect = read_csv(path)
    assert (dialect.separator, dialect.decimal, dialect.header) == (separator, decimal, header)
    assert table.names == (("a", "b", "c", "d") if header else ("x0", "x1", "x2", "x3"))
    np.testing.assert_array_equal(table.matrix, rows)


# Each fault: its lines, of which the first is the header; the line and the column that are told.
HUGE = "x" * ((1 << 20) + 1)
FAULTS = {
    "short": (["a,b,c", "1,2,3", "1,2"], "line 3: expected 3 cells"),
    "long": (["a,b,c", "1,2,3", "1,2,3,4"], "line 3: expected 3 cells"),
    "much longer": (["a,b,c", "1,2,3", "1" + ",2" * 200_000], "line 3: expected 3 cells"),
    "one more everywhere": (["a,b,c", *["1,2,3,4"] * 50], "line 2: expected 3 cells"),
    "twice": (["a,b,a", "1,2,3"], "columns 1 and 3 are both called 'a'"),
    "twice in quotes": (['a,b,"a"', "1,2,3"], "columns 1 and 3 are both called 'a'"),
    "header only": (["a,b,c"], "expected rows below the header"),
    "header and blanks": (["a,b,c", "", "  "], "expected rows below the header"),
    "zero byte": (["a,b,c", "1,2,3", "1,\0,3"], "line 3, column 2 ('b'): expected text"),
    "zero byte quoted": (["a,b,c", '1,2,"\0"'], "line 2, column 3 ('c'): expected text"),
    "zero byte in a name": (["a,\0,c", "1,2,3"], "line 1, column 2: expected text"),
    "huge": (["a,b,c", f"1,{HUGE},3"], "line 2, column 2 ('b'): expected at most 1,048,576"),
    "huge quoted": (["a,b,c", f'1,"{HUGE}",3'], "line 2, column 2 ('b'): expected at most"),
    "huge name": ([f"a,{HUGE},c", "1,2,3"], "line 1, column 2: expected at most 1,048,576"),
    "unclosed": (["a,b,c", '1,"2,3', "1,2,3"], "line 2, column 2 ('b'): a quote is opened"),
    "unclosed for long": (["a,b,c", '1,"2,3', *["1,2,3"] * 200_000], "line 2, column 2 ('b')"),
    "unclosed name": (['a,"b,c', "1,2,3"], "line 1, column 2: a quote is opened"),
    "after a quote": (["a,b,c", '1,"2"3,3'], "line 2, column 2 ('b'): expected a separator"),
    "single quotes": (["a,b,c", '1,"say "so"",3'], "line 2, column 2 ('b'): expected a separator"),
    "infinity": (["a,b,c", "1,2,3", "1,-inf,3"], "line 3, column 2 ('b'): expected finite"),
    "beyond": (["a,b,c", "1,2,3", "1,1e999,3"], "line 3, column 2 ('b'): expected finite"),
    "too wide": ([",".join(map(str, range(100_001))), "1"], "line 1: expected at most 100,000"),
    "late": (["a,b,c", *["1,2,3"] * 300_000, "1,2"], "line 300002: expected 3 cells"),
    "in a long cell": (["a,b,c", '1,"x\n\n",2', "1"], None),
}


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_ones(tmp_path, fault, end, codec):
    lines, message = FAULTS[fault]
    if message is None:  # line ends within the cell count too
        message = "line 5: expected 3 cells"
    path = tmp_path / "hell.csv"
    path.write_bytes(ENDS[end].join([*lines, ""]).encode(codec))
    with pytest.raises(DataError) as raised:
        read_csv(path, keep=False)
    assert str(raised.value).startswith(f"{path}: {message}")
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b" \r\n \r\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        gzip.compress(b"", mtime=0),
        b"\x1f\x8b",
    ],
)
def test_nothing_at_all(tmp_path, content):
    (tmp_path / "hell.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"hell.csv: (expected a table|its gzip packing)"):
        read_csv(tmp_path / "hell.csv")


@pytest.mark.parametrize("cut", [3, 11, 100, -1, -8, -9])
def test_truncated_gzip(tmp_path, cut):
    numbers = np.random.default_rng(0).normal(size=(1000, 2))
    packed = gzip.compress(b"a,b\n" + b"".join(b"%f,%f\n" % (a, b) for a, b in numbers))
    (tmp_path / "hell.csv").write_bytes(packed[:cut])
    with pytest.raises(DataError, match="its gzip packing is damaged"):
        read_csv(tmp_path / "hell.csv")


def test_ten_thousand_columns(tmp_path):
    rows = np.arange(50_000).reshape(5, 10_000) % 300
    names = [f"c{j}" for j in range(10_000)]
    lines = [names, *(map(str, row) for row in rows)]
    (tmp_path / "hell.csv").write_text("\n".join(map(",".join, lines)))
    table, _ = read_csv(tmp_path / "hell.csv")
    assert table.names == tuple(names)
    assert np.array_equal(table.matrix, rows)


def test_a_folder_and_a_device(tmp_path):
    for path in (tmp_path, *([] if os.name == "nt" else [tmp_path.__class__("/dev/zero")])):
        with pytest.raises(FileError, match="cannot read"):
            read_csv(path)


def test_noise_is_read_or_refused(tmp_path):
    random = np.random.default_rng(0)
    path = tmp_path / "hell.csv"
    for i in range(200):
        letters = random.integers(0, 256, 200, np.uint8)
        likely = np.frombuffer(b'a1,,;"\n\n', np.uint8)[random.integers(0, 8, 200)]
        path.write_bytes(np.where(random.random(200) < i / 400, letters, likely).tobytes())
        try:
            n_rows, said = len(read_csv(path)[0]), ""
        except DataError as error:
            n_rows, said = 0, str(error)
        assert n_rows > 0 or said.startswith(f"{path}: ")


# The file itself, and eight bytes for each of its cells, which may be empty; and a constant.
CONSTANT = 60e6
HEAVY = {
    "empty cells": b"a" + b"".join(b",c%d" % j for j in range(999)) + (b"\n" + b"," * 999) * 20_000,
    "short numbers": b"a,b\n" + b"1,9\n" * 5_000_000 + b"1,300\n",
    "a wrong guess": b"a,b\n" + b"1,9\n" * 5_000_000 + b"x,x\n",
    "long texts": b"a,b\n" + (b"x" * 999 + b",y\n") * 20_000,
    "an unclosed quote": b'a,b\n1,"' + b"1,2\n" * 5_000_000,
    "quotes that are letters": b"a,b\n" + b'1,5" pipe\n' * 2_000_000,
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc")
@pytest.mark.skipif("native" not in ENGINES, reason="the core was not built")
@pytest.mark.parametrize("name", [*HEAVY, "bomb"])
def test_memory_is_bounded(tmp_path, name):
    path = tmp_path / "hell.csv"
    content = HEAVY.get(name, b"1,2\n" * 20_000_000)
    path.write_bytes(gzip.compress(content, 1) if name == "bomb" else content)
    limit = "opening.UNPACKED_LIMIT = 1 << 20; opening.RATIO_LIMIT = 20; " if name == "bomb" else ""
    code = (
        "import sys; from pathlib import Path; from pellucid.data import csv_file, opening; "
        f"from pellucid.errors import DataError; {limit}\n"
        "def now(entry): return int(open('/proc/self/status').read().split(entry)[1].split()[0])\n"
        "before = now('VmRSS:')\n"
        "try: csv_file.read_csv(Path(sys.argv[1]), keep=False)\n"
        "except DataError: pass\n"
        "print(1024 * (now('VmHWM:') - before))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True)
    allowed = 9 * (min(len(content), 20 * path.stat().st_size) if name == "bomb" else len(content))
    assert int(done.stdout) < allowed + CONSTANT, f"{int(done.stdout) / len(content):.1f} times"
