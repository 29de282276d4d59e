"""How good a network is on a part of the data: cost, scores, and the table of confusions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Array
from pellucid.data.target import Scaling
from pellucid.engines.forward import forward_of
from pellucid.equations.losses import Loss, as_bits, loss_of
from pellucid.equations.metrics import LIKELY, METRICS, check_suits
from pellucid.evaluation.confusion import confusion
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.plan.examples import Examples


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
        accuracy for classes, label_accuracy for several labels; for quantiles, by names such as
        below_0.9, the share of targets at or below each level's prediction; r2 and
        mean_absolute_error for other numbers; and the metrics asked for.
    predictions : (n, n_out)
        float64; where the loss has targets of −1 and 1, brought from there to 0 … 1.
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


def report(
    network: Network,
    examples: Examples,
    loss: str | None,
    classes: bool,
    metrics: Sequence[str] = (),
    scaling: Scaling | None = None,
) -> Report:
    """Judge `network` on `examples`, whose targets are classes or numbers.

    `metrics` are further rows of ``pellucid.equations.metrics.METRICS`` to work out. Where the
    network learnt scaled numbers, scores are those of the numbers before; the cost is its own.

    Raises
    ------
    RecipeError
        A metric that is unknown, or does not suit the targets.
    """
    check_metrics(metrics, network.architecture, loss, classes)
    row = None if loss is None else loss_of(loss)
    P, found = _outputs(network, examples, loss)
    P, Y, weights = P.astype(np.float64), examples.Y, examples.weights
    if Y.ndim == 2:
        Y = Y.astype(np.float64)
    if row is not None:
        P, Y = as_bits(row, P), Y if Y.ndim == 1 else as_bits(row, Y)
    if scaling is not None:
        P, Y = scaling.restored(P), scaling.restored(Y)
    levels = row.numbers if row is not None and row.constant == "levels" else ()
    scores = _below(levels, P, Y, weights)
    usual = () if levels else _usual(network.architecture, row, Y, classes)
    for name in (*usual, *metrics):
        scores[name] = float(METRICS[name].value(P, Y, np))
    cost = None if found is None else float(np.average(found, weights=weights))
    return Report(len(P), cost, scores, P, found, confusion(P, Y) if classes else None)


def check_metrics(
    metrics: Sequence[str], architecture: Architecture, loss: str | None, classes: bool
) -> None:
    """Raise where a metric is unknown, or does not suit the targets and the outputs.

    Raises
    ------
    RecipeError
    """
    output = architecture.layers[-1].activation
    signs = loss is not None and loss_of(loss).targets == "signs"
    known = classes or signs or output in LIKELY
    check_suits(metrics, output=output, classes=known, rows=not classes)


def _usual(
    architecture: Architecture, row: Loss | None, Y: Array, classes: bool
) -> tuple[str, ...]:
    """The scores that are always told."""
    if classes:
        return ("accuracy",)
    signs = row is not None and row.targets == "signs"
    bits = Y.ndim == 2 and bool(((Y == 0) | (Y == 1)).all())
    if bits and (signs or architecture.layers[-1].activation == "sigmoid"):
        return ("accuracy" if Y.shape[1] == 1 else "label_accuracy",)
    return ("r2", "mean_absolute_error")


def _below(
    levels: tuple[float, ...], P: Array, Y: Array, weights: Array | None
) -> dict[str, float]:
    """Which share of the targets is at or below the prediction of each level."""
    if not levels:
        return {}
    shares = np.average(Y <= P, axis=0, weights=weights)  # one an output
    return {f"below_{q:g}": float(shares[j :: len(levels)].mean()) for j, q in enumerate(levels)}


def _outputs(network: Network, examples: Examples, loss: str | None) -> tuple[Array, Array | None]:
    """Predictions and losses of every example."""
    forward = forward_of(network.architecture, network.parameters.dtype, loss)
    at = network.parameters, network.buffers
    if loss is None:
        return forward.predict(examples.X, *at), None
    P, found = forward.losses(loss, examples, *at)
    return P, found.astype(np.float64)
