"""Colours that can be told apart, and axes in and out."""

import matplotlib
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import pellucid as pel
from pellucid.views.style import THEMES, axes, bare, legend, theme_of


def luminance(colour):
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


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


def test_unknown_themes_are_refused():
    with pytest.raises(pel.RecipeError, match="theme: expected one of light, dark, got 'blue'"):
        theme_of("blue")
