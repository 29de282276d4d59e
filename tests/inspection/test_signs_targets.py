import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pellucid as pel
from pellucid.inspection import signs_targets
from pellucid.inspection.signs_case import Case, Data
from pellucid.inspection.signs_targets import (
    imbalance,
    label_noise,
    leak,
    predicted_by_others,
    unscaled_target,
)
from pellucid.plan.examples import as_examples


def case_of(X, Y, *, weights=None, validation=None, network=None):
    """Codes go to softmax outputs, numbers to identity outputs."""
    codes = np.ndim(Y) == 1 and np.asarray(Y).dtype.kind in "iu"
    loss = "cross_entropy" if codes else "mse"
    if network is None:
        n_outputs = int(np.max(Y)) + 1 if codes else np.atleast_2d(np.transpose(Y)).shape[0]
        layer = pel.Dense(n_outputs, "softmax" if codes else "identity")
        network = pel.Network(X.shape[1], [layer])
    a = network.architecture
    data = Data(a, loss, as_examples(a, loss, X, Y, weights))
    held_out = None if validation is None else Data(a, loss, as_examples(a, loss, *validation))
    return Case(network, data, held_out)


@pytest.fixture
def random():
    return np.random.default_rng(3)


def test_a_rare_class_is_named_with_its_share(random):
    codes = np.repeat([0, 1, 2], [200, 180, 10])
    X = random.normal(size=(390, 2))
    (sign,) = imbalance(case_of(X, codes), 0.125)
    assert sign.where == "class 2"
    assert sign.number == pytest.approx(10 / 200)
    assert not list(imbalance(case_of(X, codes), 0.05))
    assert not list(imbalance(case_of(X, X), 0.125))  # numbers


def test_weights_that_make_up_for_it_are_heard(random):
    codes = np.repeat([0, 1], [285, 15])
    weights = 1 / np.bincount(codes)[codes]
    assert not list(imbalance(case_of(random.normal(size=(300, 2)), codes, weights=weights), 0.125))


def test_a_class_that_few_examples_lack_is_no_fault(random):
    codes = np.repeat([0, 1], [30, 0])
    network = pel.Network(2, [pel.Dense(2, "softmax")])
    assert not list(imbalance(case_of(random.normal(size=(30, 2)), codes, network=network), 0.125))
    network = pel.Network(2, [pel.Dense(2, "softmax")])
    many = case_of(random.normal(size=(90, 2)), np.zeros(90, int), network=network)
    assert [sign.where for sign in imbalance(many, 0.125)] == ["class 1"]


def test_large_targets_are_named_only_where_nothing_was_learnt(random):
    X = random.normal(size=(60, 2))
    Y = 100 + 50 * X[:, :1]
    network = pel.Network(2, [pel.Dense(1, "identity")])
    (sign,) = unscaled_target(case_of(X, Y, network=network), 30.0)
    assert sign.number == pytest.approx(np.sqrt((Y**2).mean()), rel=1e-6)
    network.weights[1], network.biases[1] = np.array([[50.0], [0.0]]), np.array([100.0])
    assert not list(unscaled_target(case_of(X, Y, network=network), 30.0))
    assert not list(unscaled_target(case_of(X, X[:, :1]), 30.0))


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize("n_classes", [2, 5])
def test_a_copy_of_the_classes_is_a_leak(random, noise, n_classes):
    codes = random.integers(0, n_classes, 300)
    X = random.normal(size=(300, 6)) + 0.8 * codes[:, None]
    assert not list(leak(case_of(X, codes), 0.993))
    X[:, 4] = 7 - 3 * codes + noise * random.normal(size=300)
    (sign,) = leak(case_of(X, codes), 0.993)
    assert sign.where == "input 4"
    assert sign.number > 0.99


def test_a_blurred_copy_is_a_leak_where_nothing_else_tells_as_much(random):
    codes = random.integers(0, 2, 300)
    X = random.normal(size=(300, 6)) + 0.5 * codes[:, None]
    X[:, 1] = codes + 0.12 * random.normal(size=300)
    assert [sign.where for sign in leak(case_of(X, codes), 0.993)] == ["input 1"]
    # Two heaps that lie apart in every direction: column 1 is one of many that tell.
    heaps = random.normal(size=(300, 6)) + 5 * codes[:, None]
    heaps[:, 1] = codes + 0.12 * random.normal(size=300)
    assert not list(leak(case_of(heaps, codes), 0.993))


def test_a_threshold_on_one_input_is_no_leak(random):
    X = random.normal(size=(300, 3))
    assert not list(leak(case_of(X, (X[:, 0] > 0).astype(int)), 0.993))


@pytest.mark.parametrize("shape", [lambda y: y, lambda y: -2 * y + 5, np.exp, lambda y: y**3])
def test_the_target_in_another_dress_is_a_leak(random, shape):
    X = random.normal(size=(300, 5))
    y = X @ [1.0, -1, 0.5, 0, 0] + 0.3 * random.normal(size=300)
    assert not list(leak(case_of(X, y), 0.993))
    X[:, 3] = shape(y)
    assert [sign.where for sign in leak(case_of(X, y), 0.993)] == ["input 3"]


def test_what_all_inputs_tell_is_no_leak(random):
    """An autoencoder's targets are its inputs, and neighbours in time are alike."""
    X = random.normal(size=(100, 8))
    assert not list(leak(case_of(X, X), 0.993))
    slow = np.cumsum(random.normal(size=2000)) / 40
    lags = np.stack([slow[k : 1900 + k] for k in range(8)], axis=1)
    assert not list(leak(case_of(lags, slow[8:1908]), 0.993))


def test_as_many_classes_as_examples_tell_nothing(random):
    assert not list(leak(case_of(random.normal(size=(40, 2)), np.arange(40)), 0.993))
    assert not list(leak(case_of(random.normal(size=(60, 2)), np.arange(60) // 2), 0.993))


def test_prediction_by_others_equals_fits_without_each_example(monkeypatch, random):
    """Each example left out by hand, and a fit of the rest: (K + λ n I)⁻¹ (Y − mean)."""
    monkeypatch.setattr(signs_targets, "WIDTHS", (0.8,))
    monkeypatch.setattr(signs_targets, "PENALTIES", (1e-2,))
    A, Y = random.normal(size=(25, 3)), random.normal(size=(25, 2))
    scaled = A / A.std(axis=0)
    distances = ((scaled[:, None] - scaled) ** 2).sum(axis=-1)
    kernel = np.exp(-distances / (0.8 * np.median(distances)))
    centred = Y - Y.mean(axis=0)
    for i in range(25):
        rest = np.arange(25) != i
        fit = np.linalg.solve(kernel[np.ix_(rest, rest)] + 0.25 * np.eye(24), centred[rest])
        expected = kernel[i, rest] @ fit + Y.mean(axis=0)
        np.testing.assert_allclose(predicted_by_others(A, Y)[i], expected, rtol=1e-8)


def moons(random, n, spread):
    codes = random.integers(0, 2, n)
    angle = np.pi * random.uniform(size=n)
    X = np.stack([np.cos(angle) + codes, (1 - 2 * codes) * np.sin(angle)], axis=1)
    return X + spread * random.normal(size=(n, 2)), codes


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), spread=st.floats(0.05, 0.6))
def test_classes_that_overlap_are_no_noise(seed, spread):
    X, codes = moons(np.random.default_rng(seed), 500, spread)
    assert not list(label_noise(case_of(X, codes), 0.06))


@pytest.mark.parametrize(("share", "spread"), [(0.12, 0.1), (0.2, 0.1), (0.2, 0.3), (0.3, 0.3)])
def test_mistaken_labels_are_noise(random, share, spread):
    X, codes = moons(random, 600, spread)
    mistaken = random.uniform(size=600) < share
    (sign,) = label_noise(case_of(X, np.where(mistaken, 1 - codes, codes)), 0.06)
    assert sign.number == pytest.approx(share, abs=0.09)


def test_labels_that_have_nothing_to_do_with_the_inputs_are_not_called_noise(random):
    X, codes = random.normal(size=(300, 4)), random.integers(0, 2, 300)
    assert not list(label_noise(case_of(X, codes), 0.06))
    assert not list(label_noise(case_of(X, np.zeros(300, int)), 0.06))


def test_a_network_that_is_right_clears_the_labels(random):
    X, codes = moons(random, 600, 0.1)
    mistaken = np.where(random.uniform(size=600) < 0.2, 1 - codes, codes)
    good = pel.Network(2, [pel.Dense(40, "tanh"), pel.Dense(2, "softmax")])
    pel.train(good, X, codes, optimizer=pel.Adam(0.01), epochs=60)
    assert list(label_noise(case_of(X, mistaken, network=good, validation=(X, codes)), 0.06))
    assert not list(label_noise(case_of(X, codes, network=good, validation=(X, codes)), 0.06))
