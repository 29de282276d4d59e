"""Lines are where weighted sums are 0, and arrows lead to where they are positive."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.views.hyperplanes import draw_hyperplanes
from pellucid.views.style import THEMES, axes

X = np.random.default_rng(0).uniform(-1, 1, (40, 3))


def drawn(network, inputs=(0, 1), aspect="equal"):
    response = pel.boundary(network, X, inputs, n=5)
    ax = axes(None, "light")
    ax.set(xlim=response.axes[0][[0, -1]], ylim=response.axes[1][[0, -1]], aspect=aspect)
    draw_hyperplanes(ax, network, response, None, THEMES["light"])
    return ax, response


@pytest.mark.parametrize("norm", ["none", "batch"])
@pytest.mark.parametrize("inputs", [(0, 1), (2, 0)])
def test_the_weighted_sum_is_0_on_the_line_and_positive_ahead(norm, inputs):
    layers = [pel.Dense(5, "tanh", norm=norm), pel.Dense(1)]
    network = pel.Network(
        3, layers, seed=2, scale=[2, 1, 0.5], shift=[0.1, 0, 0], precision="float64"
    )
    pel.train(network, X, X[:, 0], epochs=3)
    ax, response = drawn(network, inputs)
    arrows = [text for text in ax.texts if not text.get_text()]
    units = [int(text.get_text()[4:-2]) for text in ax.texts if text.get_text()]
    assert len(units) == len(arrows) == len(ax.get_lines()) > 1

    def normalized(unit, place):
        """N[1] of the unit, by a network that ends there."""
        row = response.at.copy()
        row[list(inputs)] = place
        trace = pel.trace(network, [row], [0.0])
        return trace.A[1][0, unit]  # tanh has the sign, and is 0 at 0

    for unit, line, arrow in zip(units, ax.get_lines(), arrows, strict=True):
        for place in line.get_xydata():
            assert normalized(unit, place) == pytest.approx(0, abs=1e-9)
        ahead = np.array(arrow.xy) + 0.01 * np.array(arrow.xyann)
        assert normalized(unit, ahead) > 0
        way = np.diff(line.get_xydata(), axis=0)[0]
        assert way @ arrow.xyann == pytest.approx(0, abs=1e-6)  # a right angle


def test_a_right_angle_is_one_as_it_is_seen():
    network = pel.Network(3, [pel.Dense(1, "sigmoid")], seed=0)
    ax, _ = drawn(network, aspect="auto")
    start, end = ax.transData.transform(ax.get_lines()[0].get_xydata())
    cosine = (end - start) @ ax.texts[0].xyann / np.linalg.norm(end - start) / 16
    assert cosine == pytest.approx(0, abs=1e-6)


def test_lines_that_do_not_cross_the_picture_are_left_out():
    network = pel.Network(3, [pel.Dense(2, "sigmoid")])
    network.weights[1] = [[1, 0], [0, 0], [0, 0]]
    network.biases[1] = [0.5, 1.0]  # the second is the same everywhere
    ax, _ = drawn(network)
    (line,) = ax.get_lines()
    np.testing.assert_allclose(line.get_xdata(), -0.5)


def test_many_lines_have_one_name_and_no_arrows():
    ax, _ = drawn(pel.Network(3, [pel.Dense(40, "relu"), pel.Dense(1)], seed=0))
    assert len(ax.get_lines()) > 20
    assert not ax.texts
    assert ax.get_legend_handles_labels()[1] == ["weighted sum 0"]


def test_what_has_no_lines_is_refused():
    other = pel.boundary(pel.Network(2, [pel.Dense(1)]), X[:, :2], n=5)
    for layer in (pel.Dense(4, "tanh", norm="layer"), pel.Dense(4, "maxout", pieces=2)):
        network = pel.Network(2, [layer, pel.Dense(1)])
        with pytest.raises(pel.UnsupportedError, match="divide the plane by straight lines"):
            draw_hyperplanes(axes(None, "light"), network, other, None, THEMES["light"])
    with pytest.raises(pel.DataError, match="with 2 inputs, got one with 3"):
        draw_hyperplanes(
            axes(None, "light"), pel.Network(3, [pel.Dense(1)]), other, None, THEMES["light"]
        )
