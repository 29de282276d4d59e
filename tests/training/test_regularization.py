"""Penalties, limits, smoothed labels and noise as a run carries them out: known answers."""

import numpy as np
import pytest

from pellucid import SGD, Adam, Dense, Network, Stepped, start, train
from pellucid.equations.solvers import LBFGS

ONES = np.ones((20, 1))


def network(output="softmax", units=3):
    return Network(2, [Dense(4, "tanh"), Dense(units, output)], precision="float64")


@pytest.mark.parametrize("optimizer", [LBFGS(tolerance=1e-10), Adam(0.1)], ids=["lbfgs", "adam"])
@pytest.mark.parametrize(
    ("output", "Y", "best"),
    [
        ("softmax", np.zeros(20, int), [0.925, 0.025, 0.025, 0.025]),
        ("softmax", np.eye(4)[np.zeros(20, int)], [0.925, 0.025, 0.025, 0.025]),
        ("sigmoid", np.ones((20, 1)), [0.95]),
        ("sigmoid", np.eye(3)[np.ones(20, int)], [0.05, 0.95, 0.05]),
    ],
)
def test_smoothed_labels_are_what_is_predicted_in_the_end(engine, optimizer, output, Y, best):
    """A tenth of each target spread over its classes: K of them, or two for each bit."""
    n = Network(1, [Dense(len(best), output)], precision="float64")
    given = {"label_smoothing": 0.1, "batch_size": "all", "epochs": 400, "engine": engine}
    run = start(n, ONES, Y, optimizer=optimizer, **given)
    list(run)
    np.testing.assert_allclose(n.predict(ONES)[0], best, atol=1e-3)
    entropy = -sum(
        p * np.log(p) for p in (best if output == "softmax" else [*best, *(1 - np.array(best))])
    )
    assert run.history.costs[-1] == pytest.approx(entropy, rel=1e-4)
    plain = -np.log([max(best)] if output == "softmax" else np.maximum(best, 1 - np.array(best)))
    assert run.cost(run.examples)[0] == pytest.approx(plain.sum(), rel=1e-2)


@pytest.mark.parametrize(("wanted", "found"), [(0.8, 0.3), (-0.8, -0.3), (0.3, 0.0), (-2.0, -1.5)])
def test_an_l1_penalty_takes_its_share_of_every_weight_and_leaves_none_of_small_ones(
    engine, wanted, found
):
    """½ (w − a)² + ½ |w| has its minimum at a ∓ ½, or at 0."""
    n = Network(1, [Dense(1, "identity", bias="none")], precision="float64")
    given = {"loss": "half_sse", "optimizer": SGD(0.01), "epochs": 1500, "engine": engine}
    train(n, ONES, wanted * ONES, l1=0.5, batch_size="all", **given)
    assert n.parameters[0] == pytest.approx(found, abs=0.006)  # it goes to and fro about 0


def test_what_penalties_are_divided_by(engine):
    """λ of the cost, λ m of a batch of m, and λ n of n examples are the same."""
    found = []
    for divisor, factor in (("cost", 1), ("batch", 5), ("dataset", 20)):
        n = Network(1, [Dense(2, "identity")], precision="float64")
        given = {"optimizer": SGD(0.1), "epochs": 3, "batch_size": 5, "engine": engine}
        penalties = {"l1": 0.1 * factor, "l2": 0.2 * factor}
        divisors = {"l1_divisor": divisor, "l2_divisor": divisor}
        train(n, ONES, np.ones((20, 2)), **penalties, **divisors, **given)
        found.append(n.parameters)
    np.testing.assert_allclose(found[1], found[0], rtol=1e-12)
    np.testing.assert_allclose(found[2], found[0], rtol=1e-12)


@pytest.mark.parametrize("max_norm", [0.5, (0.0, 0.7), (0.4, 0.0)])
def test_no_neuron_has_longer_weights_than_its_layer_allows(blobs, engine, max_norm):
    n = network()
    limits = (max_norm,) * 2 if isinstance(max_norm, float) else max_norm
    run = start(n, *blobs, optimizer=SGD(1.0), max_norm=max_norm, epochs=3, every=1, engine=engine)
    longest = np.zeros(2)
    for event in run:
        if isinstance(event, Stepped):
            lengths = [np.linalg.norm(n.weights[l], axis=0).max() for l in (1, 2)]
            longest = np.maximum(longest, lengths)
    for length, limit in zip(longest, limits, strict=True):
        assert length == pytest.approx(limit, rel=1e-12) if limit else length > 1


def test_a_step_is_no_longer_than_the_clipped_gradient(blobs, engine):
    X, Y = 100 * blobs[0], blobs[1]
    for given, size in (
        ({"clip_norm": 0.25}, lambda step: np.linalg.norm(step)),
        ({"clip_value": 0.25}, lambda step: np.abs(step).max()),
    ):
        n = network()
        before, sizes = n.parameters.copy(), []
        run = start(n, X, Y, optimizer=SGD(1.0), epochs=2, every=1, engine=engine, **given)
        for event in run:
            if isinstance(event, Stepped):
                sizes.append(size(n.parameters - before))
                before = n.parameters.copy()
        assert max(sizes) == pytest.approx(0.25, rel=1e-9)


@pytest.mark.parametrize(
    "given", [{"noise": 0.5}, {"input_noise": 0.5}, {"dropout": 0.5}, {"input_dropout": 0.5}]
)
def test_noise_follows_the_seed_and_is_only_for_steps(blobs, engine, given):
    def trained(seed, **given):
        n = network()
        history = train(n, *blobs, seed=seed, epochs=2, validation=blobs, engine=engine, **given)
        return n, history

    (one, its), (same, _), (other, _), (plain, _) = (
        trained(0, **given),
        trained(0, **given),
        trained(1, **given),
        trained(0),
    )
    assert np.array_equal(one.parameters, same.parameters)
    assert not np.array_equal(one.parameters, other.parameters)
    assert not np.array_equal(one.parameters, plain.parameters)
    P = one.predict(blobs[0])
    fixed = -np.log(P[np.arange(90), blobs[1]]).mean()
    assert its.column("validation_cost")[-1] == pytest.approx(fixed, rel=1e-9)


def test_noise_on_inputs_makes_weights_small(line, engine):
    """Of a linear network it is a penalty: σ² Σ W² for the sum of squares (Bishop 1995)."""
    X = np.tile(line[0].astype(float), (30, 1))
    Y = X @ [[1.0], [-2.0], [0.5]]
    n = Network(3, [Dense(1, "identity")], precision="float64")
    given = {"loss": "half_sse", "optimizer": Adam(0.01), "batch_size": 100, "epochs": 200}
    train(n, X, Y, input_noise=1.0, average=0.999, engine=engine, **given)
    A = np.column_stack([X, np.ones(len(X))])
    ridge = np.linalg.solve(A.T @ A + len(X) * np.diag([1.0, 1, 1, 0]), A.T @ Y)
    np.testing.assert_allclose(n.weights[1], ridge[:3], atol=0.03)
