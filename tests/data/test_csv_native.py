import csv
import io
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.compiled import core
from pellucid.data import csv_native, csv_python
from pellucid.data.csv_cells import CsvProblem, RawTexts
from tests.conftest import ENGINES
from tests.data.csv_tables import NUMBERS, ODD_NUMBERS, SIGNS, TEXTS, tables, written

pytestmark = pytest.mark.skipif("native" not in ENGINES, reason="the core was not built")

NUMBER, MISSING, INFINITE, TEXT = range(4)


def spellings(texts, decimal="."):
    kinds, values = core().spellings("\n".join(texts), decimal)
    return kinds.tolist(), values


def outcome(read, *given):
    """What a reader makes of a file, in a form that can be compared."""
    try:
        found = read(*given)
    except CsvProblem as problem:
        return problem.fault, problem.place, problem.column, problem.got
    cells = [
        (c.values, c.codes.tolist(), c.codes.dtype)
        if isinstance(c, RawTexts)
        else (c.dtype, [x.hex() for x in np.asarray(c, float).tolist()])
        for c in found.cells
    ]
    return cells, found.matrix is None


def both(data, separator=",", decimal=".", n_columns=2, as_text=()):
    given = data, 0, separator, decimal, n_columns, as_text
    one = outcome(csv_native.read_records, *given)
    assert one == outcome(csv_python.read_records, *given)
    return one


def test_millions_of_numbers_are_those_of_float():
    random = np.random.default_rng(0)
    bits = random.integers(0, 1 << 64, 400_000, np.uint64).view(np.float64)
    bits = bits[np.isfinite(bits)]
    small = random.normal(size=400_000)
    texts = [repr(float(x)) for x in bits]
    texts += [repr(float(x)) for x in small]
    texts += [f"{x:.{d}f}" for x, d in zip(small, random.integers(0, 25, len(small)), strict=True)]
    texts += [f"{x:.{d}e}" for x, d in zip(bits, random.integers(0, 22, len(bits)), strict=True)]
    halves = random.integers(1 << 52, 1 << 53, 100_000)  # between two doubles, exactly
    texts += [str(2 * int(m) + 1) for m in halves] + [
        f"{2 * int(m) + 1}e5" for m in halves[:20_000]
    ]
    texts += [
        f"{int(m)}e{int(e)}" for m, e in zip(halves, random.integers(-45, 45, 100_000), strict=True)
    ]
    kinds, values = spellings(texts)
    want = np.array([float(text) for text in texts])
    assert kinds == np.where(np.isinf(want), INFINITE, NUMBER).tolist()
    assert values.tobytes() == want.tobytes()


@given(st.lists(NUMBERS, min_size=1))
def test_odd_numbers_are_those_of_float(texts):
    kinds, values = spellings(texts)
    assert set(kinds) == {NUMBER}
    assert values.tobytes() == np.array([float(text) for text in texts]).tobytes()
    commas, again = spellings([text.replace(".", ",") for text in texts], ",")
    assert set(commas) == {NUMBER}
    assert again.tobytes() == values.tobytes()


@given(st.text("0123456789+-.eE_infatyxA ,?", max_size=9).filter(lambda t: "\n" not in t))
def test_texts_are_numbers_where_the_grammar_says_so(text):
    for decimal in ".,":
        number = csv_python.as_number(text.encode(), decimal)
        kind, values = spellings([text], decimal)
        if number is None:
            assert kind == [MISSING if text in SIGNS else TEXT]
        elif np.isinf(number):
            assert kind == [INFINITE]
        else:
            assert kind == [NUMBER]
            assert float(values[0]).hex() == number.hex()


def test_other_spellings():
    for decimal in ".,":
        assert set(spellings(SIGNS, decimal)[0]) == {MISSING}
    assert set(spellings(["inf", "-Infinity", "+INF", "1e999", "-1e400"])[0]) == {INFINITE}
    others = ["1_000", "0x10", "1 2", "٣", "1e", "e5", "+", "--1", "1.2.3", "NAN", "infinit", "1,5"]
    assert set(spellings(others)[0]) == {TEXT}
    assert spellings(ODD_NUMBERS)[0] == [NUMBER] * len(ODD_NUMBERS)
    assert spellings(["1" + "0" * 400 + "e-400"])[1].tolist() == [1]


@given(st.data())
def test_both_readers_read_the_same(data):
    separator = data.draw(st.sampled_from(",;\t| "))
    decimal = "." if separator == "," else data.draw(st.sampled_from(".,"))
    columns = data.draw(tables())
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    blank = data.draw(st.sampled_from(["", " ", end, " " + end]))
    rows = [
        separator.join(written(cell, separator, data.draw(st.booleans())) for cell in row)
        for row in zip(*columns, strict=True)
    ]
    text = blank.join(row + end for row in rows).removesuffix(data.draw(st.sampled_from(["", end])))
    both(text.encode(), separator, decimal, len(columns), {0} if data.draw(st.booleans()) else ())


@settings(max_examples=1000)
@given(st.binary(max_size=60) | st.text('a1," \t\n\r?\0', max_size=20).map(str.encode))
def test_both_readers_find_the_same_faults(data):
    for separator in ", \t":
        for n_columns in (1, 2, 3):
            both(data, separator, ".", n_columns)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1))
def test_texts_come_back_as_the_module_csv_wrote_them(rows):
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        file = io.StringIO()
        csv.writer(file, quoting=quoting).writerows(rows)
        strip = (lambda t: t) if quoting == csv.QUOTE_ALL else (lambda t: t.strip(" \t"))
        cells, _ = both(file.getvalue().encode(), as_text={0, 1})
        for (values, codes, _), column in zip(cells, zip(*rows, strict=True), strict=True):
            got = [values[code].decode() if code >= 0 else None for code in codes]
            quoted = [quoting == csv.QUOTE_ALL or any(c in t for c in ',"\r\n') for t in column]
            want = [
                text if is_quoted else strip(text)
                for text, is_quoted in zip(column, quoted, strict=True)
            ]
            missing = {""} if quoting == csv.QUOTE_ALL else {"", "?"}
            assert got == [None if text in missing else text for text in want]


def long_file(n, seed, cell):
    """More than one chunk, with what is hard about finding where the next one begins."""
    random = np.random.default_rng(seed)
    noise = random.integers(0, 1000, n)
    return "".join(f"{i},{cell(i)},{x}{' ' * 200}\n" for i, x in enumerate(noise)).encode()


@pytest.mark.parametrize(
    "cell",
    [
        lambda i: f"word{i % 1000}",
        lambda i: '"two\nlines, and ""quotes"""' if i % 3 else "plain",
        lambda i: f'{i % 7}" pipe',  # a quote that is a letter, an odd number of times
        lambda i: f'{i}" pipe\r' if i == 5 else "x",
        lambda i: '"' + "line\n" * (i % 500 == 0) * 400 + '"',
    ],
    ids=["plain", "quoted", "inches", "return", "long"],
)
def test_wherever_a_long_file_is_cut_it_is_read_as_one(cell):
    both(long_file(15_000, 0, cell), n_columns=3)


def test_a_quote_far_from_its_end_or_without_one():
    line = b"4,5" + b" " * 400 + b"\n"
    cells, _ = both(b'1,"' + b"\n2,3" * 200_000 + b'"\n' + line * 5_000)
    assert len(cells[1][1]) == 5_001
    both(line * 5_000 + b'1,"2\n' + line * 1_000)
    both(line * 5_000 + b'1,"2\n' + line * 5_000)


def test_the_first_fault_of_a_long_file_is_told():
    lines = [b"1,2" + b" " * 96 + b"\n"] * 40_000
    lines[30_000] = b"1,2,3\n"
    lines[36_000] = b"1\n"
    assert both(b"".join(lines)) == (1, 100 * 30_000, 0, 3)


def test_a_guess_that_was_wrong_is_put_right():
    head = b"".join(b"%d,%d,a\n" % (i % 256, i) for i in range(100_000))
    for last in (b"x,1,a\n", b"1,x,a\n", b"x,x,?\n", b"inf,x,a\n", b"inf,1,a\n"):
        both(head + last, n_columns=3)


def test_bytes_until_one_does_not_fit():
    head = b"7,255\n" * 400_000
    for last, dtype in ((b"0,1\n", np.uint8), (b"0,256\n", float), (b"-0,1\n", float)):
        given = head + last + b"7,255\n" * 400_000, 0, ",", ".", 2, ()
        found = csv_native.read_records(*given)
        assert found.matrix.dtype == dtype
        assert found.matrix[:400_000].tolist() == [[7, 255]] * 400_000
        assert found.matrix[400_000].tolist() == [float(x) for x in last.split(b",")]
        assert len(found.matrix) == 800_001


def test_any_number_of_threads_reads_the_same():
    data = long_file(20_000, 1, lambda i: f'"{i % 77}\n"')
    kinds = np.array([1, 2, 1], np.uint8)
    problem, one = core().read_csv(data, 0, ",", ".", kinds, 1)
    assert problem is None
    for threads in (2, 3, 8):
        other = core().read_csv(data, 0, ",", ".", kinds, threads)[1]
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])
        assert one[2][0][0] == other[2][0][0]


def test_two_threads_of_python_read_at_once():
    data = b"1,2\n" * 300_000
    found = []
    work = [
        threading.Thread(
            target=lambda: found.append(csv_native.read_records(data, 0, ",", ".", 2, ()).matrix)
        )
        for _ in range(3)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert [m.sum() for m in found] == [900_000] * 3


def test_the_core_refuses_what_it_cannot_use():
    kinds = np.array([1], np.uint8)
    for wrong in (
        (b"1\n", 3, ",", ".", kinds),
        (b"1\n", -1, ",", ".", kinds),
        (b"1\n", 0, ",,", ".", kinds),
        (b"1\n", 0, ",", "", kinds),
        (b"1\n", 0, ",", ".", kinds + 2),
    ):
        with pytest.raises(ValueError, match="expected|outside"):
            core().read_csv(*wrong, 1)
    with pytest.raises(TypeError):
        core().read_csv("text", 0, ",", ".", kinds, 1)
