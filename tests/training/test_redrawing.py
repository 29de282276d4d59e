"""What is learnt is in the weights: drawn anew at every mini-batch, they stay at chance."""

import numpy as np
import pytest

from pellucid import SGD, Dense, Network, Stepped, start, train
from pellucid.data.sources import load_data

SIZE, EPOCHS = 32, 2  # 90 steps


@pytest.fixture(scope="module")
def digits(cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        return load_data("digits")


def network():
    return Network(64, [Dense(30), Dense(10, "softmax")], scale=1 / 16)


def one_step(n, X, Y):
    train(n, X, Y, optimizer=SGD(0.3), batch_size="all", steps=1)


def batches(part):
    """The same mini-batches for everyone."""
    random = np.random.default_rng(0)
    for _ in range(EPOCHS):
        order = random.permutation(len(part.X))
        for begin in range(0, len(order), SIZE):
            rows = order[begin : begin + SIZE]
            yield part.X[rows], part.Y[rows]


def accuracy(n, part):
    return (n.predict(part.X).argmax(1) == part.Y).mean()


def test_weights_that_are_drawn_anew_at_every_mini_batch_stay_at_chance(digits):
    kept, found = network(), []
    for i, (X, Y) in enumerate(batches(digits.train)):
        one_step(kept, X, Y)
        drawn = network().redrawn(i)
        one_step(drawn, X, Y)
        found.append(accuracy(drawn, digits.test))
    assert len(found) == 90
    assert accuracy(kept, digits.test) > 0.85
    assert np.mean(found) < 0.25  # one in ten is chance; a single step is all they ever learnt
    assert np.mean(found[60:]) < np.mean(found[:30]) + 0.05  # and it does not become better


def test_weights_are_drawn_once_at_the_beginning_of_a_run(digits):
    """Every step goes on from the one before: by small steps, not to other weights."""
    n = network()
    before = n.parameters.copy()
    run = start(n, digits.train.X, digits.train.Y, optimizer=SGD(0.01), epochs=1, every=1)
    for event in run:
        if isinstance(event, Stepped):
            assert 0 < np.linalg.norm(n.parameters - before) < 0.5
            before = n.parameters.copy()
    drawn = [network().redrawn(i).parameters for i in range(4)]
    assert min(np.linalg.norm(a - b) for a, b in zip(drawn, drawn[1:], strict=False)) > 3


def test_the_same_seed_draws_the_same_weights():
    assert np.array_equal(network().redrawn(3).parameters, network().redrawn(3).parameters)
    assert np.array_equal(network().redrawn(0).parameters, network().parameters)
    assert not np.array_equal(network().redrawn(1).parameters, network().parameters)
