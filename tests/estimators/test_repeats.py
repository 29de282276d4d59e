"""Rows that say the same become one: the same bits, however they were repeated or ordered."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.sparse import csr_array

from pellucid.estimators.repeats import BLOCK, merged

NAN = np.nan
OTHER_NAN = np.array([0x7FF8000000000123, 0xFFF8000000000000], np.uint64).view(np.float64)


def assert_same(one, other):
    for mine, theirs in zip(one, other, strict=True):
        if mine is None or theirs is None:
            assert mine is theirs
        else:
            mine, theirs = (a.toarray() if hasattr(a, "tocsr") else a for a in (mine, theirs))
            np.testing.assert_array_equal(mine, theirs)


def as_counts(X, y, weights):
    """A dictionary from what a row says to its weight."""
    weights = np.ones(len(y)) if weights is None else weights
    return {tuple(row): w for row, w in zip(np.hstack([X, y]), weights, strict=True)}


def test_a_known_answer():
    X, y = np.array([[1, 2], [3, 4], [1, 2], [1, 2.0]]), np.array([[0], [1], [0], [1]])
    assert as_counts(*merged(X, y, None)) == {(1, 2, 0): 2, (3, 4, 1): 1, (1, 2, 1): 1}
    weights = np.array([0.5, 0, 2, 1])
    assert as_counts(*merged(X, y, weights)) == {(1, 2, 0): 2.5, (1, 2, 1): 1}
    assert merged(X[:2], y[:2], None)[2] is None


ROWS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.just(2)),
    elements=st.sampled_from([0, 1, NAN, 1e300]),
)


@settings(max_examples=100, deadline=None)
@given(X=ROWS, data=st.data())
def test_repeating_is_weighing_to_the_last_bit(X, data):
    n = len(X)
    y = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))[:, None]
    times = data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n).filter(any))
    order = data.draw(st.permutations(np.repeat(np.arange(n), times).tolist()))
    assert_same(merged(X, y, np.array(times, float)), merged(X[order], y[order], None))


@pytest.mark.parametrize("weight", [0.1, 1 / 3, 1e-3, 7.7, 1e-310, 1e300])
def test_the_order_of_adding_does_not_show(weight):
    """Ten times 0.1 is 0.9999999999999999 where it is added up, and 1 where it is not."""
    X, y = np.ones((10, 1)), np.ones((10, 1))
    [total] = merged(X[:1], y[:1], np.array([weight * 10]))[2] or [1.0]
    [added] = merged(X, y, np.full(10, weight))[2] or [1.0]
    assert added == total
    assert total == pytest.approx(weight * 10, rel=1e-7)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.array([[-0.0, 1.0]]), np.array([[0.0, 1.0]])),
        (np.array([[OTHER_NAN[0], OTHER_NAN[1]]]), np.array([[NAN, NAN]])),
        (np.array([[1.5, 2.0]], np.float32), np.array([[1.5, 2.0]])),
        (np.array([[1, 2]], np.uint8), np.array([[1.0, 2.0]])),
    ],
)
def test_what_is_written_in_another_way_is_the_same(one, other):
    X = np.vstack([one.astype(other.dtype), other])
    assert len(merged(X, np.ones((2, 1)), None)[0]) == 1
    more = np.array([[5, 6], [7, 8]])
    y = np.arange(3)[:, None]
    orders = [merged(np.vstack([x, more.astype(x.dtype)]), y, None)[1] for x in (one, other)]
    np.testing.assert_array_equal(*orders)


def test_negative_zeros_and_whole_numbers_among_targets():
    y = np.array([[-0.0], [0.0]])
    assert len(merged(np.ones((2, 1)), y, None)[0]) == 1
    wanted = merged(np.ones((3, 1)), np.array([[0], [1], [2]]), None)[1]
    found = merged(np.ones((3, 1)), np.array([[0.0], [1.0], [2.0]]), None)[1]
    np.testing.assert_array_equal(found, wanted)


def test_sparse_rows_may_be_written_in_many_ways():
    """Out of order, with zeros, in pieces, by wider numbers of columns."""
    y = np.ones((4, 1))
    begins = [0, 2, 4, 7, 10]
    columns = [0, 2, 2, 0, 0, 1, 2, 0, 2, 2]
    values = [1.0, 5, 5, 1, 1, 0, 5, 1, 2, 3]
    X = csr_array((values, columns, begins), shape=(4, 3))
    before = X.data.copy()
    found, _, weights = merged(X, y, None)
    np.testing.assert_array_equal(found.toarray(), [[1, 0, 5]])
    assert weights == [4]
    np.testing.assert_array_equal(X.data, before)
    wide = csr_array((values, np.array(columns, np.int64), np.array(begins, np.int64)), (4, 3))
    more = np.arange(4)[:, None]
    assert_same(merged(X, more, None), merged(wide, more, None))


def test_many_rows_are_the_same_as_few():
    X = np.arange(2 * BLOCK + 3.0)[:, None] // 2
    found, _, weights = merged(X, np.zeros((len(X), 1)), None)
    assert len(found) == BLOCK + 2
    assert sorted(weights)[:2] == [1, 2]
    np.testing.assert_array_equal(np.sort(found[:, 0]), np.arange(BLOCK + 2))


def test_the_order_is_that_of_the_inputs():
    """So that what is learnt does not depend on the units of a target, nor on names of classes."""
    X, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30)[:, None]
    first = merged(X, y, None)[0]
    for other in (y * 1e9 + 5, y[::-1], np.zeros((30, 2))):
        np.testing.assert_array_equal(merged(X, other, None)[0], first)
    assert (first != X).any()
