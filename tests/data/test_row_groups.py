import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pellucid import DataError, FileError, UnsupportedError
from pellucid.data.row_groups import (
    Kept,
    column_names,
    npz_rows,
    parquet_rows,
    read_array,
    read_column,
)


def write_parquet(path, n=20, size=6, **columns):
    table = pa.table({"a": np.arange(n) * 1.5, "b": np.arange(n) % 3, **columns})
    pq.write_table(table, path, row_group_size=size)
    return np.stack([np.arange(n) * 1.5, np.arange(n) % 3], axis=1)


def test_row_groups_are_read_in_any_stretch(tmp_path):
    X = write_parquet(tmp_path / "x.parquet", y=["no"] * 20)
    rows = parquet_rows(tmp_path / "x.parquet", Kept(), "y")
    assert (rows.shape, rows.dtype, rows.groups) == ((20, 2), np.float64, (6, 6, 6, 2))
    for begin in range(20):
        for end in range(begin + 1, 21):
            assert (rows.read(begin, end) == X[begin:end]).all()


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        (("uint8", "uint8"), np.uint8),
        (("uint8", "float32"), np.float32),
        (("int64", "bool"), np.float32),
        (("int16", "float64"), np.float64),
        (("float16", "uint8"), np.float32),
    ],
)
def test_columns_take_one_type_that_holds_all(tmp_path, kinds, wanted):
    columns = {f"c{i}": np.arange(4).astype(kind) for i, kind in enumerate(kinds)}
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    rows = parquet_rows(tmp_path / "x.parquet", Kept(), None)
    found = rows.read(0, 4)
    assert rows.dtype == found.dtype == wanted
    assert (found == np.stack(list(columns.values()), axis=1)).all()


def test_columns_are_read_by_name(tmp_path):
    write_parquet(tmp_path / "x.parquet", y=["no", "yes"] * 10)
    assert column_names(tmp_path / "x.parquet") == ["a", "b", "y"]
    assert read_column(tmp_path / "x.parquet", "y").tolist() == ["no", "yes"] * 10
    assert read_column(tmp_path / "x.parquet", "b").tolist() == (np.arange(20) % 3).tolist()


def test_what_is_no_number_names_its_column(tmp_path):
    path = tmp_path / "x.parquet"
    write_parquet(path, town=["Bern"] * 20)
    with pytest.raises(DataError, match=r"x\.parquet: expected numbers .* got string .* 'town'"):
        parquet_rows(path, Kept(), None)
    write_parquet(path, c=pa.array([*range(15), None, *range(4)]))
    rows = parquet_rows(path, Kept(), None)
    rows.read(0, 12)
    with pytest.raises(DataError, match="1 missing ones in column 'c', the first in row 3 of its"):
        rows.read(12, 18)
    pq.write_table(pa.table({"y": [1, 2]}), path)
    with pytest.raises(DataError, match="expected rows of numbers"):
        parquet_rows(path, Kept(), "y")


def test_every_truncation_of_a_parquet_file_is_one_clear_error(tmp_path):
    path = tmp_path / "x.parquet"
    write_parquet(path)
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(DataError, match="expected a Parquet file"):
            parquet_rows(path, Kept(), None)
    spoilt = bytearray(content)
    spoilt[4:60] = bytes(56)  # where the first group's numbers lie
    path.write_bytes(spoilt)
    with pytest.raises(DataError, match="expected a Parquet file"):
        parquet_rows(path, Kept(), None).read(0, 20)
    with pytest.raises(FileError, match="cannot read"):
        parquet_rows(tmp_path / "none.parquet", Kept(), None)


def test_without_pyarrow_it_says_what_to_install(tmp_path, monkeypatch):
    write_parquet(tmp_path / "x.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'pellucid\[data\]'"):
        parquet_rows(tmp_path / "x.parquet", Kept(), None)


def test_archives_are_read_whole(tmp_path):
    X = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "a.npz", X=X, Y=np.arange(9))
        rows = npz_rows(tmp_path / "a.npz", Kept())
        assert (rows.shape, rows.dtype, rows.groups) == ((9, 4), np.float32, (9,))
        assert (rows.read(2, 7) == X[2:7]).all()
        assert read_array(tmp_path / "a.npz", "Y").tolist() == list(range(9))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"Y": np.ones(3)}, "expected arrays X and Y, got Y"),
        ({"A": np.ones(3)}, "expected arrays X and Y, got none of them"),
        ({"X": np.ones(3), "Y": np.ones(3)}, "expected X as a matrix"),
        ({"X": np.array([["a"]]), "Y": np.ones(1)}, "expected X as numbers"),
    ],
)
def test_archives_of_something_else_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=message):
        npz_rows(tmp_path / "a.npz", Kept())


def test_a_damaged_archive_is_one_clear_error(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, X=np.ones((9, 4)), Y=np.ones(9))
    content = bytearray(path.read_bytes())
    path.write_bytes(content[:-30])
    with pytest.raises(DataError, match=r"expected an \.npz file"):
        npz_rows(path, Kept())
    content[400] ^= 1  # a number of X: its check sum is wrong
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        npz_rows(path, Kept()).read(0, 9)


def test_one_group_of_all_files_is_kept(tmp_path):
    """The group that was read last is not decoded again; another one takes its place."""
    kept, decoded = Kept(), []

    def decode(number):
        decoded.append(number)
        return np.full(3, number)

    for file, number in (("a", 0), ("a", 0), ("b", 0), ("a", 0), ("a", 1), ("a", 1)):
        assert (kept.group(tmp_path / file, number, decode) == number).all()
    assert decoded == [0, 0, 0, 1]


def test_names_that_are_no_text_are_one_clear_error(tmp_path):
    path = tmp_path / "x.parquet"
    write_parquet(path, name=np.arange(20))
    path.write_bytes(path.read_bytes().replace(b"name", b"\xffame"))
    with pytest.raises(DataError, match="expected a Parquet file, but it is damaged"):
        column_names(path)


def test_groups_that_hold_other_rows_than_the_file_says_are_refused(tmp_path):
    """Each byte of the footer is raised by 2 in turn: some of them are numbers of rows."""
    path, said = tmp_path / "x.parquet", []
    pq.write_table(pa.table({"a": np.arange(20)}), path, row_group_size=6, store_schema=False)
    whole = path.read_bytes()
    for place in range(len(whole) - 8 - int.from_bytes(whole[-8:-4], "little"), len(whole) - 8):
        changed = bytes([*whole[:place], (whole[place] + 2) % 256, *whole[place + 1 :]])
        path.write_bytes(changed)
        try:
            column_names(path)
        except DataError as problem:
            said.append(str(problem))
    wrong = [text for text in said if "rows in all of its groups together, got" in text]
    assert sum("expected 20 rows" in text and "got 21." in text for text in wrong) == 4
    assert any("expected 21 rows" in text and "got 20." in text for text in wrong)
