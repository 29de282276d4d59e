"""Every loss: known answers, both derivatives, extremes."""

from math import log

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES

ROWS = sorted(LOSSES)

# By hand: Z, P, Y → loss, dP, delta.
KNOWN = {
    "half_sse": ([1, 2, 0], [1, 2, 0], [0, 4, 2], 4.5, [1, -2, -2], [1, -2, -2]),
    "mse": ([1, 2, 0], [1, 2, 0], [0, 4, 2], 3, [2 / 3, -4 / 3, -4 / 3], [2 / 3, -4 / 3, -4 / 3]),
    "binary_cross_entropy": (
        *([0, log(3)], [1 / 2, 3 / 4], [1, 0]),
        *(3 * log(2), [-2, 4], [-1 / 2, 3 / 4]),
    ),
    "cross_entropy": (
        *([0, log(2), log(5)], [1 / 8, 2 / 8, 5 / 8], [0, 0, 1]),
        *(log(8 / 5), [0, 0, -8 / 5], [1 / 8, 2 / 8, -3 / 8]),
    ),
}
# The loss of one example from its prediction alone, as its formula reads.
FORMULAS = {
    "half_sse": lambda P, Y: sum((p - y) ** 2 for p, y in zip(P, Y, strict=True)) / 2,
    "mse": lambda P, Y: sum((p - y) ** 2 for p, y in zip(P, Y, strict=True)) / len(P),
    "binary_cross_entropy": lambda P, Y: (
        -sum(y * log(p) + (1 - y) * log(1 - p) for p, y in zip(P, Y, strict=True))
    ),
    "cross_entropy": lambda P, Y: -sum(y * log(p) for p, y in zip(P, Y, strict=True)),
}


def drawn(name, seed, n=3, outputs=4):
    """Weighted sums, the link's predictions, and targets of the row's kind, none of them sharp."""
    draw, row = np.random.default_rng(seed), LOSSES[name]
    Z, Y = draw.normal(0, 1.5, (n, outputs)), draw.normal(0, 2, (n, outputs))
    if row.targets != "numbers":
        Y = draw.uniform(0, 1, (n, outputs))
    if row.targets == "classes":
        Y = Y / Y.sum(1, keepdims=True)
    return Z, ACTIVATIONS[row.link].f(Z, np), Y


def test_every_row_has_a_known_answer_and_its_formula_written_out():
    assert set(KNOWN) == set(FORMULAS) == set(LOSSES), "give each row of LOSSES both"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    Z, P, Y = (np.array([values], float) for values in KNOWN[name][:3])
    loss, dP, delta = KNOWN[name][3:]
    row = LOSSES[name]
    np.testing.assert_allclose(row.value(Z, P, Y, np), [loss], rtol=1e-15)
    np.testing.assert_allclose(row.dP(P, Y, np), [dP], rtol=1e-15)
    np.testing.assert_allclose(row.delta(P, Y, np), [delta], rtol=1e-15)


@pytest.mark.parametrize("outputs", [1, 2, 5])
@pytest.mark.parametrize("name", ROWS)
def test_value_is_the_formula(name, outputs):
    Z, P, Y = drawn(name, 1, outputs=outputs)
    expected = [FORMULAS[name](p, y) for p, y in zip(P, Y, strict=True)]
    np.testing.assert_allclose(LOSSES[name].value(Z, P, Y, np), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ROWS)
def test_dP_is_the_derivative_by_the_prediction(name, seed, assert_derivative):
    _, P, Y = drawn(name, seed)
    if LOSSES[name].targets != "numbers":
        P = 0.05 + 0.9 * P  # away from log 0, where differences say nothing

    def total(at):
        return sum(FORMULAS[name](p, y) for p, y in zip(at, Y, strict=True))

    assert_derivative(LOSSES[name].dP(P, Y, np), total, P)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ROWS)
def test_delta_is_the_derivative_by_the_sums_of_the_link(name, seed, assert_derivative):
    Z, P, Y = drawn(name, seed)
    row, link = LOSSES[name], ACTIVATIONS[LOSSES[name].link]
    assert_derivative(row.delta(P, Y, np), lambda at: row.value(at, link.f(at, np), Y, np).sum(), Z)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ROWS)
def test_delta_is_dP_through_the_link(name, seed):
    """The fused form is the chain rule, worked out."""
    Z, P, Y = drawn(name, seed)
    row = LOSSES[name]
    chain = ACTIVATIONS[row.link].backward(row.dP(P, Y, np), Z, P, np)
    np.testing.assert_allclose(row.delta(P, Y, np), chain, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ROWS)
def test_extreme_sums_give_finite_losses_and_deltas(name, dtype):
    """±10000, ±745, huge, tiny and 0; one example; one output: no warning, no NaN, same dtype."""
    row, largest = LOSSES[name], float(np.finfo(dtype).max)
    # A squared error overflows at the root of the largest number, the others only at itself.
    huge = largest**0.5 / 8 if row.targets == "numbers" else largest / 8
    tiny = float(np.finfo(dtype).tiny)
    Z = np.array([[1e4, -1e4, 745], [-745, huge, -huge], [tiny, -tiny, 0], [0, 0, 0]], dtype)
    for part in (Z, Z[:1], Z[:, :1]):
        P = ACTIVATIONS[row.link].f(part, np)
        for Y in (np.zeros_like(part), np.eye(len(part), part.shape[1], dtype=dtype)):
            loss, delta = row.value(part, P, Y, np), row.delta(P, Y, np)
            assert loss.shape == (len(part),)
            assert loss.dtype == delta.dtype == dtype
            assert np.isfinite(loss).all()
            assert np.isfinite(delta).all()
            assert (loss >= 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropies_are_right_at_ten_thousand(dtype):
    """A certain and right prediction costs 0, a certain and wrong one its distance in z."""
    Z = np.array([[1e4, -1e4], [-1e4, 1e4]], dtype)
    Y = np.array([[1, 0], [1, 0]], dtype)
    binary, classes = LOSSES["binary_cross_entropy"], LOSSES["cross_entropy"]
    sigmoid, softmax = ACTIVATIONS["sigmoid"].f(Z, np), ACTIVATIONS["softmax"].f(Z, np)
    assert binary.value(Z, sigmoid, Y, np).tolist() == [0, 2e4]
    assert classes.value(Z, softmax, Y, np).tolist() == [0, 2e4]
    assert binary.delta(sigmoid, Y, np).tolist() == [[0, 0], [-1, 1]]
    assert classes.delta(softmax, Y, np).tolist() == [[0, 0], [-1, 1]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_nearly_certain_prediction_still_costs_its_rest(dtype):
    """−log σ(40) is e⁻⁴⁰, which is lost where 1 is added first."""
    Z, Y = np.array([[40, -40]], dtype), np.array([[1, 0]], dtype)
    P = ACTIVATIONS["sigmoid"].f(Z, np)
    found = LOSSES["binary_cross_entropy"].value(Z, P, Y, np)
    np.testing.assert_allclose(found, 2 * np.exp(-40.0), rtol=1e-6)


def test_a_single_class_costs_nothing():
    Z = np.array([[3.0], [-1e4]])
    P = ACTIVATIONS["softmax"].f(Z, np)
    assert LOSSES["cross_entropy"].value(Z, P, np.ones((2, 1)), np).tolist() == [0, 0]


@pytest.mark.parametrize("name", ROWS)
def test_outputs_are_summed_or_averaged_as_the_row_says(name):
    """The same output twice doubles a sum and leaves a mean alone (for a link of single units)."""
    row = LOSSES[name]
    if row.link == "softmax":
        assert row.outputs == "sum"
        return
    Z, P, Y = drawn(name, 5)
    twice = row.value(*(np.hstack([a, a]) for a in (Z, P, Y)), np)
    factor = {"sum": 2, "mean": 1}[row.outputs]
    np.testing.assert_allclose(twice, factor * row.value(Z, P, Y, np), rtol=1e-14)


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained_and_its_words_are_known(name):
    row = LOSSES[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert all(f.__doc__ for f in (row.value, row.dP, row.delta))
    assert row.link in ACTIVATIONS
    assert row.targets in ("numbers", "bits", "classes")
