import numpy as np
import pytest

import pellucid as pel
from pellucid.inspection.signs_case import PROBE, SAMPLE, Case, Data, codes_of, signed
from pellucid.plan.examples import as_examples


def data_of(network, loss, X, Y, weights=None):
    return Data(network.architecture, loss, as_examples(network.architecture, loss, X, Y, weights))


@pytest.fixture
def network():
    return pel.Network(3, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], seed=1, scale=0.5)


def test_codes_are_found_in_every_form_of_classes():
    codes = np.array([0, 2, 1], np.int32)
    rows = np.eye(3)[codes]
    assert codes_of(codes) is codes
    assert codes_of(rows).tolist() == [0, 2, 1]
    assert codes_of(2 * rows - 1).tolist() == [0, 2, 1]
    assert codes_of(np.array([[0.0], [1.0]])).tolist() == [0, 1]
    assert codes_of(np.array([[-1.0], [1.0]])).tolist() == [0, 1]


def test_numbers_and_several_labels_are_no_codes():
    assert codes_of(np.array([[0.5], [1.0]])) is None
    assert codes_of(np.array([[1.0, 1.0], [0.0, 1.0]])) is None
    assert codes_of(np.zeros((3, 2))) is None
    assert signed(np.array([[-1.0], [1.0]]))
    assert not signed(np.array([[0.0], [1.0]]))
    assert not signed(np.array([1, 1]))


def test_a_sample_is_the_same_each_time_and_of_different_rows(network):
    X = np.arange(9000.0).reshape(3000, 3)
    Y = np.arange(3000) % 2
    first, second = (data_of(network, "cross_entropy", X, Y) for _ in range(2))
    assert len(first.sample) == SAMPLE
    assert len(first.probe) == PROBE
    np.testing.assert_array_equal(first.sample.X, second.sample.X)
    np.testing.assert_array_equal(first.probe.X, first.sample.X[:PROBE])
    assert len(np.unique(first.sample.X[:, 0])) == SAMPLE
    np.testing.assert_array_equal(first.A, first.sample.X * 0.5)
    np.testing.assert_array_equal(first.codes, (first.sample.X[:, 0] / 3) % 2)


def test_few_rows_of_many_inputs_are_taken():
    wide = pel.Network(20_000, [pel.Dense(1, "identity")])
    X = np.zeros((400, 20_000), np.uint8)
    assert len(data_of(wide, "mse", X, np.arange(400.0)).sample) == PROBE


def test_examples_of_weight_0_are_left_out(network):
    X = np.random.default_rng(0).normal(size=(50, 3))
    weights = np.arange(50) % 5 == 0
    sample = data_of(network, "cross_entropy", X, np.arange(50) % 2, weights).sample
    assert len(sample) == 10
    assert set(sample.X[:, 0]) == set(X[weights][:, 0])


def test_learnt_is_nothing_for_a_constant_and_all_for_no_cost():
    X = np.random.default_rng(0).normal(size=(60, 2))
    Y = X @ [[2.0], [-1.0]] + 3.0
    network = pel.Network(2, [pel.Dense(1, "identity")], precision="float64")
    case = Case(network, data_of(network, "mse", X, Y))
    network.weights[1], network.biases[1] = np.zeros((2, 1)), np.array([Y.mean()])
    assert case.learnt == pytest.approx(0.0, abs=1e-12)
    assert case.judged.learnt == pytest.approx(0.0, abs=1e-12)
    network.weights[1], network.biases[1] = np.array([[2.0], [-1.0]]), np.array([3.0])
    perfect = Case(network, data_of(network, "mse", X, Y))
    assert perfect.learnt == pytest.approx(1.0)
    assert perfect.judged.right is None
    assert perfect.judged_validation is None


def test_weights_count_in_what_is_learnt(network):
    random = np.random.default_rng(0)
    X, Y, weights = (
        random.normal(size=(80, 3)),
        random.integers(0, 2, 80),
        random.uniform(0.1, 3, 80),
    )
    case = Case(network, data_of(network, "cross_entropy", X, Y, weights))
    P = network.predict(X).astype(float)
    cost = np.average(-np.log(P[np.arange(80), Y]), weights=weights)
    share = np.average(Y, weights=weights)
    constant = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert case.learnt == pytest.approx(1 - cost / constant, abs=1e-6)
    assert case.judged.learnt == pytest.approx(1 - cost / constant, abs=1e-6)


def test_right_answers_of_signs_are_told_by_the_sign():
    X = np.array([[1.0], [-2.0], [3.0], [-0.5]])
    network = pel.Network(1, [pel.Dense(1, "identity", bias="none")])
    network.weights[1] = np.ones((1, 1))
    case = Case(network, data_of(network, "squared_hinge", X, [1, 1, 1, -1]))
    order = [X[:, 0].tolist().index(x) for x in case.data.sample.X[:, 0]]
    assert case.judged.right.tolist() == [[True, False, True, True][i] for i in order]


def test_quantiles_are_traced_with_their_targets_as_given():
    network = pel.Network(2, [pel.Dense(3, "identity")])
    X = np.random.default_rng(0).normal(size=(30, 2))
    case = Case(network, data_of(network, "quantile:0.1,0.5,0.9", X, X[:, 0]))
    np.testing.assert_allclose(case.trace.Y, case.data.probe.Y, rtol=1e-6)


def test_incoming_weights_and_biases_are_columns():
    layers = [pel.Dense(3, "tanh", bias="layer"), pel.Dense(2, "identity", (0, 1), bias="none")]
    network = pel.Network(4, layers, seed=3)
    case = Case(network, data_of(network, "mse", np.ones((2, 4)), np.ones((2, 2))))
    first, second = case.incoming(1), case.incoming(2)
    assert list(case.hidden) == [1]
    np.testing.assert_array_equal(first[:4], network.weights[1])
    np.testing.assert_array_equal(first[4], np.full(3, network.biases[1][0]))
    np.testing.assert_array_equal(second[:4], network.weights[0, 2])
    np.testing.assert_array_equal(second[4:], network.weights[1, 2])
