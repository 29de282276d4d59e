import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import (
    SGD,
    Adam,
    DataError,
    Dense,
    DivergedError,
    Network,
    RecipeError,
    UnsupportedError,
    one_hot,
    resume,
    start,
    train,
)
from pellucid.training.start import hold_out


def network(output="softmax", units=3):
    return Network(2, [Dense(4, "tanh"), Dense(units, output)])


@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("softmax", "cross_entropy"),
        ("sigmoid", "binary_cross_entropy"),
        ("identity", "mse"),
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


def test_a_weight_of_two_is_the_same_as_standing_twice(blobs, engine):
    X, Y = blobs[0][:30], blobs[1][:30]
    weight = 1 + np.arange(30) % 2
    options = {"optimizer": SGD(0.5), "batch_size": 99, "epochs": 5, "engine": engine}
    weighted = Network(2, [Dense(3, "softmax")], precision="float64")
    repeated = weighted.copy()
    train(weighted, X, Y, sample_weight=weight, **options)
    train(repeated, X.repeat(weight, 0), Y.repeat(weight), **options)
    np.testing.assert_allclose(weighted.parameters, repeated.parameters, rtol=1e-9)


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


def test_own_validation_data_leave_the_training_part_whole(blobs, engine):
    X, Y = blobs
    with_them, without = network(), network()
    history = train(with_them, X, Y, validation=(X[:9], Y[:9]), epochs=2, engine=engine)
    train(without, X, Y, epochs=2, engine=engine)
    assert np.array_equal(with_them.parameters, without.parameters)
    P = with_them.predict(X[:9])
    assert history.epochs[-1].validation_score == (P.argmax(1) == Y[:9]).mean()


def test_a_share_is_taken_from_the_training_part_in_proportion(blobs):
    X, Y = blobs
    skewed = np.concatenate([np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)[:10]])
    n = network()
    for seed in range(5):
        run = start(n, X[skewed], Y[skewed], validation=0.2, seed=seed)
        assert np.bincount(run.validation.Y).tolist() == [6, 2]
        assert np.bincount(run.examples.Y).tolist() == [24, 8]
    both = np.concatenate([run.examples.X, run.validation.X])
    assert sorted(map(tuple, both)) == sorted(map(tuple, X[skewed]))
    rows = start(n, X[skewed], one_hot(Y[skewed], 3), validation=0.2, seed=4)
    assert np.array_equal(rows.validation.X, run.validation.X)


def test_the_share_follows_the_seed_and_carries_its_weights(line):
    X, Y = line
    n = Network(3, [Dense(2, "identity")])
    weight = np.arange(80) + 1.0
    runs = [start(n, X, Y, validation=0.25, seed=seed, sample_weight=weight) for seed in (0, 0, 1)]
    assert len(runs[0].validation) == 20
    assert np.array_equal(runs[0].validation.X, runs[1].validation.X)
    assert not np.array_equal(runs[0].validation.X, runs[2].validation.X)
    for run in runs:
        for part in (run.examples, run.validation):
            found = [np.flatnonzero((row == X).all(1))[0] for row in part.X]
            assert np.array_equal(weight[found], part.weights)


@settings(deadline=None, max_examples=40)
@given(share=st.floats(0.02, 0.98), n=st.integers(2, 60), seed=st.integers(0, 5))
def test_no_example_is_lost_or_in_both_parts(share, n, seed):
    X = np.arange(n, dtype=np.float32)[:, None]
    network = Network(1, [Dense(1, "identity")])
    run = start(network, X, X, validation=share, seed=seed)
    kept, held = run.examples.X[:, 0].tolist(), run.validation.X[:, 0].tolist()
    assert sorted(kept + held) == list(range(n))
    assert kept
    assert held


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        (0.0, "expected a fraction between 0 and 1"),
        (1.0, "expected a fraction between 0 and 1"),
        (-0.1, "expected a fraction between 0 and 1"),
        (float("nan"), "expected a fraction between 0 and 1"),
        (((np.zeros((1, 3)), [0])), "validation X: expected 2 columns"),
        ((np.zeros((1, 2)), [7]), "validation Y: expected class codes 0 to 2"),
        ((np.zeros((2, 2)), [1]), "as many targets as examples"),
        ("0.1", "validation: expected"),
        ([[0.0, 1.0]], "validation: expected"),
        ((np.zeros((1, 2)),), "validation: expected"),
    ],
)
def test_validation_that_does_not_fit_is_refused(blobs, validation, message):
    with pytest.raises(DataError, match=message):
        start(network(), *blobs, validation=validation)


def test_hold_out_gives_nothing_away_without_being_asked(blobs):
    n = network()
    run = start(n, *blobs)
    kept, held = hold_out(n, run.plan.recipe, run.examples, None)
    assert kept is run.examples
    assert held is None


def test_train_raises_where_the_cost_became_infinite(line, engine):
    n = Network(3, [Dense(2, "identity")])
    before = n.parameters.copy()
    with pytest.raises(DivergedError, match="Lower the learning rate"):
        train(n, *line, optimizer=SGD(1e30), epochs=3, engine=engine)
    assert np.array_equal(n.parameters, before)


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
        ({"dropout": 1.0}, "dropout: expected shares"),
        ({"dropout": (0.1, 0.2)}, "one for each of the 1 hidden layers"),
        ({"frozen": (1, 2)}, "at least one layer to be trained"),
        ({"frozen": (3,)}, "expected layers 1 to 2, got 3"),
        ({"l2": -1.0}, "l2: expected a finite number of at least 0"),
        ({"seed": -1}, "seed: expected a whole number of at least 0"),
    ],
)
def test_recipes_that_cannot_work_are_refused(blobs, options, message):
    with pytest.raises(RecipeError, match=message):
        start(network(), *blobs, **options)


def test_resume_goes_on_with_the_engine_of_before(blobs, tmp_path, engine):
    run = start(network(), *blobs, epochs=1, engine=engine)
    list(run)
    run.save(tmp_path / "c")
    assert resume(tmp_path / "c", *blobs).engine == run.engine
    other = resume(tmp_path / "c", *blobs, engine="reference", every=1, threads=1)
    assert other.engine == "reference"
    with pytest.raises(UnsupportedError, match="expected one of auto"):
        resume(tmp_path / "c", *blobs, engine="none")


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
