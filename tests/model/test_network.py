import copy
import pickle

import numpy as np
import pytest

from pellucid import Adam, ArchitectureError, DataError, Dense, Network, RecipeError, load, train
from pellucid.equations.initial import INITIALS

LAYERS = [Dense(4, "tanh"), Dense(3, "softmax")]


def test_predictions_are_those_of_the_equations_by_hand():
    network = Network(2, LAYERS, seed=3, precision="float64", scale=2.0, shift=[0.5, -1.0])
    X = np.random.default_rng(0).normal(size=(7, 2))
    A1 = np.tanh((X * 2 + [0.5, -1.0]) @ network.weights[1] + network.biases[1])
    Z = np.exp(A1 @ network.weights[2] + network.biases[2])
    np.testing.assert_allclose(network.predict(X), Z / Z.sum(1, keepdims=True), rtol=1e-13)


def test_weights_and_biases_are_views_that_can_be_written():
    network = Network(2, [Dense(3), Dense(1, "identity", inputs=(0, 1))])
    network.parameters[...] = 0
    network.biases[2] = [7.0]
    network.weights[0, 2][0, 0] = 1.0
    assert network.predict([[5.0, 0.0]]).tolist() == [[12.0]]
    assert network.parameters.sum() == 8.0


def test_a_view_takes_only_its_own_shape():
    with pytest.raises(ArchitectureError, match=r"expected shape \(2, 4\), got \(4,\)"):
        Network(2, LAYERS).weights[1] = np.zeros(4)


def test_the_seed_decides_the_first_weights(sha):
    digests = {sha(Network(2, LAYERS, seed=seed).parameters) for seed in (0, 0, 1, 2)}
    assert len(digests) == 3


def test_ways_of_drawing_first_weights_differ_and_unknown_ones_are_refused(sha):
    ways = [*INITIALS, "uniform:0.1", "normal:0.05"]
    networks = [Network(3, LAYERS, initial=way) for way in ways]
    assert len({sha(network.parameters) for network in networks}) == len(ways)
    for unknown in ("zero", "uniform:", "uniform:a", ":1", 3):
        with pytest.raises(ArchitectureError, match="initial: "):
            Network(2, LAYERS, initial=unknown)


def test_each_layer_may_begin_in_its_own_way():
    network = Network(2, LAYERS, initial=["zeros"] * (len(LAYERS) - 1) + ["constant:0.25"])
    last = len(LAYERS)
    assert not network.weights[1].any()
    assert (network.weights[last] == 0.25).all()
    with pytest.raises(ArchitectureError, match=f"one for each of the {last} layers, got "):
        Network(2, LAYERS, initial=["zeros"])


def test_a_redrawn_network_is_that_of_another_seed():
    network = Network(2, LAYERS, seed=1, initial="uniform:0.1")
    assert (
        network.redrawn(7).parameters
        == Network(2, LAYERS, seed=7, initial="uniform:0.1").parameters
    ).all()
    assert (network.redrawn(7).redrawn(1).parameters == network.parameters).all()


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_precision_holds_for_weights_and_predictions(precision):
    network = Network(2, [Dense(2, norm="batch"), Dense(1, "sigmoid")], precision=precision)
    assert network.precision == precision
    assert network.parameters.dtype == network.buffers.dtype == precision
    assert network.predict(np.zeros((1, 2))).dtype == precision


def test_an_unknown_precision_is_refused():
    with pytest.raises(ArchitectureError, match="expected one of float32, float64, got 'half'"):
        Network(2, LAYERS, precision="half")


def test_a_copy_changes_on_its_own(blobs):
    network = Network(2, [Dense(2, norm="batch"), Dense(3, "softmax")])
    copy, before = network.copy(), network.parameters.copy()
    train(copy, *blobs, epochs=1)
    assert np.array_equal(network.parameters, before)
    assert (network.buffers == Network(2, network.architecture.layers).buffers).all()
    assert not np.array_equal(copy.parameters, before)
    assert not np.array_equal(copy.buffers, network.buffers)


@pytest.mark.parametrize(
    "again",
    [lambda network: pickle.loads(pickle.dumps(network)), copy.deepcopy],
    ids=["pickle", "deepcopy"],
)
def test_views_of_a_network_that_was_pickled_or_copied_are_its_own(again):
    network, X = Network(2, [Dense(3, "tanh"), Dense(1)], seed=4, initial="normal:0.3"), [[1.0, 2]]
    expected = network.predict(X)
    other = again(network)
    assert other.predict(X).tolist() == expected.tolist()
    other.weights[2][...] = 0
    other.biases[2] = [3.0]
    assert other.predict(X).tolist() == [[3.0]]
    assert network.predict(X).tolist() == expected.tolist()
    drawn = other.redrawn(4)  # in the way of the first
    np.testing.assert_array_equal(drawn.parameters, network.parameters)
    train(other, X, [1.0], epochs=2)
    assert other.weights[1].ravel().tolist() == other.parameters[:6].tolist()


@pytest.mark.parametrize(
    "make", [lambda p: p[:-1], lambda p: p[None], list, lambda p: p.astype(int)]
)
def test_parameters_replaced_by_something_else_are_refused_at_use(make, blobs):
    network = Network(2, LAYERS)
    network.parameters = make(network.parameters)
    for use in (
        lambda: network.predict(blobs[0]),
        network.predictor,
        lambda: train(network, *blobs),
    ):
        with pytest.raises(ArchitectureError, match="parameters: expected a vector of 27 numbers"):
            use()


def test_a_network_from_arrays_holds_them_themselves():
    first = Network(2, LAYERS)
    second = Network.from_arrays(first.architecture, first.parameters, first.buffers)
    second.biases[1][0] = 9.0
    assert first.biases[1][0] == 9.0


@pytest.mark.parametrize(
    "network",
    [
        Network(2, LAYERS),
        Network(2, LAYERS, precision="float64", scale=0.5, shift=(1.0, 2.0)),
        Network(2, [Dense(3, bias="layer", masks={0: ("110", "011")}), Dense(1, inputs=(0, 1))]),
    ],
    ids=["plain", "scaled", "masked"],
)
def test_its_text_makes_it_again(network):
    again = eval(repr(network))
    assert again.architecture == network.architecture
    assert again.precision == network.precision


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1.0, 2.0, 3.0]], "expected 2 columns"),
        ([1.0, 2.0], r"X\[None, :\]"),
        ([[np.nan, 0.0]], "got nan in row 0, column 0"),
        (np.zeros((0, 2)), "at least one example"),
        ([["a", "b"]], "expected numbers"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(X, message):
    with pytest.raises(DataError, match=message):
        Network(2, LAYERS).predict(X)


def test_many_rows_at_once_give_what_each_gives_alone():
    network = Network(2, LAYERS, precision="float64")
    X = np.random.default_rng(0).normal(size=(5000, 2))
    alone = np.concatenate([network.predict(X[i : i + 1]) for i in (0, 4095, 4096, 4999)])
    np.testing.assert_allclose(network.predict(X)[[0, 4095, 4096, 4999]], alone, rtol=1e-13)


def test_bytes_are_taken_as_they_are():
    network = Network(2, LAYERS, scale=1 / 255)
    pixels = np.array([[0, 255], [128, 3]], np.uint8)
    assert np.array_equal(network.predict(pixels), network.predict(pixels.astype(np.float32)))


def test_saved_and_loaded_it_predicts_the_same(tmp_path, blobs):
    network = Network(2, LAYERS)
    train(network, *blobs, optimizer=Adam(0.05), epochs=2)
    network.save(tmp_path / "a.safetensors")
    assert np.array_equal(
        load(tmp_path / "a.safetensors").predict(blobs[0]), network.predict(blobs[0])
    )


def test_predictions_do_not_depend_on_the_number_of_threads():
    network = Network(40, [Dense(300, "tanh"), Dense(3, "softmax")], seed=0)
    X = np.random.default_rng(0).normal(size=(500, 40))
    alone = network.predict(X, threads=1)
    for threads in (None, 2, 10**6):
        np.testing.assert_array_equal(network.predict(X, threads=threads), alone)
    with pytest.raises(RecipeError, match="threads: expected a whole number from 1"):
        network.predict(X, threads=0)
