import numpy as np
import pytest

from pellucid.data.cache import cache_folder
from pellucid.data.pictures import PictureOptions
from pellucid.data.reading import Reading
from pellucid.data.sources import SOURCES, load_data, source_of
from pellucid.errors import DataError
from tests.data.folders import write_classes
from tests.data.test_idx import write_pair


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
        assert all(path.is_relative_to(cache_folder()) for path in source.kept())
    assert SOURCES["digits"].fetch is None
    assert SOURCES["mnist"].fetch is not None


def test_names_may_be_written_with_either_line():
    assert source_of("fashion_mnist") is source_of("fashion-mnist") is SOURCES["fashion-mnist"]
    assert source_of("fashion mnist") is None


def test_a_name_is_loaded_and_what_is_done_is_reported():
    reports = []
    assert load_data("digits", reports.append).name == "digits"
    assert reports == ["taking the digits from scikit-learn"]


def test_a_path_is_loaded(tmp_path):
    write_npz("houses.npz")
    assert load_data("houses.npz").name == "houses"
    assert load_data(str(tmp_path / "houses.npz")).name == "houses"


def test_idx_files_are_loaded_by_folder_and_by_file(tmp_path):
    pictures = bytes([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2]) + bytes(range(8))
    (tmp_path / "train-images.idx3-ubyte").write_bytes(pictures)
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 4, 3, 3, 4, 4]))
    assert load_data(".").classes == ("3", "4")
    assert load_data("train-images.idx3-ubyte").train.X.shape == (2, 2)


def test_of_several_idx_sets_one_is_named_by_its_beginning(tmp_path):
    for name in ("letters", "numbers"):
        write_pair(tmp_path, f"{name}-train-", 30)
        write_pair(tmp_path, f"{name}-test-", 10)
    with pytest.raises(DataError, match="Name one of them: letters, numbers"):
        load_data(".")
    got = load_data("numbers")
    assert (got.name, len(got.train), len(got.test)) == ("numbers", 30, 10)


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
        ("empty", "got none of these"),
        ("a\0b", "neither a data set"),
    ],
)
def test_anything_else_is_told_what_is_known(tmp_path, name, message):
    write_npz("houses.npz")
    (tmp_path / "notes.md").write_text("hello")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=message) as raised:
        load_data(name)
    assert "train-images-idx3-ubyte" in str(raised.value)


def test_folders_and_lists_of_pictures_are_loaded(tmp_path):
    X = write_classes(tmp_path / "pets" / "train").reshape(10, -1)
    pets = load_data("pets")  # of which a fifth becomes the test part
    found = np.concatenate([pets.train.X, pets.test.X])
    assert sorted(found.tolist()) == sorted(X.tolist())
    (tmp_path / "pets.csv").write_text(
        "".join(f"pets/train/{name}/{i}.png,{name}\n" for name in ("cat", "dog") for i in range(5))
    )
    assert load_data("pets.csv").classes == ("cat", "dog")
    assert load_data("pets.csv").image is not None
    with pytest.raises(DataError, match="expected one of its columns"):  # a table, then
        load_data("pets.csv", reading=Reading(target=("label",)))
    small = load_data("pets", pictures=PictureOptions((2, 2), "grey"))
    assert small.train.X.shape == (8, 4)
