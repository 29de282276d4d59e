"""The layout of the flat vector, views into it, and first values."""

from math import sqrt

import numpy as np
import pytest

from pellucid.equations.initial import INITIALS
from pellucid.errors import ArchitectureError
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.local import local_layers
from pellucid.network.segments import (
    Views,
    buffer_segments,
    initial_buffers,
    initial_parameters,
    length,
    parameter_segments,
)

RICH = Architecture(
    2,
    (
        Dense(3, "tanh", masks={0: ("110", "011")}),
        Dense(2, "relu", inputs=(0, 1), bias="layer", norm="batch"),
        Dense(1, "sigmoid", bias="none"),
    ),
)


def test_layout_by_hand():
    """Layer by layer weights, bias, gain, shift; offsets without gaps."""
    found = [
        (s.name, s.kind, s.layer, s.source, s.offset, s.shape) for s in parameter_segments(RICH)
    ]
    assert found == [
        ("weights.0.1", "weights", 1, 0, 0, (2, 3)),
        ("bias.1", "bias", 1, None, 6, (3,)),
        ("weights.0.2", "weights", 2, 0, 9, (2, 2)),
        ("weights.1.2", "weights", 2, 1, 13, (3, 2)),
        ("bias.2", "bias", 2, None, 19, (1,)),
        ("gain.2", "gain", 2, None, 20, (2,)),
        ("shift.2", "shift", 2, None, 22, (2,)),
        ("weights.2.3", "weights", 3, 2, 24, (2, 1)),
    ]
    assert length(parameter_segments(RICH)) == 26
    found = [(s.name, s.kind, s.offset, s.shape) for s in buffer_segments(RICH)]
    assert found == [("mean.2", "mean", 0, (2,)), ("variance.2", "variance", 2, (2,))]
    assert length(()) == 0


def test_layout_of_pieces_and_of_layer_normalization():
    """A bias, gain and shift a sum; layer normalization carries nothing that runs."""
    layers = (Dense(2, "maxout", norm="layer", pieces=3), Dense(1, "identity", norm="batch"))
    architecture = Architecture(4, layers)
    assert [(s.name, s.offset, s.shape) for s in parameter_segments(architecture)] == [
        ("weights.0.1", 0, (4, 6)),
        ("bias.1", 24, (6,)),
        ("gain.1", 30, (6,)),
        ("shift.1", 36, (6,)),
        ("weights.1.2", 42, (2, 1)),
        ("bias.2", 44, (1,)),
        ("gain.2", 45, (1,)),
        ("shift.2", 46, (1,)),
    ]
    assert [s.name for s in buffer_segments(architecture)] == ["mean.2", "variance.2"]
    (mean, _), vector = buffer_segments(architecture), initial_parameters(architecture, 0)
    assert mean.shape == (1,)
    assert (vector[30:36] == 1).all()
    assert not vector[36:42].any()


def test_running_averages_of_maxout_are_one_a_sum():
    architecture = Architecture(4, (Dense(2, "maxout", norm="batch", pieces=3),))
    assert [s.shape for s in buffer_segments(architecture)] == [(6,), (6,)]
    assert initial_buffers(architecture).tolist() == [0] * 6 + [1] * 6


def test_only_weights_are_penalised():
    assert {s.kind for s in parameter_segments(RICH) if s.penalised} == {"weights"}
    assert all(s.penalised for s in parameter_segments(RICH) if s.kind == "weights")


def test_frozen_layers_and_rate_factors_mark_their_segments():
    segments = parameter_segments(RICH, frozen=(1, 3), rate_factors={2: 0.5, 3: 0.1})
    assert {(s.layer, s.trainable, s.rate_factor) for s in segments} == {
        (1, False, 1.0),
        (2, True, 0.5),
        (3, False, 0.1),
    }


def test_limits_of_norm_mark_weights_only():
    """Of the layers that have one: biases, gains and shifts are not bound."""
    segments = parameter_segments(RICH, norm_limits={2: 1.5, 3: 4.0})
    assert {s.name: s.norm_limit for s in segments if s.norm_limit} == {
        "weights.0.2": 1.5,
        "weights.1.2": 1.5,
        "weights.2.3": 4.0,
    }
    assert not any(s.norm_limit for s in parameter_segments(RICH))


@pytest.mark.parametrize("seed", range(20))
def test_segments_tile_the_vector(draw_architecture, seed):
    """Each number of the vector belongs to exactly one segment, and a view shows it in place."""
    segments = parameter_segments(draw_architecture(seed))
    vector = np.arange(length(segments))
    assert np.concatenate([s.view(vector).reshape(-1) for s in segments]).tolist() == list(vector)
    assert all(s.view(vector).base is not None and s.stop == s.offset + s.size for s in segments)


def test_writing_into_a_view_changes_the_network():
    network = Network(2, RICH.layers, seed=1)
    network.weights[0, 2][1, 0] = 7
    network.biases[1] = [1, 2, 3]
    network.weights[1][...] = 5
    assert network.parameters[11] == 7
    assert network.parameters[6:9].tolist() == [1, 2, 3]
    assert network.parameters[:6].tolist() == [5] * 6
    network.parameters[24:] = 9
    assert network.weights[3].tolist() == [[9], [9]]
    assert network.weights[2, 3] is network.weights[3]


def test_views_are_a_mapping():
    weights = Views(np.zeros(26), parameter_segments(RICH), "weights")
    biases = Views(np.zeros(26), parameter_segments(RICH), "bias")
    assert list(weights) == [(0, 1), (0, 2), (1, 2), (2, 3)]
    assert [len(weights), len(biases)] == [4, 2]
    assert [key in weights for key in [(0, 1), 1, 2, (1, 3), 9]] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [key in biases for key in [1, (2,), 3]] == [True, True, False]
    assert {key: view.shape for key, view in biases.items()} == {(1,): (3,), (2,): (1,)}
    assert repr(biases) == "<bias {(1,): (3,), (2,): (1,)}>"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (2, r"weights\[2\]: expected one of .*; layer 2 has 2 connections, name one"),
        (4, r"weights\[4\]: expected one of \[\(0, 1\), \(0, 2\), \(1, 2\), \(2, 3\)\]\."),
        (0, r"weights\[0\]: expected one of"),
        ((0, 3), r"weights\[\(0, 3\)\]: expected one of"),
    ],
)
def test_views_of_nothing_are_refused(key, message):
    weights = Views(np.zeros(26), parameter_segments(RICH), "weights")
    with pytest.raises(ArchitectureError, match=message):
        weights[key]


def test_views_take_their_own_shape_only():
    weights = Views(np.zeros(26), parameter_segments(RICH), "weights")
    with pytest.raises(ArchitectureError, match=r"expected shape \(2, 3\), got \(3, 2\)"):
        weights[1] = np.zeros((3, 2))
    with pytest.raises(ArchitectureError, match=r"expected shape \(2, 3\), got \(\)"):
        weights[1] = 0.0


WIDE = Architecture(300, (Dense(200, "tanh"), Dense(100, "relu", inputs=(0, 1)), Dense(150)))
FAN_IN = {1: 300, 2: 500, 3: 100}  # over all connections of a layer
MOMENTS = {  # mean and variance of weights, by fan in and the shape of a connection
    "normal": lambda fan_in, n_from, n_to: (0, 1),
    "xavier": lambda fan_in, n_from, n_to: (0, 2 / (fan_in + n_to)),
    "he": lambda fan_in, n_from, n_to: (0, 2 / fan_in),
    "lecun": lambda fan_in, n_from, n_to: (0, 1 / fan_in),
    "nielsen": lambda fan_in, n_from, n_to: (0, 1 / fan_in),
    "orthogonal": lambda fan_in, n_from, n_to: (0, 1 / max(n_from, n_to)),
    "uniform": lambda fan_in, n_from, n_to: (0, 0.5**2 / 3),
    "uniform:0.05": lambda fan_in, n_from, n_to: (0, 0.05**2 / 3),
    "small": lambda fan_in, n_from, n_to: (0, 0.01**2),
    "constant": lambda fan_in, n_from, n_to: (0.5, 0),
    "constant:-2": lambda fan_in, n_from, n_to: (-2, 0),
    "zeros": lambda fan_in, n_from, n_to: (0, 0),
}


def test_the_moments_of_every_row_are_here():
    assert {text.split(":")[0] for text in MOMENTS} == set(INITIALS), "give each row its MOMENTS"


@pytest.mark.parametrize("initial", sorted(MOMENTS))
def test_first_weights_have_the_mean_and_variance_of_their_row(initial):
    """Within 5 standard errors; biases N(0, 1) with normal and nielsen, else 0."""
    vector = initial_parameters(WIDE, 3, initial)
    assert vector.dtype == np.float32
    for segment in parameter_segments(WIDE):
        values, n = segment.view(vector).astype(float), segment.size
        if segment.kind == "weights":
            mean, variance = MOMENTS[initial](FAN_IN[segment.layer], *segment.shape)
        else:
            mean, variance = 0, float(initial in ("normal", "nielsen"))
        assert abs(values.mean() - mean) <= 5 * sqrt(variance / n)
        assert abs(values.var() - variance) <= 5 * variance * sqrt(2 / n)


def test_without_a_name_each_activation_chooses():
    """tanh by xavier, relu by he."""
    vector, segments = initial_parameters(WIDE, 3), parameter_segments(WIDE)
    assert (vector[: segments[0].stop] == initial_parameters(WIDE, 3, "xavier")[:60_000]).all()
    rest = slice(segments[1].stop, None)
    assert (vector[rest] == initial_parameters(WIDE, 3, "he")[rest]).all()
    each = initial_parameters(WIDE, 3, ["xavier", "he", "he"])
    assert (vector == each).all()


def test_each_layer_may_begin_by_its_own_row():
    """One text a layer, numbers included; the draws are those of that row alone."""
    texts = ("uniform:0.05", "zeros", "nielsen")
    vector = initial_parameters(WIDE, 3, texts)
    for segment in parameter_segments(WIDE):
        alone = initial_parameters(WIDE, 3, texts[segment.layer - 1])
        assert (segment.view(vector) == segment.view(alone)).all()


@pytest.mark.parametrize("initial", [["he"], ["he", "he", "he", "he"], []])
def test_one_row_for_some_of_the_layers_is_refused(initial):
    message = "initial: expected one text, or one for each of the 3 layers, got "
    with pytest.raises(ArchitectureError, match=message):
        initial_parameters(WIDE, 0, initial)


def test_fan_in_of_maxout_counts_units_and_fan_out_sums():
    """Weights (100, 200 · 3) by xavier: within ±√(6 / (100 + 600))."""
    architecture = Architecture(100, (Dense(200, "maxout", pieces=3),))
    vector = initial_parameters(architecture, 0, "xavier", "float64")[: 100 * 600]
    bound = sqrt(6 / 700)
    assert 0.999 * bound < abs(vector).max() < bound
    natural = initial_parameters(architecture, 0, dtype="float64")[: 100 * 600]
    assert natural.var() == pytest.approx(2 / 100, rel=0.02)


def test_seeds_and_connections_are_drawn_apart_and_again_the_same():
    same, other = initial_parameters(WIDE, 3), initial_parameters(WIDE, 4)
    assert (same == initial_parameters(WIDE, 3)).all()
    assert not (same[:60_000] == other[:60_000]).any()
    square = Architecture(50, (Dense(50, "tanh"), Dense(50, "tanh")))
    network = Network.from_arrays(square, initial_parameters(square, 0), np.empty(0))
    assert not (network.weights[1] == network.weights[2]).any()


def test_masked_weights_begin_at_0_and_the_others_by_how_many_there_are():
    mask = np.array([[1, 1, 0], [1, 0, 1], [1, 0, 0], [1, 0, 1]])
    whole = Architecture(4, (Dense(3, "selu"),))
    for initial in ("lecun", "he"):
        masked = initial_parameters(
            Architecture(4, (Dense(3, "selu", masks={0: mask}),)), 0, initial
        )
        free = initial_parameters(whole, 0, initial)
        W, V = (vector[:12].reshape(4, 3).astype(np.float64) for vector in (masked, free))
        # Of 4, 1 and 2 weights into a sum: the variance is 1, 4 and 2 times that of 4.
        np.testing.assert_allclose(W, V * mask * [1.0, 2.0, np.sqrt(2.0)], rtol=1e-6)


def test_xavier_counts_the_weights_of_a_mask_on_both_sides():
    """Of 64 numbers and 144 neurons: 9 lead to each neuron, and 4 to 36 from each number."""
    (layer,) = local_layers((8, 8), [(3, 1, 4)], "tanh")
    architecture = Architecture(64, (layer,))
    mask = architecture.mask(0, 1)
    vector = np.mean(
        [
            initial_parameters(architecture, seed, dtype="float64")[: mask.size] ** 2
            for seed in range(200)
        ],
        axis=0,
    ).reshape(mask.shape)
    for place, out in ((0, 4), (1, 8), (9, 16), (27, 36)):
        wanted = 2 / (9 + out)
        assert mask[place].sum() == out
        assert vector[place][mask[place]].mean() == pytest.approx(wanted, rel=0.15)


def test_a_layer_that_only_some_inputs_are_masked_of_counts_all_of_them():
    layers = (Dense(2, "tanh"), Dense(2, inputs=(0, 1), masks={0: ["10", "10", "00"]}))
    masked = initial_parameters(Architecture(3, layers), 0, "lecun", "float64")
    free = initial_parameters(
        Architecture(3, (layers[0], Dense(2, inputs=(0, 1)))), 0, "lecun", "float64"
    )
    # 5 inputs; 4 of them lead to the first sum and 2 to the second.
    wider = np.sqrt([5 / 4, 5 / 2])
    np.testing.assert_allclose(masked[8:14].reshape(3, 2)[0, 0], free[8] * wider[0])
    np.testing.assert_allclose(masked[14:18].reshape(2, 2), free[14:18].reshape(2, 2) * wider)


def test_a_sum_that_a_mask_cuts_off_altogether_begins_at_0():
    layer = Dense(2, masks={0: ["10", "10"]})
    assert not initial_parameters(Architecture(2, (layer,)), 0)[[1, 3]].any()


def test_gains_begin_at_1_shifts_and_means_at_0_variances_at_1():
    for initial in (None, "normal"):
        network = Network.from_arrays(RICH, initial_parameters(RICH, 0, initial), np.empty(0))
        named = {s.name: s.view(network.parameters).tolist() for s in network.segments}
        assert (named["gain.2"], named["shift.2"]) == ([1, 1], [0, 0])
    assert initial_buffers(RICH, "float64").tolist() == [0, 0, 1, 1]
    assert initial_buffers(RICH).dtype == np.float32
    assert initial_buffers(WIDE).shape == (0,)


def test_an_odd_number_of_weights_is_drawn_in_pairs():
    """Three normal numbers are the first three of four."""
    three = initial_parameters(Architecture(3, (Dense(1, bias="none"),)), 0, "normal")
    four = initial_parameters(Architecture(4, (Dense(1, bias="none"),)), 0, "normal")
    assert (three == four[:3]).all()


def test_precision_is_that_asked_for_with_the_same_draws():
    double = initial_parameters(RICH, 0, dtype="float64")
    assert double.dtype == np.float64
    assert (initial_parameters(RICH, 0) == double.astype(np.float32)).all()


def test_an_unknown_row_is_refused():
    rows = ", ".join(INITIALS)
    with pytest.raises(ArchitectureError, match=f"initial: expected one of {rows}, got 'glorot'"):
        initial_parameters(RICH, 0, "glorot")
    with pytest.raises(ArchitectureError, match=f"initial: expected one of {rows}, got 'glorot'"):
        initial_parameters(RICH, 0, ("he", "he", "glorot"))
