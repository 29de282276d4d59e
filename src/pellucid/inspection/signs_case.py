"""What the doctor has before it: examples, a network, and what is known of the run."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.engines.forward import forward_of
from pellucid.equations.baseline import constant_cost
from pellucid.equations.losses import Loss, loss_of
from pellucid.equations.metrics import chosen
from pellucid.equations.random import SPLIT, permuted
from pellucid.inspection.trace import trace
from pellucid.inspection.traced import Trace
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.passes import scale_inputs
from pellucid.plan.examples import Examples, target_rows
from pellucid.plan.plan import Plan

SAMPLE = 2048  # examples whose inputs, targets and predictions are looked at
PROBE = 256  # of these, how many are carried through the network and back
NUMBERS = 1 << 22  # inputs that a sample has at most, where it is larger than the probe
SEED = 20  # of which examples these are: always the same
# 1 − cost / cost of the best constant prediction, from which on a network has learnt something,
# half of it, and so much that there is little to complain of.
LEARNT, HALF, MASTERED = 0.3, 0.5, 0.9


class Sign(NamedTuple):
    """Something that speaks for a fault: where, how much, and as a sentence."""

    where: str
    number: float
    evidence: str
    limit: float | None = None  # where it is not the row's


@dataclass(frozen=True)
class Data:
    """Examples, and a sample of them that is the same each time."""

    architecture: Architecture
    loss: str
    examples: Examples

    @cached_property
    def row(self) -> Loss:
        """The row of the loss."""
        return loss_of(self.loss)

    @cached_property
    def sample(self) -> Examples:
        """Some of the examples that count: all of them where they are few."""
        n, weights = len(self.examples), self.examples.weights
        at_most = min(SAMPLE, max(PROBE, NUMBERS // self.architecture.n_inputs))
        if weights is not None and not weights.all():
            counting = np.flatnonzero(weights)
            return self.examples.take(counting[_places(len(counting), at_most)])
        return self.examples.take(_places(n, at_most))

    @cached_property
    def probe(self) -> Examples:
        """The first examples of the sample."""
        return self.sample.take(np.arange(min(PROBE, len(self.sample))))

    @cached_property
    def A(self) -> Array:
        """The sample's inputs as the network sees them, (n, n_inputs) float64."""
        return scale_inputs(self.architecture, self.sample.X[:], np.float64)

    @cached_property
    def codes(self) -> Array | None:
        """The sample's classes (n,), where its targets are classes."""
        return codes_of(self.sample.Y)

    @cached_property
    def constant(self) -> float:
        """The cost of the best constant prediction for the sample."""
        return self._constant(self.sample)

    @cached_property
    def constant_of_probe(self) -> float:
        """The cost of the best constant prediction for the probe."""
        return self._constant(self.probe)

    def _constant(self, part: Examples) -> float:
        Y = target_rows(part.Y, self.architecture.n_outputs, np.float64)
        return constant_cost(self.loss, Y, part.weights)


@dataclass(frozen=True)
class Past:
    """What is known of the run that has led to a network.

    Attributes
    ----------
    costs : tuple of float
        The mean cost of each epoch's steps; where that holds more than the loss, the cost at the
        epoch's end.
    rate : float
        The largest learning rate so far; NaN where it is not known.
    steps : int
        Steps the run has in all; at its end, those it has had.
    reason : str
        Why it ended: a key of ``pellucid.training.stopping.REASONS``, or "".
    first, moved : mapping from layer to float
        The run's first step beside first weights, and one of its last epoch beside the weights
        there, by their sizes; empty where they are not known.
    born_with : tuple of str, optional
        Of "dead units" and "saturated units", what first weights had more than a few of; None
        where they are not known.
    """

    plan: Plan
    costs: tuple[float, ...] = ()
    rate: float = float("nan")
    steps: int = 0
    reason: str = ""
    first: dict[int, float] = field(default_factory=dict)
    moved: dict[int, float] = field(default_factory=dict)
    born_with: tuple[str, ...] | None = None


class Judged(NamedTuple):
    """What a network makes of a sample."""

    losses: Array  # (n,)
    learnt: float  # 1 − cost / cost of the best constant prediction: 0 is nothing, 1 is all
    right: Array | None  # (n,) whether an example is classified rightly; None of numbers


@dataclass(frozen=True)
class Case:
    """A network as it stands, with data, and what is known of the run."""

    network: Network
    data: Data
    validation: Data | None = None
    past: Past | None = None

    @cached_property
    def trace(self) -> Trace:
        """The probe, carried through the network and back."""
        part, row = self.data.probe, self.data.row
        levels = len(row.numbers) if row.constant == "levels" else 1
        Y = part.Y if part.Y.ndim == 1 else part.Y[:, ::levels]  # as they were given
        return trace(self.network, part.X[:], Y, self.data.loss, sample_weight=part.weights)

    @cached_property
    def learnt(self) -> float:
        """1 − cost / cost of the best constant prediction, for the probe."""
        return _learnt(self.trace.cost, self.data.constant_of_probe)

    @cached_property
    def judged(self) -> Judged:
        """What the network makes of the sample."""
        return self._judge(self.data)

    @cached_property
    def judged_validation(self) -> Judged | None:
        """What the network makes of a sample of the validation part."""
        return None if self.validation is None else self._judge(self.validation)

    def _judge(self, data: Data) -> Judged:
        network, part = self.network, data.sample
        forward = forward_of(network.architecture, network.parameters.dtype, data.loss)
        with np.errstate(all="ignore"):
            P, losses = forward.losses(data.loss, part, network.parameters, network.buffers)
            cost = float(np.average(losses.astype(np.float64), weights=part.weights))
        P = 0.5 * (P + 1.0) if signed(part.Y) else P
        right = None if data.codes is None else chosen(P) == data.codes
        return Judged(losses.astype(np.float64), _learnt(cost, data.constant), right)

    @property
    def fresh(self) -> bool:
        """Whether these are the first weights of a run, of which much may still become."""
        return self.past is not None and not self.past.costs and not self.past.reason

    @property
    def hidden(self) -> range:
        """The numbers of the hidden layers."""
        return range(1, self.network.architecture.n_layers)

    def incoming(self, l: int) -> Array:
        """All weights and biases into layer l as columns, (n_from + 1, sums) float64."""
        weights, biases = self.network.weights, self.network.biases
        parts = [weights[k, l] for k in self.network.architecture.inputs(l)]
        if (l,) in biases:
            parts.append(np.broadcast_to(biases[l], (1, parts[0].shape[1])))
        return np.concatenate(parts).astype(np.float64)


def signed(Y: Array) -> bool:
    """Whether targets are −1 and 1, as for the squared hinge."""
    return Y.ndim == 2 and bool(((Y == -1) | (Y == 1)).all())


def codes_of(Y: Array) -> Array | None:
    """Return class codes (n,) where targets are classes, else None.

    Classes are codes, rows with one 1 among 0 or −1, and a single column of two such values.
    """
    if Y.ndim == 1:
        return Y
    bits = 0.5 * (Y + 1.0) if signed(Y) else Y
    if not ((bits == 0) | (bits == 1)).all():
        return None
    if Y.shape[1] == 1:
        return bits[:, 0].astype(np.int32)
    return bits.argmax(axis=1).astype(np.int32) if (bits.sum(axis=1) == 1).all() else None


def _places(n: int, at_most: int) -> Array:
    """Some of the numbers 0 … n − 1, in an order that is the same each time."""
    return permuted(np.arange(min(n, at_most)), n, SEED, SPLIT, 0)


def _learnt(cost: float, constant: float) -> float:
    if not np.isfinite(cost):
        return -np.inf
    return 1.0 - cost / constant if constant > 0 else 1.0
