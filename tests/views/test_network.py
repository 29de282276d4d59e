"""A network drawn: what is there is drawn, and what is left out is said."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle

import pellucid as pel
from pellucid.views.network import plot_network
from pellucid.views.style import THEMES


def circles(ax):
    return [patch for patch in ax.patches if isinstance(patch, Circle)]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_every_unit_and_weight_of_a_small_network():
    network = pel.Network(2, [pel.Dense(3, "tanh"), pel.Dense(1, "sigmoid")], seed=3)
    trace = pel.trace(network, [[1, 2]], [[1]])
    ax = plot_network(network, trace)
    assert len(circles(ax)) == 6
    assert sum(len(lines.get_segments()) for lines in ax.collections) == 9
    for value in (1.0, 2.0, *trace.A[1][0], *trace.A[2][0], *network.weights[1].flat):
        assert f"{value:.2f}" in texts(ax)
    assert {"2 input", "3 tanh", "1 sigmoid"} <= set(texts(ax))


def test_wide_layers_are_shortened_and_that_is_said():
    network = pel.Network(784, [pel.Dense(30), pel.Dense(10, "softmax")], seed=0)
    ax = plot_network(network, most=6)
    assert len(circles(ax)) == 18
    assert {"⋮ 778 more", "⋮ 24 more", "⋮ 4 more"} <= set(texts(ax))


@pytest.mark.parametrize("theme", THEMES)
def test_lines_say_size_and_sign(theme):
    network = pel.Network(3, [pel.Dense(1, "identity")])
    network.weights[1] = [[2.0], [-1.0], [0.0]]
    (lines,) = plot_network(network, theme=theme).collections
    assert len(lines.get_segments()) == 2  # a weight of 0 is no line
    thin, thick = lines.get_linewidths()
    assert thin < thick
    negative, positive = (colour[:3] for colour in lines.get_colors())
    assert tuple(negative) == pytest.approx(to_rgb(THEMES[theme].negative))
    assert tuple(positive) == pytest.approx(to_rgb(THEMES[theme].positive))


def test_skips_masks_pieces_and_any_format():
    layers = [
        pel.Dense(3, "maxout", pieces=2),
        pel.Dense(2, "tanh", masks={1: ["10", "11", "01"]}),
        pel.Dense(2, "softmax", inputs=(0, 2)),
    ]
    network = pel.Network(2, layers, seed=0)
    ax = plot_network(network)
    drawn = [len(lines.get_segments()) for lines in ax.collections]
    assert drawn == [6, 4, 4, 4]
    for form in ("png", "svg", "pdf"):
        page = io.BytesIO()
        ax.figure.savefig(page, format=form)
        assert len(page.getvalue()) > 1000


def test_no_number_of_a_small_network_hides_another():
    network = pel.Network(2, [pel.Dense(3, "tanh"), pel.Dense(1, "sigmoid")], seed=3)
    ax = plot_network(network, pel.trace(network, [[1, 2]], [[1]]))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    overlaps = [(i, j) for j in range(len(boxes)) for i in range(j) if boxes[i].overlaps(boxes[j])]
    assert overlaps == []
    assert np.isfinite([box.width for box in boxes]).all()
