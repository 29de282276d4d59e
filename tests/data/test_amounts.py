"""Numbers that are written for people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.data.amounts import with_amounts
from pellucid.data.reading import Reading
from pellucid.data.table import Coded, Table
from pellucid.data.table_file import read_table

NAN = np.nan


def amounts(texts, decimal=".", as_text=()):
    """The numbers that a column of texts becomes; None where it stays."""
    values = tuple(dict.fromkeys(text for text in texts if text is not None))
    codes = np.array([-1 if t is None else values.index(t) for t in texts], np.int32)
    column = Coded(values, codes)
    table, names = with_amounts(Table(("a",), (column,)), decimal, as_text)
    assert names == ["a"] * (table.cells[0] is not column)
    return table.cells[0] if names else None


@pytest.mark.parametrize(
    ("texts", "decimal", "numbers"),
    [
        (["1,234.5", "999", "12,345,678"], ".", [1234.5, 999, 12345678]),
        (["1.234,5", "999", "-12.345.678"], ",", [1234.5, 999, -12345678]),
        (["1 234,5", "0,5"], ",", [1234.5, 0.5]),
        (["1\u202f234", "−7"], ".", [1234, -7]),
        (["1'234.50", "+3"], ".", [1234.5, 3]),
        (["45%", "0.5 %", "100%"], ".", [45, 0.5, 100]),
        (["$1,200", "-$5.25", "$ 7", "0"], ".", [1200, -5.25, 7, 0]),
        (["1.200,50 €", "3 €"], ",", [1200.5, 3]),
        (["€5", None, "NA", "-", "€6"], ".", [5, NAN, NAN, NAN, 6]),
    ],
)
def test_what_people_write(texts, decimal, numbers):
    np.testing.assert_array_equal(amounts(texts, decimal), numbers)


@pytest.mark.parametrize(
    "texts",
    [
        ["12", "NA"],  # nothing special: whoever reads the file has left them texts
        ["$5", "€5"],  # which are not the same
        ["5%", "$5"],
        ["$5%"],
        ["1,234", "1'234"],
        ["1,234", "12,34"],
        ["1,2345"],
        ["1,234", "many"],
        ["030 123 456", "040 999 111"],  # telephones
        ["007", "1,234"],
        ["5 %%", "5 %"],
        ["%", "5%"],
        ["1,234.", "5"],
        ["٣%"],  # a digit, but not one of float's texts here
        ["2024-01-01"],
        [],
        [None],
    ],
)
def test_what_stays_a_text(texts):
    assert amounts(texts) is None


def test_columns_that_are_to_be_texts_stay():
    assert amounts(["5%", "6%"], as_text=["a"]) is None


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1), st.sampled_from("$€£¥₹%"))
def test_what_python_writes_comes_back(numbers, sign):
    texts = [f"{sign}{abs(n):,}" if sign != "%" else f"{abs(n):,} %" for n in numbers]
    np.testing.assert_array_equal(amounts(texts), [abs(float(n)) for n in numbers])


def test_in_files_they_are_numbers_and_that_is_said(tmp_path):
    path = tmp_path / "flats.csv"
    path.write_text('rent,share,town\n"1,200",45%,Bonn\n"950",5%,Köln\n', encoding="utf-8")
    table, said = read_table(path, Reading(()))
    assert said == "flats.csv (comma-separated, UTF-8, with a header, amounts in 'rent', 'share')"
    assert table.column("rent").tolist() == [1200, 950]
    assert table.column("share").tolist() == [45, 5]
    assert table.column("town").values == ("Bonn", "Köln")
    kept, _ = read_table(path, Reading((), kinds={"share": "category"}))
    assert kept.column("share").values == ("45%", "5%")
