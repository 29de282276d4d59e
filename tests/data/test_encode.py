"""From columns to inputs: scaled, drawn in, one input a category, and what tells nothing apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pellucid.data.columns import Column, columns_of, read
from pellucid.data.encode import BLOCK, MOST, NAMES, Encoding, Raw, fit_encoding

NAN = np.nan
ROOT = 2**0.5


def fitted(table):
    columns = columns_of(table)
    return fit_encoding(columns, read(table, columns))


def inputs_of(table):
    encoding = fitted(table)
    return encoding.apply(read(table, encoding.columns))


def one_column(values):
    return np.array([[value] for value in values], object)


def test_a_known_answer():
    """Of 0, 10, 20, 30, 40 the median is 20 and the middle half is 20 wide."""
    table = np.array(
        [[0, "a", None], [10, "b", 1], [20, "a", 1], [30, None, 1], [40, "b", 1]], object
    )
    encoding = fitted(table)
    assert encoding.names == ("x0", "x2 is missing", "x1 = a", "x1 = b")
    assert (encoding.center, encoding.spread) == ((20.0,), (20.0,))
    assert (encoding.n_inputs, encoding.left_out) == (4, ())
    z1, z05 = 1 / np.sqrt(1 + 1 / 9), 0.5 / np.sqrt(1 + 0.25 / 9)
    wanted = [[-z1, 1, 1, 0], [-z05, 0, 0, 1], [0, 0, 1, 0], [z05, 0, 0, 0], [z1, 0, 0, 1]]
    found = encoding.apply(read(table, encoding.columns))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_what_is_new_in_another_table():
    """Missing where nothing was; categories that were not there; numbers far out."""
    encoding = fitted(np.array([[0, "a"], [10, "b"], [20, "a"]], object))
    other = np.array([[None, "c"], [10 + 3 * 10, None], [-1e300, "b"]], object)
    wanted = [[0, 0, 0], [3 / ROOT, 0, 0], [-3, 0, 1]]
    np.testing.assert_allclose(encoding.apply(read(other, encoding.columns)), wanted, rtol=1e-6)


def test_where_the_quartiles_are_equal_the_deviation_counts():
    """Most columns of counts are 0 nearly everywhere; half of their range would be far too much."""
    encoding = fitted(one_column([0, 0, 0, 0, 0, 0, 10]))
    assert encoding.center == (0.0,)
    assert encoding.spread[0] == pytest.approx(10 * np.sqrt(6) / 7)


@pytest.mark.parametrize(
    "numbers", [[-1.7e308, 1.7e308, 0, 1], [0, 5e-324, 0, 0], [1e300, 1e-300, 0, 1], [1e9, 1e9 + 1]]
)
def test_huge_and_tiny_numbers_are_told_apart(numbers):
    with np.errstate(all="raise", under="ignore"):
        found = inputs_of(np.array(numbers)[:, None])[:, 0]
    assert (np.abs(found) <= 3).all()
    assert found[np.argmax(numbers)] > found[np.argmin(numbers)]


def test_far_out_of_all_that_was_seen():
    encoding = fitted(np.array([[0.0], [1e-300]]))
    with np.errstate(all="raise", under="ignore"):
        found = encoding.apply(np.array([[1e300], [-1e300], [NAN]]))
    np.testing.assert_allclose(found[:, 0], [3, -3, 0])


@pytest.mark.parametrize(
    ("values", "inputs"),
    {
        "the same": ([3.0] * 9, 0),
        "the same text": (["a"] * 9, 0),
        "always missing": ([None] * 9, 0),
        "the same number or missing": ([3.0, None, 3.0], 1),
        "the same text or missing": (["a", None, "a"], 1),
        "two texts": (["a", "b"], 2),
        "few texts, each once": ([f"t{i}" for i in range(NAMES - 1)], NAMES - 1),
        "names": ([f"t{i}" for i in range(NAMES)], 0),
        "names, some missing": ([*(f"t{i}" for i in range(NAMES)), None], 0),
        "one of them twice": ([*(f"t{i}" for i in range(NAMES)), "t0"], NAMES),
        "many, most of them once": ([f"t{max(i, 80)}" for i in range(300)], 0),
        "many, each often": ([f"t{i % 150}" for i in range(300)], MOST),
    }.values(),
)
def test_how_many_inputs_a_column_has(values, inputs):
    encoding = fitted(one_column(values))
    assert len(encoding.names) == inputs
    assert encoding.left_out == (() if inputs else ("x0",))
    found = encoding.apply(read(one_column(values), encoding.columns))
    assert found.shape == (len(values), max(inputs, 1))
    assert (len(np.unique(found, axis=0)) > 1) == (inputs > 0)


def test_of_ten_thousand_categories_the_most_frequent_have_an_input():
    values = [f"t{i % 10_000:05}" for i in range(20_000)] + [f"t{i:05}" for i in range(500, 600)]
    table = one_column(values)
    encoding = fitted(table)
    assert encoding.names == tuple(f"x0 = t{i:05}" for i in range(500, 600))
    found = encoding.apply(read(table, encoding.columns))
    assert found.sum() == 300
    assert set(found.sum(axis=1)) == {0, 1}


def test_the_number_of_rows_worked_out_at_a_time_does_not_matter():
    X = np.random.default_rng(0).normal(size=(2 * BLOCK + 7, 2))
    encoding = fitted(X)
    alone = [encoding.apply(X[i : i + 1]) for i in (0, BLOCK - 1, BLOCK, 2 * BLOCK + 6)]
    whole = encoding.apply(X)[[0, BLOCK - 1, BLOCK, 2 * BLOCK + 6]]
    np.testing.assert_array_equal(np.vstack(alone), whole)


@settings(max_examples=100, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.uint8, np.int64, bool]),
        st.tuples(st.integers(1, 9), st.integers(1, 3)),
    ).filter(lambda X: np.isfinite(X).all())
)
def test_inputs_are_tame_in_the_order_of_the_numbers(X):
    encoding = fitted(X)
    found = encoding.apply(X)
    assert found.dtype == np.float32
    assert found.shape == (len(X), encoding.n_inputs)
    assert (np.abs(found) <= 3).all()
    for place, j in enumerate(encoding.numbers):
        order = np.argsort(X[:, j], kind="stable")
        assert (np.diff(found[order, place]) >= 0).all()
    twice = fit_encoding(encoding.columns, X.astype(np.float64))
    assert twice == encoding


def test_it_is_plain_data():
    """So that it can be kept, compared and shown."""
    encoding = fitted(np.array([[0, "a"], [10, "b"], [20, "a"]], object))
    assert eval(repr(encoding), {"Encoding": Encoding, "Column": Column}) == encoding
    assert hash(encoding) == hash(fitted(np.array([[0, "a"], [10, "b"], [20, "a"]], object)))


@settings(deadline=None)
@given(hnp.arrays(np.float64, 17, elements=st.floats(-1e6, 1e6) | st.just(NAN)))
def test_scikit_learn_finds_the_same_centers_and_spreads(column):
    """To the last bit, where the quartiles differ; so does OneHotEncoder the same categories."""
    from sklearn.preprocessing import RobustScaler

    encoding = fitted(column[:, None])
    if not encoding.numbers:
        return
    scaler = RobustScaler().fit(column[:, None])
    assert encoding.center == (scaler.center_[0],)
    low, high = np.quantile(column[~np.isnan(column)], [0.25, 0.75])
    if high - low > 1e-9:  # less is 0 to scikit-learn
        assert encoding.spread == (scaler.scale_[0],)


def test_of_columns_about_as_wide_half_of_the_difference_is_kept():
    """Of spreads 1, 4 and 8 the root mean square is 3 √3; each goes half of the way to it."""
    column = np.array([0.0, 1.0, 2.0, 3.0, 4.0]) / 2  # from quartile to quartile: 1
    table = column[:, None] * [1.0, 4.0, 8.0]
    wanted = np.sqrt(np.array([1.0, 4.0, 8.0]) * 27**0.5)
    np.testing.assert_allclose(fitted(table).spread, wanted)
    np.testing.assert_allclose(fitted(1e300 * table).spread, 1e300 * wanted)  # whatever the unit
    np.testing.assert_allclose(fitted(1e-300 * table).spread, 1e-300 * wanted)


def test_of_columns_of_different_size_nothing_is_kept():
    column = np.array([0.0, 1.0, 2.0, 3.0, 4.0]) / 2
    assert fitted(column[:, None] * [1.0, 4.0, 10.5]).spread == (1.0, 4.0, 10.5)
    assert fitted(column[:, None] * [1.0, 1.0, 1.0]).spread == pytest.approx((1.0, 1.0, 1.0))


def test_scikit_learn_makes_the_same_inputs_of_categories():
    from sklearn.preprocessing import OneHotEncoder

    table = np.random.default_rng(0).choice(["a", "b", "c", "d"], (50, 3)).astype(object)
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(table)
    encoding = fitted(table)
    other = table[:9].copy()
    other[4, 1] = "new"
    found = encoding.apply(read(other, encoding.columns))
    np.testing.assert_array_equal(found, encoder.transform(other))


def test_inputs_of_many_categories_are_kept_without_zeros():
    random = np.random.default_rng(0)
    table = np.empty((BLOCK + 50, 4), object)
    table[:, :3] = random.integers(0, 40, (len(table), 3)).astype(str)
    table[:, :3] = "v" + table[:, :3]
    table[:, 3] = random.normal(size=len(table))
    encoding = fitted(table)
    rows = read(table, encoding.columns)
    assert encoding.is_sparse
    found, whole = encoding.inputs(rows), encoding.apply(rows)
    np.testing.assert_array_equal(found[:], whole)
    assert len(found.values) == np.count_nonzero(whole)
    assert found.take(np.array([3, 1]))[:].tolist() == whole[[3, 1]].tolist()


def test_pixels_are_taken_as_they_are():
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    raw = Raw(columns_of(pixels))
    assert (raw.n_inputs, raw.names) == (3, ("x0", "x1", "x2"))
    np.testing.assert_array_equal(raw.inputs(pixels), pixels)
