"""Pictures beside what augmenting makes of them."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import pellucid as pel
from pellucid.data.dataset import ImageFormat
from pellucid.equations.augmenting import Augment, distorted
from pellucid.views.augmented import plot_augmented, said
from pellucid.views.style import theme_of

INK = ImageFormat(6, 4, maximum=16)
X = np.random.default_rng(0).integers(0, 17, (3, 24)).astype(np.uint8)


def cell(ax, row, column, height=6, width=4):
    """A picture of the sheet, which has each pixel several times, and gaps of two."""
    (sheet,) = ax.get_images()
    fine = -(-64 // max(height, width))
    left = column * (fine * width + 2) + (6 if column else 0)
    top = row * (fine * height + 2)
    whole = np.asarray(sheet.get_array())[top : top + fine * height, left : left + fine * width]
    few = whole[::fine, ::fine]
    np.testing.assert_array_equal(whole, few.repeat(fine, axis=0).repeat(fine, axis=1))
    return few


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_originals_stand_at_the_left_and_copies_are_those_of_the_epochs(theme):
    augment = Augment((6, 4), shift=1.0, flip=True, maximum=16)
    ax = plot_augmented(X, INK, augment, seed=5, n=2, copies=3, theme=theme)
    (sheet,) = ax.get_images()
    assert sheet.get_array().shape == (2 * 66 + 2, 4 * 44 + 3 * 2 + 6, 3)
    ink = theme_of(theme).amount
    for row in range(2):
        seen = [X] + [distorted(augment, X, np.arange(3), 5, epoch) for epoch in range(3)]
        for column, pictures in enumerate(seen):
            expected = ink(pictures[row].reshape(6, 4) / 16)[..., :3]
            np.testing.assert_allclose(cell(ax, row, column), expected)
    names = [text.get_text() for text in ax.get_xticklabels()]
    assert names == ["as it is", "epoch 1", "epoch 2", "epoch 3"]
    assert ax.get_title() == said(augment)
    assert ax.title.get_color() == theme_of(theme).ink
    assert tuple(sheet.get_array()[66, 0]) == to_rgb(theme_of(theme).faint)


def test_colours_are_shown_as_they_are():
    photo = ImageFormat(3, 5, 255, "whole", 3)
    rows = np.random.default_rng(1).integers(0, 256, (1, 45)).astype(np.uint8)
    ax = plot_augmented(rows, photo, Augment((3, 5, 3), crop=1, fill="edge"), copies=1)
    np.testing.assert_allclose(cell(ax, 0, 0, 3, 5), rows.reshape(3, 5, 3) / 255)


def test_grey_photographs_are_black_where_they_are_0():
    """Other than ink, which is dark where it is much."""
    grey = ImageFormat(2, 2, 255, "whole")
    ax = plot_augmented([[0, 255, 128, 0]], grey, Augment((2, 2)), copies=1)
    np.testing.assert_allclose(cell(ax, 0, 0, 2, 2)[0], [[0, 0, 0], [1, 1, 1]])


def test_what_was_asked_is_said():
    everything = Augment((9, 9), 2, 15, 10, 0.15, (4, 34), 0.05, True, 4)
    assert said(everything).replace("\u00a0", " ") == (
        "shift ±2 px, rotate ±15°, shear ±10°, scale ±15 %, elastic σ 4 α 34, noise 5 %, flip, "
        "crop ±4 px"
    )
    assert said(Augment((9, 9))).replace("\u00a0", " ") == "nothing is changed"


def test_what_does_not_fit_is_refused():
    with pytest.raises(pel.DataError, match="rows of 24 numbers, a format of 24, augmenting for 9"):
        plot_augmented(X, INK, Augment((3, 3)))
    with pytest.raises(pel.DataError, match="rows of 5 numbers"):
        plot_augmented(np.zeros((2, 5)), INK, Augment((6, 4)))
    with pytest.raises(pel.RecipeError, match="copies: expected a whole number of at least 1"):
        plot_augmented(X, INK, Augment((6, 4)), copies=0)
    with pytest.raises(pel.DataError, match="augment"):
        plot_augmented(X, INK, "flip")
