"""Bounded activation functions and those of outputs: their limits, jumps and kinks."""

import numpy as np
import pytest

from pellucid.equations.bounded import (
    exp,
    exp_backward,
    hard_tanh,
    hard_tanh_backward,
    identity,
    identity_backward,
    scaled_tanh,
    scaled_tanh_backward,
    sigmoid,
    sigmoid_backward,
    sign,
    softmax,
    softmax_backward,
    softsign,
    softsign_backward,
    step,
    tanh,
    tanh_backward,
)

HEIGHT = {np.float32: float(np.float32(1.7159)), np.float64: 1.7159}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_limits(dtype):
    """At ±10000 all but softsign are at their ends exactly, and are flat there."""
    Z, dA = np.array([[1e4, -1e4]], dtype), np.array([[3, 5]], dtype)
    for f, backward, ends in (
        (sigmoid, sigmoid_backward, [1, 0]),
        (tanh, tanh_backward, [1, -1]),
        (scaled_tanh, scaled_tanh_backward, [HEIGHT[dtype], -HEIGHT[dtype]]),
        (hard_tanh, hard_tanh_backward, [1, -1]),
        (softmax, softmax_backward, [1, 0]),
    ):
        A = f(Z)
        assert A.tolist() == [ends]
        assert backward(dA, Z, A).tolist() == [[0, 0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softsign_comes_slowly_to_its_limits(dtype):
    """1 − 1/(1 + |z|); the slope at the largest numbers is 0 only by underflow."""
    Z = np.array([[9, -99, np.finfo(dtype).max, -np.finfo(dtype).max]], dtype)
    A = softsign(Z)
    np.testing.assert_allclose(A, [[0.9, -0.99, 1, -1]], rtol=1e-6)
    slopes = softsign_backward(np.ones_like(Z), Z, A)
    np.testing.assert_allclose(slopes, [[1e-2, 1e-4, 0, 0]], rtol=1e-6)


def test_identity_is_itself():
    Z = np.array([[-3.0, 1e300]])
    assert identity(Z) is Z
    assert identity_backward(Z, np.zeros_like(Z), np.ones_like(Z)) is Z


def test_sigmoid_keeps_the_small_end():
    """σ(−745) is the smallest number there is, not 0: e^z, not 1 − 1."""
    assert sigmoid(np.array([[-745.0]]))[0, 0] == 5e-324


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_step_and_sign_jump_at_zero(dtype):
    """Step is 0 at 0 itself, sign is 1 there; the smallest numbers beside it are on their sides."""
    tiny = np.finfo(dtype).tiny
    Z = np.array([[-1e4, -tiny, -0.0, 0.0, tiny, 1e4]], dtype)
    assert step(Z).tolist() == [[0, 0, 0, 0, 1, 1]]
    assert sign(Z).tolist() == [[-1, -1, 1, 1, 1, 1]]


def test_infinite_sums_are_on_their_sides():
    Z = np.array([[-np.inf, np.inf]])
    assert [step(Z).tolist(), sign(Z).tolist()] == [[[0, 1]], [[-1, 1]]]
    assert [tanh(Z).tolist(), hard_tanh(Z).tolist(), sigmoid(Z).tolist()] == [
        [[-1, 1]],
        [[-1, 1]],
        [[0, 1]],
    ]


def test_scaled_tanh_is_nearly_one_at_one_where_its_slope_falls_fastest():
    """±1 at ±1, and the second derivative is largest in size there (LeCun et al. 1998, §4.4)."""
    z = np.arange(0, 3, 0.001)[None]
    A = scaled_tanh(z)
    assert A[0, 1000] == pytest.approx(1, abs=1e-4)
    slopes = scaled_tanh_backward(np.ones_like(z), z, A)[0]
    assert z[0, np.diff(slopes).argmin()] == pytest.approx(1, abs=0.02)


def test_hard_tanh_is_flat_at_its_kinks():
    Z = np.array([[-1, 1, np.nextafter(1, 0), -np.nextafter(1, 0)]])
    assert hard_tanh(Z).tolist() == Z.tolist()
    assert hard_tanh(np.array([[-1.001, 1.001]])).tolist() == [[-1, 1]]
    assert hard_tanh_backward(np.full_like(Z, 7), Z, Z).tolist() == [[0, 0, 7, 7]]


@pytest.mark.parametrize(("dtype", "highest"), [(np.float32, 88), (np.float64, 709)])
def test_exp_is_infinite_where_the_number_is(dtype, highest):
    """Finite up to 709 (in float32 88), infinite above, with NumPy's own warning; 0 far below."""
    Z = np.array([[highest, 0, -1e4]], dtype)
    A = exp(Z)
    np.testing.assert_allclose(A, [[np.exp(float(highest)), 1, 0]], rtol=1e-5)
    assert (exp_backward(np.ones_like(Z), Z, A) == A).all()
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert exp(np.array([[highest + 1]], dtype)).tolist() == [[np.inf]]


def test_softmax_rows_sum_to_one_and_a_shift_changes_nothing():
    Z = np.random.default_rng(1).normal(0, 5, (20, 7))
    np.testing.assert_allclose(softmax(Z).sum(1), 1, rtol=1e-15)
    np.testing.assert_allclose(softmax(Z + 1000), softmax(Z), rtol=1e-12)
    assert softmax(np.array([[-3.0], [900.0]])).tolist() == [[1], [1]]


def test_softmax_passes_nothing_back_that_all_outputs_share():
    """The same dA for every output moves no probability."""
    Z = np.random.default_rng(2).normal(0, 2, (5, 4))
    assert abs(softmax_backward(np.full_like(Z, 3.0), Z, softmax(Z))).max() < 1e-15
