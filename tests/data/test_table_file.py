import gzip

import numpy as np
import pandas as pd
import pytest

from pellucid import DataError, FileError, UnsupportedError
from pellucid.data.columns import columns_of, read
from pellucid.data.reading import Reading
from pellucid.data.table_file import is_table, read_table

FRAME = pd.DataFrame({"a": [1.5, None, 3.0], "zip": ["007", "010", "007"], "c": ["x", "y", None]})


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.csv", True), ("a.CSV.gz", True), ("a.tsv", True), ("a.parquet", True), ("a.feather", True)]
    + [("a.npz", False), ("a.gz", False), ("csv", False), ("a.png", False)],
)
def test_tables_are_known_by_their_names(tmp_path, name, expected):
    assert is_table(tmp_path / name) == expected


def test_every_kind_of_file_gives_the_same_table(tmp_path):
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress((tmp_path / "t.csv").read_bytes()))
    FRAME.to_parquet(tmp_path / "t.parquet")
    FRAME.to_feather(tmp_path / "t.feather")
    reading = Reading(kinds={"zip": "category"})
    for name in ("t.csv", "t.csv.gz", "t.parquet", "t.feather"):
        table, said = read_table(tmp_path / name, reading)
        assert said.startswith(f"{name} (")
        columns = columns_of(table, reading.kinds)
        assert columns == columns_of(FRAME, reading.kinds)
        np.testing.assert_array_equal(read(table, columns), read(FRAME, columns))


def test_what_is_no_parquet_file_is_one_clear_error(tmp_path):
    path = tmp_path / "t.parquet"
    path.write_bytes(b"PAR1 and then nothing PAR1")
    with pytest.raises(DataError, match=r"t.parquet: expected a table, but it is damaged"):
        read_table(path, Reading())
    FRAME[:0].to_parquet(path)
    with pytest.raises(DataError, match=r"expected rows and columns, got \(0, 3\)"):
        read_table(path, Reading())
    with pytest.raises(FileError, match="no such file"):
        read_table(tmp_path / "none.parquet", Reading())


def test_without_pyarrow_it_is_said_what_to_do(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(UnsupportedError, match=r"pip install 'pellucid\[data\]', or save"):
        read_table(tmp_path / "t.parquet", Reading())


@pytest.mark.parametrize("word", [b"name", b"inside"])
def test_what_is_no_text_in_a_feather_file_is_one_clear_error(tmp_path, word):
    """The name of a column, or a cell."""
    path = tmp_path / "a.feather"
    frame = pd.DataFrame({"name": ["inside", "b"], "number": [1.0, 2.0]})
    frame.to_feather(path, compression="uncompressed")
    path.write_bytes(path.read_bytes().replace(word, b"\xff" + word[1:]))
    with pytest.raises(DataError, match=r"a\.feather: expected a table, but it is damaged"):
        read_table(path, Reading())
