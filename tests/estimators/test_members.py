"""Networks side by side: each what it would be alone, and all stopped at the same epoch."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import AdamW, Dense, DivergedError, Network, start
from pellucid.equations.schedules import Cosine
from pellucid.estimators.choosing import ACTIVATION, DECAY, DROPOUT, RATE, Settings
from pellucid.estimators.members import Members, parts
from pellucid.plan.examples import Examples

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 3)).astype(np.float32)
CODES = (X[:, 0] + RANDOM.normal(size=50) > 0).astype(np.int32)
SETTINGS = Settings(width=6, members=3, holds_out=True, epochs=8, batch_size=16)
OUTPUT = Dense(2, "softmax")


def members(settings=SETTINGS, weights=None, seed=5, threads=1):
    given = {"loss": "cross_entropy", "output": OUTPUT, "seed": seed, "threads": threads}
    return Members(settings, Examples(X, CODES, weights), CODES, **given)


def carried_out(found):
    assert list(found) == list(range(1, found.epochs + 1))
    found.keep_best()
    return found


def alone(settings, seed, held_out, weights=None, epochs=8):
    """One of the networks as people would train it, to the end of an epoch."""
    seen = np.setdiff1d(np.arange(50), held_out)
    layers = [Dense(settings.width, ACTIVATION), Dense(settings.width, ACTIVATION), OUTPUT]
    network = Network(3, layers, seed=seed)
    run = start(
        network,
        X[seen],
        CODES[seen],
        optimizer=AdamW(Cosine(RATE), weight_decay=DECAY),
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        dropout=DROPOUT if settings.holds_out else 0.0,
        sample_weight=None if weights is None else weights[seen],
        seed=seed,
        threads=1,
    )
    for event in run:
        if getattr(event, "record", None) is not None and event.record.epoch == epochs:
            break
    return network


@given(
    st.lists(st.integers(0, 3), min_size=8, max_size=60), st.integers(2, 8), st.integers(0, 10**6)
)
def test_parts_are_all_rows_once_with_a_share_of_every_class(codes, n_parts, seed):
    codes = np.array(codes)
    found = parts(codes, n_parts, seed)
    assert len(found) == n_parts
    assert sorted(np.concatenate(found).tolist()) == list(range(len(codes)))
    for of in (np.ones(len(codes), bool), *(codes == code for code in set(codes))):
        counts = [of[rows].sum() for rows in found]
        assert max(counts) - min(counts) <= 1
    assert all((np.diff(rows) > 0).all() for rows in found)


def test_parts_are_drawn():
    codes = np.zeros(40, int)
    first, again, other = (parts(codes, 4, seed)[0].tolist() for seed in (1, 1, 2))
    assert first == again != other
    assert first != list(range(0, 40, 4))


@pytest.mark.parametrize("weights", [None, RANDOM.integers(1, 4, 50).astype(float)])
def test_each_is_what_it_would_be_alone(weights):
    """All at the epoch that was best on what none of them had seen, by hand."""
    found = carried_out(members(weights=weights))
    w = np.ones(50) if weights is None else weights
    costs = []
    for epoch in range(1, 9):
        losses = np.empty(50)
        for i, rows in enumerate(found.held_out):
            P = alone(SETTINGS, 5 + i, rows, weights, epoch).predict(X[rows])
            losses[rows] = -np.log(P[np.arange(len(rows)), CODES[rows]])
        costs.append(np.average(losses, weights=w))
    np.testing.assert_allclose(found.held_out_costs, costs, rtol=1e-5)
    assert found.best_epoch == np.argmin(costs) + 1
    for i, (network, rows) in enumerate(zip(found.networks, found.held_out, strict=True)):
        wanted = alone(SETTINGS, 5 + i, rows, weights, found.best_epoch)
        np.testing.assert_array_equal(network.parameters, wanted.parameters)


def test_where_nothing_is_held_out_the_last_epoch_counts():
    settings = replace(SETTINGS, holds_out=False)
    found = carried_out(members(settings))
    assert (found.best_epoch, found.held_out_costs) == (8, [])
    assert [len(rows) for rows in found.held_out] == [0, 0, 0]
    for i, network in enumerate(found.networks):
        wanted = alone(settings, 5 + i, [])
        np.testing.assert_array_equal(network.parameters, wanted.parameters)


def test_how_many_run_at_the_same_time_does_not_matter():
    one, *others = (carried_out(members(threads=threads)) for threads in (1, 2, 3, None))
    for other in others:
        assert (other.costs, other.held_out_costs) == (one.costs, one.held_out_costs)
        for mine, theirs in zip(one.networks, other.networks, strict=True):
            np.testing.assert_array_equal(mine.parameters, theirs.parameters)


def test_whoever_leaves_early_has_the_best_so_far():
    found = members()
    for epoch in found:
        if epoch == 3:
            break
    found.keep_best()
    assert len(found.held_out_costs) == 3
    assert found.best_epoch == np.argmin(found.held_out_costs) + 1
    wanted = alone(SETTINGS, 5, found.held_out[0], epochs=found.best_epoch)
    np.testing.assert_array_equal(found.networks[0].parameters, wanted.parameters)


def test_one_that_diverges_is_left_out():
    found = members()
    second = found.held_out[1]
    for epoch in found:
        if epoch == 2:
            found._runs[1].examples.X[...] = np.nan  # a copy of its own
    found.keep_best()
    assert len(found.networks) == len(found.held_out) == 2
    assert all(np.isfinite(network.parameters).all() for network in found.networks)
    assert not any(np.array_equal(rows, second) for rows in found.held_out)
    assert len(found.costs) == 8
    assert np.isfinite(found.costs).all()


def test_where_all_diverge_it_is_an_error(monkeypatch):
    monkeypatch.setattr("pellucid.estimators.choosing.RATE", 1e38)
    with pytest.raises(DivergedError, match="each of 3 networks: "):
        carried_out(members())
