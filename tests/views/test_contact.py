"""The contact sheet: which pixel stands where, in which colour."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import pellucid as pel
from pellucid.views.contact import plot_contact_sheet
from pellucid.views.style import theme_of

IMAGE = pel.ImageFormat(2, 3)
CLASSES = ("none", "full")


def sheet_of(ax):
    (picture,) = ax.get_images()
    return np.asarray(picture.get_array())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_class_has_a_row_of_its_examples_as_ink_on_paper(theme):
    X = np.repeat([0, 255], [3, 5])[:, None] * np.ones((1, 6))
    ax = plot_contact_sheet(X, np.repeat([0, 1], [3, 5]), IMAGE, classes=CLASSES, theme=theme)
    sheet = sheet_of(ax)
    assert sheet.shape == (2 * 3, 5 * 4, 4)  # a pixel between pictures
    cells = sheet.reshape(2, 3, 5, 4, 4)
    colours = theme_of(theme)
    np.testing.assert_allclose(cells[0, :2, :3, :3, :3] - to_rgb(colours.paper), 0, atol=1e-6)
    np.testing.assert_allclose(cells[1, :2, :, :3, :3] - to_rgb(colours.ink), 0, atol=1e-6)
    assert (cells[0, :, 3:] == 0).all()  # nothing where the class has no more
    assert (cells[:, 2] == 0).all()
    assert (cells[:, :, :, 3] == 0).all()


def test_pixels_stand_where_the_picture_has_them():
    X = np.array([[0, 50, 100, 150, 200, 255]])
    photograph = pel.ImageFormat(2, 3, centring="whole")
    sheet = sheet_of(plot_contact_sheet(X, [0], photograph, classes=["a"], theme="dark"))
    np.testing.assert_allclose(sheet[:2, :3, 0] * 255, X.reshape(2, 3), atol=1)


def test_colours_are_those_of_the_photograph():
    X = np.random.default_rng(0).integers(0, 256, (1, 18))
    image = pel.ImageFormat(2, 3, centring="whole", channels=3)
    sheet = sheet_of(plot_contact_sheet(X, [0], image, classes=["a"]))
    np.testing.assert_allclose(sheet[:2, :3, :3] * 255, X.reshape(2, 3, 3), atol=1e-3)
    assert (sheet[:2, :3, 3] == 1).all()


def test_large_pictures_are_made_smaller_by_their_mean():
    rows = np.random.default_rng(0).integers(0, 256, (1, 220 * 330))
    image = pel.ImageFormat(220, 330, centring="whole")
    sheet = sheet_of(plot_contact_sheet(rows, [0], image, classes=["a"]))
    means = rows.reshape(73 * 3 + 1, 110, 3)[:219].reshape(73, 3, 110, 3).mean(axis=(1, 3))
    assert sheet.shape == (73 + 5, 110 + 5, 4)
    np.testing.assert_allclose(sheet[2:75, 2:112, 0] * 255, means, atol=1.5)


def test_names_counts_shares_and_bars_say_how_even_it_is():
    Y = np.repeat([0, 1], [30, 10])
    ax = plot_contact_sheet(np.ones((40, 6)), Y, IMAGE, classes=CLASSES, each=4)
    assert [text.get_text() for text in ax.texts] == [
        *("none", "30 · 75.0 %", "full", "10 · 25.0 %")
    ]
    first, second = (bar.get_width() for bar in ax.patches)
    assert first == pytest.approx(3 * second)
    assert sheet_of(ax).shape[1] == 4 * 4


def test_every_name_is_inside_and_long_ones_are_cut():
    names = ["a class of quite a long name", "_$x$"]
    ax = plot_contact_sheet(np.ones((4, 6)), [0, 0, 1, 1], IMAGE, classes=names)
    ax.figure.canvas.draw()
    whole = ax.figure.bbox
    for text in ax.texts:
        box = text.get_window_extent()
        assert whole.x0 <= box.x0
        assert box.x1 <= whole.x1
    assert ax.texts[0].get_text() == "a class of quite a lo…"
    assert ax.texts[2].get_text().endswith(r"_\$x\$")


def test_numbers_make_rows_by_size():
    Y = np.linspace(0, 1, 50)
    ax = plot_contact_sheet(np.ones((50, 6)), Y, IMAGE, each=2)
    assert [text.get_text() for text in ax.texts][::2] == [
        *("0 … 0.2", "0.2 … 0.4", "0.4 … 0.6", "0.6 … 0.8", "0.8 … 1")
    ]


def test_it_draws_on_axes_that_are_there():
    ax = Figure((3, 2)).add_subplot()
    assert plot_contact_sheet(np.ones((2, 6)), [0, 1], IMAGE, classes=CLASSES, ax=ax) is ax


def test_of_very_many_classes_the_first_are_shown():
    names = [str(i) for i in range(50)]
    ax = plot_contact_sheet(np.ones((50, 6)), np.arange(50), IMAGE, classes=names)
    assert len(ax.texts) == 2 * 40


@pytest.mark.parametrize(
    ("X", "Y", "options", "message"),
    [
        (np.ones((3, 5)), [0, 0, 0], {}, "pictures of 6 numbers"),
        (np.ones((3, 6)), [0, 0], {}, "a target for each"),
        (np.ones((0, 6)), [], {}, r"X of shape \(0, 6\)"),
        (np.ones((2, 6)), [0, 2], {}, "codes from 0 to 1"),
        (np.ones((2, 6)), [0.0, 1.0], {}, "codes from 0 to 1"),
        (np.ones((2, 6)), [0, 1], {"each": 0}, "at least 1 example"),
    ],
)
def test_what_does_not_fit_is_refused(X, Y, options, message):
    with pytest.raises(pel.DataError, match=message):
        plot_contact_sheet(X, Y, IMAGE, classes=CLASSES, **options)
    with pytest.raises(pel.DataError, match="image: expected an ImageFormat"):
        plot_contact_sheet(np.ones((2, 6)), [0, 1], None)
