import io
import sys

import numpy as np
import pytest

from pellucid.cli.drawing import bar, bars, beside, commonest_confusions, confusion_table, picture
from pellucid.data.dataset import ImageFormat

NAMES = tuple("abc")
TABLE = np.array([[5, 0, 1], [0, 4, 2], [0, 0, 6]])


def test_ink_is_dark_and_paper_empty():
    row = np.array([0, 16, 16, 0] * 2, np.uint8)
    drawn = picture(row, ImageFormat(2, 4, 16, "box"), width=4)
    assert drawn == " ██"


@pytest.mark.parametrize(("height", "width"), [(8, 8), (28, 28), (1, 1), (3, 40), (5, 2)])
def test_pictures_of_any_size_keep_to_the_width_and_their_shape(height, width):
    drawn = picture(np.full(height * width, 255), ImageFormat(height, width)).split("\n")
    across = len(drawn[0])
    assert across <= max(28, width)
    assert set(drawn[:-1]) <= {"█" * across}
    assert 0.5 <= (across / len(drawn) / 2) / (width / height) <= 2


def test_grey_has_shades():
    drawn = picture(np.tile(np.arange(256), 2), ImageFormat(2, 256), width=256)
    assert [mark for mark in " ░▒▓█" if mark in drawn] == list(" ░▒▓█")


def test_where_the_output_is_plain_so_are_the_pictures(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    drawn = picture(np.array([0, 255, 128, 0] * 2), ImageFormat(2, 4), width=4)
    assert drawn == " #+"
    assert bars(np.array([0.5, 0.5]), ("x", "y"), 1) == ["x  ##########..........  50.0 %"]
    assert "." in confusion_table(TABLE, NAMES)
    for text in (drawn, confusion_table(TABLE, NAMES)):
        text.encode("ascii")


def test_text_stands_to_the_right_in_the_middle():
    assert beside("##\n##\n##", ["x"]) == "##\n##   x\n##"
    assert beside("#", ["x", "y", "z"]) == "#   x\n    y\n    z"
    assert beside("#\n#\n#", ["x", "", "z"]) == "#   x\n#\n#   z"


def test_the_largest_outputs_stand_first():
    lines = bars(np.array([0.25, 0.5, 0.25]), ("a", "bb", "c"), at_most=2)
    assert lines == ["bb  ██████████··········  50.0 %", " a  █████···············  25.0 %"]


def test_outputs_beyond_0_and_1_do_not_burst_the_bar():
    assert bars(np.array([7.0, -3.0]), ("a", "b"))[0].startswith("a  " + "█" * 20 + " ")
    assert bars(np.array([7.0, -3.0]), ("a", "b"))[1].startswith("b  " + "·" * 20 + " ")


def test_what_is_there_is_never_drawn_as_nothing():
    assert [len(bar(share, 20)) for share in (0, 0.001, 0.5, 1)] == [0, 1, 10, 20]


def test_the_table_has_the_right_class_in_rows():
    lines = confusion_table(TABLE, NAMES).split("\n")
    assert lines[1].split() == ["a", "b", "c"]
    assert lines[2].split() == ["a", "5", "·", "1"]
    assert lines[3].split() == ["b", "·", "4", "2"]
    assert len({len(line) for line in lines[1:]}) == 1


def test_a_table_that_is_too_wide_is_not_drawn():
    names = tuple(f"class number {i}" for i in range(10))
    assert confusion_table(np.eye(10, dtype=int), names) is None
    wide = confusion_table(np.full((10, 10), 99999), tuple("0123456789"))
    assert max(map(len, wide.split("\n"))) <= 79


def test_the_commonest_confusions_in_words():
    assert commonest_confusions(TABLE, NAMES) == ["b taken for c: 2", "a taken for c: 1"]
    assert commonest_confusions(np.eye(3, dtype=int), NAMES) == []
    assert len(commonest_confusions(np.ones((9, 9), int), tuple("123456789"))) == 5
