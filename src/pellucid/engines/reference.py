"""The reference engine: the equations as they stand, on NumPy arrays. The truth, not speed."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.engines.engine import Stretch
from pellucid.equations.dropout import mask
from pellucid.equations.normalization import running_average
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.penalties import DIVISORS, PENALTIES
from pellucid.equations.random import DROPOUT, SHUFFLE, lanes, permutation
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
from pellucid.plan.examples import Examples, target_rows
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


class ReferenceSession:
    """A run in the reference engine."""

    def __init__(self, plan: Plan, state: State, examples: Examples) -> None:
        self._plan, self._examples = plan, examples
        self._ranges = plan.ranges()
        self._parameters = state.parameters.copy()
        self._buffers = state.buffers.copy()
        self._slots = tuple(state.slots.copy())
        self._step, self._epoch, self._position = state.step, state.epoch, state.position
        self._order: tuple[int, Array] | None = None  # the epoch, and its permutation

    def advance(self, numbers: Array, stop: Array) -> Stretch:
        """Do one step for each row of `numbers`; see ``Session``."""
        costs: list[float] = []
        weights: list[float] = []
        stopped = "done"
        with _one_thread(), np.errstate(all="ignore"):
            for row in numbers[: self._plan.steps_per_epoch - self._position]:
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

    def cost_and_gradient(
        self, parameters: Array, rows: Array | None = None
    ) -> tuple[float, Array]:
        """Return cost and gradient over some training examples; see ``Session``."""
        chosen = np.arange(len(self._examples)) if rows is None else rows
        with _one_thread(), np.errstate(all="ignore"):
            cost, gradient, _, _ = self._cost_and_gradient(parameters, chosen, {})
        return cost, gradient

    def predict(self, X: Array) -> Array:
        """Return predictions; see ``Session``."""
        with _one_thread(), np.errstate(all="ignore"):
            return np.concatenate([tape.P for _, tape in self._predictions(X)])

    def losses(self, examples: Examples) -> tuple[Array, Array]:
        """Return predictions and losses; see ``Session``."""
        P, found, plan = [], [], self._plan
        with _one_thread(), np.errstate(all="ignore"):
            for rows, tape in self._predictions(examples.X):
                Y = target_rows(examples.Y[rows], plan.architecture.n_outputs, plan.dtype)
                P.append(tape.P)
                found.append(losses(plan.recipe.loss, plan.architecture, tape, Y))
        return np.concatenate(P), np.concatenate(found)

    def sync(self, state: State) -> None:
        """Write what changed into `state`."""
        state.parameters[...] = self._parameters
        state.buffers[...] = self._buffers
        for slot, mine in zip(state.slots, self._slots, strict=True):
            slot[...] = mine
        state.step, state.epoch, state.position = self._step, self._epoch, self._position

    def _do_step(self, numbers: Array) -> tuple[float, float]:
        """One step: cost, gradient, and, if the cost is finite, the update."""
        rows = self._rows()
        masks = self._masks(len(rows))
        cost, gradient, tape, weight = self._cost_and_gradient(self._parameters, rows, masks)
        if np.isfinite(cost):
            self._update(gradient, numbers)
            self._update_buffers(tape, len(rows))
            self._step += 1
            self._position += 1
        return cost, weight

    def _cost_and_gradient(
        self, parameters: Array, rows: Array, masks: dict[int, Array]
    ) -> tuple[float, Array, Tape, float]:
        plan, batch = self._plan, self._examples.take(rows)
        named = views(parameters, plan.segments)
        A0 = scale_inputs(plan.architecture, batch.X, plan.dtype)
        Y = target_rows(batch.Y, plan.architecture.n_outputs, plan.dtype)
        weights = np.ones(len(rows)) if batch.weights is None else batch.weights
        weight = float(weights.sum())
        shares = weights / (weight or 1.0)
        tape = forward(plan.architecture, named, A0, masks=masks)
        found = losses(plan.recipe.loss, plan.architecture, tape, Y)
        column = shares[:, None].astype(plan.dtype)
        dN = output_gradient(plan.recipe.loss, plan.architecture, tape, Y, column)
        derivatives = backward(plan.architecture, named, tape, dN)
        gradient = flat(derivatives.parameters, plan.segments, plan.dtype)
        cost = float((found * shares).sum()) + self._add_penalty(parameters, gradient, weight)
        return cost, gradient, tape, weight

    def _add_penalty(self, parameters: Array, gradient: Array, weight: float) -> float:
        """Add the penalty's derivative to `gradient` and return its value."""
        recipe = self._plan.recipe
        if recipe.l2 == 0.0 or weight == 0.0:
            return 0.0
        strength = recipe.l2 / DIVISORS[recipe.l2_divisor](weight, self._plan.n_examples)
        value, row = 0.0, PENALTIES["l2"]
        for segment in self._plan.segments:
            if segment.penalised:
                W = segment.view(parameters)
                value += float(row.value(W, np))
                segment.view(gradient)[...] += strength * row.gradient(W, np)
        return strength * value

    def _update(self, gradient: Array, numbers: Array) -> None:
        rule = OPTIMIZERS[self._plan.optimizer].update
        rate, *others = (float(number) for number in numbers)
        for begin, end, factor in self._ranges:
            part = slice(begin, end)
            p, *slots = rule(
                self._parameters[part],
                gradient[part],
                tuple(slot[part] for slot in self._slots),
                self._step + 1,
                rate * factor,
                *others,
            )
            self._parameters[part] = p
            for slot, changed in zip(self._slots, slots, strict=True):
                slot[part] = changed

    def _update_buffers(self, tape: Tape, n: int) -> None:
        named = views(self._buffers, self._plan.buffer_segments)
        for l in tape.mean:
            running = named[f"mean.{l}"], named[f"variance.{l}"]
            mean, variance = running_average(running, tape.mean[l], tape.variance[l], n)
            running[0][...], running[1][...] = mean, variance

    def _predictions(self, X: Array) -> Iterator[tuple[slice, Tape]]:
        plan = self._plan
        return predictions(
            plan.architecture,
            views(self._parameters, plan.segments),
            views(self._buffers, plan.buffer_segments),
            X,
            plan.dtype,
        )

    def _rows(self) -> Array:
        """The training examples of this step."""
        plan = self._plan
        if self._order is None or self._order[0] != self._epoch:
            order = permutation(plan.recipe.seed, SHUFFLE, self._epoch, plan.n_examples)
            self._order = self._epoch, order
        begin = self._position * plan.batch_size
        return self._order[1][begin : begin + plan.batch_size]

    def _masks(self, n: int) -> dict[int, Array]:
        """The dropout masks of this step, by hidden layer."""
        architecture, recipe = self._plan.architecture, self._plan.recipe
        found = {}
        for l in range(1, architecture.n_layers):
            if recipe.dropout_of(l) > 0:
                drawn = lanes(
                    recipe.seed,
                    DROPOUT,
                    (n, architecture.units(l)),
                    epoch=self._epoch,
                    step=self._position,
                    layer=l,
                )
                found[l] = mask(drawn, recipe.dropout_of(l)).astype(self._plan.dtype)
        return found

    def _roll_over(self) -> None:
        if self._position == self._plan.steps_per_epoch:
            self._epoch, self._position = self._epoch + 1, 0


_controller: Any = None


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Hold NumPy's products to one thread: with more, their last bits may depend on how many."""
    global _controller
    if _controller is None:
        from threadpoolctl import ThreadpoolController

        _controller = ThreadpoolController()
    with _controller.limit(limits=1, user_api="blas"):
        yield
