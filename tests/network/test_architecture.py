"""Networks that can exist and those that cannot; as text, as JSON, and back."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.equations.activations import ACTIVATIONS
from pellucid.errors import ArchitectureError, RecipeError
from pellucid.network.architecture import (
    LARGEST,
    Architecture,
    check_differentiable,
    from_json,
    to_json,
)
from pellucid.network.layer import Dense

# A small network of every kind of thing: layers 1 and 2 feed 3, the input feeds all.
RICH = Architecture(
    2,
    (
        Dense(3, "tanh", masks={0: ("110", "011")}),
        Dense(2, "relu", inputs=(0, 1), bias="layer", norm="batch"),
        Dense(1, "sigmoid", inputs=(2, 0), bias="none", masks={0: [[1], [0]]}),
    ),
    scale=(0.5, 2.0),
    shift=-1.0,
)
# Two neurons of three sums each, the first of which misses the first input.
PIECES = Architecture(
    2,
    (
        Dense(2, "maxout", norm="layer", pieces=3, masks={0: ("000111", "111111")}),
        Dense(1, "identity"),
    ),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(seed=st.integers(0, 10**6), activations=st.permutations(sorted(ACTIVATIONS)))
def test_any_architecture_survives_json_and_its_own_text(draw_architecture, seed, activations):
    whole = draw_architecture(seed, output=activations[0], activations=activations)
    again = from_json(json.loads(json.dumps(to_json(whole))))
    assert again == whole
    assert eval(repr(whole)) == whole
    assert json.dumps(to_json(again)) == json.dumps(to_json(whole))


def test_the_rich_one_by_hand():
    assert (RICH.n_layers, RICH.n_outputs) == (3, 1)
    assert [RICH.units(k) for k in range(4)] == [2, 3, 2, 1]
    assert RICH.connections == ((0, 1), (0, 2), (1, 2), (2, 3), (0, 3))
    assert [RICH.inputs(l) for l in (1, 2, 3)] == [(0,), (0, 1), (2, 0)]
    assert RICH.mask(0, 1).tolist() == [[True, True, False], [False, True, True]]
    assert RICH.mask(0, 3).tolist() == [[True], [False]]
    assert RICH.mask(1, 2) is None
    assert repr(RICH) == (
        "Architecture(2, [Dense(3, 'tanh', masks={0: ('110', '011')}), "
        "Dense(2, 'relu', inputs=(0, 1), bias='layer', norm='batch'), "
        "Dense(1, 'sigmoid', inputs=(2, 0), bias='none', masks={0: ('1', '0')})], "
        "scale=(0.5, 2.0), shift=-1.0)"
    )


def test_maxout_has_more_sums_than_units():
    """Weights lead to sums, and come from units."""
    assert [PIECES.units(k) for k in range(3)] == [2, 2, 1]
    assert [PIECES.sums(l) for l in (1, 2)] == [6, 1]
    assert PIECES.n_outputs == 1
    assert PIECES.mask(0, 1).tolist() == [[False] * 3 + [True] * 3, [True] * 6]
    assert from_json(json.loads(json.dumps(to_json(PIECES)))) == PIECES
    assert eval(repr(PIECES)) == PIECES


def test_architectures_without_pieces_are_read():
    """As older files have them: a layer's entries may be left out but for its units."""
    data = to_json(RICH)
    for layer in data["layers"]:
        del layer["pieces"]
    assert from_json(data) == RICH


def test_what_gradients_cannot_train_is_said_with_what_can():
    """Step and sign units, wherever they stand; everything else passes."""
    for name, row in ACTIVATIONS.items():
        pieces = 2 if row.grouped else 1
        for layers in (
            (Dense(2, name, pieces=pieces),),
            (Dense(2, "tanh"), Dense(2, name, pieces=pieces)),
        ):
            architecture = Architecture(2, layers)
            if row.backward is not None:
                check_differentiable(architecture)
                continue
            message = (
                rf"layer {len(layers)}: {name} is flat on both sides of its jump.*"
                r"perceptron rule, w ← w \+ η \(y − p\) x \(Rosenblatt 1958\), or use\s+sigmoid"
            )
            with pytest.raises(RecipeError, match=message):
                check_differentiable(architecture)


def test_numbers_of_numpy_become_plain_ones():
    """So that the text and the JSON of a network made from counted columns hold."""
    whole = Architecture(
        np.int64(2), (Dense(np.int32(3), inputs=np.array([0])),), scale=np.float32(0.5)
    )
    assert repr(whole) == "Architecture(2, [Dense(3, 'relu', inputs=(0,))], scale=0.5)"
    assert json.loads(json.dumps(to_json(whole)))["layers"][0]["units"] == 3


def chain(*layers, n_inputs=2, **scaling):
    return Architecture(n_inputs, layers, **scaling)


ERRORS = {
    "no layers": (lambda: chain(), r"at least one layer, each a pellucid.Dense, got \(\)"),
    "a number for a layer": (lambda: chain(3), r"each a pellucid.Dense, got \(3,\)"),
    "no inputs": (
        lambda: chain(Dense(1), n_inputs=0),
        "n_inputs: expected a whole number .* got 0",
    ),
    "a layer that feeds itself": (
        lambda: chain(Dense(1, inputs=(1,))),
        "layer 1: expected inputs from earlier layers, 0 to 0, got 1. Layer 0 is the input",
    ),
    "a later layer": (
        lambda: chain(Dense(1, inputs=(0, 2)), Dense(1)),
        "layer 1: expected inputs from earlier layers, 0 to 0, got 2",
    ),
    "a layer before the input": (
        lambda: chain(Dense(1, inputs=(-1,))),
        "layer 1: expected inputs from earlier layers, 0 to 0, got -1",
    ),
    "a source twice": (
        lambda: chain(Dense(1, inputs=(0, 0))),
        r"layer 1: expected different inputs, got \(0, 0\)",
    ),
    "no source": (
        lambda: chain(Dense(1, inputs=())),
        r"layer 1: expected different inputs, got \(\)",
    ),
    "a mask of too many rows": (
        lambda: chain(Dense(1, masks={0: [[1], [1], [1]]})),
        "layer 1: expected a mask of 2 rows for the connection from layer 0, got 3",
    ),
    "a mask of no connection": (
        lambda: chain(Dense(1), Dense(1, masks={0: [[1], [1]]})),
        r"layer 2: expected masks for its inputs \(1,\), got one for 0",
    ),
    "softmax inside": (
        lambda: chain(Dense(2, "softmax"), Dense(1)),
        "layer 1: softmax is for outputs, got it in a hidden layer. Use sigmoid",
    ),
    "an unused layer": (
        lambda: chain(Dense(1), Dense(1), Dense(1, inputs=(1,))),
        r"expected every layer to feed a later one, but nothing is fed by \[2\]",
    ),
    "an unused input": (
        lambda: Architecture(2, (Dense(1), Dense(1, inputs=()))),
        "expected different inputs",
    ),
    "a mask of units where there are sums": (
        lambda: chain(Dense(2, "maxout", pieces=2, masks={0: ("11", "11")})),
        "masks: expected rows of 4 zeros and ones, one for each sum they lead to",
    ),
    "far too many pieces": (
        lambda: chain(Dense(10**5, "maxout", pieces=10**5)),
        f"at most {LARGEST} weights, got 20000000000",
    ),
    "far too many weights": (
        lambda: chain(Dense(10**6), Dense(10**6)),
        rf"at most {LARGEST} weights, got 1000002000000. Make layers smaller",
    ),
    "sizes beyond 64 bits": (lambda: chain(Dense(10**30)), f"at most {LARGEST} weights, got 2000"),
    "two scales for one": (
        lambda: chain(Dense(1), scale=(1, 2, 3)),
        r"scale: expected one finite number, or 2 of them, one for each input, got \(1, 2, 3\)",
    ),
    "a scale of nothing": (lambda: chain(Dense(1), scale=None), "scale: .* got None"),
    "an infinite shift": (lambda: chain(Dense(1), shift=(0, float("inf"))), "shift: .* inf"),
    "a shift as text": (lambda: chain(Dense(1), shift="low"), "shift: .* got 'low'"),
}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_what_cannot_exist_is_refused_with_what_came(name):
    make, message = ERRORS[name]
    with pytest.raises(ArchitectureError, match=message):
        make()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, r"expected a table with \['layers', 'n_inputs', 'scale', 'shift'\], got 3"),
        ({"n_inputs": 2}, "expected a table with"),
        ({"n_inputs": 2, "layers": [], "colour": 1}, "expected a table with .* got .*colour"),
        ({"n_inputs": 2, "layers": {}}, "expected a list of layers, got {}"),
        ({"n_inputs": 2, "layers": [{}]}, "a layer as a table with units and any of"),
        ({"n_inputs": 2, "layers": [{"units": 1, "size": 2}]}, "a table with units .* got .*size"),
        ({"n_inputs": 2, "layers": [{"units": 1, "masks": 3}]}, "a layer cannot be read"),
        ({"n_inputs": 2, "layers": [{"units": 1, "masks": {"x": []}}]}, "a layer cannot be read"),
        ({"n_inputs": 2, "layers": [{"units": 1, "inputs": ["0"]}]}, "inputs: expected layers"),
        ({"n_inputs": 2, "layers": [{"units": 1}], "scale": "x"}, "scale: expected one finite"),
        ({"n_inputs": "2", "layers": [{"units": 1}]}, "n_inputs: expected a whole number"),
    ],
)
def test_other_json_is_refused(data, message):
    with pytest.raises(ArchitectureError, match=message):
        from_json(data)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(data=json_values, key=st.sampled_from(["units", "activation", "inputs", "masks", "pieces"]))
def test_any_json_is_an_architecture_or_an_architecture_error(data, key):
    """Whatever stands in a configuration or a model file, one kind of error comes of it."""
    for make, table in (
        (from_json, {"n_inputs": 2, "layers": [{"units": 2, key: data}], "scale": data}),
        (from_json, {"n_inputs": 2, "layers": [{"units": 2}], "shift": data}),
        (from_json, {"n_inputs": data, "layers": [data]}),
    ):
        try:
            made = make(table)
        except ArchitectureError:
            continue
        assert isinstance(made, Architecture)
