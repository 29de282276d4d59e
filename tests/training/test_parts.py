import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import DataError, Dense, Network, one_hot, start, train
from pellucid.data.split import Holding
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.recipe import Recipe
from pellucid.rows import StoredRows
from pellucid.training.parts import fingerprint, hold_out
from tests import rows


def network(output="softmax", units=3):
    return Network(2, [Dense(4, "tanh"), Dense(units, output)])


def parts(blobs, validation, **given):
    n = network()
    examples = as_examples(n.architecture, "cross_entropy", *blobs, **given)
    return examples, *hold_out(n, Recipe(), examples, validation)


def test_own_validation_data_leave_the_training_part_whole(blobs, engine):
    X, Y = blobs
    with_them, without = network(), network()
    history = train(with_them, X, Y, validation=(X[:9], Y[:9]), epochs=2, engine=engine)
    train(without, X, Y, epochs=2, engine=engine)
    assert np.array_equal(with_them.parameters, without.parameters)
    P = with_them.predict(X[:9])
    assert history.epochs[-1].validation_score == (P.argmax(1) == Y[:9]).mean()


def test_own_validation_data_may_have_weights(blobs):
    X, Y = blobs
    weight = np.arange(9.0)
    examples, kept, held = parts(blobs, (X[:9], Y[:9], weight))
    assert kept is examples
    assert held.weights.tolist() == weight.tolist()
    run = start(network(), X, Y, validation=(X[:9], Y[:9], weight), epochs=1, engine="reference")
    list(run)
    losses = -np.log(run.network.predict(X[:9])[np.arange(9), Y[:9]])
    found = run.history.epochs[-1].validation_cost
    assert found == pytest.approx(np.average(losses, weights=weight), rel=1e-5)


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
        ((np.zeros((2, 2)), [1, 0], [1]), "sample_weight: expected 2 numbers of at least 0"),
        ("0.1", "validation: expected a pair"),
        ([[0.0, 1.0]], "validation: expected a pair"),
        ((np.zeros((1, 2)),), "validation: expected a pair"),
        ((1, 2, 3, 4), "validation: expected a pair"),
    ],
)
def test_validation_that_does_not_fit_is_refused(blobs, validation, message):
    with pytest.raises(DataError, match=message):
        start(network(), *blobs, validation=validation)


def test_each_part_has_some_weight(blobs):
    """A part whose examples count nothing could not be learnt from, or judged by."""
    one, most = np.eye(90)[7], np.ones(90)
    for weight in (one, np.eye(90)[0]):
        with pytest.raises(DataError, match="validation: expected .* above 0 in both parts"):
            parts(blobs, 0.2, weights=weight)
    assert parts(blobs, None, weights=one)[2] is None
    assert len(parts(blobs, 0.2, weights=most)[2]) == 18


def test_nothing_is_given_away_without_being_asked(blobs):
    examples, kept, held = parts(blobs, None)
    assert kept is examples
    assert held is None


def test_training_and_validation_are_told_apart(blobs):
    X, Y = blobs
    one, other = Examples(X[:50], Y[:50]), Examples(X[50:], Y[50:])
    texts = {
        fingerprint(one, other),
        fingerprint(other, one),
        fingerprint(one, None),
        fingerprint(one, one),
    }
    assert len(texts) == 4
    assert fingerprint(Examples(X[:50].copy(), Y[:50]), None) == fingerprint(one, None)


def test_of_rows_in_files_whole_chunks_are_held_out(tmp_path):
    """Fifteen chunks of 7 and one of 5 rows: a fifth of them, with their targets and weights."""
    examples = rows.on_disk(tmp_path, 110, chunk=7)
    X, weights = examples.X[:], np.arange(110) + 1.0
    given = Examples(examples.X, examples.Y, weights)
    training, held = hold_out(rows.network(), Recipe(seed=4), given, 0.2)
    assert len(held.X.sizes) == 4
    assert len(training) + len(held) == 110
    numbers = np.concatenate([part.weights for part in (training, held)]) - 1
    assert sorted(numbers) == list(range(110))
    for part in (training, held):
        own = part.weights.astype(int) - 1
        assert (part.X[:] == X[own]).all()
        assert (examples.Y[own] == part.Y).all()
    assert fingerprint(training, held) == fingerprint(training, held)
    other = hold_out(rows.network(), Recipe(seed=5), given, 0.2)
    assert fingerprint(*other) != fingerprint(training, held)


def test_of_rows_in_files_single_ones_are_held_out_where_that_is_said(tmp_path):
    """The same ones as in memory, in proportion to the classes; and they stay in files."""
    examples = rows.on_disk(tmp_path, 110, chunk=7)
    here = Examples(examples.X[:], examples.Y, np.arange(110) + 1.0)
    there = Examples(examples.X, examples.Y, here.weights)
    holding = Holding("class", examples.Y)
    for share in (0.1, 0.3):
        in_memory = hold_out(rows.network(), Recipe(seed=4), here, share)
        in_files = hold_out(rows.network(), Recipe(seed=4), there, share, holding)
        for part, own in zip(in_files, in_memory, strict=True):
            assert isinstance(part.X, StoredRows)
            assert np.array_equal(part.X[:], own.X)
            assert np.array_equal(part.Y, own.Y)
            assert np.array_equal(part.weights, own.weights)
