"""Both learn from the same rows, and the page's row says the difference with its interval."""

import numpy as np
import pandas as pd

from benchmarks.tables import TABLES as KNOWN
from benchmarks.tables import Found, Table, measured, row


def test_a_row_of_the_page():
    found = Found([0.9, 0.8, 0.85], [0.8, 0.8, 0.8], [1.0, 3.0, 2.0], [4.0, 4.0, 5.0])
    assert row("some", ((1200, 7), found)) == (
        "| some | 1,200 × 7 | 0.8500 | 0.8000 | +0.0500 ± 0.1242 | 2.0 s | 4.0 s |"
    )


def test_both_are_measured_on_the_same_rows(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.normal(size=300), "t": random.choice(["x", "y"], 300)})
    frame["y"] = np.where((frame["a"] > 0) == (frame["t"] == "x"), "yes", "no")
    frame.to_csv(tmp_path / "some.csv", index=False)
    monkeypatch.setitem(KNOWN, "some", Table("y", {"max_iter": 500}))
    shape, found = measured(tmp_path, "some", 1)
    assert shape == (300, 3)
    assert min(found.ours + found.theirs) > 0.9
    assert min(found.our_seconds + found.their_seconds) > 0
