"""What is compared is the same, and its row of the page says how many times as long others took."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.reading import OURS, check, heading, line, seconds
from pellucid.data.table import Coded, Table

CITIES = Coded(("Oslo", "Rome"), np.array([1, 0], np.int32))
TABLE = Table(("city", "age"), (CITIES, np.array([31.0, 5.0])))
FRAME = pd.DataFrame({"city": ["Rome", "Oslo"], "age": [31, 5]})


def test_tables_are_compared_cell_by_cell():
    check(TABLE, FRAME)
    for other in (FRAME.rename(columns={"age": "size"}), FRAME.assign(age=[31, 6])):
        with pytest.raises(AssertionError, match="other"):
            check(TABLE, other)


def test_everybody_reads_in_turn():
    heard = []
    found = seconds({name: lambda name=name: heard.append(name) for name in "ab"}, 3)
    assert heard == list("ab") * 4
    assert {name: len(times) for name, times in found.items()} == {"a": 3, "b": 3}


def test_ratios_are_of_rounds():
    found = {OURS: [0.1, 0.2, 0.1], "pandas": [0.4, 0.6, 0.2]}
    row = line("mnist", 109_640_201, found, 0.31)
    assert row == "| mnist, 110 MB | 0.100 s | 3.0 (2.0 to 4.0) | 0.31 s |"


def test_the_heading_has_a_column_for_each(monkeypatch):
    monkeypatch.setattr("benchmarks.reading.importlib.metadata.version", lambda name: "1")
    head, rule = heading(7, ["pandas", "polars"]).splitlines()[-2:]
    assert head.count("|") == rule.count("|") == 6
