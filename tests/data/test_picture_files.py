import os
import sys
from pathlib import Path

import numpy as np
import pytest

from pellucid.data.picture_files import is_picture_folder, is_picture_list, list_folder, read_list
from pellucid.errors import DataError, FileError
from tests.data.folders import picture, write


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def names(pictures, folder):
    return [path.relative_to(folder).as_posix() for path in pictures.paths]


def test_sub_folders_are_classes_and_files_are_in_order(tmp_path):
    touch(tmp_path, "b/2.png", "b/10.png", "a/deep/er/x.jpg", "a/y.png")
    found = list_folder(tmp_path)
    assert found.classes == ("a", "b")
    assert list(found.parts) == ["train"]
    train = found.parts["train"]
    assert names(train, tmp_path) == ["a/deep/er/x.jpg", "a/y.png", "b/10.png", "b/2.png"]
    assert train.codes.tolist() == [0, 0, 1, 1]
    assert train.codes.dtype == np.int32
    assert found.ignored == 0


def test_classes_are_in_natural_order(tmp_path):
    digits = [str(n) for n in (10, 9, 1, 2, 100)]
    touch(tmp_path, *(f"{name}/a.png" for name in [*digits, "a10b", "a9b", "a09b", "9" * 200]))
    assert list_folder(tmp_path).classes == (
        *("1", "2", "9", "10", "100"),
        *("9" * 200, "a09b", "a9b", "a10b"),
    )


@pytest.mark.parametrize("validation", ["val", "valid", "Validation"])
def test_train_and_test_hold_classes(tmp_path, validation):
    touch(tmp_path, "Train/cat/1.png", "Train/dog/1.png", "test/dog/1.png", "README.md")
    touch(tmp_path, f"{validation}/cat/1.png", f"{validation}/dog/2.png")
    found = list_folder(tmp_path)
    assert found.classes == ("cat", "dog")
    assert found.parts["test"].codes.tolist() == [1]
    assert names(found.parts["validation"], tmp_path)[1] == f"{validation}/dog/2.png"
    assert found.ignored == 1


def test_a_class_may_be_called_train(tmp_path):
    touch(tmp_path, "train/1.png", "bus/1.png")
    assert list_folder(tmp_path).classes == ("bus", "train")


def test_the_same_names_in_two_classes_are_two_pictures(tmp_path):
    touch(tmp_path, "a/1.png", "b/1.png")
    assert names(list_folder(tmp_path).parts["train"], tmp_path) == ["a/1.png", "b/1.png"]


def test_what_the_system_leaves_is_ignored_and_counted(tmp_path):
    touch(tmp_path, "a/1.png", "a/.DS_Store", "a/Thumbs.db", "a/.hidden/2.png", ".git/config")
    touch(tmp_path, "a/b/desktop.ini", "__MACOSX/a/._1.png", "notes.txt", "b/1.png")
    found = list_folder(tmp_path)
    assert found.classes == ("a", "b")
    assert len(found.parts["train"].paths) == 2
    assert found.ignored == 7


def test_links_are_followed_but_not_in_circles(tmp_path):
    touch(tmp_path, "data/a/1.png", "elsewhere/2.png", "data/b/3.png")
    os.symlink(tmp_path / "elsewhere", tmp_path / "data" / "a" / "more")
    os.symlink(tmp_path / "data" / "a", tmp_path / "data" / "a" / "again")
    os.symlink(tmp_path / "data", tmp_path / "data" / "b" / "all")
    found = list_folder(tmp_path / "data")
    assert names(found.parts["train"], tmp_path) == [
        *("data/a/1.png", "data/a/more/2.png", "data/b/3.png"),
        *("data/b/all/a/1.png", "data/b/all/a/more/2.png"),
    ]
    assert found.ignored == 3


@pytest.mark.skipif(sys.platform != "linux", reason="file systems elsewhere refuse such names")
def test_names_that_are_no_text_become_printable_classes(tmp_path):
    os.makedirs(os.fsencode(tmp_path) + b"/caf\xe9")
    touch(tmp_path, "new\nline/1.png", "Käse 🧀/1.png")
    with open(os.fsencode(tmp_path) + b"/caf\xe9/\xff.png", "wb"):
        pass
    found = list_folder(tmp_path)
    assert found.classes == ("Käse 🧀", "caf\ufffd", "new?line")
    assert all(path.exists() for path in found.parts["train"].paths)


def test_what_is_no_folder_of_classes_is_refused(tmp_path):
    touch(tmp_path, "1.png")
    with pytest.raises(DataError, match=r"a sub-folder for each class .* got none"):
        list_folder(tmp_path)
    touch(tmp_path, "a/1.png")
    (tmp_path / "b").mkdir()
    with pytest.raises(DataError, match=r"b: expected pictures of the class 'b', got none"):
        list_folder(tmp_path)
    with pytest.raises(FileError, match=r"cannot read the folder .*none: no such file"):
        list_folder(tmp_path / "none")
    touch(tmp_path / "split", "train/1.png", "test/a/1.png")
    with pytest.raises(DataError, match="a sub-folder for each class"):
        list_folder(tmp_path / "split")


def test_a_class_that_is_only_tested_is_refused(tmp_path):
    touch(tmp_path, "train/a/1.png", "train/b/1.png", "test/c/1.png")
    with pytest.raises(DataError, match=r"c: expected a class that is trained on \(a, b\)"):
        list_folder(tmp_path)


def test_folders_of_pictures_are_known(tmp_path):
    assert not is_picture_folder(tmp_path)
    touch(tmp_path, "train-images-idx3-ubyte", ".git/config")
    assert not is_picture_folder(tmp_path)
    touch(tmp_path, "a/1.png")
    assert not is_picture_folder(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").unlink()
    assert is_picture_folder(tmp_path)
    assert not is_picture_folder(tmp_path / "none")
    assert not is_picture_folder(Path("a\0b"))
    assert not is_picture_list(Path("a\0b.csv"))


def write_list(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("head", ["", "path{}label\n", "\ufefffile{}class\n"])
def test_a_list_names_pictures_and_classes(tmp_path, separator, head):
    lines = [f"pictures/1.png{separator}10", f'"b, c.JPG"{separator}9', "", f"/x/3.png{separator}9"]
    text = head.format(separator) + "\r\n".join(lines)
    path = write_list(tmp_path / "list.csv", text)
    assert is_picture_list(path)
    found = read_list(path)
    assert found.classes == ("9", "10")
    train = found.parts["train"]
    assert [str(p) for p in train.paths] == [
        *(str(tmp_path / "pictures/1.png"), str(tmp_path / "b, c.JPG"), "/x/3.png"),
    ]
    assert train.codes.tolist() == [1, 0, 0]


def test_tables_are_no_lists_of_pictures(tmp_path):
    for text in ("", "a,b\n1,2\n", "a.png\n", "a.png,1,2\n", "path,label\n"):
        assert not is_picture_list(write_list(tmp_path / "t.csv", text))
    write(tmp_path / "a.png", picture(0))
    assert not is_picture_list(tmp_path / "a.png")
    assert not is_picture_list(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    assert not is_picture_list(tmp_path / "folder.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.png,1\nb.png\n", r"line 2: .* got 1 cells"),
        ("a.png,1\nb.png,2,3\n", r"line 2: .* got 3 cells"),
        ("a.png,\n", "line 1"),
        (" ,cat\na.png,1\n,dog", "line 3"),
        ("path,label\n", "a line for each picture, got none"),
        ("a\0.png,1\n", "line 1"),
        ("a.png," + "x" * 200_000, "expected a table of two columns"),
    ],
)
def test_damaged_lists_are_refused(tmp_path, text, said):
    with pytest.raises(DataError, match=said):
        read_list(write_list(tmp_path / "list.csv", text))


def test_a_list_that_is_not_there(tmp_path):
    with pytest.raises(FileError, match="cannot read"):
        read_list(tmp_path / "none.csv")
