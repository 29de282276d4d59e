"""One state, one matrix: synchronous updates lead to what the layers predict."""

import numpy as np
import pytest
import scipy.sparse

from pellucid.errors import DataError, UnsupportedError
from pellucid.inspection.block import block_form
from pellucid.inspection.trace import trace
from pellucid.network.layer import Dense
from pellucid.network.passes import CHUNK
from tests.inspection.networks import KINDS, LINEAR, SCALING, network, rows, targets

ALL = {kind: layers for kind, layers in (KINDS | LINEAR).items() if kind != "layer normalization"}
ALL |= {"steps": [Dense(4, "step"), Dense(3, "sign", inputs=(0, 1)), Dense(1, "identity")]}


def test_a_matrix_by_hand():
    made = network([Dense(1, "tanh"), Dense(1, "identity", inputs=(0, 1))])
    made.weights[0, 1], made.biases[1] = [[1], [2], [3]], [4]
    made.weights[0, 2], made.weights[1, 2], made.biases[2] = [[5], [6], [7]], [[8]], [9]
    form = block_form(made)
    assert form.K.toarray().tolist() == [
        [1, 0, 0, 1, 5, 0],
        [0, 1, 0, 2, 6, 0],
        [0, 0, 1, 3, 7, 0],
        [0, 0, 0, 0, 8, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 4, 9, 1],
    ]
    assert form.units == {0: slice(0, 3), 1: slice(3, 4), 2: slice(4, 5)} == form.sums
    assert form.activations == ("identity",) * 3 + ("tanh", "identity", "identity")


@pytest.mark.parametrize("kind", sorted(ALL))
def test_after_L_updates_the_output_is_the_prediction(kind):
    made = network(ALL[kind], **SCALING)
    X = rows(50)
    np.testing.assert_allclose(block_form(made).run(X), made.predict(X), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", sorted(set(ALL) - {"steps"}))
def test_layer_l_is_right_after_l_updates_whatever_was_there_before(kind):
    made = network(ALL[kind], **SCALING)
    form, X = block_form(made), rows()
    whole = trace(made, X, targets(made))
    n_hidden = form.n_state - 4
    s = form.start(X, hidden=np.random.default_rng(5).normal(size=(7, n_hidden)))
    for update in range(made.architecture.n_layers + 2):
        for l in range(update + 1):
            if l <= made.architecture.n_layers:
                np.testing.assert_allclose(s[:, form.units[l]], whole.A[l], rtol=1e-11, atol=1e-12)
        assert (s[:, -1] == 1).all()
        s = form.update(s)


def test_the_state_of_a_network_that_has_settled_stays():
    made = network(KINDS["skip connections"])
    form = block_form(made)
    s = form.start(rows())
    for _ in range(3):
        s = form.update(s)
    np.testing.assert_array_equal(form.update(s), s)
    assert (form.update(form.start(rows())) != s).any()


def test_of_maxout_there_are_more_sums_than_neurons():
    form = block_form(network(KINDS["maxout"]))
    assert form.K.shape == (3 + 3 + 4 + 2 + 1, 3 + 9 + 8 + 2 + 1)
    assert form.sums[2] == slice(12, 20)
    assert form.units[2] == slice(6, 10)


def test_a_feedforward_network_is_triangular():
    K = block_form(network(KINDS["relu, three hidden layers"])).K.toarray()
    inner = K[:-1, :-1] - np.diag(np.diag(K[:-1, :-1]))
    assert (np.tril(inner) == 0).all()
    assert (np.diag(K)[3:-1] == 0).all()


def test_float32_uint8_sparse_and_many_rows():
    made = network(KINDS["tanh and softmax"], precision="float32", scale=1 / 255)
    X = np.random.default_rng(0).integers(0, 256, (CHUNK + 3, 3)).astype(np.uint8)
    form = block_form(made)
    np.testing.assert_allclose(form.run(X), made.predict(X), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(form.run(X), form.run(scipy.sparse.csr_array(X)))


def test_states_that_do_not_fit():
    form = block_form(network(KINDS["no bias"]))
    with pytest.raises(DataError, match="expected states of 10 numbers"):
        form.update(np.zeros((2, 9)))
    with pytest.raises(DataError, match="expected 3 columns"):
        form.start([[1.0]])
    with pytest.raises(DataError, match="hidden: expected 7 rows of 6 numbers"):
        form.start(rows(), hidden=np.zeros((7, 5)))


def test_layer_normalization_is_no_coupling():
    with pytest.raises(UnsupportedError, match="layer 1: layer normalization is no matrix"):
        block_form(network(KINDS["layer normalization"]))


def test_it_is_told():
    lines = str(block_form(network(KINDS["no bias"]))).splitlines()
    assert lines[0] == "s ← f(s K), a state of 10 numbers, K (10, 10)"
    assert lines[2].split() == ["3", "…", "6", "layer", "1:", "elu"]
    assert lines[-1].startswith("24 of 100 couplings are not 0")
