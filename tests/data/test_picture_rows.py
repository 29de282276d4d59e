import json
import os
import time

import numpy as np
import pytest

from pellucid.data import picture_rows
from pellucid.data.dataset import ImageFormat
from pellucid.data.decoding import decode
from pellucid.data.photographs import upright_size
from pellucid.data.picture_rows import BLOCK, Seen, each, open_rows, read_rows
from pellucid.errors import DataError, FileError
from pellucid.rows import StoredRows
from tests.data.folders import picture, write

FORMAT = ImageFormat(5, 7, 255, "whole", 3)


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "pellucid" / "pictures"


@pytest.fixture
def little(monkeypatch):
    """All rows go into files."""
    monkeypatch.setattr(picture_rows, "WORTH", 0)


def files(folder, n=9):
    """Pictures, of which the last is twice as large, and their pixels."""
    made = [picture(i) for i in range(n)]
    paths = [write(folder / f"{i}.png", pixels) for i, pixels in enumerate(made)]
    write(paths[-1], np.repeat(np.repeat(made[-1], 2, axis=0), 2, axis=1))
    return paths, np.stack(made).reshape(n, -1)


def read(paths, damaged="stop", report=lambda said: None, whose="here", format=FORMAT):
    return read_rows(whose, paths, format, damaged, report)


def test_rows_are_in_the_order_of_the_files(tmp_path, store):
    paths, X = files(tmp_path)
    found = read(paths[::-1])
    assert np.array_equal(found.X[1:], X[::-1][1:])
    assert np.abs(found.X[0].astype(int) - X[-1]).mean() < 40  # the one that was resized
    assert found.left_out == {}
    assert found.seen == Seen((5, 7), (10, 14), resized=True, cut=False)
    assert not store.exists()


def test_more_than_a_block_and_more_threads_than_one(tmp_path):
    n = BLOCK + 10
    one = write(tmp_path / "a.png", picture(0))
    paths = [one] * n
    paths[BLOCK + 3] = write(tmp_path / "b.png", picture(1))
    X = read(paths).X
    assert X.shape == (n, 105)
    differs = np.flatnonzero((X[0] != X).any(axis=1))
    assert differs.tolist() == [BLOCK + 3]


def test_a_damaged_file_stops_or_is_left_out(tmp_path, little):
    paths, X = files(tmp_path)
    paths[2].write_bytes(paths[2].read_bytes()[:80])
    paths[5].unlink()
    with pytest.raises(DataError, match=r"2\.png: .*go on without: --damaged leave-out"):
        read(paths)
    found = read(paths, "leave-out")
    assert list(found.left_out) == [2, 5]
    assert "2.png" in found.left_out[2]
    assert "no such file" in found.left_out[5]
    assert np.array_equal(found.X[:-1], np.delete(X, [2, 5, 8], axis=0))
    with pytest.raises(DataError, match=r"2\.png: .*--damaged leave-out"):
        read(paths)  # of which the rows without it are in the cache


def test_in_memory_and_from_the_cache_are_the_same(tmp_path, store, monkeypatch):
    paths, _ = files(tmp_path)
    paths[4].write_bytes(b"no picture")
    at_once = read(paths, "leave-out")
    monkeypatch.setattr(picture_rows, "WORTH", 0)
    said = []
    kept = read(paths, "leave-out", said.append)
    again = read(paths, "leave-out", said.append)
    assert [text.split(",")[0] for text in said] == [
        "decoding them once into the cache",
        "taking them from the cache",
    ]
    for found in (kept, again):
        assert np.array_equal(found.X, at_once.X)
        assert not found.X.flags.writeable
        assert (found.left_out, found.seen) == (at_once.left_out, at_once.seen)
    assert len(list(store.iterdir())) == 2


def test_a_change_is_seen_and_what_was_kept_before_is_removed(tmp_path, little, store):
    paths, X = files(tmp_path, 3)
    read(paths[:2])
    (first,) = store.glob("*.npy")
    write(paths[0], picture(50))
    os.utime(paths[0], ns=(time.time_ns(), time.time_ns() + 10**9))
    assert np.array_equal(read(paths[:2]).X[0], picture(50).reshape(-1))
    assert not first.exists()
    assert len(list(store.glob("*.npy"))) == 1
    read(paths[:2], whose="another part")
    read(paths[:2], format=ImageFormat(5, 7, 255, "whole", 1))
    assert len(list(store.glob("*.npy"))) == 3


@pytest.mark.parametrize("harm", ["cut", "emptied", "described wrongly", "no longer described"])
def test_what_is_damaged_in_the_cache_is_made_anew(tmp_path, little, store, harm):
    paths, X = files(tmp_path, 3)
    read(paths)
    (rows,), (about,) = store.glob("*.npy"), store.glob("*.json")
    if harm == "cut":
        rows.write_bytes(rows.read_bytes()[:-1])
    elif harm == "emptied":
        rows.write_bytes(b"")
    elif harm == "described wrongly":
        about.write_text(json.dumps({"n": 2, "left_out": [], "seen": {}}))
    else:
        about.unlink()
    assert np.array_equal(read(paths).X[:-1], X[:-1])


def test_the_cache_is_bounded(tmp_path, little, store, monkeypatch):
    paths, _ = files(tmp_path, 4)
    monkeypatch.setattr(picture_rows, "CACHE_LIMIT", 3 * (4 * 105 + 128))
    for k in range(5):
        read(paths, whose=f"folder {k}")
        for age, file in enumerate(sorted(store.glob("*.json"), key=lambda f: f.stat().st_mtime)):
            os.utime(file, (1000 * k + age, 1000 * k + age))
    assert len(list(store.glob("*.npy"))) == len(list(store.glob("*.json"))) == 3


def test_much_to_decode_is_kept_although_it_fits(tmp_path, store, monkeypatch):
    paths, _ = files(tmp_path, 3)
    monkeypatch.setattr(picture_rows, "WORTH", 100)
    read(paths)
    assert len(list(store.glob("*.npy"))) == 1


def test_a_disk_that_is_too_small_is_known_before(tmp_path, store):
    path = write(tmp_path / "a.png", picture(0))
    with pytest.raises(FileError, match=r"GB free there.*a smaller --size"):
        read([path] * 2_000_000, format=ImageFormat(10_000, 10_000, 255, "whole", 3))
    assert not store.exists()


def test_each_gives_results_and_reasons_in_order(tmp_path):
    paths, _ = files(tmp_path, 3)
    paths.insert(1, tmp_path)
    (block,) = each(paths, lambda path: decode(path, upright_size))
    assert block[0] == (5, 7)
    assert "not a file" in block[1]
    assert block[2:] == [(5, 7), (10, 14)]
    with pytest.raises(ZeroDivisionError):
        list(each(paths, lambda path: 1 / 0))


def test_sizes_are_kept_by_their_pixels():
    seen = Seen()
    for size in ((4, 4), (2, 9), (1, 3)):
        seen.note(size, (4, 4))
    assert (seen.smallest, seen.largest) == ((1, 3), (2, 9))
    assert seen.resized
    assert seen.cut
    same = Seen()
    same.note((4, 4), (4, 4))
    assert not same.resized


def test_rows_are_opened_by_their_shape(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((2, 3), np.uint8))
    for in_files, kind in ((False, np.ndarray), (True, StoredRows)):
        found = open_rows(tmp_path / "a.npy", (2, 3), in_files)
        assert isinstance(found, kind)
        assert found.shape == (2, 3)
        assert open_rows(tmp_path / "a.npy", (3, 2), in_files) is None
        assert open_rows(tmp_path / "b.npy", (2, 3), in_files) is None
    np.save(tmp_path / "b.npy", np.zeros((2, 3)))
    assert open_rows(tmp_path / "b.npy", (2, 3), True) is None


def test_rows_that_stay_in_files_are_the_same_and_are_only_read(tmp_path, store):
    paths, X = files(tmp_path)
    at_once = read(paths)
    found = read_rows("here", paths, FORMAT, "stop", lambda said: None, in_files=True)
    assert isinstance(found.X, StoredRows)
    assert np.array_equal(found.X[:], at_once.X)
    assert found.seen == at_once.seen
    again = read_rows("here", paths, FORMAT, "stop", lambda said: None, in_files=True)
    assert np.array_equal(found.X[[3, 1]], X[[3, 1]])  # whoever else has opened them since
    (rows,), before = store.glob("*.npy"), again.X.fingerprint()
    rows.unlink()
    anew = read_rows("here", paths, FORMAT, "stop", lambda said: None, in_files=True)
    assert anew.X.fingerprint() == before  # so that a run may go on


def test_large_rows_are_decoded_in_smaller_blocks(tmp_path, store, monkeypatch):
    paths, X = files(tmp_path, 20)
    monkeypatch.setattr(picture_rows, "BLOCK_BYTES", 105)
    assert np.array_equal(read(paths).X[:-1], X[:-1])
    blocks = each(paths, lambda path: path.stem, 8)
    assert [len(block) for block in blocks] == [8, 8, 4]
