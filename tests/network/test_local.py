"""Layers whose neurons see a part of a picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pellucid as pel
from pellucid import ArchitectureError
from pellucid.network.architecture import Architecture
from pellucid.network.local import local_layers


def seen(layers, number=0):
    """What each neuron of a layer sees, (sums, numbers before) bool."""
    widths = [len(layer.masks[k]) for k, layer in enumerate(layers)]
    return Architecture(widths[0], tuple(layers)).mask(number, number + 1).T


def test_by_hand():
    (layer,) = local_layers((2, 3), [(2, 1, 2)], "tanh", norm="layer")
    assert (layer.units, layer.activation, layer.norm) == (4, "tanh", "layer")
    network = Architecture(6, (layer, pel.Dense(2)))
    assert (network.n_weights(0, 1), network.n_weights(1, 2), network.n_left_out) == (16, 8, 8)
    #      pixels      0 1 2
    #                  3 4 5
    left, right = [1, 1, 0, 1, 1, 0], [0, 1, 1, 0, 1, 1]
    assert seen([layer]).astype(int).tolist() == [left, left, right, right]


def test_all_channels_of_a_pixel_are_seen():
    grey, colour = (seen(local_layers(shape, [(2, 2, 1)])) for shape in ((4, 6), (4, 6, 3)))
    assert (colour.reshape(6, 24, 3) == grey[:, :, None]).all()


def test_a_second_layer_sees_squares_of_the_first():
    first, second = local_layers((5, 5), [(3, 1, 2), (2, 1, 1)])
    assert (first.units, second.units) == (9 * 2, 4)
    # Its first neuron sees the four squares of the upper left, both neurons of each.
    places = np.flatnonzero(seen([first, second], 1)[0])
    assert places.tolist() == [0, 1, 2, 3, 6, 7, 8, 9]


def test_every_sum_of_maxout_sees_what_its_neuron_sees():
    (layer,) = local_layers((4, 4), [(2, 2, 1)], "maxout", pieces=3)
    squares = seen(local_layers((4, 4), [(2, 2, 1)]))
    assert (seen([layer]) == np.repeat(squares, 3, axis=0)).all()


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(1, 3),
)
def test_squares_cover_the_picture_evenly(height, width, side, step, units):
    side = min(side, height, width)
    step = min(step, side)
    (layer,) = local_layers((height, width), [(side, step, units)])
    squares = seen([layer])[::units].reshape(-1, height, width)
    assert (squares.sum(axis=(1, 2)) == side * side).all()
    assert squares.any(axis=0).all()
    corners = np.array([np.argwhere(square)[0] for square in squares])
    for axis, length in enumerate((height, width)):
        starts = np.unique(corners[:, axis])
        assert (starts[0], starts[-1]) == (0, length - side)
        gaps = np.diff(starts)
        assert gaps.size == 0 or (gaps.max() <= step and gaps.max() - gaps.min() <= 1)


@pytest.mark.parametrize(
    ("shape", "squares", "message"),
    [
        ((4, 4), [(5, 1, 1)], "fit into 4 × 4, got a side of 5"),
        ((4, 4), [(2, 2, 1), (3, 1, 1)], "fit into 2 × 2, got a side of 3"),
        ((4, 4), [(2, 0, 1)], "local: step: expected a whole number of at least 1, got 0"),
        ((4, 4), [(2, 3, 1)], "steps of at most the side, 2, so that every pixel is seen, got 3"),
        ((400, 400, 3), [(8, 4, 10**6)], "at most 2147483648 weights, got 47"),
        ((4, 4), [(2, 1)], "such as .8, 4, 16., got .2, 1."),
        ((4, 4), [8], "such as .8, 4, 16., got 8"),
        ((16,), [(2, 1, 1)], "a shape .height, width., or|a shape .height, width. or .*got .16,."),
        (16, [(2, 1, 1)], "got 16"),
        ((4, 4, 0), [(2, 1, 1)], "got .4, 4, 0."),
    ],
)
def test_what_does_not_fit_is_said(shape, squares, message):
    with pytest.raises(ArchitectureError, match=message):
        local_layers(shape, squares)


def test_both_engines_train_them_alike():
    digits = pel.load_data("digits").train
    ends = []
    for engine in ("native", "reference"):
        layers = local_layers((8, 8), [(3, 2, 4), (2, 1, 5)], "silu", norm="batch")
        network = pel.Network(
            64, [*layers, pel.Dense(10, "softmax")], seed=1, scale=1 / 16, precision="float64"
        )
        pel.train(network, digits.X[:200], digits.Y[:200], epochs=2, engine=engine)
        ends.append(network.parameters.copy())
        W = network.weights[1]
        assert (W[~seen(layers).T] == 0).all()
        assert (W[seen(layers).T] != 0).all()
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-7, atol=1e-10)
