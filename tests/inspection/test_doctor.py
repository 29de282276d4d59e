"""Planted faults are named, and healthy runs are left alone.

Limits were set by standardized wine and breast cancer, MNIST (1,200 examples), make_moons,
make_circles, make_blobs, make_classification, make_regression, make_friedman1 and a sine, with
seeds 0 to 999. None of these is used here: faults are planted in, and healthy runs made of, the
8 × 8 digits, iris, diabetes, Gaussian quantiles, Hastie's spheres, Friedman's second and third
problem, an S-curve, spirals and own formulas, with seeds from 2000 on.
"""

import functools
import json

import numpy as np
import pytest
import scipy.sparse
from sklearn import datasets

import pellucid as pel
from pellucid.errors import DataError, PellucidError
from pellucid.inspection.doctor import Doctor, examine
from pellucid.inspection.symptoms import SYMPTOMS


def scaled(X):
    return ((X - X.mean(axis=0)) / X.std(axis=0)).astype(np.float32)


def parted(X, Y, seed):
    """Four fifths to train on, one to judge by."""
    order, n = np.random.default_rng(seed).permutation(len(X)), len(X) * 4 // 5
    return X[order[:n]], Y[order[:n]], (X[order[n:]], Y[order[n:]])


def digits(seed=2000):
    X, Y = datasets.load_digits(return_X_y=True)
    return parted((X / 16).astype(np.float32), Y, seed)


def iris(seed=2001):
    X, Y = datasets.load_iris(return_X_y=True)
    return parted(scaled(X), Y, seed)


def diabetes(seed=2002):
    X, Y = datasets.load_diabetes(return_X_y=True)
    return parted(scaled(X), scaled(Y[:, None]), seed)


def quantiles(seed=2003):
    made = datasets.make_gaussian_quantiles(
        n_samples=600, n_features=4, n_classes=3, random_state=seed
    )
    return parted(*made, seed)


def spheres(seed=2004):
    X, Y = datasets.make_hastie_10_2(1200, random_state=seed)
    return parted(X, (Y > 0).astype(int), seed)


def friedman(problem, seed=2005):
    X, Y = problem(500, noise=0.05, random_state=seed)
    return parted(scaled(X), scaled(Y[:, None]), seed)


def s_curve(seed=2006):
    X, Y = datasets.make_s_curve(600, noise=0.05, random_state=seed)
    return parted(scaled(X), scaled(Y[:, None]), seed)


def spirals(seed=2007):
    random = np.random.default_rng(seed)
    angle, codes = random.uniform(0.5, 8, 800), random.integers(0, 2, 800)
    turned = angle + np.pi * codes
    X = angle[:, None] / 5 * np.stack([np.cos(turned), np.sin(turned)], axis=1)
    return parted(X + 0.03 * random.normal(size=X.shape), codes, seed)


def network_for(data, hidden, activation="relu", output=None, n_outputs=None, **arguments):
    X, Y, _ = data
    classes = np.ndim(Y) == 1
    n = n_outputs or (int(Y.max()) + 1 if classes else Y.shape[1])
    pieces = 2 if activation == "maxout" else 1
    layers = [pel.Dense(units, activation, pieces=pieces) for units in hidden]
    last = pel.Dense(n, output or ("softmax" if classes else "identity"))
    return pel.Network(X.shape[1], [*layers, last], **{"seed": 2100, **arguments})


def followed(network, data, **recipe):
    """Train under a doctor's eyes: what was told on the way, and both kinds of diagnosis."""
    X, Y, validation = data
    run = pel.start(network, X, Y, validation=validation, **recipe)
    doctor = Doctor(run)
    told = [finding for event in run for finding in doctor.see(event)]
    afterwards = examine(
        network, X, Y, validation=validation, history=run.history, recipe=run.plan.recipe
    )
    return told, doctor.diagnosis, afterwards


# ---- planted faults: each returns a network, data and a recipe


def dead():
    network = network_for(digits(), (64,))
    network.biases[1][:48] = -40
    return network, digits(), {"epochs": 8}


def saturated():
    network = network_for(quantiles(), (24,), "tanh")
    network.weights[1][...] *= 50
    return network, quantiles(), {"epochs": 10}


def vanishing():
    network = network_for(digits(), (30,) * 7, "sigmoid")
    return network, digits(), {"epochs": 6, "optimizer": pel.SGD(0.1)}


def exploding():
    network = network_for(iris(), (40,) * 7, initial="he:3")
    return network, iris(), {"epochs": 10}


def thrown():
    return network_for(digits(), (32,)), digits(), {"epochs": 6, "optimizer": pel.SGD(20.0)}


def restless():
    network = network_for(s_curve(), (32,), "tanh")
    return network, s_curve(), {"epochs": 8, "optimizer": pel.Adam(1.0)}


def diverged():
    return network_for(diabetes(), (32,)), diabetes(), {"epochs": 6, "optimizer": pel.SGD(2.0)}


def slow():
    return network_for(digits(), (32,)), digits(), {"epochs": 6, "optimizer": pel.Adam(1e-6)}


def motionless():
    return network_for(diabetes(), (32,)), diabetes(), {"epochs": 6, "optimizer": pel.SGD(1e-8)}


def symmetric():
    network = network_for(digits(), (20,), "tanh", initial="constant:0.05")
    return network, digits(), {"epochs": 6}


def zero():
    return network_for(iris(), (20,), initial="zeros"), iris(), {"epochs": 10}


def unscaled():
    X, Y = datasets.make_friedman2(400, random_state=2010)
    data = parted(X, scaled(Y[:, None]), 2010)
    return network_for(data, (32,)), data, {"epochs": 6}


def bytes_as_they_are():
    X, Y, (Xv, Yv) = digits()
    data = np.uint8(X * 255), Y, (np.uint8(Xv * 255), Yv)
    return network_for(data, (32,)), data, {"epochs": 4}


def unscaled_target():
    X, Y, (Xv, Yv) = diabetes()
    data = X, 5000 * Y, (Xv, 5000 * Yv)
    return network_for(data, (32,)), data, {"epochs": 5, "optimizer": pel.SGD(0.1)}


def with_column(data, column, change):
    X, Y, (Xv, Yv) = data
    X, Xv = X.copy(), Xv.copy()
    X[:, column], Xv[:, column] = change(Y), change(Yv)
    return X, Y, (Xv, Yv)


def constant():
    data = with_column(iris(), 2, lambda Y: 0.7)
    return network_for(data, (10,)), data, {"epochs": 60, "optimizer": pel.Adam(0.01)}


def leaking_classes():
    random = np.random.default_rng(2011)
    data = with_column(spheres(), 3, lambda Y: Y + 0.02 * random.normal(size=len(Y)))
    return network_for(data, (16,)), data, {"epochs": 5}


def leaking_numbers():
    data = with_column(diabetes(), 8, lambda Y: 3 - 2 * Y[:, 0])
    return network_for(data, (16,)), data, {"epochs": 20}


def rows_of(data, n):
    X, Y, (Xv, Yv) = data
    return X, pel.one_hot(Y, n), (Xv, pel.one_hot(Yv, n))


def squares_of_softmax():
    data = rows_of(digits(), 10)
    return network_for(data, (32,), output="softmax"), data, {"epochs": 5, "loss": "mse"}


def out_of_reach():
    data = diabetes()
    return network_for(data, (16,), output="sigmoid"), data, {"epochs": 5, "loss": "mse"}


def imbalanced():
    X, Y, validation = spheres()
    kept = (Y == 0) | (np.random.default_rng(2012).uniform(size=len(Y)) < 0.05)
    data = X[kept], Y[kept], validation
    return network_for(data, (16,)), data, {"epochs": 8}


def overfitted():
    X, Y, validation = spheres()
    data = X[:100], Y[:100], validation
    return network_for(data, (200, 200)), data, {"epochs": 60, "optimizer": pel.Adam(0.003)}


def mislabelled(data, n_classes, share, seed):
    X, Y, validation = data
    random = np.random.default_rng(seed)
    other = (Y + random.integers(1, n_classes, len(Y))) % n_classes
    return X, np.where(random.uniform(size=len(Y)) < share, other, Y), validation


def noisy_digits():
    data = mislabelled(digits(), 10, 0.2, 2013)
    return network_for(data, (40,)), data, {"epochs": 8}


def noisy_spirals():
    """All labels are learnt by heart, so that the network's own losses say nothing."""
    data = mislabelled(spirals(), 2, 0.25, 2014)
    return network_for(data, (60, 60), "tanh"), data, {"epochs": 60, "optimizer": pel.Adam(0.01)}


PLANTED = [
    ("dead units", dead),
    ("saturated units", saturated),
    ("vanishing gradients", vanishing),
    ("exploding gradients", exploding),
    ("large updates", thrown),
    ("rate too high", thrown),
    ("rate too high", restless),
    ("rate too high", diverged),
    ("rate too low", slow),
    ("small updates", motionless),
    ("symmetric weights", symmetric),
    ("symmetric weights", zero),
    ("unscaled input", unscaled),
    ("unscaled input", bytes_as_they_are),
    ("unscaled target", unscaled_target),
    ("constant input", constant),
    ("leak of the target", leaking_classes),
    ("leak of the target", leaking_numbers),
    ("wrong link", squares_of_softmax),
    ("wrong link", out_of_reach),
    ("imbalance", imbalanced),
    ("overfitting", overfitted),
    ("label noise", noisy_digits),
    ("label noise", noisy_spirals),
]


@functools.cache
def outcome(plant):
    network, data, recipe = plant()
    return followed(network, data, **recipe)


# What only a doctor who was there can know: how far steps went.
SEEN_ONLY_ON_THE_WAY = {("small updates", motionless)}


@pytest.mark.parametrize(("fault", "plant"), PLANTED)
def test_a_planted_fault_is_named(fault, plant):
    told, diagnosis, afterwards = outcome(plant)
    assert fault in diagnosis.faults
    assert fault in {finding.fault for finding in told}
    if (fault, plant) not in SEEN_ONLY_ON_THE_WAY:
        assert fault in afterwards.faults
    for finding in (*diagnosis, *afterwards):
        assert finding.severity == SYMPTOMS[finding.fault].severity
        json.dumps(finding.as_dict(), allow_nan=False)


def test_every_fault_is_planted():
    assert {fault for fault, _ in PLANTED} == set(SYMPTOMS)


@pytest.mark.parametrize(
    ("cause", "plant"),
    [
        ("exploding gradients", exploding),
        ("unscaled input", unscaled),
        ("unscaled target", unscaled_target),
        ("rate too high", thrown),
        ("symmetric weights", zero),
        ("vanishing gradients", vanishing),
    ],
)
def test_the_cause_stands_first(cause, plant):
    assert outcome(plant)[1].faults[0] == cause


# ---- healthy runs

FRIEDMAN_2 = functools.partial(friedman, datasets.make_friedman2)
FRIEDMAN_3 = functools.partial(friedman, datasets.make_friedman3)

HEALTHY = [
    (digits, (50,), "relu", {"epochs": 20}),
    (digits, (64, 32), "tanh", {"epochs": 25, "optimizer": pel.SGD(0.1)}),
    (digits, (40,), "sigmoid", {"epochs": 25, "optimizer": pel.SGD(1.0)}),
    (digits, (40, 40, 40), "gelu", {"epochs": 12, "optimizer": pel.AdamW(), "dropout": 0.1}),
    (digits, (30,), "maxout", {"epochs": 15, "optimizer": pel.RMSprop(), "patience": 3}),
    (iris, (10,), "tanh", {"epochs": 60, "optimizer": pel.Adam(0.01)}),
    (iris, (8, 8), "leaky_relu", {"epochs": 80, "optimizer": pel.Momentum(0.02)}),
    (iris, (), "relu", {"epochs": 60, "optimizer": pel.SGD(0.3)}),
    (diabetes, (20,), "relu", {"epochs": 40}),
    (diabetes, (10,), "elu", {"epochs": 40, "optimizer": pel.SGD(0.01), "l2": 1e-3}),
    (quantiles, (32,), "silu", {"epochs": 60, "optimizer": pel.Adam(0.01)}),
    (spheres, (32,), "softplus", {"epochs": 40, "optimizer": pel.Nesterov(0.01)}),
    (FRIEDMAN_2, (24,), "tanh", {"epochs": 40, "optimizer": pel.Adam(0.01)}),
    (FRIEDMAN_3, (24,), "softsign", {"epochs": 30, "optimizer": pel.LBFGS()}),
    (s_curve, (30, 30), "selu", {"epochs": 40, "optimizer": pel.Adam(0.003)}),
    (spirals, (40, 40), "relu", {"epochs": 80, "optimizer": pel.Adam(pel.Cosine(0.01))}),
]


@pytest.mark.parametrize(("data", "hidden", "activation", "recipe"), HEALTHY)
def test_a_healthy_run_is_left_alone(data, hidden, activation, recipe):
    made = data()
    told, diagnosis, afterwards = followed(network_for(made, hidden, activation), made, **recipe)
    assert not told
    assert diagnosis.healthy, str(diagnosis)
    assert afterwards.healthy, str(afterwards)


def test_the_choice_of_the_books_is_healthy():
    """Sigmoid outputs with squared errors, as in Nielsen's first network."""
    data = rows_of(digits(), 10)
    network = network_for(data, (30,), "sigmoid", "sigmoid", initial="nielsen")
    recipe = {"epochs": 30, "optimizer": pel.SGD(3.0), "batch_size": 10, "loss": "half_sse"}
    told, diagnosis, _ = followed(network, data, **recipe)
    assert not told
    assert diagnosis.healthy, str(diagnosis)


def test_a_handful_of_examples_is_healthy():
    X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    network = pel.Network(2, [pel.Dense(4, "tanh"), pel.Dense(1, "sigmoid")], seed=2101)
    told, diagnosis, _ = followed(
        network, (X, Y, None), epochs=300, optimizer=pel.Adam(0.05), loss="binary_cross_entropy"
    )
    assert not told
    assert diagnosis.healthy, str(diagnosis)


# ---- what it does not do, and what it can be given


def test_a_run_is_not_changed_by_looking():
    X, Y, validation = digits()
    recipe = {"epochs": 3, "validation": validation, "dropout": 0.2, "optimizer": pel.Momentum()}
    seen, alone = (network_for((X, Y, None), (20,)) for _ in range(2))
    run = pel.start(seen, X, Y, **recipe)
    doctor = Doctor(run)
    for event in run:
        doctor.see(event)
    history = pel.train(alone, X, Y, **recipe)
    np.testing.assert_array_equal(seen.parameters, alone.parameters)
    assert run.history.costs.tolist() == history.costs.tolist()


def test_a_finding_is_told_once():
    told, diagnosis, _ = outcome(dead)
    keys = [(finding.fault, finding.where) for finding in told]
    assert len(set(keys)) == len(keys) > 0
    assert {finding.fault for finding in diagnosis} <= {fault for fault, _ in keys}


def test_events_within_an_epoch_say_nothing():
    X, Y, _ = iris()
    run = pel.start(network_for(iris(), (8,)), X, Y, epochs=2, every=1)
    doctor = Doctor(run)
    assert doctor.diagnosis is None
    events = [(type(event).__name__, doctor.see(event)) for event in run]
    assert all(not found for name, found in events if name == "Stepped")
    assert doctor.diagnosis is not None


LAYERS = {
    "skip": [pel.Dense(12), pel.Dense(8, "tanh"), pel.Dense(10, "softmax", inputs=(0, 1, 2))],
    "mask": [pel.Dense(6, "tanh", masks={0: np.arange(384).reshape(64, 6) % 2}), pel.Dense(10)],
    "batch": [pel.Dense(12, norm="batch"), pel.Dense(10, "softmax")],
    "layer": [pel.Dense(12, "sigmoid", norm="layer"), pel.Dense(10, "softmax")],
    "bias": [pel.Dense(12, bias="layer"), pel.Dense(10, "softmax", bias="none")],
    "maxout": [pel.Dense(12, "maxout", pieces=3), pel.Dense(10, "softmax")],
    "linear": [pel.Dense(10, "softmax")],
}


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("layers", LAYERS)
def test_any_network_can_be_looked_at(layers, precision):
    X, Y, _ = digits()
    network = pel.Network(64, LAYERS[layers], seed=2102, precision=precision)
    before = network.parameters.copy()
    if network.architecture.layers[-1].activation != "softmax":
        Y = pel.one_hot(Y, 10)
    examine(network, X, Y)
    examine(network, scipy.sparse.csr_array(X), Y)
    np.testing.assert_array_equal(network.parameters, before)


@pytest.mark.parametrize(
    ("output", "loss", "target"),
    [
        ("identity", "huber:1.5", lambda x: x[:, 0] ** 2),
        ("identity", "mae", lambda x: x[:, 0] ** 2),
        ("identity", "quantile:0.1,0.9", lambda x: x[:, 0] ** 2),
        ("exp", "poisson", lambda x: np.round(np.exp(x[:, 0] - x[:, 1]))),
        ("identity", "squared_hinge", lambda x: np.sign(x[:, 0] * x[:, 1])),
        ("sigmoid", "binary_cross_entropy", lambda x: (x[:, :2] > [0.0, 0.7]) * 1.0),
    ],
)
def test_any_loss_can_be_looked_at(output, loss, target):
    X = np.random.default_rng(2015).normal(size=(300, 3))
    Y = target(X)
    n = 2 if loss.startswith("quantile") else np.atleast_2d(Y.T).shape[0]
    network = pel.Network(3, [pel.Dense(16, "tanh"), pel.Dense(n, output)], seed=2103)
    told, diagnosis, _ = followed(
        network, (X, Y, (X, Y)), loss=loss, epochs=30, optimizer=pel.Adam(0.01)
    )
    assert not told
    assert diagnosis.healthy, str(diagnosis)


def test_sparse_and_weighted_examples_can_be_followed():
    X, Y, (Xv, Yv) = digits()
    weights = np.random.default_rng(2016).uniform(0.5, 2, len(X))
    weights[::7] = 0
    sparse = scipy.sparse.csr_array(X)
    network = network_for((X, Y, None), (40,))
    validation = scipy.sparse.csr_array(Xv), Yv
    run = pel.start(network, sparse, Y, sample_weight=weights, validation=validation, epochs=15)
    doctor = Doctor(run)
    assert not [finding for event in run for finding in doctor.see(event)]
    found = examine(network, sparse, Y, validation=validation, sample_weight=weights)
    assert found.healthy


def test_what_was_not_given_is_said():
    X, Y, validation = iris()
    network = network_for(iris(), (8,))
    pel.train(network, X, Y, epochs=60, optimizer=pel.Adam(0.01))
    alone = examine(network, X, Y)
    assert set(alone.left_out) == {
        name for name, row in SYMPTOMS.items() if row.needs in ("run", "validation")
    }
    assert "overfitting" in examine(network, X, Y, validation=validation).looked_at
    assert "not looked for: overfitting: no validation data were given" in str(alone)


def test_a_recipe_alone_tells_a_rate_too_low():
    X, Y, _ = digits()
    network = network_for(digits(), (32,))
    recipe = pel.Recipe(optimizer=pel.SGD(1e-6), epochs=5)
    assert "rate too low" in examine(network, X, Y, recipe=recipe).faults


def test_a_resumed_run_can_be_followed(tmp_path):
    X, Y, _ = iris()
    run = pel.start(network_for(iris(), (8,)), X, Y, epochs=4)
    for event in run:
        if isinstance(event, pel.EpochEnded) and event.record.epoch == 2:
            run.save(tmp_path / "half")
            break
    resumed = pel.resume(tmp_path / "half", X, Y)
    doctor = Doctor(resumed)
    for event in resumed:
        doctor.see(event)
    assert doctor.diagnosis is not None


def test_units_without_slope_and_odd_validation_are_refused():
    network = pel.Network(2, [pel.Dense(2, "step"), pel.Dense(1, "sigmoid")])
    with pytest.raises(PellucidError, match="layer 1: step is flat"):
        examine(network, np.ones((3, 2)), [0, 1, 1])
    network = pel.Network(2, [pel.Dense(1, "sigmoid")])
    with pytest.raises(DataError, match="expected \\(X, Y\\)"):
        examine(network, np.ones((3, 2)), [0, 1, 1], validation=0.1)
