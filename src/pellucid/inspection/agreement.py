"""Whether two networks predict the same: the largest difference, on given rows or drawn ones."""

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array, Inputs, as_inputs
from pellucid.equations.random import INSPECTION, normal, words
from pellucid.errors import ArchitectureError
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture

N_ROWS = 1000  # drawn where none are given


def in_float64(network: Network) -> Network:
    """Return a copy that calculates in float64."""
    parameters, buffers = (v.astype(np.float64) for v in (network.parameters, network.buffers))
    return Network.from_arrays(network.architecture, parameters, buffers)


def rows_for(architecture: Architecture, X: npt.ArrayLike | None = None, seed: int = 0) -> Inputs:
    """Return `X`, checked; without one, 1000 rows that are N(0, 1) once they are scaled."""
    if X is not None:
        return as_inputs(X, architecture.n_inputs)
    n = N_ROWS * architecture.n_inputs
    A0 = normal(words(seed, INSPECTION, n + n % 2))[:n].reshape(N_ROWS, -1)
    scale = np.asarray(architecture.scale)
    rows: Array = (A0 - np.asarray(architecture.shift)) / np.where(scale == 0, 1.0, scale)
    return rows


def largest_difference(
    one: Network, other: Network, X: npt.ArrayLike | None = None, *, seed: int = 0
) -> float:
    """Return the largest difference between the predictions of two networks, in float64.

    Parameters
    ----------
    X : (n, n_inputs), optional
        By default 1000 rows drawn from `seed`, N(0, 1) once `one` has scaled them.

    Raises
    ------
    ArchitectureError
        Inputs or outputs do not match.
    """
    for name in ("n_inputs", "n_outputs"):
        sizes = [getattr(network.architecture, name) for network in (one, other)]
        if sizes[0] != sizes[1]:
            raise ArchitectureError(
                f"expected two networks with the same {name}, got {sizes[0]} and {sizes[1]}."
            )
    rows = rows_for(one.architecture, X, seed)[:]
    return gap(in_float64(one).predict(rows), in_float64(other).predict(rows))


def gap(P: Array, Q: Array) -> float:
    """The largest |p − q|; numbers that are infinite alike do not differ."""
    with np.errstate(invalid="ignore"):
        return float(np.where(P == Q, 0.0, np.abs(P - Q)).max())
