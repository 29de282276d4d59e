"""Rows that stay in files answer as the same rows in an array do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import DataError, UnsupportedError
from pellucid.arrays import as_inputs
from pellucid.rows import StoredRows


class Piece:
    """A piece that lies in memory, and counts what is read of it."""

    def __init__(self, X, name="piece"):
        self.X, self.name, self.shape, self.dtype, self.groups = X, name, X.shape, X.dtype, None
        self.read_so_far = []

    def read(self, begin, end):
        self.read_so_far.append((begin, end))
        return self.X[begin:end].copy()

    def fingerprint(self):
        return self.name


def stored(sizes, columns=2):
    """Pieces of such chunks: sizes is a list of lists."""
    pieces, chunks, first = [], [], 0
    for i, own in enumerate(sizes):
        n = sum(own)
        X = (first + np.arange(n))[:, None] * 10.0 + np.arange(columns)
        pieces.append(Piece(X.astype(np.float32), f"piece {i}"))
        ends = np.cumsum(own)
        chunks += [(i, end - size, end) for size, end in zip(own, ends, strict=True)]
        first += n
    return StoredRows(tuple(pieces), np.array(chunks, np.int64))


def whole(X):
    return np.concatenate([piece.X for piece in X.pieces])


SIZES = st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=4), min_size=1, max_size=3)


@settings(deadline=None, max_examples=200)
@given(sizes=SIZES, data=st.data())
def test_it_is_asked_as_an_array_is(sizes, data):
    X = stored(sizes)
    A, n = whole(X), len(X)
    assert X.shape == A.shape
    rows = data.draw(st.lists(st.integers(-n, n - 1), max_size=20))
    assert (X[np.array(rows, int)] == A[np.array(rows, int)]).all()
    cut = data.draw(st.slices(n))
    assert (X[cut] == A[cut]).all()
    which = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    assert (X[which] == A[which]).all()
    if rows:
        assert (X[rows[0]] == A[rows[0]]).all()


def test_each_chunk_is_read_once_and_no_more_of_it_than_is_asked_for():
    X = stored([[4, 4, 4], [5]])
    X[np.array([16, 1, 9, 3, 1, 10])]
    assert X.pieces[0].read_so_far == [(1, 4), (9, 11)]
    assert X.pieces[1].read_so_far == [(4, 5)]


def test_some_chunks_are_rows_of_their_own():
    X = stored([[4, 4, 4], [5]])
    some = X.take_chunks(np.array([3, 1]))
    assert (some[:] == whole(X)[[12, 13, 14, 15, 16, 4, 5, 6, 7]]).all()
    assert (whole(X)[X.rows_of(np.array([3, 1]))] == some[:]).all()
    assert X.rows_of(np.zeros(0, int)).size == 0


@settings(deadline=None, max_examples=200)
@given(sizes=SIZES, data=st.data())
def test_some_rows_stay_where_they_are(sizes, data):
    X = stored(sizes)
    n = len(X)
    rows = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=2 * n)), np.int64)
    for wanted in (rows, np.unique(rows)):
        some = X.take(wanted)
        assert isinstance(some, StoredRows)
        assert some.shape == (len(wanted), 2)
        assert np.array_equal(some[:], whole(X)[wanted])
    assert np.array_equal(X.take(np.arange(n)).chunks, X.chunks)


def test_rows_that_follow_one_another_in_a_chunk_stay_together():
    X = stored([[4, 4], [5]])
    some = X.take(np.array([1, 2, 3, 4, 6, 8, 9]))
    assert some.chunks.tolist() == [[0, 1, 4], [0, 4, 5], [0, 6, 7], [1, 0, 2]]


def test_blocks_are_all_rows_in_their_order():
    X = stored([[3000] * 50], columns=20)  # 12 MB
    parts = [X[rows] for rows in X.blocks()]
    assert len(parts) == 3
    assert (np.concatenate(parts) == whole(X)).all()


@pytest.mark.parametrize(
    "rows", [np.array([17]), np.array([-18]), np.array([0.5]), np.ones((2, 2))]
)
def test_rows_that_are_not_there_are_refused(rows):
    with pytest.raises(IndexError, match="expected rows"):
        stored([[4, 4, 4], [5]])[rows]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_found_when_they_are_read(bad):
    X = stored([[4, 4, 4], [5]])
    X.pieces[1].X[2, 1] = bad
    X[:12]
    with pytest.raises(DataError, match=f"piece 1: .* got {bad} in row 2, column 1"):
        X[np.array([0, 14])]


def test_large_numbers_whose_sum_is_infinite_are_finite():
    X = stored([[4]])
    X.pieces[0].X[:] = 3e38
    assert (X[:] == np.float32(3e38)).all()


def test_it_is_not_made_an_array_by_chance():
    X = stored([[4]])
    for turn in (np.asarray, np.sum, lambda rows: rows @ np.ones(2), list):
        if turn is list:
            assert len(turn(X)) == 4  # row by row, as of an array
            continue
        with pytest.raises((UnsupportedError, TypeError)):
            turn(X)
    with pytest.raises(UnsupportedError, match=r"Give some of the rows, as X\[:1000\]"):
        np.asarray(X)


def test_fingerprints_tell_chunks_and_files_apart():
    X = stored([[4, 4], [5]])
    assert X.fingerprint() == stored([[4, 4], [5]]).fingerprint()
    others = [
        stored([[8], [5]]),
        stored([[4, 4], [6]]),
        X.take_chunks(np.array([0, 1])),
        X.take_chunks(np.array([1, 0, 2])),
        stored([[4, 4], [5]], columns=3),
    ]
    assert len({each.fingerprint() for each in (X, *others)}) == 6
    X.pieces[1].name = "another"
    assert X.take_chunks(np.array([0, 1])).fingerprint() == others[2].fingerprint()
    assert X.fingerprint() != stored([[4, 4], [5]]).fingerprint()


def test_inputs_may_stay_in_files():
    X = stored([[4, 4], [5]])
    assert as_inputs(X, 2) is X
    with pytest.raises(DataError, match="X: expected 3 columns"):
        as_inputs(X, 3)
    assert (X.ndim, X.nbytes, X.row_bytes) == (2, 13 * 8, 8)
    assert repr(X) == "<13 rows of 2 float32 in 2 file(s), unread>"
