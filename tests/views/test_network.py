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
    assert len(ax.collections[0].get_segments()) == 9
    for value in (1.0, 2.0, *trace.A[1][0], *trace.A[2][0], *network.weights[1].flat):
        assert f"{value:.2f}".replace("-", "−") in texts(ax)
    assert {"2 inputs", "3 tanh", "1 sigmoid"} <= set(texts(ax))


def test_each_bias_stands_above_its_unit_and_what_a_mask_takes_away_is_no_number():
    network = pel.Network(2, [pel.Dense(2, "step", masks={0: ["10", "11"]})], seed=3)
    network.biases[1] = [0.25, -1.5]
    ax = plot_network(network)
    centres = [circle.center for circle in circles(ax)[2:]]
    for text, (x, y) in zip(("+0.25", "−1.50"), centres, strict=True):
        (number,) = (t for t in ax.texts if t.get_text() == text)
        assert number.get_position()[0] == x
        assert 0.3 < number.get_position()[1] - y < 0.5
    assert "0.00" not in texts(ax)


def test_wide_layers_are_shortened_and_that_is_said():
    network = pel.Network(784, [pel.Dense(30), pel.Dense(10, "softmax")], seed=0)
    ax = plot_network(network, most=6)
    assert len(circles(ax)) == 18
    assert {"⋮ 778 more", "⋮ 24 more", "⋮ 4 more"} <= set(texts(ax))


def test_skips_masks_pieces_and_any_format():
    layers = [
        pel.Dense(3, "maxout", pieces=2),
        pel.Dense(2, "tanh", masks={1: ["10", "11", "01"]}),
        pel.Dense(2, "softmax", inputs=(0, 2)),
    ]
    network = pel.Network(2, layers, seed=0)
    ax = plot_network(network)
    assert len(ax.collections[0].get_segments()) == 6 + 4 + 4 + 4
    assert {"3 maxout\nof 2 sums each", "2 tanh"} <= set(texts(ax))
    for form in ("png", "svg", "pdf"):
        page = io.BytesIO()
        ax.figure.savefig(page, format=form)
        assert len(page.getvalue()) > 1000


SMALL = {
    "2-2-1": [pel.Dense(2, "sigmoid"), pel.Dense(1, "sigmoid")],
    "2-3-1": [pel.Dense(3, "tanh"), pel.Dense(1, "sigmoid")],
    "2-3-3-2": [pel.Dense(3, "tanh"), pel.Dense(3, "relu"), pel.Dense(2, "softmax")],
    "skips": [
        pel.Dense(2, "tanh"),
        pel.Dense(2, "tanh", inputs=(0, 1)),
        pel.Dense(1, "identity", inputs=(0, 1, 2)),
    ],
    "one": [pel.Dense(1, "sigmoid", bias="layer")],
}


@pytest.mark.parametrize("layers", SMALL.values(), ids=SMALL)
@pytest.mark.parametrize("size", [None, (6.4, 3.4), (7.5, 5.0)])
def test_no_number_of_a_small_network_hides_another(layers, size):
    from matplotlib import pyplot as plt

    network = pel.Network(2, layers, seed=3)
    Y = [[0.5] * network.architecture.n_outputs] if layers[-1].activation != "softmax" else [1]
    ax = None if size is None else plt.subplots(figsize=size, layout="constrained")[1]
    ax = plot_network(network, pel.trace(network, [[1, -2]], Y), ax=ax)
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    overlaps = [
        (ax.texts[i].get_text(), ax.texts[j].get_text())
        for j in range(len(boxes))
        for i in range(j)
        if boxes[i].overlaps(boxes[j])
    ]
    assert overlaps == []
    page = ax.figure.bbox
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 for box in boxes)
    assert all(page.y0 <= box.y0 and box.y1 <= page.y1 for box in boxes)


@pytest.mark.parametrize("sizes", [(784, 30, 10), (8, 208, 208, 2), (4, 8, 8, 2), (1, 1)])
def test_numbers_fit_into_their_circles(sizes):
    network = pel.Network(sizes[0], [pel.Dense(n, "tanh") for n in sizes[1:]], seed=0)
    trace = pel.trace(network, np.ones((1, sizes[0])), np.zeros((1, sizes[-1])), loss="mse")
    ax = plot_network(network, trace)
    ax.figure.draw_without_rendering()
    for circle in circles(ax):
        inside = [text for text in ax.texts if text.get_position() == circle.center]
        for text in inside:
            assert text.get_window_extent().width < circle.get_window_extent().width
            assert text.get_fontsize() > 5.5
        assert len(inside) == 1


@pytest.mark.parametrize("theme", THEMES)
def test_units_are_filled_by_their_activation(theme):
    network = pel.Network(3, [pel.Dense(1, "identity")])
    trace = pel.trace(network, [[2.0, 0.0, -2.0]], [[1.0]])
    fills = [
        circle.get_facecolor()[:3] for circle in circles(plot_network(network, trace, theme=theme))
    ]
    colours = THEMES[theme]
    for fill, expected in zip(
        fills, (colours.positive, colours.paper, colours.negative), strict=False
    ):
        assert fill == pytest.approx(to_rgb(expected), abs=0.01)


def test_norms_and_shared_biases_are_said():
    layers = [pel.Dense(2, norm="batch"), pel.Dense(2, bias="layer"), pel.Dense(1, bias="none")]
    said = texts(plot_network(pel.Network(1, layers)))
    assert {"1 input", "2 relu\nbatch normalization"} <= set(said)
    assert {"2 relu\none bias for all", "1 relu\nno bias"} <= set(said)


def test_what_does_not_fit_is_refused():
    network = pel.Network(2, [pel.Dense(1, "sigmoid")])
    trace = pel.trace(network, [[1, 2]], [[1]])
    with pytest.raises(pel.DataError, match=r"with layers of \[2, 3\] units, got \[2, 1\]"):
        plot_network(pel.Network(2, [pel.Dense(3)]), trace)
    with pytest.raises(pel.DataError, match="example: expected 0 to 0, got 1"):
        plot_network(network, trace, example=1)
    with pytest.raises(pel.DataError, match="most: expected a whole number of at least 2, got 1"):
        plot_network(network, most=1)
