"""How good a network is on a part of the data: cost, score, and the table of confusions."""

from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.metrics import METRICS
from pellucid.evaluation.confusion import confusion
from pellucid.model.network import Network
from pellucid.network.passes import losses, predictions, views
from pellucid.network.segments import buffer_segments
from pellucid.plan.examples import Examples, target_rows


@dataclass(frozen=True)
class Report:
    """What a network makes of a part of the data.

    Attributes
    ----------
    n : int
        How many examples.
    cost : float or None
        Mean loss, without penalty and dropout; None where the loss is not known.
    scores : dict of str to float
        accuracy for classes; r2 and mean_absolute_error for numbers.
    predictions : (n, n_out)
    losses : (n,) or None
    confusions : (n_classes, n_classes) or None
        Row: the right class, column: the chosen one.
    """

    n: int
    cost: float | None
    scores: dict[str, float]
    predictions: Array
    losses: Array | None
    confusions: Array | None


def report(network: Network, examples: Examples, loss: str | None, classes: bool) -> Report:
    """Judge `network` on `examples`, whose targets are classes or numbers."""
    P, found = _outputs(network, examples, loss)
    targets = "classes" if classes else "numbers"
    Y = examples.Y if examples.Y.ndim == 1 else examples.Y.astype(np.float64)
    scores = {
        name: float(row.value(P.astype(np.float64), Y, np))
        for name, row in METRICS.items()
        if row.targets == targets
    }
    cost = None if found is None else float(found.mean())
    return Report(len(P), cost, scores, P, found, confusion(P, Y) if classes else None)


def _outputs(network: Network, examples: Examples, loss: str | None) -> tuple[Array, Array | None]:
    """Predictions and losses of every example."""
    architecture, dtype = network.architecture, network.parameters.dtype
    parameters = views(network.parameters, network.segments)
    buffers = views(network.buffers, buffer_segments(architecture))
    P, found = [], []
    with np.errstate(over="ignore", under="ignore"):
        for rows, tape in predictions(architecture, parameters, buffers, examples.X, dtype):
            P.append(tape.P)
            if loss is not None:
                Y = target_rows(examples.Y[rows], architecture.n_outputs, dtype)
                found.append(losses(loss, architecture, tape, Y).astype(np.float64))
    return np.concatenate(P), np.concatenate(found) if found else None
