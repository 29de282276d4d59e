"""Every picture function is on the contact sheet."""

import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from PIL import Image

import pellucid as pel
from docs.making.contact_sheet import Material, drawings, film, section, sheet
from pellucid.views.style import THEMES

PICTURES = [name for name in pel.__all__ if name.startswith("plot_")]


@pytest.fixture(scope="module")
def drawn():
    plt.switch_backend("agg")
    return drawings(Material())


def test_all_pictures_are_there(drawn):
    assert sorted(drawn) == sorted(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_each_is_drawn_in_its_theme(drawn, name):
    for theme, colours in THEMES.items():
        ax = drawn[name](sheet(name), theme)
        assert isinstance(ax, Axes)
        figure = ax.figure.get_figure(root=True)
        assert plt.matplotlib.colors.to_hex(figure.get_facecolor()) == colours.paper
        plt.close(figure)


def test_a_section_says_what_the_function_says():
    text = section("plot_ink", ["drawn/a.png", "drawn/b.png"])
    assert text.startswith("## plot_ink\n\n" + pel.plot_ink.__doc__.partition("\n")[0])
    assert text.index("/drawn/a.png\n:alt: plot_ink, light") < text.index(
        "/drawn/b.png\n:alt: plot_ink, dark"
    )


def test_the_film_is_there_in_both_themes(tmp_path):
    assert film(Material(), tmp_path) == [
        f"{tmp_path.name}/descent-light.gif",
        f"{tmp_path.name}/descent-dark.gif",
    ]
    for path in tmp_path.iterdir():
        with Image.open(path) as picture:
            assert picture.n_frames > 10
