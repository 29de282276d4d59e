import numpy as np
import pytest

from pellucid.data.sources import SOURCES, load
from pellucid.errors import DataError


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def write_npz(path):
    np.savez(path, X=np.zeros((10, 2), np.float32), Y=np.arange(10) % 2)


def test_every_source_says_what_it_is():
    for source in SOURCES.values():
        assert source.description
        assert source.citation
    assert SOURCES["digits"].fetch is None
    assert SOURCES["mnist"].fetch is not None


def test_a_name_is_loaded_and_what_is_done_is_reported():
    reports = []
    assert load("digits", reports.append).name == "digits"
    assert reports == ["taking the digits from scikit-learn"]


def test_a_path_is_loaded(tmp_path):
    write_npz("houses.npz")
    assert load("houses.npz").name == "houses"
    assert load(str(tmp_path / "houses.npz")).name == "houses"


def test_idx_files_are_loaded_by_folder_and_by_file(tmp_path):
    pictures = bytes([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2]) + bytes(range(8))
    (tmp_path / "train-images.idx3-ubyte").write_bytes(pictures)
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 4, 3, 3, 4, 4]))
    assert load(".").classes == ("3", "4")
    assert load("train-images.idx3-ubyte").train.X.shape == (2, 2)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("minst", "Did you mean mnist"),
        ("MNIST", "Did you mean mnist"),
        ("digit", "Did you mean digits"),
        ("housse.npz", "Did you mean houses.npz"),
        ("quite another thing", "neither a data set"),
        ("folder/absent.npz", "neither a data set"),
        ("notes.md", "another kind"),
        ("empty", "pictures with labels: none"),
        ("a\0b", "neither a data set"),
    ],
)
def test_anything_else_is_told_what_is_known(tmp_path, name, message):
    write_npz("houses.npz")
    (tmp_path / "notes.md").write_text("hello")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=message) as raised:
        load(name)
    assert "train-images-idx3-ubyte" in str(raised.value)
