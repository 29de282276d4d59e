"""A case with its numbers: the data, the first weights and the order of the examples."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

import pellucid as pel
from benchmarks.cases import Case
from pellucid.arrays import Array
from pellucid.data.sources import load_data
from pellucid.equations.random import SHUFFLE, permutation

RATE = {"SGD": 0.1, "Adam": 1e-3}
# Adam's ε: so small that it does not matter where it is added; scikit-learn has another place.
EPSILON = 1e-12
PIXEL = 1 / 255


@dataclass(frozen=True)
class Problem:
    """A case with the numbers that are the same for everybody.

    Pellucid is given `X`, its peers `floats`.
    """

    case: Case
    X: Array  # uint8 or float32
    Y: Array  # class codes
    weights: tuple[Array, ...]  # W and b of each layer in turn

    @cached_property
    def floats(self) -> Array:
        """The inputs in float32, scaled."""
        return self.X * np.float32(PIXEL) if self.X.dtype == np.uint8 else self.X

    @cached_property
    def targets(self) -> Array:
        """One-hot rows in float32."""
        return np.eye(self.case.sizes[-1], dtype=np.float32)[self.Y]

    def asked(self, X: Array) -> list[Array]:
        """Return what a stretch of calls for predictions is given: rows in turn, or many rows."""
        case = self.case
        if case.batch > 1:
            return [X[: case.batch]] * case.steps
        return [X[i : i + 1] for i in range(case.steps)]


class Work(NamedTuple):
    """What a peer makes of a problem."""

    advance: Callable[[Array], None]  # do the steps with these rows, (steps, batch)
    result: Callable[[], list[Array]]  # the weights by now; when predicting, predictions


def problem_of(case: Case) -> Problem:
    """Return the numbers of a case, the same in every process."""
    X, Y = _data(case.data, case.rows, case.sizes[0], case.sizes[-1])
    return Problem(case, X, Y, tuple(weights_of(network_of(case))))


def network_of(case: Case) -> pel.Network:
    """Return the network, with its first weights."""
    layers = [pel.Dense(units, case.hidden) for units in case.sizes[1:-1]]
    output = pel.Dense(case.sizes[-1], "softmax")
    scale = PIXEL if case.data == "mnist" else 1.0
    return pel.Network(case.sizes[0], [*layers, output], scale=scale)


def weights_of(network: pel.Network) -> list[Array]:
    """Return copies of the weights and biases of each layer in turn."""
    layers = range(1, network.architecture.n_layers + 1)
    return [held[l].copy() for l in layers for held in (network.weights, network.biases)]


def rows_of(case: Case, stretch: int) -> Array:
    """Return the examples of each step of a stretch, (steps, batch), as Pellucid shuffles them."""
    epoch, part = divmod(stretch, case.rows // (case.batch * case.steps))
    order = permutation(0, SHUFFLE, epoch, case.rows)
    return order.reshape(-1, case.steps, case.batch)[part]


@lru_cache(maxsize=1)
def _data(kind: str, n: int, n_in: int, n_out: int) -> tuple[Array, Array]:
    """Return MNIST, or normal numbers with classes that a linear network could learn."""
    if kind == "mnist":
        part = load_data("mnist", print).train
        return np.array(part.X[:n]), np.array(part.Y[:n])
    random = np.random.default_rng(0)
    X = random.standard_normal((n, n_in), np.float32)
    teacher = random.standard_normal((n_in, n_out), np.float32)
    return X, (X @ teacher).argmax(axis=1).astype(np.int32)
