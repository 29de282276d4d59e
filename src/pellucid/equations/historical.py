"""The rules by which networks learnt and settled before gradient descent: for looking back.

Nothing else in Pellucid uses them. Weights and couplings are (n_from, n_to) as everywhere.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.arrays import Array


def perceptron_update(
    W: Array, b: Array, x: Array, y: Array, rate: float = 1.0
) -> tuple[Array, Array]:
    """w ← w + η (y − p) x and b ← b + η (y − p) for one example, with p = 1 where x w + b > 0.

    Nothing changes where the prediction p is right.

    Parameters
    ----------
    W : (n_in, n_out)
    b : (n_out,)
    x : (n_in,)
    y : (n_out,)
        0 or 1.
    rate : float
        η, which without biases and from W = 0 changes only the length of W.

    Returns
    -------
    W, b
        New arrays.

    References
    ----------
    Rosenblatt 1958, The perceptron; the rule in this form is that of Minsky and Papert 1969, §11.

    Examples
    --------
    >>> W, b = perceptron_update(np.zeros((2, 1)), np.zeros(1), np.array([1, 2]), np.array([1]))
    >>> W.ravel().tolist(), b.tolist()
    ([1.0, 2.0], [1.0])
    """
    wrong = rate * (y - np.where(x @ W + b > 0, 1.0, 0.0))
    return W + np.outer(x, wrong), b + wrong


def perceptron_pass(
    W: Array, b: Array, X: Array, Y: Array, rate: float = 1.0
) -> tuple[Array, Array, int]:
    """Go once through the examples, and update after each that is predicted wrongly.

    Passes until one is without mistakes find a separating plane wherever there is one. From
    weights of 0 there are at most (R/γ)² mistakes in all, with R the length of the longest (x, 1)
    and γ the margin: how far from the best such plane the nearest (x, 1) is (Novikoff 1962).

    Parameters
    ----------
    W : (n_in, n_out)
    b : (n_out,)
    X : (n, n_in)
    Y : (n, n_out)
        0 or 1.

    Returns
    -------
    W, b
    mistakes : int
        How many outputs were wrong when their example came.
    """
    mistakes = 0
    for x, y in zip(X, Y, strict=True):
        mistakes += int(((x @ W + b > 0) != (y > 0)).sum())
        W, b = perceptron_update(W, b, x, y, rate)
    return W, b, mistakes


def hebb_update(W: Array, before: Array, after: Array, rate: float = 1.0) -> Array:
    """w_ij ← w_ij + η a_i a_j: what is active together is coupled more strongly.

    Parameters
    ----------
    W : (n_from, n_to)
    before : (n_from,)
        The activations in front of the couplings.
    after : (n_to,)
        Those behind them.

    References
    ----------
    Hebb 1949, The Organization of Behavior, chapter 4, in words.
    """
    return W + rate * np.outer(before, after)


def hebb_couplings(patterns: Array) -> Array:
    """K = Σ over patterns of sᵀ s / n, with 0 on the diagonal: the memory of these patterns.

    Parameters
    ----------
    patterns : (n_patterns, n)
        −1 or 1 for each of n neurons; also one pattern (n,).

    Returns
    -------
    K : (n, n)
        Symmetric. n divides, the number of neurons, not that of patterns.

    References
    ----------
    Hebb 1949; Hopfield 1982, Neural networks and physical systems with emergent collective
    computational abilities, equation 2 (there without the divisor).

    Examples
    --------
    >>> hebb_couplings(np.array([1, -1])).tolist()
    [[0.0, -0.5], [-0.5, 0.0]]
    """
    S = np.atleast_2d(patterns).astype(float)
    K = S.T @ S / S.shape[1]
    np.fill_diagonal(K, 0.0)
    return K


def energy(K: Array, s: Array, b: Array | float = 0.0) -> Any:
    """E = −½ Σ_ij K_ij s_i s_j − Σ_i b_i s_i, one number for each state.

    Parameters
    ----------
    K : (n, n)
    s : (n,) or (m, n)
    b : (n,) or a number
    """
    return -0.5 * ((s @ K) * s).sum(-1) - (b * s).sum(-1)


def synchronous_update(K: Array, s: Array, b: Array | float = 0.0) -> Array:
    """s ← sgn(s K + b), all neurons at once; one whose sum is 0 stays as it is.

    With symmetric couplings the states end in a fixed point or go back and forth between two
    (Goles, Fogelman and Pellegrin 1985).

    Parameters
    ----------
    K : (n, n)
    s : (n,) or (m, n)
        −1 or 1.
    b : (n,) or a number
    """
    return _sign(s @ K + b, s)


def asynchronous_update(K: Array, s: Array, order: Array, b: Array | float = 0.0) -> Array:
    """s_j ← sgn(Σ_i s_i K_ij + b_j), one neuron after the other; at a sum of 0 it stays.

    Each hears the others as they are now. With symmetric couplings, and none to itself that is
    negative, the energy never rises, so that the states end in a fixed point (Hopfield 1982).

    Parameters
    ----------
    K : (n, n)
    s : (n,) or (m, n)
        −1 or 1.
    order : sequence of int
        Which neurons, in this order; ``range(n)`` is one round.
    b : (n,) or a number
    """
    s, b = np.array(s), np.broadcast_to(b, K.shape[1])
    for j in order:
        s[..., j] = _sign(s @ K[:, j] + b[j], s[..., j])
    return s


def neighbours(K: Array) -> Array:
    """How many neurons each one listens to: couplings K_ij into j that are not 0, (n,)."""
    return (K != 0).sum(axis=0)


def averaging_update(
    K: Array, s: Array, c: Array | float, f: Callable[[Array, Any], Array]
) -> Array:
    """s_j ← f(1/n_j Σ_i s_i K_ij + c_j), all neurons at once.

    n_j is the number of j's neighbours, ``neighbours(K)``: the sum of the weighted activations is
    divided by how many there are, not by Σ K_ij, and the constant c is added after that. A neuron
    without neighbours has f(c_j).

    Parameters
    ----------
    K : (n, n)
        Any couplings; they need not be symmetric, and a neuron may listen to itself.
    s : (n,) or (m, n)
    c : (n,) or a number
    f : function
        As in the table of activations: ``ACTIVATIONS["tanh"].f``.

    Examples
    --------
    >>> K = np.array([[0.0, 2.0], [0.0, 2.0]])
    >>> averaging_update(K, np.array([3.0, 1.0]), 1.0, lambda Z, xp: Z).tolist()
    [1.0, 5.0]
    """
    return f(s @ K / np.maximum(neighbours(K), 1) + c, np)


def _sign(sums: Array, before: Array) -> Array:
    return np.where(sums == 0, before, np.where(sums > 0, 1, -1)).astype(np.asarray(before).dtype)
