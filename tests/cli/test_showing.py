from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pellucid.cli.showing import check_out, draw, figures, shown
from pellucid.data.dataset import Dataset, Part
from pellucid.data.sources import load_data
from pellucid.errors import DataError, RecipeError


@pytest.fixture
def digits(cache, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return load_data("digits")


def table(Y, classes=None):
    return Dataset("table", Part(np.ones((len(Y), 2)), Y), None, classes, None, "Made here.")


def test_all_is_said_of_pictures(digits):
    text = shown(digits, 0)
    lines = text.splitlines()
    assert lines[0] == "digits"
    assert "training part  1,437 examples" in lines
    assert "test part      360 examples" in lines
    assert "inputs         64 numbers: pictures of 8 x 8 pixels, grey" in lines
    assert any(line.startswith("3              146    10.2 %        37   █") for line in lines)
    assert max(map(len, lines)) <= 80
    assert "▓" in text.split("\n\n")[-1]
    assert shown(digits, 0) == text != shown(digits, 1)


def test_all_is_said_of_numbers():
    lines = shown(table(np.array([[1.0], [2.0], [3.0], [4.0], [90.0]])), 0).splitlines()
    assert "test part      none" in lines
    row = next(line for line in lines if line.startswith("Y[0]"))
    assert [float(word) for word in row.split()[1:]] == [1, 2, 3, 4, 90, 20]


def test_of_many_classes_the_first_are_listed():
    names = tuple(f"the class of number {i} with a long name" for i in range(50))
    Y = np.repeat(np.arange(50), np.arange(11, 61)).astype(np.int32)
    text = shown(table(Y, names), 0)
    assert "the class of number 0 w…" in text
    assert "and 10 more classes of 51 to 60 each" in text
    assert len(figures(table(Y, names))["classes"]) == 50
    assert max(map(len, text.splitlines())) <= 80


def test_a_rare_class_is_seen_and_said():
    text = shown(table(np.repeat([0, 1], [500, 3]).astype(np.int32), ("usual", "seldom")), 0)
    assert "Rare: seldom (3)." in text
    bars = {line.split()[0]: line.count("█") for line in text.splitlines() if "%" in line}
    assert bars == {"usual": 20, "seldom": 1}


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_sheet_is_written_and_the_same_each_time(digits, tmp_path, kind):
    contents = []
    for name in ("a", "b"):
        draw(digits, tmp_path / f"{name}.{kind}", 0, "light")
        contents.append((tmp_path / f"{name}.{kind}").read_bytes())
    assert contents[0] == contents[1]
    if kind == "png":
        with Image.open(tmp_path / "a.png") as picture:
            assert picture.width > 500
            assert picture.height > 500


def test_what_cannot_be_drawn_is_refused(tmp_path):
    with pytest.raises(DataError, match="expected a data set of pictures, but table holds numbers"):
        draw(table(np.zeros(3, np.int32), ("a",)), tmp_path / "a.png", 0, "light")
    for name in ("a.gif", "a", "png"):
        with pytest.raises(RecipeError, match=r"ending in .png, .svg, .pdf"):
            check_out(Path(name), None)
    check_out(Path("A.PNG"), None)
    check_out(None, None)
    with pytest.raises(RecipeError, match="Add --out"):
        check_out(None, "shift:2")


def test_distorted_examples_are_drawn_beside_the_sheet(digits, tmp_path):
    for name, augment in (("sheet", None), ("moved", "shift:1"), ("turned", "rotate:20")):
        draw(digits, tmp_path / f"{name}.png", 0, "dark", augment)
    contents = {path.read_bytes() for path in tmp_path.glob("*.png")}
    assert len(contents) == 3
    with pytest.raises(RecipeError, match="augment"):
        draw(digits, tmp_path / "wrong.png", 0, "light", "magic:3")
