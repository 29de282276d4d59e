"""Tables drawn at random, and ways to write them: shared by the tests of CSV files."""

import math

import numpy as np
from hypothesis import strategies as st

from pellucid.data.csv_cells import MISSING

SIGNS = sorted(sign.decode() for sign in MISSING)
LETTERS = st.sampled_from(
    [*"ab ,;\t|\"'\n\r?-.0x", "é", "ß", "漢", "🙂", "NA", "None", "\r\n", "inf"]
)
TEXTS = st.lists(LETTERS, max_size=6).map("".join)
ODD_NUMBERS = ["0", "-0", "+7", "007", "5.", ".5", "1e5", "1E-3", "2.5e+10", "255", "256", "1e-400"]
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.one_of(
    st.integers(0, 255).map(str),
    st.integers(-(10**25), 10**25).map(str),
    FLOATS.map(repr),
    FLOATS.map("{:.3e}".format).filter(lambda text: math.isfinite(float(text))),
    st.sampled_from(ODD_NUMBERS),
)
BYTES = st.sampled_from(["0", "1", "7", "42", "255", "3.0", "2e1", "+9", "0255"])
KINDS = [NUMBERS, NUMBERS | st.sampled_from(SIGNS), BYTES, TEXTS]


def columns_of(kind, n):
    return st.lists(kind, min_size=n, max_size=n)


def tables(kinds=KINDS):
    """Columns of spelled cells, each of a kind drawn for it."""
    sizes = st.tuples(st.integers(1, 12), st.integers(1, 5))
    return sizes.flatmap(
        lambda size: st.lists(
            st.sampled_from(kinds).flatmap(lambda kind: columns_of(kind, size[0])),
            min_size=size[1],
            max_size=size[1],
        )
    )


def needs_quotes(text, separator):
    return (
        any(sign in text for sign in (separator, '"', "\n", "\r"))
        or text != text.strip(" \t")
        or (separator == " " and (not text or "\t" in text))
    )


def written(cell, separator, quoted):
    """A cell as it stands in a file."""
    text = '"' + cell.replace('"', '""') + '"'
    return text if quoted or needs_quotes(cell, separator) else cell


def number_of(text, decimal="."):
    """What float() makes of a cell: NaN for a sign of no number; None where it is neither."""
    if text in SIGNS:
        return math.nan
    plain = text if decimal == "." else text.replace(",", ".")
    if "_" in text or text != text.strip() or not text.isascii():
        return None
    if decimal == "," and "." in text:
        return None
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def expected(cells, quoted, decimal="."):
    """A column as it should be read: floats, or str and None."""
    numbers = [number_of(cell, decimal) for cell in cells]
    if None not in numbers:
        return np.array(numbers)
    return [
        None if cell == "" or (cell == "?" and not is_quoted) else cell
        for cell, is_quoted in zip(cells, quoted, strict=True)
    ]


def read_as(cells):
    """A column of a table in the same form."""
    return cells.texts().tolist() if hasattr(cells, "texts") else np.asarray(cells, np.float64)


def same(one, other):
    if isinstance(one, list) or isinstance(other, list):
        return isinstance(one, list) and isinstance(other, list) and one == other
    return one.tobytes() == other.tobytes() or bool(
        np.array_equal(one, other, equal_nan=True)
        and np.array_equal(np.signbit(one[one == 0]), np.signbit(other[other == 0]))
    )
