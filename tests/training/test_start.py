import inspect
import signal
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import sparse

from pellucid import SGD, Adam, Dense, Network, RecipeError, one_hot, start, train
from pellucid.equations.solvers import LBFGS, LevenbergMarquardt
from pellucid.plan.recipe import Recipe
from tests.plan.strategies import OTHERS


def network(output="softmax", units=3):
    return Network(2, [Dense(4, "tanh"), Dense(units, output)])


@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("softmax", "cross_entropy"),
        ("sigmoid", "binary_cross_entropy"),
        ("identity", "mse"),
        ("exp", "poisson"),
        ("tanh", "mse"),
        ("relu", "mse"),
    ],
)
def test_the_loss_is_by_default_the_one_whose_link_the_output_is(blobs, output, loss):
    run = start(network(output), blobs[0], one_hot(blobs[1], 3))
    assert run.plan.recipe.loss == loss
    assert run.plan.recipe.optimizer == Adam(0.001)


def test_training_changes_the_network_in_place_and_makes_it_better(blobs, engine):
    X, Y = blobs
    n = network()
    held = n.parameters
    history = train(n, X, Y, optimizer=Adam(0.05), epochs=30, engine=engine)
    assert n.parameters is held
    assert (n.predict(X).argmax(1) == Y).mean() > 0.85
    assert history.costs[-1] < history.costs[0] / 2


def test_the_same_call_gives_the_same_bits_and_another_seed_others(blobs, engine, sha):
    def trained(seed):
        n = network()
        train(n, *blobs, epochs=2, seed=seed, dropout=0.5, engine=engine)
        return sha(n.parameters)

    assert trained(0) == trained(0) != trained(1)


def test_codes_and_one_hot_rows_are_the_same_targets(blobs, engine):
    by_code, by_row = network(), network()
    train(by_code, blobs[0], blobs[1], epochs=2, engine=engine)
    train(by_row, blobs[0], one_hot(blobs[1], 3), epochs=2, engine=engine)
    np.testing.assert_allclose(by_code.parameters, by_row.parameters, rtol=1e-5, atol=1e-7)


def test_sparse_inputs_are_the_same_as_common_ones(engine, sha):
    random = np.random.default_rng(0)
    X = (random.random((90, 30)) * (random.random((90, 30)) < 0.1)).astype(np.float32)
    Y = random.integers(0, 3, 90)
    found = set()
    for given in (X, sparse.csr_array(X), sparse.coo_matrix(X)):
        learner = Network(30, [Dense(8, "relu"), Dense(3, "softmax")], seed=1)
        history = train(learner, given, Y, epochs=2, validation=0.2, engine=engine)
        found.add((sha(learner.parameters), history.epochs[-1].validation_cost))
    assert len(found) == 1


def test_a_weight_of_two_is_the_same_as_standing_twice(blobs, engine):
    X, Y = blobs[0][:30], blobs[1][:30]
    weight = 1 + np.arange(30) % 2
    options = {"optimizer": SGD(0.5), "batch_size": 99, "epochs": 5, "engine": engine}
    weighted = Network(2, [Dense(3, "softmax")], precision="float64")
    repeated = weighted.copy()
    train(weighted, X, Y, sample_weight=weight, **options)
    train(repeated, X.repeat(weight, 0), Y.repeat(weight), **options)
    np.testing.assert_allclose(weighted.parameters, repeated.parameters, rtol=1e-9)


def test_every_entry_of_a_recipe_can_be_given(blobs):
    """And by default all are what a recipe's are."""
    given = inspect.signature(start).parameters
    own = {item.name: item for item in fields(Recipe) if item.name != "precision"}
    assert set(own) <= set(given)
    recipe = start(network(), *blobs).plan.recipe
    assert recipe == Recipe()
    for name in set(own) - {"loss", "optimizer", "rate_factors"}:
        assert given[name].default == getattr(recipe, name), name


@pytest.mark.parametrize("name", sorted(set(OTHERS) - {"precision"}))
def test_what_is_given_is_in_the_recipe(blobs, name):
    """Each entry by itself; several numbers in any kind of sequence."""
    n = Network(2, [Dense(2), Dense(2), Dense(3, "softmax" if name != "loss" else "identity")])
    value = OTHERS[name] if name != "metrics" else ("f1", "recall")
    value = (1.0, 2.0, 0.0) if name == "max_norm" else value
    X, Y = blobs[0], blobs[1] if name != "loss" else np.eye(3)[blobs[1]]
    loss = {"loss": "mse"} if name == "loss" else {}
    kinds = (tuple, list, np.array) if isinstance(value, tuple) else (lambda same: same,)
    for kind in kinds:
        recipe = start(n, X, Y, **loss | {name: kind(value)}).plan.recipe
        assert recipe == replace(Recipe(), **{name: value})
        assert recipe != Recipe()


def test_all_examples_at_once_are_gradient_descent(blobs, engine):
    """One step an epoch, and its cost is that of the network before it."""
    whole, counted = network(), network()
    given = {"optimizer": SGD(0.5), "epochs": 4, "engine": engine}
    history = train(whole, *blobs, batch_size="all", **given)
    train(counted, *blobs, batch_size=90, **given)
    assert np.array_equal(whole.parameters, counted.parameters)
    assert [record.step for record in history.epochs] == [1, 2, 3, 4]
    assert (np.diff(history.costs) < 0).all()


@pytest.mark.parametrize("unit", ["step", "sign"])
def test_units_without_a_derivative_are_sent_to_the_perceptron_rule(blobs, unit):
    n = Network(2, [Dense(1, unit)])
    with pytest.raises(RecipeError, match="layer 1: .* by the perceptron rule, w ← w"):
        start(n, blobs[0], np.where(blobs[1] == 0, 1, -1), loss="mse")
    assert set(n.predict(blobs[0])[:, 0].tolist()) <= {-1.0, 0.0, 1.0}  # it can still predict


def test_frozen_layers_stay_and_rate_factors_scale(blobs, engine):
    n = network()
    before = n.copy()
    train(n, *blobs, epochs=1, frozen=[1], engine=engine)
    assert np.array_equal(n.weights[1], before.weights[1])
    assert not np.array_equal(n.weights[2], before.weights[2])
    one, three = before.copy(), before.copy()
    options = {"batch_size": 90, "epochs": 1, "optimizer": SGD(0.5), "engine": engine}
    train(one, *blobs, **options)
    train(three, *blobs, rate_factors={2: 3.0}, **options)
    change = one.weights[2] - before.weights[2]
    np.testing.assert_allclose(
        three.weights[2] - before.weights[2], 3 * change, rtol=1e-4, atol=1e-6
    )
    assert np.array_equal(one.weights[1], three.weights[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "magic"}, "expected one of half_sse"),
        ({"loss": "binary_cross_entropy"}, "expects sigmoid outputs, the network's are softmax"),
        ({"optimizer": "adam"}, r"expected one of SGD, .* such as SGD\(0.1\)"),
        ({"batch_size": 0}, "batch_size: expected a whole number of at least 1"),
        ({"epochs": 0}, "epochs: expected a whole number of at least 1"),
        ({"steps": 0}, "steps: expected a whole number of at least 1"),
        ({"patience": 0}, "patience: expected a whole number of at least 1"),
        ({"dropout": 1.0}, "dropout: expected .* of at least 0 and below 1, got 1"),
        ({"dropout": None}, "dropout: expected .* of at least 0 and below 1, got None"),
        ({"dropout": (0.1, 0.2)}, "one for each of the 1 hidden layers"),
        ({"frozen": (1, 2)}, "at least one layer to be trained"),
        ({"frozen": (3,)}, "expected layers 1 to 2, got 3"),
        ({"dropout": "half"}, "dropout: expected .* got 'h'"),
        ({"noise": [0.1, 0.2]}, "noise: expected .* one for each of the 1 hidden layers, got 2"),
        ({"max_norm": 0}, "max_norm: expected a number above 0"),
        ({"loss": "mse", "label_smoothing": 0.1}, "label_smoothing: expected 0 with mse"),
        ({"optimizer": LevenbergMarquardt()}, "squared errors, .*; got cross_entropy"),
        ({"optimizer": LBFGS(), "dropout": 0.5}, "dropout: LBFGS minimizes one smooth cost"),
        ({"l2": -1.0}, "l2: expected a finite number of at least 0"),
        ({"seed": -1}, "seed: expected a whole number of at least 0"),
    ],
)
def test_recipes_that_cannot_work_are_refused(blobs, options, message):
    with pytest.raises(RecipeError, match=message):
        start(network(), *blobs, **options)


PREPARED = """
import sys
import numpy as np
import pellucid as pel
def made():
    return pel.Network(8, [pel.Dense(32), pel.Dense(1, "identity")])
network = made()
X = np.random.default_rng(0).normal(size=(50_000, 8)).astype(np.float32)
options = dict(batch_size=4, epochs=10**6, engine=sys.argv[1])
"""
FOLLOWED = """
run = pel.start(network, X, X[:, :1], every=1, **options)
try:
    for event in run:
        if isinstance(event, pel.Stepped) and event.step == 3:
            print("begun", flush=True)
except KeyboardInterrupt:
    again = made()
    pel.train(again, X, X[:, :1], steps=run.state.step, **options)
    same = np.array_equal(network.parameters, again.parameters)
    print(same, run.state.step >= 3)
"""
TRAINED = """
pel.train(made(), X, X[:, :1], steps=1, **options)
try:
    print("begun", flush=True)
    pel.train(network, X, X[:, :1], **options)
except KeyboardInterrupt:
    print(np.isfinite(network.parameters).all(), True)
"""


@pytest.mark.parametrize("rest", [FOLLOWED, TRAINED], ids=["start", "train"])
def test_ctrl_c_raises_between_two_steps(engine, rest):
    """A real signal; the weights are those that the run has after so many steps."""
    command = [sys.executable, "-c", PREPARED + rest, engine]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout.readline() == "begun\n"
            child.send_signal(signal.SIGINT)
            assert child.communicate(timeout=300)[0] == "True True\n"
            assert child.returncode == 0
        finally:
            child.kill()
