"""Lines say size and sign, and bend around the layers they skip."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import pellucid as pel
from pellucid.views.style import THEMES, axes
from pellucid.views.wires import CLEAR, RADIUS, Column, draw_lines, draw_numbers, wires

COLUMNS = [
    Column(0.0, (0, 1), (0.5, -0.5), 0),
    Column(2.0, (0, 1, 2), (1.0, 0.0, -1.0), 0),
    Column(4.0, (0,), (0.0,), 0),
]


def skipping():
    layers = [pel.Dense(3, "tanh"), pel.Dense(1, "identity", inputs=(0, 1))]
    return pel.Network(2, layers, seed=0)


@pytest.mark.parametrize("theme", THEMES)
def test_lines_say_size_and_sign(theme):
    network = pel.Network(3, [pel.Dense(1, "identity")])
    network.weights[1] = [[2.0], [-1.0], [0.0]]
    columns = [Column(0.0, (0, 1, 2), (1.0, 0.0, -1.0), 0), Column(2.0, (0,), (0.0,), 0)]
    ax = axes(None, theme)
    draw_lines(ax, wires(network, columns), THEMES[theme])
    (lines,) = ax.collections
    assert len(lines.get_segments()) == 2  # a weight of 0 is no line
    thin, thick = lines.get_linewidths()
    assert thin < thick
    negative, positive = (colour[:3] for colour in lines.get_colors())
    assert tuple(negative) == pytest.approx(to_rgb(THEMES[theme].negative))
    assert tuple(positive) == pytest.approx(to_rgb(THEMES[theme].positive))


def test_lines_end_at_their_units_and_keep_off_the_layers_between():
    network = skipping()
    found = wires(network, COLUMNS)
    assert [wire.value for wire in found] == [
        *network.weights[0, 1].ravel(),
        *network.weights[0, 2].ravel(),
        *network.weights[1, 2].ravel(),
    ]
    for wire, y in zip(found[6:8], (0.5, -0.5), strict=True):
        np.testing.assert_allclose(wire.points[[0, -1]], [[0, y], [4, 0]], atol=1e-12)
        over_the_layer = wire.points[np.abs(wire.points[:, 0] - 2.0) < RADIUS]
        assert np.abs(over_the_layer[:, 1]).min() > 1.0 + RADIUS
        middle = np.abs(wire.points[len(wire.points) // 2, 1])
        assert middle == pytest.approx(1.0 + CLEAR)


def test_masked_weights_are_no_wires_and_means_of_pieces_no_numbers():
    layers = [pel.Dense(2, "maxout", pieces=2), pel.Dense(1, "tanh", masks={1: ["1", "0"]})]
    network = pel.Network(1, layers, seed=0)
    columns = [
        Column(0, (0,), (0,), 0),
        Column(2, (0, 1), (0.5, -0.5), 0),
        Column(4, (0,), (0,), 0),
    ]
    found = wires(network, columns)
    assert [wire.number for wire in found] == [False, False, True]
    assert found[0].value == pytest.approx(network.weights[1][0, :2].mean())


def test_numbers_stand_on_their_lines_and_off_the_units():
    network, ax = skipping(), axes(None, "light", (6, 4))
    lines = wires(network, COLUMNS)
    draw_numbers(ax, lines, COLUMNS, [], 0.85, THEMES["light"])
    assert len(ax.texts) == len(lines) == 11
    units = np.array([(column.x, y) for column in COLUMNS for y in column.ys])
    for text, wire in zip(ax.texts, lines, strict=True):
        assert text.get_text() == f"{wire.value:.2f}".replace("-", "−")
        at = np.array(text.get_position())
        assert np.linalg.norm(wire.points - at, axis=1).min() == 0
        assert np.linalg.norm(units - at, axis=1).min() > RADIUS
