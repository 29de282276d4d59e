"""Colours that can be told apart, and axes in and out."""

from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import pellucid as pel
from pellucid.views.style import (
    MARKERS,
    THEMES,
    axes,
    bare,
    inches,
    legend,
    literal,
    over,
    theme_of,
)


def luminance(colour):
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


# What eyes without red or green cones see, in linear light: Machado, Oliveira and Fernandes 2009.
EYES = {
    "all cones": np.eye(3),
    "no red": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "no green": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
}
XYZ = [[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0177, 0.1094, 0.8728]]  # white is 1


def lab(colour, eyes):
    """L*, a*, b* of a colour as such eyes see it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    x, y, z = np.cbrt(XYZ @ np.clip(EYES[eyes] @ np.array(parts), 1e-3, 1))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_ink_and_lines_stand_out_from_the_paper(name):
    theme = theme_of(name)
    assert contrast(theme.ink, theme.paper) > 7
    for colour in (*theme.series, theme.positive):
        assert contrast(colour, theme.paper) > 3
    assert len(set(theme.series)) == len(theme.series)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("name", THEMES)
def test_classes_are_told_apart_without_red_or_green_cones(name, eyes):
    """2 can just be told apart when side by side."""
    theme = theme_of(name)
    assert theme.classes[: len(theme.series)] == theme.series
    seen = [lab(colour, eyes) for colour in (*theme.classes, theme.paper)]
    assert len(theme.classes) == len(set(MARKERS)) == 10
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 15
    assert all(contrast(colour, theme.paper) > 2 for colour in theme.classes)
    assert theme.of_class(12) == theme.classes[2]


@pytest.mark.parametrize("name", THEMES)
def test_text_over_a_surface_stands_out(name):
    for amount in np.linspace(0, 1, 11):
        for colours in (theme_of(name).amount, theme_of(name).signed):
            assert contrast(over(colours(amount), name), colours(amount)[:3]) > 3.5


@pytest.mark.parametrize("name", THEMES)
def test_nothing_is_the_paper(name):
    """0 of signed numbers and of amounts; the ends are the theme's colours."""
    theme = theme_of(name)
    assert theme.signed(0.5)[:3] == pytest.approx(to_rgb(theme.paper), abs=0.01)
    assert theme.amount(0.0)[:3] == pytest.approx(to_rgb(theme.paper))
    assert theme.signed(0.0)[:3] == pytest.approx(to_rgb(theme.negative))
    assert theme.signed(1.0)[:3] == pytest.approx(to_rgb(theme.positive))
    assert theme.density.N == 256


def test_axes_are_taken_or_made_and_nothing_else_is_changed():
    before = dict(matplotlib.rcParams)
    given = Figure().add_subplot()
    assert axes(given, "light") is given
    made = axes(None, "dark", (3.0, 2.0))
    assert made.figure.get_size_inches().tolist() == [3.0, 2.0]
    assert made.get_facecolor()[:3] == pytest.approx(to_rgb(THEMES["dark"].paper))
    assert dict(matplotlib.rcParams) == before
    assert bare(made).get_xticks().size == 0


def test_legends_are_in_the_themes_ink():
    ax = axes(None, "dark")
    ax.plot([0, 1], label="line")
    legend(ax, "dark")
    (text,) = ax.get_legend().get_texts()
    assert tuple(text.get_color())[:3] == pytest.approx(to_rgb(THEMES["dark"].ink))


@pytest.mark.parametrize("columns", [1, 2])
def test_legends_above_are_between_axes_and_title(columns):
    ax = axes(None, "light", (3.2, 2.4))
    for name in ("one", "two\nlines", "three"):
        ax.plot([0, 1], label=name)
    ax.set_title("title", fontsize="medium")
    legend(ax, "light", loc="above", size="small", columns=columns)
    ax.figure.draw_without_rendering()
    key, title = ax.get_legend().get_window_extent(), ax.title.get_window_extent()
    assert ax.bbox.y1 <= key.y0 < key.y1 <= title.y0 < title.y1 <= ax.figure.bbox.y1
    assert ax.title.get_fontsize() == 10


def test_legends_beside_the_axes_are_on_the_page():
    ax = axes(None, "light", (3.2, 2.4))
    ax.plot([0, 1], label="line")
    legend(ax, "light", loc="beside")
    ax.figure.draw_without_rendering()
    key = ax.get_legend().get_window_extent()
    assert ax.bbox.x1 <= key.x0 < key.x1 <= ax.figure.bbox.x1
    width, height = inches(ax)
    assert width < 3.2
    assert height < 2.4


def test_unknown_themes_are_refused():
    with pytest.raises(pel.RecipeError, match="theme: expected one of light, dark, got 'blue'"):
        theme_of("blue")


@pytest.mark.parametrize("name", ["$5", "$a__b$", "a_b^c", "$", "$x$ and $y$", r"\$5", "<b>&"])
def test_names_are_drawn_as_they_are(name):
    figure = Figure()
    drawn = figure.text(0, 0, literal(name))
    figure.draw_without_rendering()  # a formula that is none would be an error here
    assert not drawn._preprocess_math(drawn.get_text())[1]
    assert drawn._preprocess_math(drawn.get_text())[0] == name


def test_a_name_is_on_one_line_and_never_left_out_of_a_legend():
    assert literal("two\nlines") == "two lines"
    ax = Figure().add_subplot()
    ax.plot([0, 1], label=literal("_id"))
    assert [text.strip() for text in ax.get_legend_handles_labels()[1]] == ["_id"]
