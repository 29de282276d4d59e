"""The reason "not learning": said of networks that are no better than a constant, of no others."""

import numpy as np
import pytest

from pellucid import SGD, Adam, Dense, EpochEnded, Network, start, train
from pellucid.equations.baseline import constant_cost
from pellucid.equations.losses import LOSSES
from pellucid.training.stopping import MARGIN, beats

# Each loss with an output that suits it; "classes" of blobs become its targets.
OUTPUTS = {name: row.link if row.needs_link else "identity" for name, row in LOSSES.items()}
MORE = {"quantile:0.1,0.5,0.9": "identity", "huber:0.3": "identity"}


def network(output="softmax", units=3, dead=False):
    """Four hidden neurons; dead ones are 0 for every example, so that only biases can learn."""
    n = Network(2, [Dense(4, "relu"), Dense(units, output)], seed=1, precision="float64")
    if dead:
        n.biases[1] = np.full(4, -1e3)
    return n


def targets(loss, blobs):
    """Targets that depend on the inputs, and in which no class or number is as frequent."""
    X, codes = blobs
    kind = LOSSES[loss.partition(":")[0]].targets
    if kind == "classes":
        return np.minimum(codes, 1), 2
    if kind in ("bits", "signs"):
        return codes == 0, 1
    numbers = np.exp(0.5 * X[:, 0])
    return (np.round(numbers) if kind == "counts" else numbers), 3 if "," in loss else 1


@pytest.mark.parametrize("loss", [*LOSSES, *MORE])
def test_a_dead_network_learns_nothing_whatever_the_loss(blobs, engine, loss):
    """Its output biases find the best constant, and that is all."""
    Y, n_out = targets(loss, blobs)
    n = network((OUTPUTS | MORE)[loss], n_out, dead=True)
    optimizer = Adam(0.02)
    history = train(
        n,
        blobs[0],
        Y,
        loss=loss,
        optimizer=optimizer,
        batch_size="all",
        epochs=400,
        engine=engine,
    )
    assert history.reason == "not learning"
    run = start(n, blobs[0], Y, loss=loss, engine=engine)
    cost = run.cost(run.examples)[0]
    rows = run.examples.Y if run.examples.Y.ndim == 2 else np.eye(n_out)[run.examples.Y]
    constant = constant_cost(loss, rows)
    assert cost == pytest.approx(constant, rel=1e-2)
    assert (
        f"the cost over the training part is {cost:.6g}, and one and the same" in history.sentence
    )
    assert f"would cost {constant:.6g}. Change the learning rate" in history.sentence


@pytest.mark.parametrize("loss", [*LOSSES, *MORE])
def test_a_living_network_learns_whatever_the_loss(blobs, engine, loss):
    """It does not even need to be good at it."""
    Y, n_out = targets(loss, blobs)
    n = network((OUTPUTS | MORE)[loss], n_out)
    given = {"loss": loss, "optimizer": Adam(0.02), "epochs": 60, "engine": engine}
    history = train(n, blobs[0], Y, **given)
    assert history.reason == "epochs"


@pytest.mark.parametrize("part", [None, 0.2])
def test_a_rate_far_too_high(blobs, engine, part):
    """η = 100 saturates sigmoid neurons in a step; the cost stays finite, and high."""
    n = Network(2, [Dense(6, "sigmoid"), Dense(3, "softmax")], seed=1)
    given = {"optimizer": SGD(100.0), "epochs": 20, "batch_size": 30, "engine": engine}
    history = train(n, *blobs, validation=part, l2=0.01, **given)
    assert history.reason == "not learning"
    assert "not learning: after 20 epochs the cost over the training part is" in history.sentence
    calm = Network(2, [Dense(6, "sigmoid"), Dense(3, "softmax")], seed=1)
    assert train(calm, *blobs, **given | {"optimizer": SGD(1.0)}).reason == "epochs"


def test_giving_up_early(blobs, engine):
    """Only at that epoch, and only if there is a reason."""
    history = train(network(dead=True), *blobs, epochs=99, give_up=3, engine=engine)
    assert (history.reason, len(history.epochs)) == ("not learning", 3)
    assert "after 3 epochs" in history.sentence
    given = {"optimizer": Adam(0.05), "epochs": 12, "give_up": 10, "engine": engine}
    assert train(network(), *blobs, **given).reason == "epochs"


def test_it_is_looked_at_fixed_weights_without_penalty_and_dropout(blobs, engine):
    """So a cost that is high because of them is not taken for a network that learns nothing."""
    n = network()
    train(n, *blobs, optimizer=Adam(0.05), epochs=20, engine=engine)
    run = start(n, *blobs, optimizer=SGD(0.0), l2=1.0, dropout=0.5, epochs=1, engine=engine)
    list(run)
    assert run.history.costs[0] > np.log(3)
    assert run.history.reason == "epochs"


def test_the_average_is_looked_at_where_one_is_kept(blobs, engine):
    n = network()
    n.parameters[...] *= 5
    run = start(n, *blobs, optimizer=SGD(0.01), average=0.999, epochs=2, engine=engine)
    list(run)
    shown = run.cost(run.examples)[0]
    n.parameters[...] = run.state.parameters
    last = start(n, *blobs, engine=engine)
    assert last.cost(last.examples)[0] < 0.98 * shown
    assert run.history.reason == "not learning"
    assert f"over the training part is {shown:.6g}, and" in run.history.sentence


def test_where_the_best_weights_are_kept_they_count(blobs):
    """Ruined in the last epoch, but what is delivered is of an epoch before."""
    n = network()
    given = {"optimizer": Adam(0.05), "patience": 99, "epochs": 20, "engine": "reference"}
    run = start(n, *blobs, **given)
    for event in run:
        if isinstance(event, EpochEnded) and event.record.epoch == 19:
            run.set_rate(1e3)
    assert run.history.costs[-1] > np.log(3)
    assert run.history.best_epoch < 20
    assert run.history.reason == "epochs"
    delivered = start(n, *blobs)
    assert delivered.cost(delivered.examples)[0] < 0.9


def test_nothing_is_said_of_a_run_that_did_nothing_or_ended_for_a_better_reason(blobs, engine):
    stuck = {"optimizer": SGD(0.0), "epochs": 9, "engine": engine}
    run = start(network(dead=True), *blobs, **stuck)
    run.stop()
    assert [type(event).__name__ for event in run] == ["Started", "Stopped"]
    assert run.history.reason == "asked"
    assert train(network(dead=True), *blobs, patience=2, **stuck).reason == "converged"
    assert train(network(dead=True), *blobs, target_cost=9.0, **stuck).reason == "target cost"


@pytest.mark.parametrize("limit", [{"steps": 5}, {"seconds": 0.2, "epochs": 10**9}])
def test_of_steps_and_time_that_brought_nothing(blobs, engine, limit):
    given = {"optimizer": SGD(0.0), "epochs": 9, "engine": engine} | limit
    assert train(network(dead=True), *blobs, **given).reason == "not learning"


@pytest.mark.parametrize("kind", ["codes", "one-hot", "numbers"])
def test_where_all_targets_are_the_same_a_constant_is_all_there_is_to_learn(blobs, engine, kind):
    X = blobs[0]
    Y = {"codes": np.zeros(90, int), "one-hot": np.eye(3)[np.zeros(90, int)]}.get(kind)
    n = network() if Y is not None else network("identity", 1)
    Y = np.full(90, 2.5) if Y is None else Y
    assert train(n, X, Y, optimizer=Adam(0.05), epochs=5, engine=engine).reason == "epochs"


def test_weights_of_examples_count(blobs, engine):
    """Of one class nearly all the weight: the constant is that class."""
    X, Y = blobs
    weight = np.where(Y == 0, 1.0, 1e-3)
    given = {"optimizer": SGD(0.0), "epochs": 1, "sample_weight": weight, "engine": engine}
    history = train(network(dead=True), X, Y, **given)
    shares = np.bincount(Y, weight) / weight.sum()
    assert f"would cost {-(shares * np.log(shares)).sum():.6g}." in history.sentence


def test_better_than_a_constant_means_by_more_than_rounding():
    assert beats(0.99, 1.0)
    assert not beats(1.0, 1.0)
    assert not beats(1.0 - MARGIN / 2, 1.0)
    assert not beats(0.0, 0.0)
    assert not beats(float("nan"), 1.0)
    assert beats(1e9, float("inf"))
