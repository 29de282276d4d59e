"""NumPy by hand: the equations in place, nothing large allocated in a step.

The rate is multiplied into the delta of the outputs, where it costs least; every gradient then
carries it already. Adam's rate comes later, so there it is the mean alone.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.configurations import Configuration
from benchmarks.problem import EPSILON, RATE, Problem, Work
from pellucid.arrays import Array

Update = Callable[[list[Array], list[Array]], None]


def prepare(problem: Problem, configuration: Configuration) -> Work:
    """Return a loop over steps in arrays that are there already."""
    case, X, targets = problem.case, problem.floats, problem.targets
    weights = [array.copy() for array in problem.weights]
    gradients = [np.empty_like(array) for array in weights]
    A = [np.empty((case.batch, units), np.float32) for units in case.sizes]
    dA = [np.empty_like(array) for array in A]
    Y = np.empty_like(A[-1])
    factor = np.float32((RATE["SGD"] if case.optimizer == "SGD" else 1.0) / case.batch)
    update = _sgd if case.optimizer == "SGD" else _adam(weights)

    def advance(rows: Array) -> None:
        for batch in rows:
            np.take(X, batch, axis=0, out=A[0], mode="clip")  # "raise" would go through a copy
            np.take(targets, batch, axis=0, out=Y, mode="clip")
            _forward(weights, A, case.hidden)
            np.subtract(A[-1], Y, out=dA[-1])
            dA[-1] *= factor
            _backward(weights, gradients, A, dA, case.hidden)
            update(weights, gradients)

    return Work(advance, lambda: [array.copy() for array in weights])


def _forward(weights: list[Array], A: list[Array], hidden: str) -> None:
    for l in range(1, len(A)):
        Z = A[l]
        np.matmul(A[l - 1], weights[2 * l - 2], out=Z)
        Z += weights[2 * l - 1]
        if l == len(A) - 1:
            _softmax(Z)
        elif hidden == "relu":
            np.maximum(Z, 0, out=Z)
        else:
            _sigmoid(Z)


def _softmax(Z: Array) -> None:
    Z -= Z.max(axis=1, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=1, keepdims=True)


def _sigmoid(Z: Array) -> None:
    np.negative(Z, out=Z)
    np.exp(Z, out=Z)
    Z += 1
    np.reciprocal(Z, out=Z)


def _backward(
    weights: list[Array], gradients: list[Array], A: list[Array], dA: list[Array], hidden: str
) -> None:
    """Fill the gradients from the last of `dA`, which is dZ of the outputs already."""
    for l in range(len(A) - 1, 0, -1):
        np.matmul(A[l - 1].T, dA[l], out=gradients[2 * l - 2])
        np.sum(dA[l], axis=0, out=gradients[2 * l - 1])
        if l == 1:
            return
        np.matmul(dA[l], weights[2 * l - 2].T, out=dA[l - 1])
        if hidden == "relu":
            dA[l - 1] *= A[l - 1] > 0
        else:
            dA[l - 1] *= A[l - 1]
            np.subtract(1, A[l - 1], out=A[l - 1])  # not needed any more
            dA[l - 1] *= A[l - 1]


def _sgd(weights: list[Array], gradients: list[Array]) -> None:
    for p, g in zip(weights, gradients, strict=True):
        p -= g


def _adam(weights: list[Array]) -> Update:
    m, v, spare = ([np.zeros_like(p) for p in weights] for _ in range(3))
    t = 0

    def update(weights: list[Array], gradients: list[Array]) -> None:
        nonlocal t
        t += 1
        for each in zip(weights, gradients, m, v, spare, strict=True):
            _adam_of_one(*each, t)

    return update


def _adam_of_one(p: Array, g: Array, m: Array, v: Array, spare: Array, t: int) -> None:
    m *= 0.9
    np.multiply(g, 0.1, out=spare)
    m += spare
    v *= 0.999
    g *= g
    g *= 0.001
    v += g
    np.sqrt(v, out=spare)
    spare /= (1 - 0.999**t) ** 0.5
    spare += EPSILON
    np.divide(m, spare, out=spare)
    spare *= RATE["Adam"] / (1 - 0.9**t)
    p -= spare
