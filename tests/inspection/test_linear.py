"""Linear networks as one matrix: by hand, by products written out, and by predictions."""

import json

import numpy as np
import pytest

from pellucid.equations.normalization import EPSILON
from pellucid.errors import DataError, UnsupportedError
from pellucid.inspection.linear import affine_of, collapse, is_linear, normalization_of
from pellucid.inspection.trace import trace
from pellucid.network.layer import Dense
from pellucid.network.passes import activate
from tests.inspection.networks import KINDS, LINEAR, SCALING, network, rows, targets


def test_two_matrices_by_hand():
    made = network([Dense(2, "identity"), Dense(1, "identity")], scale=2.0, shift=1.0)
    made.weights[1], made.biases[1] = [[1, 0], [0, 1], [1, 1]], [1, -1]
    made.weights[2], made.biases[2] = [[2], [3]], [10]
    found = collapse(made)
    assert found.M.tolist() == [[4], [6], [10]]  # 2 · (2, 3, 5)
    assert found.b.tolist() == [19]  # (1, 1, 1) · (2, 3, 5) + 2 − 3 + 10
    assert found.activation == "identity"
    assert (found.n_layers, found.n_parameters) == (2, 11)


@pytest.mark.parametrize("scaling", [{}, SCALING, {"scale": 1 / 255}], ids=["", "each", "one"])
@pytest.mark.parametrize("kind", sorted(LINEAR))
def test_the_matrix_predicts_the_same(kind, scaling):
    made = network(LINEAR[kind], **scaling)
    found = collapse(made)
    assert found.difference < 1e-12
    assert found.n_rows == 1000
    X = rows()
    P = activate(made.architecture.layers[-1], X @ found.M + found.b)
    np.testing.assert_allclose(P, made.predict(X), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found.network.predict(X), P, rtol=1e-13, atol=1e-14)


def test_a_chain_is_the_product_of_its_matrices():
    made = network(LINEAR["three layers"])
    W1, W2, W3 = (made.weights[l] for l in (1, 2, 3))
    b1, b2, b3 = (made.biases[l] for l in (1, 2, 3))
    found = collapse(made)
    np.testing.assert_allclose(found.M, W1 @ W2 @ W3, rtol=1e-12)
    np.testing.assert_allclose(found.b, (b1 @ W2 + b2) @ W3 + b3, rtol=1e-12)
    assert np.linalg.matrix_rank(found.M) == 2  # as wide as the narrowest layer


def test_skips_are_sums_of_products():
    made = network(LINEAR["skips"])
    w = made.weights
    second = w[0, 2] + w[0, 1] @ w[1, 2]
    expected = w[1, 3].copy()
    expected = w[0, 1] @ expected + second @ w[2, 3] + w[0, 3]
    np.testing.assert_allclose(collapse(made).M, expected, rtol=1e-12)


def test_float32_and_uint8():
    made = network(LINEAR["three layers"], precision="float32", scale=1 / 255)
    X = np.random.default_rng(0).integers(0, 256, (20, 3)).astype(np.uint8)
    found = collapse(made, X)
    assert found.n_rows == 20
    assert found.difference < 1e-13
    np.testing.assert_allclose(found.network.predict(X), made.predict(X), rtol=1e-4, atol=1e-5)


def test_a_difference_is_seen():
    """The comparison is one: with another network's matrix it is not small."""
    made, other = (network(LINEAR["one layer"], seed=s) for s in (0, 1))
    X = rows()
    found = collapse(made, X)
    assert found.difference < 1e-14
    assert np.abs(collapse(other).network.predict(X) - made.predict(X)).max() > 0.01


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"layer normalization"}))
def test_what_a_layer_does_before_its_activation(kind):
    made = network(KINDS[kind], **SCALING)
    whole = trace(made, rows(), targets(made))
    for l in range(1, made.architecture.n_layers + 1):
        weights, bias = affine_of(made, l)
        N = sum(whole.A[k] @ W for k, W in weights.items()) + bias
        np.testing.assert_allclose(N, whole.N[l], rtol=1e-11, atol=1e-12)


def test_batch_normalization_by_hand():
    made = network([Dense(1, "identity", norm="batch", bias="none")])
    for segment in made.segments:
        if segment.kind in ("gain", "shift"):
            segment.view(made.parameters)[...] = 6.0 if segment.kind == "gain" else 1.0
    made.buffers[...] = 2.0, 9.0 - EPSILON
    factor, offset = normalization_of(made, 1)
    np.testing.assert_allclose([factor[0], offset[0]], [2, -3])


def test_which_layers_are_linear():
    assert is_linear(Dense(1, "identity"))
    assert is_linear(Dense(1, "identity", norm="batch"))
    assert not is_linear(Dense(1, "identity", norm="layer"))
    assert not is_linear(Dense(1, "relu"))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([Dense(2, "identity"), Dense(2, "relu"), Dense(1)], "got relu in layer 2"),
        ([Dense(2, "identity", norm="layer"), Dense(1)], "got layer normalization in layer 1"),
        ([Dense(2, "identity"), Dense(1, norm="layer")], "layer 2: layer normalization is no"),
    ],
)
def test_what_is_no_matrix_is_refused(layers, message):
    with pytest.raises(UnsupportedError, match=message):
        collapse(network(layers))


def test_rows_that_do_not_fit():
    with pytest.raises(DataError, match="expected 3 columns"):
        collapse(network(LINEAR["one layer"]), [[1.0]])


def test_it_is_told_as_text_and_as_data():
    made = network([Dense(4, "identity"), Dense(1, "sigmoid")])
    found = collapse(made)
    lines = str(found).splitlines()
    assert lines[0] == "P = sigmoid(X M + b) with M (3, 1) and b (1,): 2 layers as 1"
    assert lines[-2] == "4 parameters in the place of 21"
    assert lines[-1].startswith("largest difference of predictions on 1000 rows: ")
    data = json.loads(json.dumps(found.as_dict()))
    np.testing.assert_array_equal(data["M"], found.M)
    assert data["activation"] == "sigmoid"
    wide = str(collapse(network([Dense(50, "identity")])))
    assert "M =" not in wide
