import numpy as np
import pytest

from pellucid.data.sources import load_data
from pellucid.data.stored_dataset import read_stored
from pellucid.rows import StoredRows
from tests.rows import arrays


@pytest.fixture
def folder(tmp_path):
    X, Y = arrays(1000)
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "Y.npy", Y)
    return tmp_path


def values(part):
    return part.X[:], part.Y


def test_the_parts_are_the_same_in_memory_and_in_files(folder):
    """So nothing is judged by examples that another run, with less memory, was trained on."""
    here, there = (read_stored(folder, in_files=stays) for stays in (False, True))
    assert isinstance(there.train.X, StoredRows)
    assert isinstance(here.train.X, np.ndarray)
    for part in ("train", "test"):
        for a, b in zip(values(getattr(here, part)), values(getattr(there, part)), strict=True):
            assert (a == b).all()
    assert (len(here.train), len(here.test)) == (800, 200)
    assert here.classes == there.classes == ("0", "1")
    assert "one chunk of rows in five, drawn with seed 0, became the test part" in here.source
    assert "stay in files" in there.source


def test_the_test_part_is_chunks_from_everywhere(folder):
    """Sorted by class as the file is, both classes are in both parts, about as often."""
    data = read_stored(folder)
    assert 0.3 < data.test.Y.mean() < 0.7
    rows = {tuple(row) for row in data.train.X} | {tuple(row) for row in data.test.X}
    assert len(rows) == 1000


def test_a_test_part_that_is_there_is_taken(folder):
    X, Y = arrays(50, seed=1)
    np.save(folder / "X-test.npy", X)
    np.save(folder / "Y-test.npy", Y)
    for stays in (False, True):
        data = read_stored(folder, in_files=stays)
        assert (len(data.train), len(data.test)) == (1000, 50)
        assert (data.test.X[:] == X).all()
        assert data.source.endswith("with the test part they bring.")


def test_texts_are_classes_and_floats_are_numbers(folder):
    np.save(folder / "Y.npy", np.where(np.arange(1000) % 2, "odd", "even"))
    data = read_stored(folder, in_files=True)
    assert data.classes == ("even", "odd")
    np.save(folder / "Y.npy", np.linspace(0, 1, 1000))
    data = read_stored(folder, in_files=True)
    assert data.classes is None
    assert data.train.Y.shape == (800, 1)


def test_few_rows_have_no_test_part_in_files(tmp_path):
    X, Y = arrays(3)
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "Y.npy", Y)
    assert read_stored(tmp_path, in_files=True).test is None
    assert len(read_stored(tmp_path, in_files=False).test) == 1


def test_load_takes_them_by_file_and_folder_and_says_so(folder):
    said = []
    assert len(load_data(str(folder)).train) == 800
    data = load_data(str(folder / "X.npy"), said.append, in_files=True)
    assert data.name == "X"
    assert said == [f"{folder / 'X.npy'} has 12 kB of rows, which stay in files"]


def test_more_than_a_quarter_of_the_free_memory_stays_in_files(folder, monkeypatch):
    for free, stays in ((4 * 12_000, False), (4 * 12_000 - 4, True)):
        monkeypatch.setattr("pellucid.data.memory.free_memory", lambda free=free: free)
        assert isinstance(read_stored(folder).train.X, StoredRows) == stays
