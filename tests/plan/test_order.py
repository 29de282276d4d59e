"""Orders of an epoch: each row once, the same when asked again, and mixed as far as is promised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.equations.random import SHUFFLE, permutation
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.plan.order import DISTORTED, WINDOW, order, window_of
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.rows import StoredRows


class Piece:
    """As much of a file as an order looks at."""

    def __init__(self, n, columns=3, dtype=np.float32):
        self.name, self.shape, self.dtype, self.groups = (
            "piece",
            (n, columns),
            np.dtype(dtype),
            None,
        )


def rows_of(sizes, window=None, columns=3):
    ends = np.cumsum(sizes)
    chunks = np.stack([np.zeros_like(ends), ends - sizes, ends], axis=1)
    return StoredRows((Piece(int(ends[-1]), columns),), chunks, window)


def plan_of(n, batch_size=8, seed=0):
    architecture = Architecture(3, (Dense(2, "softmax"),))
    return compile_plan(architecture, Recipe(batch_size=batch_size, seed=seed), n)


def epoch_of(plan, X, window, epoch=0):
    n = plan.n_examples
    return [order(plan, X, window, epoch, i, min(i + window, n)) for i in range(0, n, window)]


@settings(deadline=None, max_examples=100)
@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=40),
    batch=st.integers(1, 9),
    steps=st.integers(1, 6),
    epoch=st.integers(0, 3),
    seed=st.integers(0, 2**64 - 1),
)
def test_every_row_of_files_comes_once_an_epoch(sizes, batch, steps, epoch, seed):
    X, n = rows_of(np.array(sizes)), sum(sizes)
    plan = plan_of(n, batch, seed)
    window = steps * plan.batch_size
    parts = epoch_of(plan, X, window, epoch)
    assert sorted(np.concatenate(parts)) == list(range(n))
    last = len(parts) - 1  # any window can be had without the others
    alone = order(plan, X, window, epoch, last * window, n)
    assert (alone == parts[last]).all()


def test_a_window_reads_whole_chunks_but_for_its_ends():
    """Sixty chunks of 10 in windows of 80: never more than nine of them in one window."""
    X, plan = rows_of(np.full(60, 10)), plan_of(600)
    for rows in epoch_of(plan, X, 80):
        assert len(np.unique(rows // 10)) <= 9


def test_epochs_seeds_and_windows_are_shuffled_differently():
    X, plan = rows_of(np.full(60, 10)), plan_of(600)
    first = np.concatenate(epoch_of(plan, X, 80))
    assert (first != np.concatenate(epoch_of(plan, X, 80, epoch=1))).mean() > 0.9
    assert (first != np.concatenate(epoch_of(plan_of(600, seed=1), X, 80))).mean() > 0.9
    one = rows_of(np.array([600]))  # a single chunk: what differs is the order within windows
    parts = [rows - rows.min() for rows in epoch_of(plan, one, 80)[:7]]
    assert all(sorted(part) == list(range(80)) for part in parts)
    assert len({tuple(part) for part in parts}) == 7


def test_sorted_rows_are_mixed_about_as_well_as_chunks_allow():
    """Rows in the order of ten classes, 400 chunks: windows of 40 chunks have nearly all ten."""
    X, plan = rows_of(np.full(400, 5)), plan_of(2000)
    counts = [np.bincount(rows // 200, minlength=10) for rows in epoch_of(plan, X, 200)]
    assert np.min(counts) >= 0
    assert np.mean(np.array(counts) > 0) > 0.95
    assert np.max(counts) <= 80  # of 200, expected 20


def test_rows_in_memory_have_the_plans_own_order():
    plan, X = plan_of(5000), np.zeros((5000, 3), np.float32)
    own = permutation(0, SHUFFLE, 2, 5000)
    assert (order(plan, X, 64, 2, 640, 704) == own[640:704]).all()


@pytest.mark.parametrize(
    ("X", "batch", "rows"),
    [
        (rows_of([900], columns=1000), 32, -(-(WINDOW // 4000) // 32) * 32),
        (rows_of([900], window=100), 32, 128),
        (rows_of([900], window=1), 32, 32),
        (rows_of([9], columns=1 << 25), 2, 2),  # one row is more than a window
        (np.zeros((900, 1000), np.uint8), 32, -(-(DISTORTED // 1000) // 32) * 32),
    ],
)
def test_windows_are_of_whole_batches(X, batch, rows):
    assert window_of(plan_of(900, batch), X) == rows
