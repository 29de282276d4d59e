"""Numbers on lines are where nothing is covered by them, and where the line is."""

import numpy as np
import pytest

from pellucid.views.style import axes
from pellucid.views.surfaces import along, draw_surface

x, y = np.linspace(-2.0, 2.0, 41), np.linspace(0.0, 3.0, 31)
BOWL = x[:, None] ** 2 + y**2


def numbers(ax):
    return [float(text.get_text().replace("−", "-")) for text in ax.texts]


def test_numbers_keep_off_the_frame():
    """Of straight lines near a corner, matplotlib puts some on it."""
    ax = axes(None, "light", (5.6, 4.8))
    draw_surface(ax, x, y, 1 / (1 + np.exp(0.5 * y - x[:, None])))
    assert len(ax.texts) > 5
    for text, value in zip(ax.texts, numbers(ax), strict=True):
        a, b = text.get_position()
        assert abs(a) <= 1.8
        assert 0.15 <= b <= 2.85
        assert 1 / (1 + np.exp(0.5 * b - a)) == pytest.approx(value, abs=0.03)


def test_numbers_keep_off_a_path():
    """One that goes up the middle, where each line would have its number."""
    path = np.array([[0.0, 0.0], [0.05, 1.4], [0.0, 3.0]])
    texts = {}
    for off in (np.empty((0, 2)), along(path)):
        ax = axes(None, "light", (5.6, 4.8))
        draw_surface(ax, x, y, BOWL, keep_off=off)
        places = np.array([text.get_position() for text in ax.texts])
        texts[len(off)] = len(places)
        nearest = np.abs(places[:, 0]).min()
    assert nearest > 0.04 * 4  # of the axes, that are 4 wide
    assert min(texts.values()) > 5


def test_levels_close_to_each_other_have_different_numbers():
    ax = axes(None, "light")
    draw_surface(ax, x, y, 1000 + 1e-5 * BOWL)
    assert len(ax.texts) > 5
    assert {text.get_text() for text in ax.texts} >= {"1000.00002", "1000.0001"}


def test_no_two_numbers_touch():
    """Two hollows, with a closed line of each level around each."""
    ax = axes(None, "light", (5.6, 4.8))
    draw_surface(ax, x, y, (x[:, None] ** 2 - 1) ** 2 + (y - 1.5) ** 2)
    ax.figure.draw_without_rendering()
    places = np.array([text.get_position() for text in ax.texts]) / [4.0, 3.0]
    apart = np.linalg.norm(places[:, None] - places, axis=2) + np.eye(len(places))
    assert len(places) > 5
    assert apart.min() >= 0.039


def test_lines_too_short_for_a_number_have_none():
    ax = axes(None, "light")
    draw_surface(ax, x, y, np.exp(-(x[:, None] ** 2 + (y - 1.5) ** 2) / 0.002))  # a needle
    assert not ax.texts
