import numpy as np
import pandas as pd

from pellucid.data.columns import as_table, columns_of, read
from pellucid.data.describing import described, lines_of
from pellucid.data.encode import fit_encoding
from pellucid.data.table_format import TableFormat
from pellucid.data.target import target_of

N = 40
FRAME = pd.DataFrame(
    {
        "age": [*range(1, N), None],
        "town": ["a", "b", "c", "d"] * (N // 4),
        "paid": ["yes", "no"] * (N // 2),
        "born": pd.to_datetime(["2020-01-01", "2021-03-04"] * (N // 2)),
        "seen": ["2020-01-01 12:30", "2021-03-04 00:00"] * (N // 2),
        "name": [f"n{i}" for i in range(N)],
        "same": ["x"] * N,
        "none": [np.nan] * N,
        "id": range(N),
        "y": ["p", "p", "p", "q"] * (N // 4),
    }
)


def test_each_column_is_told_with_its_kind_and_what_it_holds():
    table = as_table(FRAME)
    inputs = table.select(FRAME.columns[:8].tolist())
    columns = columns_of(inputs)
    rows = read(inputs, columns)
    format = TableFormat(fit_encoding(columns, rows), ("y",), "classes")
    assert lines_of(described(table, format, rows, target_of(table, ["y"]))) == [
        "  age   number      1 to 39, 1 missing",
        "  town  category    4 values",
        "  paid  boolean     no, yes",
        "  born  date        2020-01-01 to 2021-03-04",
        "  seen  date        2020-01-01 12:30:00 to 2021-03-04",
        "  name  left out    another one in nearly each row, which says nothing of other rows",
        "  same  left out    the same in every row",
        "  none  left out    nothing in it",
        "  id    left out    not looked at",
        "  y     target      2 classes: p 75.0 %, q 25.0 %",
    ]


def test_many_columns_are_counted():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(9, 50)), columns=map(str, range(50)))
    table = as_table(frame)
    inputs = table.select(table.names[:49])
    columns = columns_of(inputs)
    rows = read(inputs, columns)
    format = TableFormat(fit_encoding(columns, rows), ("49",), "numbers")
    target = target_of(table, ["49"])
    found = described(table, format, rows, target)
    assert lines_of(found) == ["49 numbers, 1 target"]
    low, high = target.Y.min(), target.Y.max()
    assert found[-1].what == f"numbers, {low:.6g} to {high:.6g}"
