"""Weighted sums and what flows back through them, against sums written out."""

import numpy as np
import pytest

from pellucid.equations.affine import (
    BIAS_FORMS,
    affine,
    bias_gradient,
    source_gradient,
    weight_gradient,
)


def drawn(n=3, widths=(2, 4), units=5):
    draw = np.random.default_rng(7)
    sources = [draw.normal(size=(n, width)) for width in widths]
    weights = [draw.normal(size=(width, units)) for width in widths]
    return sources, weights, draw.normal(size=units), draw.normal(size=(n, units))


def test_affine_by_hand():
    """[1 2] · [[1 0] [3 −1]] + [10 20] = [17 18]."""
    Z = affine([np.array([[1.0, 2.0]])], [np.array([[1.0, 0.0], [3.0, -1.0]])], np.array([10, 20]))
    assert Z.tolist() == [[17, 18]]


@pytest.mark.parametrize("bias", BIAS_FORMS)
def test_affine_is_the_sum_over_connections_and_neurons(bias):
    sources, weights, b, _ = drawn()
    given = {"neuron": b, "layer": b[:1], "none": None}[bias]
    Z = affine(sources, weights, given)
    for i, j in np.ndindex(Z.shape):
        z = {"neuron": b[j], "layer": b[0], "none": 0.0}[bias]
        for A, W in zip(sources, weights, strict=True):
            for k in range(A.shape[1]):
                z += A[i, k] * W[k, j]
        assert abs(Z[i, j] - z) < 1e-13


def test_affine_takes_a_weight_matrix_for_each_source():
    sources, weights, b, _ = drawn()
    with pytest.raises(ValueError, match="zip"):
        affine(sources, weights[:1], b)


def test_gradients_are_the_derivatives(assert_derivative):
    """dW, db in both forms, and dA are the derivatives of Σ dZ · Z."""
    sources, weights, b, dZ = drawn()
    for k in range(2):

        def by_weights(W, k=k):
            return (dZ * affine(sources, [W if i == k else weights[i] for i in (0, 1)], b)).sum()

        def by_source(A, k=k):
            return (dZ * affine([A if i == k else sources[i] for i in (0, 1)], weights, b)).sum()

        assert_derivative(weight_gradient(dZ, sources[k]), by_weights, weights[k])
        assert_derivative(source_gradient(dZ, weights[k]), by_source, sources[k])
    for form, bias in (("neuron", b), ("layer", b[:1])):
        assert_derivative(
            bias_gradient(dZ, form), lambda at: (dZ * affine(sources, weights, at)).sum(), bias
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(dtype):
    sources, weights, b, dZ = drawn()
    cast = [[a.astype(dtype) for a in arrays] for arrays in (sources, weights, [b], [dZ])]
    found = (
        affine(cast[0], cast[1], cast[2][0]),
        weight_gradient(cast[3][0], cast[0][0]),
        bias_gradient(cast[3][0], "neuron"),
        bias_gradient(cast[3][0], "layer"),
        source_gradient(cast[3][0], cast[1][0]),
    )
    assert {array.dtype for array in found} == {np.dtype(dtype)}
