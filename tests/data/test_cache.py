from pathlib import Path

import numpy as np
import pytest

from pellucid.data.cache import cache_folder, load_array, save_array, save_rows, silent
from pellucid.errors import FileError

ARRAY = np.arange(12, dtype=np.uint8).reshape(3, 4)


def test_the_cache_is_where_the_user_has_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "pellucid"
    monkeypatch.setenv("HOME", str(tmp_path))
    for unset in ("", "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", unset)
        assert cache_folder() == Path.home() / ".cache" / "pellucid"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "pellucid"
    assert list(tmp_path.iterdir()) == []


def test_what_was_saved_is_mapped_and_read_only(tmp_path):
    path = tmp_path / "deep" / "a.npy"
    save_array(path, ARRAY)
    got = load_array(path, np.uint8, (3, 4))
    assert type(got) is np.ndarray
    assert np.array_equal(got, ARRAY)
    assert not got.flags.writeable


def test_what_is_absent_or_not_as_expected_is_none(tmp_path):
    path = tmp_path / "a.npy"
    assert load_array(path, np.uint8, (3, 4)) is None
    save_array(path, ARRAY)
    whole = path.read_bytes()
    assert load_array(path, np.int8, (3, 4)) is None
    assert load_array(path, np.uint8, (4, 3)) is None
    for damaged in (b"", whole[:50], whole[:-1], whole + b"\0", b"x" * 200):
        path.write_bytes(damaged)
        assert load_array(path, np.uint8, (3, 4)) is None
    save_array(path, np.asfortranarray(ARRAY))
    assert load_array(path, np.uint8, (3, 4)) is None
    assert load_array(tmp_path, np.uint8, (3, 4)) is None


def test_a_folder_in_the_way_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="cannot make the folder"):
        save_array(tmp_path / "file" / "a.npy", ARRAY)


def test_silent_says_nothing(capsys):
    silent("fetching")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("sizes", [(), (3,), (1, 0, 7, 2), (1,) * 1000])
def test_rows_in_blocks_are_one_array(tmp_path, sizes):
    path, rows = tmp_path / "deep" / "rows.npy", np.random.default_rng(0)
    blocks = [rows.integers(0, 256, (n, 5), np.uint8) for n in sizes]
    n = save_rows(path, iter(blocks), 5)
    whole = np.concatenate([np.empty((0, 5), np.uint8), *blocks])
    assert n == len(whole)
    assert np.array_equal(np.load(path), whole)
    if n:
        assert np.array_equal(load_array(path, np.uint8, (n, 5)), whole)


def test_rows_that_fail_midway_leave_nothing(tmp_path):
    def blocks():
        yield ARRAY
        raise KeyError("midway")

    with pytest.raises(KeyError):
        save_rows(tmp_path / "rows.npy", blocks(), 4)
    assert list(tmp_path.iterdir()) == []
