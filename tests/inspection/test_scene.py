"""What is shown of wide layers and long sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import pellucid as pel
from pellucid.inspection.cells import Cell
from pellucid.inspection.notation import NOTATIONS
from pellucid.inspection.scene import FEW_TERMS, FEW_UNITS, Scene, largest, units_shown


def scene_of(layers, n_inputs=3, asked=(), terms=3):
    network = pel.Network(n_inputs, layers, seed=1, precision="float64")
    n_out = network.architecture.n_outputs
    X = np.random.default_rng(0).normal(size=(1, n_inputs))
    trace = pel.trace(network, X, np.full((1, n_out), 0.25), "half_sse")
    shown = units_shown(trace, None, asked)
    return Scene(trace, NOTATIONS["from_zero"], shown, tuple(asked), terms, 4)


@given(arrays.arrays(float, st.integers(0, 40), elements=st.floats(-1e3, 1e3)), st.integers(0, 9))
def test_the_largest_are_largest(values, n):
    found = largest(values, n)
    if len(values) <= max(FEW_TERMS, n + 1):  # a single one is never left out
        assert found == list(range(len(values)))
    else:
        assert len(set(found)) == n
        sizes = abs(values[found])
        assert (sizes[:-1] >= sizes[1:]).all()
        left = np.delete(values, found)
        assert all(abs(values[i]) >= abs(left).max(initial=0) for i in found)


def test_narrow_layers_are_shown_whole_and_of_wide_ones_the_largest_deltas():
    scene = scene_of([pel.Dense(FEW_UNITS, "tanh"), pel.Dense(9, "tanh"), pel.Dense(7)])
    assert scene.shown[1] == (0, 1, 2, 3)
    sizes = np.abs(scene.trace.dZ[2][0])
    assert set(scene.shown[2]) == set(np.argsort(-sizes)[:2].tolist())


def test_what_is_asked_for_is_shown():
    asked = (Cell("A", 2, (5,)), Cell("W", 2, (1, 6)))
    scene = scene_of([pel.Dense(4, "tanh"), pel.Dense(9, "tanh"), pel.Dense(2)], asked=asked)
    assert {5, 6} <= set(scene.shown[2])
    assert 1 in scene.weights_shown(2, 1, 6)


def test_all_pieces_of_a_maxout_neuron_are_shown():
    scene = scene_of([pel.Dense(3, "maxout", pieces=2), pel.Dense(2)])
    assert scene.shown[1] == (0, 1, 2, 3, 4, 5)


def test_sums_are_written_out_or_shortened():
    scene = scene_of([pel.Dense(2)])
    left, right = np.array([0.5, -2.0]), np.array([1.0, 3.0])
    assert scene.sum_of(left, right, "01", [0.25]) == "0.5·1 + (−2)·3 + 0.25"
    long, names = np.arange(1.0, 11.0), [f"j{i}" for i in range(10)]
    found = scene.sum_of(long, np.ones(10), names)
    assert found == "10·1 [j9] + 9·1 [j8] + 8·1 [j7] + 28 [7 more]"


@pytest.mark.parametrize("bias", ["neuron", "layer", "none"])
def test_biases(bias):
    scene = scene_of([pel.Dense(3, "tanh", bias=bias), pel.Dense(1)])
    if bias == "neuron":
        scene.trace.b[1][...] = [1.0, 2.0, 3.0]
        assert scene.bias(1, 2) == 3.0
        assert scene.bias_name(1, 2) == "b_{2}^{(1)}"
    if bias == "layer":
        scene.trace.b[1][...] = [5.0]
        assert scene.bias(1, 2) == 5.0
        assert scene.bias_name(1, 2) == "b^{(1)}"


def test_masked_weights_are_not_there():
    layers = [pel.Dense(2, "tanh", masks={0: ["10", "01", "11"]}), pel.Dense(1)]
    scene = scene_of(layers)
    assert scene.weights_shown(1, 0, 0) == [0, 2]
    assert scene.weights_shown(1, 0, 1) == [1, 2]


def test_skips_and_consumers():
    scene = scene_of([pel.Dense(3, "tanh"), pel.Dense(2, inputs=(0, 1))])
    assert (scene.skips(1), scene.skips(2)) == (False, True)
    assert scene.consumers(0) == [1, 2]
