"""Which arrays are taken, what becomes of them, and what is said of the others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from pellucid.arrays import PRECISIONS, SparseRows, as_codes, as_inputs, as_values, one_hot
from pellucid.errors import DataError

NAN, INF = float("nan"), float("inf")


def test_precisions_are_names_of_types():
    assert [np.dtype(name).itemsize for name in PRECISIONS] == [4, 8]


# Inputs


@pytest.mark.parametrize(
    ("given_type", "kept"),
    [
        *(("uint8", "uint8"), ("float32", "float32"), ("float64", "float64")),
        *(("float16", "float32"), ("bool", "float32"), ("int8", "float32")),
        *(("int64", "float32"), ("uint16", "float32"), (">f8", "float64"), (">f4", "float32")),
    ],
)
def test_inputs_keep_bytes_and_floats_and_cast_the_rest(given_type, kept):
    X = as_inputs(np.array([[0, 1], [1, 0]], given_type))
    assert X.dtype == np.dtype(kept)
    assert X.dtype.isnative
    assert X.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_array, sparse.coo_array])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "int64", "bool"])
def test_sparse_inputs_stay_so_and_give_common_rows(kind, dtype):
    random = np.random.default_rng(0)
    whole = (random.integers(1, 9, (9, 5)) * (random.random((9, 5)) < 0.4)).astype(dtype)
    X = as_inputs(kind(whole), 5)
    assert isinstance(X, SparseRows)
    assert (len(X), X.shape) == (9, (9, 5))
    assert X.dtype == (dtype if dtype[0] in "uf" else "float32")
    for rows in (slice(None), slice(2, 7), slice(None, None, 3), np.array([8, 0, 0, 3])):
        assert X[rows].tolist() == whole[rows].tolist()
    some = X.take(np.array([4, 1, 1]))
    assert some[:].tolist() == whole[[4, 1, 1]].tolist()
    assert len(some.values) == np.count_nonzero(whole[[4, 1, 1]])


def test_what_stands_twice_in_sparse_inputs_is_added_up():
    X = as_inputs(sparse.coo_matrix(([1.0, 2.0, 4.0], ([0, 0, 1], [1, 1, 0]))))
    assert X[:].tolist() == [[0, 3], [4, 0]]


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (sparse.csr_matrix((3, 4)), "expected 5 columns"),
        (sparse.csr_matrix((0, 5)), "at least one example"),
        (sparse.coo_array(np.array([1.0, 0.0, 2.0])), "got a sparse array of shape"),
        (sparse.csr_matrix(np.eye(5, dtype=complex)), "expected numbers"),
        (sparse.csr_matrix(np.diag([1, 1, np.inf, 1, 1])), "got inf in row 2, column 2"),
    ],
)
def test_sparse_inputs_that_do_not_fit_are_refused(X, message):
    with pytest.raises(DataError, match=message):
        as_inputs(X, 5)


def broken(name, where, value):
    """A diagonal matrix one of whose numbers was changed afterwards, as SciPy lets happen."""
    X = sparse.csr_matrix(np.eye(5))
    getattr(X, name)[where] = value
    return X


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (broken("indices", 3, 5), "column indices from 0 to 4, got 5 in row 3"),
        (broken("indices", 3, -1), "column indices from 0 to 4, got -1 in row 3"),
        (broken("indptr", 2, 4), "never falls, got 4 and then 3 for row 2"),
        (broken("indptr", 5, 6), "6 numbers from 0 to at most 5.*got 6 from 0 to 6"),
        (broken("indptr", 0, -1), "got 6 from -1 to 5"),
        (broken("indptr", 0, 1), "got 6 from 1 to 5"),
    ],
)
def test_sparse_inputs_that_point_elsewhere_are_refused(X, message):
    with pytest.raises(DataError, match=message):
        as_inputs(X, 5)


def test_inputs_come_out_contiguous_and_uncopied_where_they_are():
    whole = np.arange(12.0).reshape(3, 4)
    assert as_inputs(whole, 4) is whole
    turned = as_inputs(whole.T)
    assert turned.flags.c_contiguous
    assert turned.tolist() == whole.T.tolist()


@pytest.mark.parametrize(
    ("X", "n_inputs", "message"),
    [
        ([1.0, 2.0], None, r"X: expected a matrix .* got an array of shape \(2,\).*X\[None, :\]"),
        (3.0, None, r"expected a matrix .* got an array of shape \(\)"),
        (np.zeros((2, 2, 2)), None, r"got an array of shape \(2, 2, 2\)"),
        (np.zeros((2, 3)), 4, "X: expected 4 columns, one for each input of the network, got 3"),
        (np.zeros((0, 3)), 3, r"at least one example and one column, got shape \(0, 3\)"),
        (np.zeros((3, 0)), None, r"at least one example and one column, got shape \(3, 0\)"),
        ([["a", "b"]], None, "expected numbers, got values of type <U1. Turn text"),
        (np.array([[1, None]], object), None, "expected numbers, got values of type object"),
        ([[1 + 2j]], None, "expected numbers, got values of type complex128"),
        (
            np.array([["2020-01-01"]], "M8[D]"),
            None,
            "expected numbers, got values of type datetime",
        ),
        ([[1, 2], [3]], None, "expected rows of equal length"),
        ([[1, 2], [NAN, 4]], None, "finite numbers, got nan in row 1, column 0 .1 such values"),
        ([[1, INF], [-INF, 4]], None, "finite numbers, got inf in row 0, column 1 .2 such values"),
    ],
)
def test_other_inputs_are_refused_with_what_came(X, n_inputs, message):
    with pytest.raises(DataError, match=message):
        as_inputs(X, n_inputs)


def test_an_error_calls_the_array_by_its_name():
    with pytest.raises(DataError, match="^validation X: expected a matrix"):
        as_inputs([1.0], None, "validation X")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_large_finite_inputs_are_taken_although_their_sum_is_not(dtype):
    huge = np.full((2, 3), np.finfo(dtype).max, dtype)
    assert (as_inputs(huge) == huge).all()
    huge[1, 2] = -INF
    with pytest.raises(DataError, match="got -inf in row 1, column 2"):
        as_inputs(huge)


# Values


def test_values_are_columns_of_floats():
    assert as_values([1, 2]).tolist() == [[1], [2]]
    assert as_values([1, 2]).dtype == np.float64
    assert as_values(np.ones((2, 3), np.float32)).dtype == np.float32
    assert as_values(np.arange(6.0).reshape(2, 3).T).flags.c_contiguous


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        (np.zeros((2, 2, 1)), r"Y: expected one row for each example, got shape \(2, 2, 1\)"),
        (5.0, r"expected one row for each example, got shape \(\)"),
        (["a"], "expected numbers, got values of type <U1"),
        ([1, NAN], "finite numbers, got nan in row 1, column 0"),
    ],
)
def test_other_values_are_refused(Y, message):
    with pytest.raises(DataError, match=message):
        as_values(Y)


# Codes


@pytest.mark.parametrize(
    "Y", [[0, 2, 1], [0.0, 2.0, 1.0], [[0], [2], [1]], np.array([0, 2, 1], np.uint8)]
)
def test_codes_are_whole_numbers_of_any_type(Y):
    codes = as_codes(Y, 3)
    assert codes.tolist() == [0, 2, 1]
    assert codes.dtype == np.int32


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        ([0, 3], "Y: expected class codes 0 to 2, one for each output, got 3 in row 1. Number"),
        ([-1, 0], "expected class codes 0 to 2, .* got -1 in row 0"),
        ([0, 0.5], r"got 0\.5 in row 1"),
        ([0, 1e300], r"got 1e\+300 in row 1"),
        ([0, NAN], "finite numbers, got nan in row 1"),
        ([[0, 1]], r"expected one class code for each example, got \(1, 2\)"),
        (["cat"], "expected numbers, got values of type <U3"),
        (np.array([0, 2**64 - 1], np.uint64), "got 18446744073709551615 in row 1"),
        (np.array([0, 2**32], np.int64), "got 4294967296 in row 1"),
    ],
)
def test_other_codes_are_refused(Y, message):
    with pytest.raises(DataError, match=message):
        as_codes(Y, 3)


# One-hot rows


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.integers(0, n - 1)))))
def test_one_hot_has_its_one_at_the_code(case):
    n_classes, codes = case
    rows = one_hot(codes, n_classes)
    assert rows.dtype == np.float32
    assert rows.shape == (len(codes), n_classes)
    for row, code in zip(rows.tolist(), codes, strict=True):
        assert row == [float(place == code) for place in range(n_classes)]


def test_one_hot_in_double_precision_and_its_error():
    assert one_hot([1], 2, np.float64).dtype == np.float64
    with pytest.raises(DataError, match="codes: expected class codes 0 to 1"):
        one_hot([2], 2)
