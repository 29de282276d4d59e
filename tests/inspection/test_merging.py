"""A network without its linear layers predicts the same; which went where is known."""

import json

import numpy as np
import pytest

from pellucid.inspection.linear import is_linear
from pellucid.inspection.merging import merge
from pellucid.network.layer import Dense
from tests.inspection.networks import KINDS, LINEAR, SCALING, network, rows

MIXED = {
    "a chain": [Dense(4, "identity"), Dense(3, "tanh"), Dense(2, "identity"), Dense(2, "softmax")],
    "two in a row": [Dense(4, "relu"), Dense(3, "identity"), Dense(4, "identity"), Dense(2, "elu")],
    "skips around": [
        Dense(4, "identity"),
        Dense(3, "tanh", inputs=(0, 1)),
        Dense(2, "identity", inputs=(1, 2)),
        Dense(3, "sigmoid", inputs=(0, 3, 2)),
    ],
    "masks": [
        Dense(3, "tanh", masks={0: np.eye(3)}),
        Dense(3, "identity", masks={1: np.eye(3)}, inputs=(0, 1)),
        Dense(2, "tanh", inputs=(0, 1, 2), masks={0: np.eye(3, 2), 2: np.eye(3, 2)}),
        Dense(1, "identity", inputs=(1, 3), masks={1: ("0", "1", "1")}),
    ],
    "normalization": [
        Dense(4, "identity", norm="batch"),
        Dense(3, "tanh", norm="batch", bias="none"),
        Dense(3, "identity", norm="layer"),
        Dense(2, "identity", norm="batch"),
        Dense(2, "relu", norm="layer"),
    ],
    "biases": [
        Dense(3, "identity", bias="layer"),
        Dense(3, "identity", bias="none"),
        Dense(3, "tanh", bias="none"),
        Dense(2, "identity", bias="none"),
        Dense(2, "sigmoid", bias="layer"),
    ],
    "maxout": [Dense(4, "identity"), Dense(3, "maxout", pieces=2), Dense(2, "identity"), Dense(1)],
}
ALL = MIXED | LINEAR | KINDS


@pytest.mark.parametrize("kind", sorted(ALL))
def test_what_is_merged_predicts_the_same(kind):
    made = network(ALL[kind], **SCALING)
    found = merge(made)
    hidden = found.network.architecture.layers[:-1]
    assert not any(is_linear(layer) for layer in hidden)
    assert found.difference < 1e-12
    X = rows()
    np.testing.assert_allclose(found.network.predict(X), made.predict(X), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("kind", sorted(MIXED))
def test_something_is_merged(kind):
    found = merge(network(MIXED[kind]))
    gone = {l for layers in found.absorbed.values() for l in layers}
    assert found.network.architecture.n_layers == found.n_layers - len(gone) < found.n_layers


def test_which_layer_went_where():
    assert merge(network(MIXED["two in a row"])).absorbed == {4: (2, 3)}
    assert merge(network(MIXED["skips around"])).absorbed == {2: (1,), 4: (1, 3)}
    assert merge(network(MIXED["normalization"])).absorbed == {2: (1,), 5: (4,)}


def test_weights_by_hand():
    made = network([Dense(1, "identity"), Dense(1, "tanh", inputs=(0, 1))])
    made.weights[0, 1], made.biases[1] = [[1], [2], [3]], [4]
    made.weights[0, 2], made.weights[1, 2], made.biases[2] = [[5], [6], [7]], [[10]], [8]
    found = merge(made).network
    assert found.weights[1].tolist() == [[15], [26], [37]]
    assert found.biases[1].tolist() == [48]
    assert repr(found.architecture.layers[0]) == "Dense(1, 'tanh')"


def test_masks_stay_where_nothing_was_merged():
    found = merge(network(MIXED["masks"])).network.architecture
    np.testing.assert_array_equal(found.mask(0, 1), np.eye(3))
    assert found.mask(0, 2) is None
    np.testing.assert_array_equal(found.mask(1, 3), [[False], [True], [True]])


def test_biases_keep_their_form_where_nothing_is_added():
    made = network([Dense(3, "identity", bias="none"), Dense(2, "tanh", bias="layer"), Dense(1)])
    assert merge(made).network.architecture.layers[0].bias == "layer"
    made = network([Dense(3, "identity"), Dense(2, "tanh", bias="layer"), Dense(1)])
    assert merge(made).network.architecture.layers[0].bias == "neuron"


def test_a_network_without_linear_layers_is_copied():
    made = network(KINDS["skip connections"], precision="float32")
    found = merge(made)
    assert found.absorbed == {}
    assert found.difference == 0
    np.testing.assert_array_equal(found.network.parameters, made.parameters)
    assert not np.shares_memory(found.network.parameters, made.parameters)
    assert "nothing to merge" in str(found)


def test_precision_stays_and_the_network_too():
    made = network(MIXED["a chain"], precision="float32")
    before = made.parameters.copy()
    found = merge(made, rows(9))
    assert found.network.precision == "float32"
    assert 0 < found.difference < 1e-5
    assert found.n_rows == 9
    np.testing.assert_array_equal(made.parameters, before)


def test_the_averages_of_batch_normalization_move_along():
    made = network(MIXED["normalization"])
    found = merge(made).network
    assert len(made.buffers) == 2 * (4 + 3 + 2)
    np.testing.assert_array_equal(found.buffers, made.buffers[8:14])


def test_it_is_told_as_text_and_as_data():
    found = merge(network(MIXED["two in a row"]))
    lines = str(found).splitlines()
    assert lines[0] == "layers 2, 3 worked into 4"
    assert lines[1] == "2 layers in the place of 4, 26 parameters in the place of 57"
    assert json.loads(json.dumps(found.as_dict()))["absorbed"] == {"4": [2, 3]}
