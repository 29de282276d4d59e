"""The native engine: the compiled core, ``pellucid._native``, behind the contract of an engine.

No mathematics here: a plan is flattened to names and numbers for the core, and its answers are
handed on. Where the core was not built (no C++ compiler), importing this module still works.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from pellucid.arrays import Array, Inputs, SparseRows
from pellucid.compiled import core
from pellucid.engines.engine import Stretch
from pellucid.engines.flatten import flattened_plan
from pellucid.equations.named import name_and_numbers
from pellucid.errors import RecipeError, UnsupportedError
from pellucid.network.architecture import Architecture
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan
from pellucid.plan.state import State
from pellucid.rows import StoredRows

GRAIN = 1 << 16  # multiply-adds for which another thread may be worth its waiting


def missing(plan: Plan) -> str | None:
    """Return what `plan` asks for that the core does not have, or None."""
    # A solver asks for costs and gradients only.
    optimizer = None if plan.is_solver else plan.optimizer
    return missing_rows(plan.architecture, plan.recipe.loss, optimizer)


def missing_rows(
    architecture: Architecture, loss: str | None = None, optimizer: str | None = None
) -> str | None:
    """Return which of these rows the core does not have, or None."""
    native, layers = core(), architecture.layers
    for known, wanted in (
        (native.activations(), [layer.activation for layer in layers]),
        (["none", *native.norms()], [layer.norm for layer in layers]),
        (native.losses(), [] if loss is None else [name_and_numbers(loss)[0]]),
        (native.optimizers(), [] if optimizer is None else [optimizer]),
    ):
        for name in wanted:
            if name not in known:
                return name
    return None


def tier(plan: Plan) -> str:
    """Return "fused" where steps use a gradient block by block, while it is near, else "generic".

    A gradient has to lie in memory as a whole where its norm is to be clipped, where a batch is
    taken in several parts, and where a solver asks for it.
    """
    normed = any(layer.norm == "batch" for layer in plan.architecture.layers)
    at_once = normed or plan.batch_size <= core().CHUNK
    whole = plan.is_solver or plan.recipe.clip_norm is not None or not at_once
    return "generic" if whole else "fused"


class NativeEngine:
    """Carries out plans in the compiled core.

    Parameters
    ----------
    instruction_set : str, optional
        One of ``pellucid._native.instruction_sets()``; by default the best that this machine has.
    grain : int
        Multiply-adds for which another thread may be worth its waiting: up to as many as that
        gives, the number of threads is found by trying. With 1 all take part always. No result
        depends on it.

    Raises
    ------
    UnsupportedError
        The core was not built, or this machine lacks the instruction set.
    """

    name = "native"

    def __init__(self, instruction_set: str | None = None, grain: int = GRAIN) -> None:
        here = core().instruction_sets()
        if instruction_set is not None and instruction_set not in here:
            raise UnsupportedError(
                f"expected one of this machine's instruction sets, {', '.join(here)}, "
                f"got {instruction_set!r}."
            )
        self._instruction_set: str = instruction_set or here[0]
        self._grain = grain

    @property
    def instruction_set(self) -> str:
        """Which instructions it calculates with: avx512, avx2 or baseline."""
        return self._instruction_set

    def open(
        self, plan: Plan, state: State, examples: Examples, threads: int | None = None
    ) -> "NativeSession":
        """Begin, or go on from, `state`, with at most so many threads (None: one for each core).

        Raises
        ------
        UnsupportedError
            Something in the plan that the core does not have yet.
        """
        lacking = missing(plan)
        if lacking is not None:
            raise UnsupportedError(
                f"native has no {lacking} yet. Use the engine reference instead."
            )
        kind = core().Session64 if plan.dtype == np.float64 else core().Session32
        session = kind(
            flattened_plan(plan),
            *core_inputs(examples.X),
            Y=core_targets(examples.Y),
            weights=core_weights(examples),
            parameters=np.ascontiguousarray(state.parameters),
            buffers=np.ascontiguousarray(state.buffers),
            slots=np.ascontiguousarray(state.slots).reshape(-1),
            step=state.step,
            epoch=state.epoch,
            position=state.position,
            instruction_set=self._instruction_set,
            threads=threads or default_threads(),
            grain=self._grain,
            skips_zeros=state.skips_zeros,
        )
        return NativeSession(session, len(examples))


class NativeSession:
    """A run in the native engine."""

    def __init__(self, session: Any, n_examples: int) -> None:
        self._session, self._n_examples = session, n_examples

    @property
    def fused(self) -> bool:
        """Whether steps use a gradient block by block; see ``tier``."""
        found: bool = self._session.fused
        return found

    def advance(self, numbers: Array, stop: Array) -> Stretch:
        """Do one step for each row of `numbers`; see ``Session``.

        Where a signal's handler raises, the step that was begun is finished and the error goes
        on from here; ``sync`` then gives the state after that step.
        """
        return Stretch(*self._session.advance(np.ascontiguousarray(numbers, float), stop))

    def follow(self, order: Array) -> None:
        """Take the examples of the epoch at hand in this order; see ``Session``."""
        self._session.follow(np.ascontiguousarray(order, np.int64))

    def show(self, first: int, examples: Examples) -> None:
        """Take these examples from step `first` of the epoch at hand on; see ``Session``."""
        X, weights = core_inputs(examples.X), core_weights(examples)
        self._session.show(first, *X, core_targets(examples.Y), weights)

    def place(self) -> tuple[int, int]:
        """Return epoch and position of the next step; see ``Session``."""
        epoch, position = self._session.place()
        return epoch, position

    def clip_probabilities(self, least: float) -> None:
        """Take no probability for smaller than `least`; see ``Session``."""
        self._session.clip_probabilities(least)

    def cost_and_gradient(
        self, parameters: Array, rows: Array | None = None
    ) -> tuple[float, Array]:
        """Return cost and gradient over some training examples; see ``Session``."""
        every = np.arange(self._n_examples)
        chosen = every if rows is None else np.ascontiguousarray(every[rows])
        cost, gradient = self._session.cost_and_gradient(np.ascontiguousarray(parameters), chosen)
        return float(cost), gradient

    def predict(self, X: Inputs, parameters: Array | None = None) -> Array:
        """Return predictions, of rows in files block by block; see ``Session``."""
        if isinstance(X, StoredRows):
            return np.concatenate([self.predict(X[rows], parameters) for rows in X.blocks()])
        P: Array = self._session.predict(*core_inputs(X), _whole(parameters))
        return P

    def losses(self, examples: Examples, parameters: Array | None = None) -> tuple[Array, Array]:
        """Return predictions and losses, of rows in files block by block; see ``Session``."""
        if isinstance(examples.X, StoredRows):
            return joined(self.losses(part, parameters) for part in in_blocks(examples))
        Y = core_targets(examples.Y)
        P, found = self._session.losses(*core_inputs(examples.X), Y, _whole(parameters))
        return P, found

    def sync(self, state: State) -> None:
        """Write what changed into `state`."""
        parameters, buffers, slots, *place = self._session.state()
        state.parameters[...] = parameters
        state.buffers[...] = buffers
        state.slots[...] = slots.reshape(state.slots.shape)
        state.step, state.epoch, state.position = place


def n_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def default_threads() -> int:
    """Return how many threads to use where nobody says: one a core; in joblib's workers one.

    The cores are theirs together. Who has not imported joblib is not in one of its workers.
    """
    joblib = sys.modules.get("joblib")
    if joblib is not None and (joblib.parallel.get_active_backend()[0].nesting_level or 0) > 0:
        return 1
    return n_cores()


def checked_threads(threads: int | None) -> int | None:
    """Return how many threads to use at most: no more than there are cores.

    Raises
    ------
    RecipeError
        Not a whole number from 1 to 2³¹ − 1, which is as far as the core counts.
    """
    if threads is None:
        return None
    whole = isinstance(threads, int) and not isinstance(threads, bool)
    if not whole or not 1 <= threads < 2**31:
        raise RecipeError(
            f"threads: expected a whole number from 1 to {2**31 - 1}, got {threads!r}. "
            "Leave it out to use every core."
        )
    return min(threads, n_cores())


def core_inputs(X: Inputs) -> tuple[Array, Array | None, Array | None]:
    """Return inputs as the core takes them: an array, or of sparse rows three."""
    if isinstance(X, SparseRows):
        return X.values, X.columns, X.begins
    return np.ascontiguousarray(X), None, None


def _whole(parameters: Array | None) -> Array | None:
    return None if parameters is None else np.ascontiguousarray(parameters)


def core_weights(examples: Examples) -> Array | None:
    """Return weights as the core takes them."""
    return None if examples.weights is None else np.ascontiguousarray(examples.weights, float)


def in_blocks(examples: Examples) -> Iterator[Examples]:
    """Read examples whose rows stay in files, some at a time."""
    assert isinstance(examples.X, StoredRows)
    return (examples.take(rows) for rows in examples.X.blocks())


def joined(parts: Iterable[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Return predictions and losses of all parts."""
    P, losses = zip(*parts, strict=True)
    return np.concatenate(P), np.concatenate(losses)


def core_targets(Y: Array) -> Array:
    """Return targets as the core takes them."""
    return np.ascontiguousarray(Y, np.int32 if Y.ndim == 1 else None)
