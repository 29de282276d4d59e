import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.data.split import Holding, split, split_chunks
from pellucid.errors import DataError
from pellucid.rows import StoredRows

fractions = st.floats(0.01, 0.99)
seeds = st.integers(0, 2**63)


@given(st.integers(2, 300), fractions, seeds)
def test_every_row_is_on_exactly_one_side(n, fraction, seed):
    kept, held = split(n, fraction, seed)
    assert sorted([*kept, *held]) == list(range(n))
    assert 1 <= len(held) <= n - 1
    assert len(held) in (np.ceil(n * fraction), np.ceil(n * fraction) - 1)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=200), fractions, seeds)
def test_every_class_of_two_is_on_both_sides_in_its_share(labels, fraction, seed):
    codes = np.array(labels, np.int32)
    counts = np.bincount(codes)
    if counts.max() < 2:
        return
    kept, held = split(codes, fraction, seed)
    assert sorted([*kept, *held]) == list(range(len(codes)))
    for code, count in enumerate(counts):
        held_here = int((codes[held] == code).sum())
        assert held_here == 0 if count < 2 else 1 <= held_here <= count - 1
        assert abs(held_here - fraction * count) <= 1 + 1e-6


def test_a_seed_gives_the_same_rows_and_another_seed_others():
    first, again, other = (split(1000, 0.1, seed)[1] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert len(first) == 100


def test_no_class_follows_the_order_of_the_rows():
    """What is held out is spread over the rows, not taken from an end."""
    held = split(np.repeat([0, 1], 5000), 0.1, 7)[1]
    assert abs(held[held < 5000].mean() - 2500) < 300
    assert abs(held[held >= 5000].mean() - 7500) < 300


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan")])
def test_a_fraction_is_between_0_and_1(fraction):
    with pytest.raises(DataError, match="between 0 and 1"):
        split(10, fraction, 0)


@pytest.mark.parametrize("examples", [0, 1, np.zeros(1, np.int32), np.zeros(0, np.int32)])
def test_one_example_cannot_be_divided(examples):
    with pytest.raises(DataError, match="at least 2 examples"):
        split(examples, 0.5, 0)


def test_codes_are_whole_and_at_least_one_class_has_two():
    with pytest.raises(DataError, match="vector of class codes"):
        split(np.zeros(4), 0.5, 0)
    with pytest.raises(DataError, match="two examples or more"):
        split(np.arange(4), 0.5, 0)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=200), fractions, seeds)
def test_groups_stay_together_and_time_goes_on(keys, fraction, seed):
    keys = np.array(keys)
    for rule in ("group", "time"):
        if len(set(keys)) < 2:
            continue
        kept, held = Holding(rule, keys).split(fraction, seed)
        assert sorted([*kept, *held]) == list(range(len(keys)))
        assert len(kept) > 0
        assert len(held) > 0
        assert not set(keys[kept]) & set(keys[held])
        if rule == "time":
            assert keys[kept].max() < keys[held].min()


def test_about_the_fraction_is_held_out():
    keys = np.repeat(np.arange(100), 3)
    for rule in ("group", "time"):
        assert len(Holding(rule, keys).split(0.2, 0)[1]) == 60
    first, again, other = (Holding("group", keys).split(0.2, seed)[1] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_one_group_alone_cannot_be_divided():
    with pytest.raises(DataError, match="at least two groups to divide, got the same for all 3"):
        Holding("group", np.zeros(3)).split(0.5, 0)
    with pytest.raises(DataError, match="a fraction between 0 and 1"):
        Holding("time", np.arange(3)).split(1.0, 0)
    assert Holding("time", np.arange(3)).take(np.array([2, 0])).keys.tolist() == [2, 0]


def test_chunks_are_held_out_whole():
    X = rows_of([5] * 20)
    kept, held = split_chunks(X, 0.2, seed=3)
    assert sorted([*kept, *held]) == list(range(20))
    assert len(held) == 4
    assert (split_chunks(X, 0.2, seed=3)[1] == held).all()
    assert (split_chunks(X, 0.2, seed=4)[1] != held).any()


def test_one_chunk_cannot_be_divided():
    with pytest.raises(DataError, match=r"at least 2 chunks of rows .* stored\(path, chunk=1000\)"):
        split_chunks(rows_of([100]), 0.2, seed=0)


def rows_of(sizes):
    ends = np.cumsum(sizes)
    return StoredRows((), np.stack([np.zeros_like(ends), ends - sizes, ends], axis=1))
