"""Predicting apart from any run: many rows, one row, sparse rows, and without the core."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from pellucid.arrays import Array
from pellucid.engines.forward import NativeForward, Predictor, ReferenceForward, forward_of
from pellucid.errors import DataError
from pellucid.model.network import Network
from pellucid.network.layer import Dense
from pellucid.plan.examples import Examples
from tests.engines.strategies import needs_core

LAYERS = [
    Dense(7, "relu", norm="batch"),
    Dense(3, "maxout", pieces=2),
    Dense(4, "softmax", inputs=(1, 2), bias="layer"),
]


def network(precision: str = "float32", shift: float = 0.0) -> Network:
    """A network with a bit of everything, whose running averages are not the first ones."""
    found = Network(20, LAYERS, seed=3, precision=precision, scale=0.5, shift=shift)
    found.buffers[...] = np.linspace(0.5, 2.0, found.buffers.size)
    return found


def rows(n: int, dtype: str, share: float = 0.2) -> Array:
    """Rows of which about a share is not 0."""
    rng = np.random.default_rng(n)
    X = rng.integers(1, 9, (n, 20)) * (rng.random((n, 20)) < share)
    return X.astype(dtype)


@needs_core
@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 700),
    st.sampled_from(["uint8", "float32", "float64"]),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from([0.0, 0.25]),
    st.sampled_from([0.1, 0.9]),
)
def test_native_is_the_reference(
    n: int, dtype: str, precision: str, shift: float, share: float
) -> None:
    """Both agree for any number and kind of rows, many of them zeros or few, also kept sparsely."""
    held, X = network(precision, shift), rows(n, dtype, share)
    reference = ReferenceForward(held.architecture, held.parameters.dtype)
    expected = reference.predict(X, held.parameters, held.buffers)
    found = held.predict(X)
    tolerance = 1e-12 if precision == "float64" else 1e-5
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
    np.testing.assert_array_equal(held.predict(sparse.csr_matrix(X)), found)


@needs_core
@pytest.mark.parametrize("loss", ["cross_entropy", "huber:0.2"])
@pytest.mark.parametrize("n", [1, 5, 600, 1500])
def test_losses_are_those_of_the_reference(loss: str, n: int) -> None:
    """Each example's own loss, for codes and for rows, however many there are."""
    held, X = network("float64"), rows(n, "float64")
    codes = np.random.default_rng(1).integers(0, 4, n).astype(np.int32)
    at = held.parameters, held.buffers
    for Y in (codes, np.eye(4)[codes]):
        examples = Examples(X, Y)
        P, found = forward_of(held.architecture, np.float64).losses(loss, examples, *at)
        reference = ReferenceForward(held.architecture, np.float64)
        for mine, other in zip((P, found), reference.losses(loss, examples, *at), strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-11, atol=1e-11)


@needs_core
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_one_row_is_one_of_many(dtype: str, precision: str) -> None:
    """A predictor gives the bits of predict, row after row, in one and the same array."""
    held, X = network(precision), rows(50, dtype)
    predict, expected = held.predictor(), held.predict(X)
    answers = [predict(row) for row in X]
    assert len({id(answer) for answer in answers}) == 1
    for row, P in zip(X, expected, strict=True):
        np.testing.assert_array_equal(predict(row), P)


def test_a_predictor_keeps_the_weights_of_its_time() -> None:
    """What is changed in the network later is for later predictors, and for predict."""
    held, row = network(), rows(1, "float32")[0]
    predict = held.predictor()
    before = predict(row).copy()
    held.parameters *= 2
    np.testing.assert_array_equal(predict(row), before)
    assert np.abs(held.predictor()(row) - before).max() > 1e-3
    assert np.abs(held.predict(row[None])[0] - before).max() > 1e-3


@pytest.fixture(params=["here", "reference"])
def predict(request: pytest.FixtureRequest) -> Predictor:
    """One of each kind."""
    held = network()
    if request.param == "here":
        return held.predictor()
    reference = ReferenceForward(held.architecture, held.parameters.dtype)
    return reference.predictor(held.parameters, held.buffers)


@pytest.mark.parametrize(
    "row",
    [
        np.zeros(19, np.float32),
        np.zeros((1, 20), np.float32),
        [0.0] * 20,
        "row",
        None,
        np.full(20, np.nan, np.float32),
        np.full(20, -np.inf),
    ],
    ids=["short", "matrix", "list", "text", "nothing", "nan", "inf"],
)
def test_what_is_no_row_is_refused(predict: Predictor, row: object) -> None:
    """The error is one of Pellucid's, and the next call works."""
    with pytest.raises(DataError, match="row: expected"):
        predict(row)  # type: ignore[arg-type]
    assert predict(np.ones(20)).shape == (4,)


@needs_core
def test_what_does_not_lie_together_is_refused() -> None:
    """Memory is read as it lies, so it has to lie row by row; so do big-endian numbers."""
    predict = network().predictor()
    for row in (np.ones(40, np.float32)[::2], np.ones(20, ">f4"), np.ones(20, np.int64)):
        with pytest.raises(DataError, match="contiguous NumPy vector of 20 numbers"):
            predict(row)


def test_without_the_core_it_is_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the core was not built, networks predict all the same."""
    held, X = network(), rows(5, "float32")
    expected = held.predict(X)
    monkeypatch.setattr("pellucid.engines.native.core", _not_built)
    other = pickle.loads(pickle.dumps(held))  # what was made for the core does not come along
    assert isinstance(forward_of(other.architecture, np.float32), ReferenceForward)
    np.testing.assert_allclose(other.predict(X), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(other.predictor()(X[2]), expected[2], rtol=1e-5, atol=1e-6)


@needs_core
def test_what_the_core_lacks_the_reference_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that only the equations have does not keep a network from predicting."""
    architecture = network().architecture
    assert isinstance(forward_of(architecture, np.float32, "mse"), NativeForward)
    lacking = SimpleNamespace(
        activations=lambda: ["relu", "maxout", "softmax"],
        norms=lambda: ["batch"],
        losses=lambda: ["mse"],
        optimizers=list,
    )
    monkeypatch.setattr("pellucid.engines.native.core", lambda: lacking)
    assert isinstance(forward_of(architecture, np.float32, "huber:1"), ReferenceForward)
    lacking.norms = list
    assert isinstance(forward_of(architecture, np.float32), ReferenceForward)


@needs_core
def test_several_threads_may_predict_at_once() -> None:
    """They wait for each other; nobody gets another's answer."""
    from concurrent.futures import ThreadPoolExecutor

    held = network()
    parts = [rows(n, "float32") for n in range(1, 60)]
    expected = [held.predict(part) for part in parts]
    with ThreadPoolExecutor(4) as several:
        for found, P in zip(several.map(held.predict, parts), expected, strict=True):
            np.testing.assert_array_equal(found, P)


@needs_core
def test_parameters_of_another_length_are_refused() -> None:
    """Nothing is read beyond an array's end."""
    held = network()
    forward = NativeForward(held.architecture, np.float32)
    with pytest.raises(ValueError, match="another length"):
        forward.predict(rows(2, "float32"), held.parameters[:-1].copy(), held.buffers)
    with pytest.raises(ValueError, match="another length"):
        forward.predictor(held.parameters[:-1].copy(), held.buffers)
    with pytest.raises(ValueError, match="another length"):
        forward.predict(rows(2, "float32"), held.parameters, held.buffers[:-1].copy())


def _not_built() -> None:
    from pellucid.errors import UnsupportedError

    raise UnsupportedError("not here")


@needs_core
def test_wide_rows_are_taken_a_few_at_a_time_and_that_changes_nothing() -> None:
    """2¹⁷ inputs: 128 rows at a time or less, shared by the threads; a row alone is the measure."""
    wide = Network(1 << 17, [Dense(3, "tanh"), Dense(2, "softmax")], seed=0)
    X = np.random.default_rng(0).integers(0, 256, (150, 1 << 17), np.uint8)
    together = wide.predict(X)
    alone = np.concatenate([wide.predict(X[i : i + 1]) for i in range(0, 150, 7)])
    np.testing.assert_array_equal(together[::7], alone)
