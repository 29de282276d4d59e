"""Levels are round numbers, and what is high has the colour of what is high."""

import numpy as np
import pytest
from matplotlib.colors import LogNorm

import pellucid as pel
from pellucid.views.style import axes, theme_of
from pellucid.views.surfaces import FEW, brief, draw_path, draw_surface, path_line, short

x, y = np.linspace(-2.0, 2.0, 41), np.linspace(0.0, 3.0, 31)
BOWL = x[:, None] ** 2 + y**2


def numbers(ax):
    return [float(text.get_text().replace("−", "-")) for text in ax.texts]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_numbers_on_the_lines_are_true(theme):
    ax = axes(None, theme)
    draw_surface(ax, x, y, BOWL, theme=theme)
    assert len(ax.texts) > 5
    for text, value in zip(ax.texts, numbers(ax), strict=True):
        a, b = text.get_position()
        assert a**2 + b**2 == pytest.approx(value, abs=0.15)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.125, "0.12"), (-3.0, "−3.00"), (-0.001, "0.00"), (1066.4, "1066"), (-1e30, "−1·10³⁰")],
)
def test_numbers_on_units_are_brief(value, text):
    assert brief(value) == text


def test_logarithmic_levels_grow_by_factors():
    values, ax = 10 ** (BOWL - 3), axes(None, "light")
    scale = draw_surface(ax, x, y, values, log=True)
    assert isinstance(scale, LogNorm)
    shown = ax.collections[-1].levels
    assert 6 <= len(shown) <= 14
    assert shown[-1] / shown[0] > 1e6


@pytest.mark.parametrize("high", [1.5, 6.0, 40.0, 1e30])
def test_there_are_levels_for_any_span(high):
    ax = axes(None, "light")
    draw_surface(ax, x, y, np.exp(np.log(high) * BOWL / BOWL.max()), log=True)
    lines = ax.collections[-1]
    assert 4 <= len(lines.levels) <= 14


def test_zeros_and_what_is_infinite_are_drawn_as_far_as_can_be():
    values = BOWL.copy()
    values[0, 0], values[5, 5] = np.inf, np.nan
    ax = axes(None, "light")
    assert (values == 0).any()
    scale = draw_surface(ax, x, y, values, log=True)
    assert scale.vmin == values[values > 0].min()
    assert np.isfinite(scale.vmax)


def test_a_flat_surface_has_no_lines():
    ax = axes(None, "light")
    draw_surface(ax, x, y, np.full(BOWL.shape, 2.0))
    assert not ax.texts
    ax.figure.draw_without_rendering()


def test_nothing_to_draw_is_refused():
    ax = axes(None, "light")
    with pytest.raises(pel.DataError, match="expected numbers that are finite, got none"):
        draw_surface(ax, x, y, np.full(BOWL.shape, np.nan))
    with pytest.raises(pel.DataError, match="above 0, as a logarithmic scale needs"):
        draw_surface(ax, x, y, -BOWL, log=True)


def test_points_of_a_path_have_the_colour_of_their_cost():
    ax, path = axes(None, "light"), np.array([[-1.0, 1.0], [0.0, 2.0], [1.0, 1.0]])
    scale = draw_surface(ax, x, y, BOWL)
    draw_path(ax, path, np.array([2.0, 9.0, 1e-7]), scale, "light")
    ax.figure.draw_without_rendering()
    expected = theme_of("light").density(scale(9.0))
    assert tuple(ax.collections[-1].get_facecolors()[0]) == pytest.approx(expected)
    names = ax.get_legend_handles_labels()[1]
    assert names == ["start, cost 2", "end, cost 1·10⁻⁷"]


def test_long_paths_are_lines():
    ax, long = axes(None, "light"), np.random.default_rng(0).uniform(0, 1, (FEW + 1, 2))
    scale = draw_surface(ax, x, y, BOWL)
    before = len(ax.collections)
    draw_path(ax, long, np.ones(len(long)), scale, "light")
    assert len(ax.collections) == before
    np.testing.assert_array_equal(path_line(ax).get_xydata(), np.empty((0, 2)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.123"),
        (-2, "−2"),
        (999.7, "1000"),
        (-1065.4, "−1065"),
        (1.52e-5, "1.52·10⁻⁵"),
        (np.inf, "∞"),
        (-0.0, "0"),
    ],
)
def test_short_numbers(value, text):
    assert short(value) == text
