import io
import re
import sys

import numpy as np
import pytest
from rich.color import ColorSystem

from pellucid.cli.drawing import beside, picture
from pellucid.cli.photographs import SYSTEMS, _in_colours, can_show, photograph
from pellucid.data.dataset import ImageFormat

CODES = re.compile(r"\x1b\[([0-9;]*)m")
IMAGE = ImageFormat(2, 2, 255, "whole", 3)
ROW = np.array([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7], np.uint8)


def in_colours(monkeypatch, system="truecolor"):
    """As where standard output is a terminal with colours."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", system)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_two_pixels_to_a_character_in_their_colours(monkeypatch):
    in_colours(monkeypatch)
    drawn = photograph(ROW, IMAGE, width=2)
    assert CODES.sub("", drawn) == "▀▀"
    assert CODES.findall(drawn) == ["38;2;255;0;0;48;2;0;0;255", "38;2;0;255;0;48;2;9;8;7", "0"]


def test_terminals_of_fewer_colours_get_those_they_have():
    pixels = ROW.reshape(2, 2, 3)
    assert ";5;" in _in_colours(pixels, ColorSystem.EIGHT_BIT)
    assert "38" not in _in_colours(pixels, ColorSystem.STANDARD)
    assert set(SYSTEMS.values()) == set(ColorSystem)


def test_where_there_are_no_colours_light_covers_much(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    image = ImageFormat(2, 5, 255, "whole")
    row = np.array([0, 60, 120, 180, 255] * 2)
    assert photograph(row, image, width=5) == " ░▒▓█"
    assert picture(row, image, width=5) == " ░▒▓█"


def test_plain_output_has_no_blocks_and_no_codes(monkeypatch):
    in_colours(monkeypatch)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    assert not can_show("▀")
    assert photograph(np.array([0, 255] * 2), ImageFormat(2, 2, 255, "whole"), 2) == " #"


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 48), (1, 1), (1000, 30), (5, 400)])
def test_pictures_of_any_size_keep_to_the_width_and_their_shape(monkeypatch, height, width):
    in_colours(monkeypatch)
    row = np.full(height * width * 3, 200, np.uint8)
    lines = photograph(row, ImageFormat(height, width, 255, "whole", 3)).split("\n")
    across = {len(CODES.sub("", line)) for line in lines}
    assert len(across) == 1
    columns = across.pop()
    assert columns <= 28
    assert abs(2 * len(lines) - max(columns * height / width, 2)) <= 1


def test_text_stands_beside_what_is_seen(monkeypatch):
    in_colours(monkeypatch)
    lines = beside(photograph(np.tile(ROW, 1), IMAGE, width=2), ["cat", "dog"]).split("\n")
    assert [CODES.sub("", line) for line in lines] == ["▀▀   cat", "     dog"]
