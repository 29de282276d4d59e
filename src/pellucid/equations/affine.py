"""A layer's weighted sum, and how derivatives flow back through it."""

from collections.abc import Sequence

from pellucid.arrays import Array

BIAS_FORMS = ("neuron", "layer", "none")  # one bias a neuron, one for the whole layer, or none


def affine(sources: Sequence[Array], weights: Sequence[Array], b: Array | None) -> Array:
    """Z[l] = Σ over connections k→l of A[k] W[k→l]  +  b[l].

    Parameters
    ----------
    sources : sequence of (n, n_k)
        The activations A[k] that feed the layer.
    weights : sequence of (n_k, n_l)
        One W[k→l] for each source.
    b : (n_l,) or (1,) or None
        A bias for each neuron, one for the layer, or none.
    """
    Z = sources[0] @ weights[0]
    for A, W in zip(sources[1:], weights[1:], strict=True):
        Z = Z + A @ W
    return Z if b is None else Z + b


def weight_gradient(dZ: Array, A: Array) -> Array:
    """dW[k→l] = A[k]ᵀ dZ[l]."""
    return A.T @ dZ


def bias_gradient(dZ: Array, form: str) -> Array:
    """db[l] = Σ rows of dZ[l]; for one bias a layer, summed over its neurons too."""
    return dZ.sum(0) if form == "neuron" else dZ.sum().reshape(1)


def source_gradient(dZ: Array, W: Array) -> Array:
    """The part of dA[k] that comes back from layer l: dZ[l] W[k→l]ᵀ."""
    return dZ @ W.T
