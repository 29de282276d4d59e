"""Secants: what takes the place of derivatives over a step that is not infinitely small.

Between two points a discrete derivative of f is a matrix J̄ with (z₁ − z₀) J̄ = f(z₁) − f(z₀): not
nearly, but exactly. As the points meet, it becomes the derivative. Discrete derivatives obey the
chain rule, so that carried back through a network as derivatives are they account for the whole
change of its output. Each is the mean of the derivative along the straight line from z₀ to z₁.
"""

from collections.abc import Callable

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.activations import Activation
from pellucid.equations.rectifiers import relu

# Points nearer than this have the derivative between them: a quotient of differences would have
# lost about half of its digits.
CLOSE = 1e-7
NODES = (0.5 - 0.15**0.5, 0.5, 0.5 + 0.15**0.5)  # Gauss and Legendre, on 0 … 1
SHARES = (5 / 18, 8 / 18, 5 / 18)

Pair = tuple[Array, Array]  # the same quantity at both points


def secant(row: Activation, Z: Pair, A: Pair) -> Array:
    """(a₁ − a₀) / (z₁ − z₀), element by element; f′ halfway where the two are close.

    Parameters
    ----------
    row : Activation
        Neither softmax nor maxout, whose activations depend on several sums.
    Z, A : two arrays each
        Sums, and their activations.
    """
    assert row.backward is not None
    step = Z[1] - Z[0]
    close = np.abs(step) <= CLOSE
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (A[1] - A[0]) / step
    if close.any():
        middle = (0.5 * (Z[0] + Z[1]))[close]
        slope[close] = row.backward(np.ones_like(middle), middle, row.f(middle, np), np)
    return slope


def maxout_secants(Z: Pair) -> Array:
    """What share of a step of the largest z comes from each piece, (rows, pieces).

    max(a, b) = b + max(a − b, 0) takes one piece after the other, and what is left is a relu. For
    two pieces that is the mean of the derivative along the line; for more it is as long as not
    more than two have been the largest.

    Parameters
    ----------
    Z : two arrays (rows, pieces)
    """
    found = np.zeros_like(Z[0])
    found[:, 0] = 1.0
    tops = [z[:, 0] for z in Z]
    for j in range(1, found.shape[1]):
        ahead = tops[0] - Z[0][:, j], tops[1] - Z[1][:, j]
        kept = _relu_secant(ahead)
        found[:, :j] *= kept[:, None]
        found[:, j] = 1.0 - kept
        tops = [np.maximum(top, z[:, j]) for top, z in zip(tops, Z, strict=True)]
    return found


def discrete_gradient(gradient: Callable[[Array], Array], change: Array, Z: Pair) -> Array:
    """A gradient g of a function φ of many numbers with (z₁ − z₀) · g = φ(z₁) − φ(z₀).

    The mean gradient along the line, by three points of Gauss and Legendre, and along the line
    what it lacks: g + Δz (Δφ − g · Δz) / |Δz|².

    Parameters
    ----------
    gradient : function (rows, n) → (rows, n)
    change : (rows,)
        φ(z₁) − φ(z₀).
    Z : two arrays (rows, n)

    References
    ----------
    Gonzalez 1996, Time integration and discrete Hamiltonian systems, §3.
    """
    step = Z[1] - Z[0]
    mean = sum(share * gradient(Z[0] + x * step) for x, share in zip(NODES, SHARES, strict=True))
    lacking = change - (mean * step).sum(1)
    length2 = (step * step).sum(1)
    far = length2 > CLOSE * CLOSE
    return mean + step * np.where(far, lacking / np.where(far, length2, 1.0), 0.0)[:, None]


def _relu_secant(Z: Pair) -> Array:
    """The share of the way from z₀ to z₁ on which z is above 0; ½ where it stays at 0."""
    step = Z[1] - Z[0]
    close = np.abs(step) <= CLOSE
    quotient = (relu(Z[1]) - relu(Z[0])) / np.where(close, 1.0, step)
    middle = 0.5 * (Z[0] + Z[1])
    return np.where(close, np.where(middle == 0, 0.5, np.where(middle > 0, 1.0, 0.0)), quotient)
