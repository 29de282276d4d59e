"""One layer: what it may be, what it may not, as text and as JSON."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.equations.activations import ACTIVATIONS
from pellucid.errors import ArchitectureError
from pellucid.network.layer import Dense, layer_from_json, layer_to_json

LAYERS = [
    Dense(1),
    Dense(3, "tanh", inputs=(0, 2), bias="layer", norm="batch", masks={2: ("110", "001")}),
    Dense(2, "maxout", norm="layer", pieces=3, masks={0: ("110110",)}),
    *(Dense(2, name, pieces=2 if row.grouped else 1) for name, row in ACTIVATIONS.items()),
]
TEXTS = {
    "Dense(1, 'relu')": LAYERS[0],
    "Dense(3, 'tanh', inputs=(0, 2), bias='layer', norm='batch', masks={2: ('110', '001')})": (
        LAYERS[1]
    ),
    "Dense(2, 'maxout', norm='layer', masks={0: ('110110',)}, pieces=3)": LAYERS[2],
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_a_layer_survives_json_and_its_own_text(layer):
    again = layer_from_json(json.loads(json.dumps(layer_to_json(layer))))
    assert again == layer
    assert eval(repr(layer)) == layer


def test_only_what_is_not_usual_is_shown():
    for text, layer in TEXTS.items():
        assert repr(layer) == text


def test_a_table_may_leave_out_all_but_the_units():
    assert layer_from_json({"units": 3}) == Dense(3)
    assert layer_from_json({"units": 3, "pieces": 2, "activation": "maxout"}).sums == 6


def test_neurons_have_one_sum_or_as_many_as_pieces():
    assert [layer.sums for layer in (Dense(5), Dense(5, "maxout", pieces=2))] == [5, 10]


def test_numbers_of_numpy_become_plain_ones():
    layer = Dense(np.int64(2), "maxout", inputs=np.array([0]), pieces=np.int8(3))
    assert repr(layer) == "Dense(2, 'maxout', inputs=(0,), pieces=3)"
    assert json.loads(json.dumps(layer_to_json(layer)))["pieces"] == 3


@pytest.mark.parametrize(
    "mask", [[[1, 0]], [[True, False]], [[1.0, 0.0]], np.array([[1, 0]], np.uint8), ["10"]]
)
def test_masks_are_given_in_many_ways(mask):
    """Zeros and ones of any type, or texts."""
    assert Dense(2, masks={0: mask}).masks == {0: ("10",)}


def test_masks_of_maxout_have_a_column_for_each_sum():
    layer = Dense(2, "maxout", pieces=2, masks={0: np.eye(4)[:3]})
    assert layer.masks == {0: ("1000", "0100", "0010")}


ERRORS = {
    "no units": (lambda: Dense(0), "units: expected a whole number of at least 1, got 0"),
    "half a unit": (lambda: Dense(2.5), "whole number of at least 1, got 2.5"),
    "true units": (lambda: Dense(True), "whole number of at least 1, got True"),
    "units as text": (lambda: Dense("3"), "whole number of at least 1, got '3'"),
    "an unknown activation": (
        lambda: Dense(2, "rely"),
        f"activation: expected one of {', '.join(ACTIVATIONS)}, got 'rely'",
    ),
    "a list as activation": (lambda: Dense(2, ["relu"]), r"expected one of .* got \['relu'\]"),
    "an unknown bias": (
        lambda: Dense(2, bias="one"),
        "bias: expected one of neuron, layer, none, got 'one'",
    ),
    "an unknown norm": (
        lambda: Dense(2, norm="b"),
        "norm: expected one of none, batch, layer, got 'b'",
    ),
    "inputs as one number": (
        lambda: Dense(2, inputs=1),
        r"inputs: expected layers as in \(0, 1\), got 1",
    ),
    "half a layer": (lambda: Dense(2, inputs=(0.5,)), r"expected layers .* got \(0.5,\)"),
    "inputs as text": (lambda: Dense(2, inputs="01"), "expected layers .* got '01'"),
    "a flat mask": (lambda: Dense(2, masks={0: [1, 0]}), "rows of 2 zeros and ones.* got .1, 0"),
    "a mask of weights": (lambda: Dense(2, masks={0: [[0.5, 1]]}), "zeros and ones.* got ..0.5, 1"),
    "a narrow mask": (lambda: Dense(2, masks={0: [[1]]}), "rows of 2 zeros and ones"),
    "a mask of letters": (lambda: Dense(2, masks={0: ("1a",)}), "zeros and ones.* got .'1a'"),
    "maxout of one piece": (
        lambda: Dense(4, "maxout"),
        r"pieces: maxout takes the largest of several weighted sums; expected at least 2, got 1. "
        r'Such as Dense\(4, "maxout", pieces=2\)',
    ),
    "pieces of relu": (
        lambda: Dense(4, "relu", pieces=2),
        "pieces: relu has one weighted sum a neuron; expected 1, got 2. Several are for maxout",
    ),
    "no pieces": (lambda: Dense(4, "maxout", pieces=0), "pieces: expected a whole number .* got 0"),
    "half a piece": (lambda: Dense(4, "maxout", pieces=2.5), "pieces: expected .* got 2.5"),
    "true pieces": (lambda: Dense(4, pieces=True), "pieces: expected .* got True"),
}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_what_cannot_exist_is_refused_with_what_came(name):
    make, message = ERRORS[name]
    with pytest.raises(ArchitectureError, match=message):
        make()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, "expected a layer as a table with units and any of .*'pieces'.* got 3"),
        ({}, "expected a layer as a table with units"),
        ({"units": 1, "size": 2}, "expected a layer as a table with units .* got .*size"),
        ({"units": 1, "masks": 3}, "a layer cannot be read: .* Got .*masks"),
        ({"units": 1, "masks": {"x": []}}, "a layer cannot be read"),
        ({"units": 1, "inputs": ["0"]}, "inputs: expected layers"),
        ({"units": 1, "pieces": "2"}, "pieces: expected a whole number"),
    ],
)
def test_other_json_is_refused(data, message):
    with pytest.raises(ArchitectureError, match=message):
        layer_from_json(data)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(data=json_values, key=st.sampled_from(list(layer_to_json(Dense(1)))))
def test_any_json_is_a_layer_or_an_architecture_error(data, key):
    """Whatever stands in a configuration or a model file, one kind of error comes of it."""
    try:
        made = layer_from_json({"units": 2, key: data})
    except ArchitectureError:
        return
    assert isinstance(made, Dense)


def test_a_layer_is_frozen():
    with pytest.raises(AttributeError):
        Dense(2).units = 3


def test_large_masks_are_told_by_their_size():
    mask = np.zeros((20, 15), bool)
    mask[:, 3] = True
    assert repr(Dense(15, masks={0: mask})) == "Dense(15, 'relu', masks={0: <20 of 20 × 15>})"
    assert "<" not in repr(Dense(15, masks={0: mask[:17]}))


def test_masks_may_be_of_any_kind_of_number():
    mask = np.eye(3)
    alike = [mask, mask.astype(bool), mask.astype(np.int8), mask.tolist(), ["100", "010", "001"]]
    assert len({Dense(3, masks={1: given}).masks[1] for given in alike}) == 1
