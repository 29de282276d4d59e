from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pellucid.data import picture_rows
from pellucid.data.dataset import ImageFormat
from pellucid.data.pictures import SIDE, PictureOptions, read_pictures, size_of
from pellucid.data.split import split
from pellucid.errors import DataError, RecipeError
from pellucid.rows import StoredRows
from tests.data.folders import picture, smooth, write, write_classes


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def test_a_folder_equals_the_arrays_it_was_written_from(tmp_path):
    made = {part: write_classes(tmp_path / part) for part in ("train", "test", "val")}
    data = read_pictures(tmp_path)
    assert data.image == ImageFormat(5, 7, 255, "whole", 3)
    assert data.classes == ("cat", "dog")
    for part, found in (("train", data.train), ("test", data.test), ("val", data.validation)):
        assert np.array_equal(found.X, made[part].reshape(10, -1))
        assert found.X.dtype == np.uint8
        assert found.Y.tolist() == [0] * 5 + [1] * 5
    assert data.source == (
        f"30 pictures of 2 classes from the folder {tmp_path.name}, in colour, of 7 x 5 "
        "(width x height) pixels, with the test part they bring."
    )


def test_without_a_test_part_one_in_five_of_each_class_becomes_it(tmp_path):
    X = write_classes(tmp_path).reshape(10, -1)
    data = read_pictures(tmp_path)
    assert data.test.Y.tolist() == [0, 1]
    rows = [int(np.flatnonzero((row == X).all(axis=1))[0]) for row in (*data.train.X, *data.test.X)]
    assert sorted(rows) == list(range(10))
    assert [row // 5 for row in rows] == [*data.train.Y, *data.test.Y]
    assert "one in five, drawn with seed 0, in proportion to the classes" in data.source
    again = read_pictures(tmp_path)
    assert np.array_equal(again.test.X, data.test.X)
    assert data.validation is None


def test_a_picture_a_class_is_too_few_to_set_aside(tmp_path):
    write_classes(tmp_path, n=1)
    data = read_pictures(tmp_path)
    assert data.test is None
    assert "too few to set a test part aside" in data.source


def test_grey_pictures_have_one_number_a_pixel(tmp_path):
    X = write_classes(tmp_path / "train", colours=False)
    write_classes(tmp_path / "test", colours=False)
    data = read_pictures(tmp_path)
    assert data.image.channels == 1
    assert np.array_equal(data.train.X, X.reshape(10, -1))
    assert ", in grey, " in data.source
    asked = read_pictures(tmp_path, PictureOptions(colour="rgb"))
    assert np.array_equal(asked.train.X[:, ::3], data.train.X)


def test_one_with_colours_makes_all_coloured_unless_grey_is_asked_for(tmp_path):
    write_classes(tmp_path, colours=False)
    write(tmp_path / "dog" / "0.png", picture(9))
    assert read_pictures(tmp_path).image.channels == 3
    assert read_pictures(tmp_path, PictureOptions(colour="grey")).image.channels == 1


def test_large_ones_and_those_of_different_sizes_are_resized(tmp_path):
    write_classes(tmp_path)
    write(tmp_path / "dog" / "0.png", smooth(60, 30))
    data = read_pictures(tmp_path)
    assert data.image == ImageFormat(SIDE, SIDE, 255, "whole", 3)
    assert (
        "resized from 7 x 5 (width x height) to 30 x 60 (width x height) to 64 x 64 pixels, "
        "their longer side cut at both ends"
    ) in data.source
    large = tmp_path / "large"
    for name in "ab":
        write(large / name / "1.jpg", smooth(65, 65))
    assert "resized from 65 x 65 to 64 x 64 pixels, too few" in read_pictures(large).source


def test_a_size_that_is_asked_for(tmp_path):
    for name in "ab":
        write(tmp_path / name / "1.png", smooth(90, 120))
    data = read_pictures(tmp_path, PictureOptions(size_of("40x30")))
    assert (data.image.height, data.image.width) == (30, 40)
    off = data.train.X[0].reshape(30, 40, 3).astype(int) - smooth(30, 40)
    assert np.abs(off).max() <= 5
    assert "cut" not in data.source


def test_damaged_and_foreign_files_stop_or_are_left_out_with_a_count(tmp_path):
    X = write_classes(tmp_path / "train").reshape(10, -1)
    write_classes(tmp_path / "test")
    (tmp_path / "train" / "cat" / "labels.txt").write_text("cats")
    whole = (tmp_path / "train" / "dog" / "3.png").read_bytes()
    (tmp_path / "train" / "dog" / "3.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "test" / "cat" / ".DS_Store").write_bytes(b"")
    for size in (None, (5, 7)):
        with pytest.raises(DataError, match=r"labels.txt: expected a picture .*--damaged leave"):
            read_pictures(tmp_path, PictureOptions(size))
        data = read_pictures(tmp_path, PictureOptions(size, damaged="leave-out"))
        assert np.array_equal(data.train.X, np.delete(X, 8, axis=0))
        assert data.train.Y.tolist() == [0] * 5 + [1] * 4
        assert "19 pictures" in data.source
        assert "(2 damaged or foreign files left out, 1 other files ignored)" in data.source


def test_a_bomb_among_them_is_left_out_too(tmp_path):
    write_classes(tmp_path)
    Image.new("1", (8000, 8000)).save(tmp_path / "cat" / "bomb.png")
    with pytest.raises(DataError, match="at most 50 million pixels"):
        read_pictures(tmp_path)
    options = PictureOptions(damaged="leave-out")
    assert "1 damaged or foreign files left out" in read_pictures(tmp_path, options).source


def test_a_class_of_damaged_files_alone_is_refused(tmp_path):
    write_classes(tmp_path, n=1)
    (tmp_path / "dog" / "0.png").write_bytes(b"")
    with pytest.raises(DataError, match="of the class 'dog' to train on, but all of its files"):
        read_pictures(tmp_path, PictureOptions(damaged="leave-out"))


def test_a_list_of_paths(tmp_path):
    X = write_classes(tmp_path / "all").reshape(10, -1)
    lines = [f"all/{name}/{i}.png,{name}s" for name in ("cat", "dog") for i in range(5)]
    (tmp_path / "pets.csv").write_text("\n".join(["path,label", *lines]))
    data = read_pictures(tmp_path / "pets.csv")
    assert data.name == "pets"
    assert data.classes == ("cats", "dogs")
    assert len(data.train) + len(data.test) == 10
    assert all((row == X).all(axis=1).any() for row in data.train.X)
    assert "from the list pets.csv" in data.source


def test_the_memory_is_said_before_anything_is_decoded(tmp_path):
    write_classes(tmp_path)
    said = []
    read_pictures(tmp_path, report=said.append)
    assert said == ["10 pictures of 7 × 5 × 3 bytes: 1.1 kB"]
    (tmp_path / "cat" / "0.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"cat/0\.png"):
        read_pictures(tmp_path, PictureOptions((64, 64)), said.append)
    assert said[1] == "10 pictures of 64 × 64 × 3 bytes: 123 kB"


@pytest.mark.parametrize(
    ("text", "size"),
    [("32", (32, 32)), ("100x80", (80, 100)), (" 5 X 7 ", (7, 5)), ("3×4", (4, 3))],
)
def test_sizes_are_width_and_height(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "x", "32x", "a", "1x2x3", "-3", "1.5"])
def test_what_is_no_size(text):
    with pytest.raises(RecipeError, match="a side such as 32, or width x height"):
        size_of(text)


def test_options_that_are_none():
    with pytest.raises(RecipeError, match=r"sides from 1 to 10,000, got \(0, 5\)"):
        PictureOptions((0, 5))
    with pytest.raises(RecipeError, match="colour: expected grey or rgb, got 'red'"):
        PictureOptions(colour="red")
    with pytest.raises(RecipeError, match="damaged: expected stop or leave-out, got 'skip'"):
        PictureOptions(damaged="skip")


def test_a_folder_is_the_same_by_every_name(tmp_path, monkeypatch):
    write_classes(tmp_path / "v1.5")
    monkeypatch.setattr(picture_rows, "WORTH", 0)
    monkeypatch.chdir(tmp_path)
    said = []
    for path in (Path("v1.5"), tmp_path / "v1.5", Path("v1.5/../v1.5")):
        assert read_pictures(path, report=said.append).name == "v1.5"
    assert [text.split(",")[0] for text in said[1::3]] == [
        "decoding them once into the cache",
        "taking them from the cache",
        "taking them from the cache",
    ]


def test_where_the_rows_are_changes_no_part(tmp_path, monkeypatch):
    write_classes(tmp_path, n=20)
    here = read_pictures(tmp_path)
    said = []
    monkeypatch.setattr("pellucid.data.memory.free_memory", lambda: 1000)
    there = read_pictures(tmp_path, report=said.append)
    assert said[0] == "40 pictures of 7 × 5 × 3 bytes: 4.2 kB, which stay in files"
    assert "left in files once they were decoded, whose parts are drawn picture by picture" in (
        there.source
    )
    for part, own in ((there.train, here.train), (there.test, here.test)):
        assert isinstance(part.X, StoredRows)
        assert np.array_equal(part.X[:], own.X)
        assert np.array_equal(part.Y, own.Y)
    kept, held = there.holding.split(0.1, 7)
    assert [found.tolist() for found in split(here.train.Y, 0.1, 7)] == [
        kept.tolist(),
        held.tolist(),
    ]
    assert isinstance(read_pictures(tmp_path, in_files=False).train.X, np.ndarray)
    monkeypatch.undo()
