"""The reference engine: the equations as they stand, on NumPy arrays. The truth, not speed."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array, Inputs
from pellucid.engines.engine import Stretch
from pellucid.engines.one_thread import one_thread
from pellucid.engines.updating import add_penalties, update
from pellucid.equations.dropout import mask
from pellucid.equations.losses import loss_of
from pellucid.equations.noise import gaussian
from pellucid.equations.normalization import running_average
from pellucid.equations.random import DROPOUT, NOISE, SHUFFLE, lanes, permutation
from pellucid.network.passes import (
    Tape,
    backward,
    flat,
    forward,
    losses,
    output_gradient,
    predictions,
    scale_inputs,
    views,
)
from pellucid.plan.examples import Examples, as_learnt, target_rows
from pellucid.plan.plan import Plan
from pellucid.plan.state import State


class ReferenceEngine:
    """Carries out any plan, with NumPy."""

    name = "reference"

    @property
    def instruction_set(self) -> str:
        """NumPy's version: its products decide the last bits."""
        return f"numpy {np.__version__}"

    def open(
        self, plan: Plan, state: State, examples: Examples, threads: int | None = None
    ) -> "ReferenceSession":
        """Begin, or go on from, `state`. One thread is used, whatever `threads` says."""
        return ReferenceSession(plan, state, examples)


class Shown(NamedTuple):
    """Examples in the place of an epoch's own, from one of its steps on."""

    epoch: int
    first: int
    examples: Examples


class ReferenceSession:
    """A run in the reference engine."""

    def __init__(self, plan: Plan, state: State, examples: Examples) -> None:
        self._plan, self._examples = plan, examples
        self._parameters = state.parameters.copy()
        self._buffers = state.buffers.copy()
        self._slots = state.slots.copy()
        self._step, self._epoch, self._position = state.step, state.epoch, state.position
        self._least = 0.0  # what probabilities are clipped to in costs
        self._order: tuple[int, Array] | None = None  # the epoch, and its permutation
        self._shown: Shown | None = None

    def advance(self, numbers: Array, stop: Array) -> Stretch:
        """Do one step for each row of `numbers`; see ``Session``."""
        costs: list[float] = []
        weights: list[float] = []
        stopped = "done"
        with one_thread(), np.errstate(all="ignore"):
            for row in numbers[: self._last() - self._position]:
                if stop[0]:
                    stopped = "asked"
                    break
                cost, weight = self._do_step(row)
                if not np.isfinite(cost):
                    stopped = "diverged"
                    break
                costs.append(cost)
                weights.append(weight)
        self._roll_over()
        return Stretch(np.array(costs), np.array(weights), stopped)

    def follow(self, order: Array) -> None:
        """Take the examples of the epoch at hand in this order; see ``Session``."""
        n = len(self._examples)
        if order.shape != (n,) or order.min() < 0 or order.max() >= n:
            raise ValueError("order: expected as many rows as there are examples, from 0 on")
        self._order = self._epoch, order

    def show(self, first: int, examples: Examples) -> None:
        """Take these examples from step `first` of the epoch at hand on; see ``Session``."""
        n, size = len(examples), self._plan.batch_size
        left = self._plan.n_examples - first * size
        if first < 0 or not 0 < n <= left or (n % size != 0 and n != left):
            raise ValueError("examples: expected those of whole batches, within the epoch")
        self._shown = Shown(self._epoch, first, examples)

    def place(self) -> tuple[int, int]:
        """Return epoch and position of the next step; see ``Session``."""
        return self._epoch, self._position

    def clip_probabilities(self, least: float) -> None:
        """Take no probability for smaller than `least`; see ``Session``."""
        self._least = least

    def cost_and_gradient(
        self, parameters: Array, rows: Array | None = None
    ) -> tuple[float, Array]:
        """Return cost and gradient over some training examples; see ``Session``."""
        chosen = np.arange(len(self._examples)) if rows is None else rows
        with one_thread(), np.errstate(all="ignore"):
            batch = self._examples.take(chosen)
            cost, gradient, _, _ = self._cost_and_gradient(parameters, batch, {}, {})
        return cost, gradient

    def predict(self, X: Inputs, parameters: Array | None = None) -> Array:
        """Return predictions; see ``Session``."""
        with one_thread(), np.errstate(all="ignore"):
            return np.concatenate([tape.P for _, tape in self._predictions(X, parameters)])

    def losses(self, examples: Examples, parameters: Array | None = None) -> tuple[Array, Array]:
        """Return predictions and losses; see ``Session``."""
        P, found, plan = [], [], self._plan
        with one_thread(), np.errstate(all="ignore"):
            for rows, tape in self._predictions(examples.X, parameters):
                Y = target_rows(examples.Y[rows], plan.architecture.n_outputs, plan.dtype)
                P.append(tape.P)
                found.append(self._losses(tape, Y))
        return np.concatenate(P), np.concatenate(found)

    def sync(self, state: State) -> None:
        """Write what changed into `state`."""
        state.parameters[...] = self._parameters
        state.buffers[...] = self._buffers
        state.slots[...] = self._slots
        state.step, state.epoch, state.position = self._step, self._epoch, self._position

    def _do_step(self, numbers: Array) -> tuple[float, float]:
        """One step: cost, gradient, and, if the cost is finite, the update."""
        batch = self._batch()
        masks, noise = self._masks(len(batch)), self._noise(len(batch))
        found = self._cost_and_gradient(self._parameters, batch, masks, noise)
        cost, gradient, tape, weight = found
        if np.isfinite(cost):
            self._step += 1
            self._position += 1
            update(self._plan, self._parameters, gradient, self._slots, self._step, numbers)
            self._update_buffers(tape, len(batch))
        return cost, weight

    def _cost_and_gradient(
        self, parameters: Array, batch: Examples, masks: dict[int, Array], noise: dict[int, Array]
    ) -> tuple[float, Array, Tape, float]:
        plan = self._plan
        loss, architecture = plan.recipe.loss, plan.architecture
        named = views(parameters, plan.segments)
        A0 = scale_inputs(architecture, batch.X[:], plan.dtype)
        Y = as_learnt(plan.recipe, target_rows(batch.Y, architecture.n_outputs, plan.dtype))
        weights = np.ones(len(batch)) if batch.weights is None else batch.weights
        weight = float(weights.sum())
        shares = weights / (weight or 1.0)
        tape = forward(architecture, named, A0, masks=masks, noise=noise)
        found = self._losses(tape, Y)
        column = shares[:, None].astype(plan.dtype)
        dN = output_gradient(loss, architecture, tape, Y, column)
        derivatives = backward(architecture, named, tape, dN)
        gradient = flat(derivatives.parameters, plan.segments, plan.dtype)
        cost = float((found * shares).sum()) + add_penalties(plan, parameters, gradient, weight)
        return cost, gradient, tape, weight

    def _losses(self, tape: Tape, Y: Array) -> Array:
        """Each example's loss, from clipped probabilities where that is asked for."""
        plan, least = self._plan, self._least
        if least == 0:
            return losses(plan.recipe.loss, plan.architecture, tape, Y)
        p = np.clip(tape.P, least, 1 - least)
        parts = Y * np.log(p)
        if loss_of(plan.recipe.loss).link == "sigmoid":
            parts = parts + (1 - Y) * np.log(1 - p)
        return -parts.sum(axis=1)

    def _update_buffers(self, tape: Tape, n: int) -> None:
        named = views(self._buffers, self._plan.buffer_segments)
        for l in (s.layer for s in self._plan.buffer_segments if s.kind == "mean"):
            running = named[f"mean.{l}"], named[f"variance.{l}"]
            mean, variance = running_average(running, tape.mean[l], tape.variance[l], n)
            running[0][...], running[1][...] = mean, variance

    def _predictions(self, X: Inputs, parameters: Array | None) -> Iterator[tuple[slice, Tape]]:
        plan = self._plan
        return predictions(
            plan.architecture,
            views(self._parameters if parameters is None else parameters, plan.segments),
            views(self._buffers, plan.buffer_segments),
            X,
            plan.dtype,
        )

    def _last(self) -> int:
        """The step of the epoch before which there are examples."""
        shown = self._shown_now()
        if shown is None and len(self._examples) > 0:
            return self._plan.steps_per_epoch
        first, n = (0, 0) if shown is None else (shown.first, len(shown.examples))
        last = first + -(-n // self._plan.batch_size)
        if not first <= self._position < last:
            raise ValueError("the examples of this step have not been shown")
        return last

    def _shown_now(self) -> "Shown | None":
        shown = self._shown
        return shown if shown is not None and shown.epoch == self._epoch else None

    def _batch(self) -> Examples:
        """The training examples of this step."""
        plan = self._plan
        if (shown := self._shown_now()) is not None:
            begin = (self._position - shown.first) * plan.batch_size
            return shown.examples.take(slice(begin, begin + plan.batch_size))
        if self._order is None or self._order[0] != self._epoch:
            order = permutation(plan.recipe.seed, SHUFFLE, self._epoch, plan.n_examples)
            self._order = self._epoch, order
        begin = self._position * plan.batch_size
        return self._examples.take(self._order[1][begin : begin + plan.batch_size])

    def _masks(self, n: int) -> dict[int, Array]:
        """The dropout masks of this step, by layer; 0 is the input."""
        rates = {
            l: self._plan.recipe.dropout_of(l) for l in range(self._plan.architecture.n_layers)
        }
        return {
            l: mask(self._lanes(DROPOUT, n, l), rate).astype(self._plan.dtype)
            for l, rate in rates.items()
            if rate > 0
        }

    def _noise(self, n: int) -> dict[int, Array]:
        """What is added to activations in this step, by layer; 0 is the input."""
        deviations = {
            l: self._plan.recipe.noise_of(l) for l in range(self._plan.architecture.n_layers)
        }
        return {
            l: gaussian(self._lanes(NOISE, n, l), deviation).astype(self._plan.dtype)
            for l, deviation in deviations.items()
            if deviation > 0
        }

    def _lanes(self, stream: int, n: int, l: int) -> Array:
        shape = (n, self._plan.architecture.units(l))
        seed = self._plan.recipe.seed
        return lanes(seed, stream, shape, epoch=self._epoch, step=self._position, layer=l)

    def _roll_over(self) -> None:
        if self._position == self._plan.steps_per_epoch:
            self._epoch, self._position = self._epoch + 1, 0
