"""``trace``: a batch through a network and back, with every number kept on the way."""

import numpy as np
import numpy.typing as npt

from pellucid.arrays import PRECISIONS, Array
from pellucid.errors import RecipeError
from pellucid.inspection.given import checked
from pellucid.inspection.traced import Trace, carried_back
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.passes import forward, scale_inputs, views
from pellucid.network.segments import buffer_segments, parameter_segments
from pellucid.plan.examples import Examples, target_rows

STATISTICS = ("running", "batch")


def trace(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    loss: str | None = None,
    *,
    sample_weight: npt.ArrayLike | None = None,
    statistics: str = "running",
    precision: str | None = None,
) -> Trace:
    """Carry a batch through `network` and back, and keep every number on the way.

    Parameters
    ----------
    network : Network
        Not changed.
    X : (n, n_inputs)
    Y : (n,) or (n, n_out)
        Targets as ``train`` takes them.
    loss : str, optional
        By default the one whose link the output is, as in ``train``.
    sample_weight : (n,), optional
    statistics : {"running", "batch"}
        What batch normalization divides by: the running averages, as in predicting, or the
        batch's own, as in training. Without it both are the same.
    precision : {"float32", "float64"}, optional
        What to calculate in; by default as the network does.

    Returns
    -------
    Trace
        ``.A .Z .dZ .dA .delta .dW .db .gradient .cost .losses`` and more.

    Raises
    ------
    DataError, RecipeError

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(3, "tanh"), pel.Dense(1, "sigmoid")], seed=0)
    >>> trace = pel.trace(network, [[0, 1], [1, 1]], [[1], [0]])
    >>> trace.A[1].shape, trace.dW[2].shape, trace.losses.shape
    ((2, 3), (3, 1), (2,))
    """
    architecture = network.architecture
    for name, value, choices in (
        ("statistics", statistics, STATISTICS),
        ("precision", precision or network.precision, PRECISIONS),
    ):
        if value not in choices:
            raise RecipeError(f"{name}: expected one of {', '.join(choices)}, got {value!r}.")
    loss, examples = checked(network, X, Y, loss, sample_weight)
    dtype = np.dtype(precision or network.precision)
    parameters, buffers = network.parameters.astype(dtype), network.buffers.astype(dtype)
    return trace_at(architecture, parameters, buffers, examples, loss, statistics)


def trace_at(
    architecture: Architecture,
    parameters: Array,
    buffers: Array,
    examples: Examples,
    loss: str,
    statistics: str = "running",
    *,
    to_parameters: bool = True,
) -> Trace:
    """Return the trace of examples that are checked already, at parameters that it keeps.

    Without `to_parameters` the gradient is calculated only when it is asked for.
    """
    dtype = parameters.dtype
    named = views(parameters, parameter_segments(architecture))
    held = views(buffers, buffer_segments(architecture)) if statistics == "running" else None
    rows = examples.X[:]
    targets = target_rows(examples.Y, architecture.n_outputs, dtype)
    weights = np.ones(len(rows)) if examples.weights is None else examples.weights
    weight = float(weights.sum())
    shares = weights / weight
    with np.errstate(all="ignore"):
        tape = forward(architecture, named, scale_inputs(architecture, rows, dtype), buffers=held)
        back = carried_back(architecture, named, loss, tape, targets, shares, to_parameters)
    given = (architecture, loss, statistics, shares, weight, rows, targets, parameters, buffers)
    return Trace(*given, tape, back)
