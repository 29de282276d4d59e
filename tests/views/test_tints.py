"""Regions are where the class is chosen."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import pellucid as pel
from pellucid.views.style import THEMES, axes
from pellucid.views.tints import TINT, draw_regions, size_of


def pixel(ax, x, y):
    """The colour of the page at a place of the axes."""
    ax.figure.canvas.draw()
    picture = np.asarray(ax.figure.canvas.buffer_rgba())
    across, up = ax.transData.transform((x, y))
    return picture[round(picture.shape[0] - up), round(across), :3] / 255


def drawn(network, theme, classes=None):
    response = pel.boundary(network, [[-1, -1], [1, 1]], spans=[(-1, 1), (-1, 1)], n=21)
    ax = axes(None, theme)
    ax.set(xlim=(-1, 1), ylim=(-1, 1))
    draw_regions(ax, response, None, None, classes, THEMES[theme])
    return ax


@pytest.mark.parametrize("theme", THEMES)
def test_the_colour_says_which_class_is_largest(theme):
    network = pel.Network(2, [pel.Dense(3, "softmax")])
    network.weights[1] = [[2, -2, 0], [0, 0, 3]]
    ax = drawn(network, theme)
    ink = THEMES[theme]
    for x, y in ((0.9, -0.5), (-0.9, -0.5), (0.1, 0.9), (0.8, 0.3), (-0.3, 0.5)):
        k = int(network.predict([[x, y]]).argmax())
        there = TINT * np.array(to_rgb(ink.of_class(k))) + (1 - TINT) * np.array(to_rgb(ink.paper))
        np.testing.assert_allclose(pixel(ax, x, y), there, atol=0.01)


def test_a_single_output_has_two_classes():
    network = pel.Network(2, [pel.Dense(1, "sigmoid")])
    network.weights[1] = [[1.0], [0.0]]
    ax = drawn(network, "light", ["no", "yes"])
    no, yes = pixel(ax, -0.5, 0.0), pixel(ax, 0.5, 0.0)
    assert np.abs(no - yes).max() > 0.1
    assert ax.get_legend_handles_labels()[1] == ["no", "yes"]


def test_a_class_that_is_nowhere_ahead_has_no_region():
    network = pel.Network(2, [pel.Dense(2, "softmax")])
    network.parameters[:] = 0
    network.biases[1] = [0.0, 5.0]
    ax = drawn(network, "light")
    assert np.ptp([pixel(ax, x, 0.3) for x in (-0.8, 0.0, 0.8)], axis=0).max() == 0


def test_many_points_are_small():
    assert size_of(np.ones((1000, 2))) < size_of(np.ones((10, 2)))
