"""The loop: steps in stretches, judged at each epoch's end, told as events. One page.

Everything that follows a run pulls from this iterator: the command line, ``train``, checkpoints,
early stopping. There are no callbacks.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.engines.engine import Stretch
from pellucid.engines.select import choose
from pellucid.equations.metrics import METRICS
from pellucid.errors import RecipeError
from pellucid.model.network import Network
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan, optimizer_numbers
from pellucid.plan.state import EpochRecord, State, go_back, keep_epoch_start
from pellucid.training.checkpoints import save_checkpoint
from pellucid.training.events import EpochEnded, Event, Started, Stepped, Stopped
from pellucid.training.history import History
from pellucid.training.stopping import diverged, judge, reason_before_step, target_reached


class Run:
    """A training run. Iterate over it to carry it out; ``pellucid.start`` makes one.

    Attributes
    ----------
    network : Network
        Holds the weights after each event; at the end, with early stopping, those of the best
        epoch.
    state : State
        All that changes; ``save`` writes it.
    """

    def __init__(
        self,
        network: Network,
        plan: Plan,
        state: State,
        examples: Examples,
        validation: Examples | None = None,
        *,
        engine: str = "auto",
        threads: int | None = None,
        every: int | str = "epoch",
    ) -> None:
        if every != "epoch" and (not isinstance(every, int) or every < 1):
            raise RecipeError(f'every: expected "epoch" or a number of steps, got {every!r}.')
        if threads is not None and (not isinstance(threads, int) or threads < 1):
            raise RecipeError(f"threads: expected at least 1, got {threads!r}.")
        self.network, self.plan, self.state = network, plan, state
        self.examples, self.validation = examples, validation
        chosen, self.engine = choose(engine, plan)
        state.engine, state.instruction_set = chosen.name, chosen.instruction_set
        self.score = score_name(plan, examples)
        self._every = every
        self._session = chosen.open(plan, state, examples, threads)
        self._stop = np.zeros(1, np.int32)
        self._stopped: Stopped | None = None

    def __iter__(self) -> Iterator[Event]:
        yield Started(
            self.plan, self.engine, len(self.validation or ()), self.score, self.state.step
        )
        while (stopped := self._reason()) is None:
            if self.state.position == 0:
                keep_epoch_start(self.state)
            with self._interruptible():
                stretch = self._advance()
                ended = self._end_epoch() if stretch.stopped == "done" else None
                self._deliver()
            if (trouble := self._trouble(stretch, ended)) is not None:
                stopped = diverged(self.state, trouble)
                go_back(self.plan, self.state)
                break
            if self._every != "epoch" and len(stretch.costs):
                yield self._stepped(stretch, ended is not None)
            if ended is not None:
                yield ended
        self._stopped = stopped
        self._deliver(final=True)
        yield stopped

    def stop(self) -> None:
        """Ask the run to stop before its next step; may be called from another thread."""
        self._stop[0] = 1

    def set_rate(self, learning_rate: float) -> None:
        """Let the learning rate be `learning_rate` from the next step on.

        Where it follows a schedule, the rest of the schedule is scaled by the same factor.
        """
        planned = float(optimizer_numbers(self.plan, self.state.step, 1, 1.0)[0, 0])
        if planned == 0 or not learning_rate >= 0 or not np.isfinite(learning_rate):
            raise RecipeError(
                f"learning_rate: expected a finite number of at least 0 and a planned rate that "
                f"is not 0, got {learning_rate} and {planned}."
            )
        self.state.rate_scale = learning_rate / planned

    def save(self, path: str | Path) -> None:
        """Write a checkpoint, whole or not at all; ``pellucid.resume`` goes on from it.

        Raises
        ------
        FileError
            The folder is missing, the disk is full, a file is in the way.
        """
        if not self.state.fingerprint:
            self.state.fingerprint = fingerprint(self.examples, self.validation)
        save_checkpoint(self.plan, self.state, Path(path))

    @property
    def history(self) -> History:
        """What the epochs so far have brought."""
        stopped = self._stopped or Stopped("", "still running")
        return History(
            tuple(self.state.history),
            stopped.reason,
            stopped.sentence,
            self.score,
            self.engine,
            self.state.seconds,
            None if self.state.best is None else self.state.best.epoch,
        )

    def cost(self, examples: Examples) -> tuple[float, float]:
        """Return cost, without penalty and dropout, and score at the state's weights."""
        P, losses = self._session.losses(examples)
        weights = np.ones(len(losses)) if examples.weights is None else examples.weights
        cost = float((losses * weights).sum() / weights.sum())
        return cost, float(METRICS[self.score].value(P, examples.Y, np))

    def _reason(self) -> Stopped | None:
        """Why to stop before the next step. Judged from the state, so a resumed run agrees."""
        state = self.state
        judged = state.position == 0 and state.epoch > 0
        if judged and self.plan.recipe.target_cost is not None:
            with self._clock(), np.errstate(all="ignore"):
                training_cost = self.cost(self.examples)[0]
            reached = target_reached(self.plan, state, training_cost)
            if reached is not None:
                return reached
        return reason_before_step(self.plan, state, bool(self._stop[0]))

    def _advance(self) -> Stretch:
        """Steps to the next event: the epoch's end, `every` steps, or the run's last step."""
        plan, state = self.plan, self.state
        n = min(plan.steps_per_epoch - state.position, plan.total_steps - state.step)
        if isinstance(self._every, int):
            n = min(n, self._every - state.step % self._every)
        with self._clock():
            numbers = optimizer_numbers(plan, state.step, n, state.rate_scale)
            stretch = self._session.advance(numbers, self._stop)
            self._session.sync(state)
        # Added one after the other, so that it does not matter where stretches are cut.
        for cost, weight in zip(stretch.costs.tolist(), stretch.weights.tolist(), strict=True):
            state.cost_sum += cost * weight
            state.weight_sum += weight
        return stretch

    def _end_epoch(self) -> EpochEnded | None:
        """Judge and record the epoch, if it is over."""
        state = self.state
        if state.position > 0 or not self._is_finite():
            return None
        with self._clock(), np.errstate(all="ignore"):
            cost = state.cost_sum / (state.weight_sum or 1.0)
            no_validation = (float("nan"), float("nan"))
            found = no_validation if self.validation is None else self.cost(self.validation)
            is_best = judge(self.plan, state, cost if self.validation is None else found[0])
        rate = float(optimizer_numbers(self.plan, state.step - 1, 1, state.rate_scale)[0, 0])
        record = EpochRecord(state.epoch, state.step, cost, *found, rate, state.seconds)
        state.history.append(record)
        state.cost_sum = state.weight_sum = 0.0
        return EpochEnded(record, is_best)

    def _stepped(self, stretch: Stretch, ended: bool) -> Stepped:
        state = self.state
        epoch, position = state.epoch + 1, state.position
        if ended:
            epoch, position = state.epoch, self.plan.steps_per_epoch
        return Stepped(state.step, epoch, position, stretch.costs, state.seconds)

    def _is_finite(self) -> bool:
        return bool(np.isfinite(self.state.parameters).all())

    def _trouble(self, stretch: Stretch, ended: EpochEnded | None) -> str | None:
        """What is no longer finite, if anything."""
        if stretch.stopped == "diverged":
            return "the cost"
        if not self._is_finite():
            return "a weight"
        judged = ended is not None and self.validation is not None
        if judged and not np.isfinite(self.state.history[-1].validation_cost):
            return "the cost of the validation part"
        return None

    def _deliver(self, final: bool = False) -> None:
        """Write the weights into the network: the state's, or at the end the best ones."""
        best = self.state.best if final and self.plan.recipe.patience is not None else None
        source = best or self.state
        self.network.parameters[...] = source.parameters
        self.network.buffers[...] = source.buffers

    @contextlib.contextmanager
    def _clock(self) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.state.seconds += time.perf_counter() - begun

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let Ctrl-C end the stretch between two steps, so that the state is whole, then raise."""
        ours = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if not ours:
            yield
            return
        interrupted = False

        def ask(signum: int, frame: Any) -> None:
            nonlocal interrupted
            interrupted = True
            self.stop()

        signal.signal(signal.SIGINT, ask)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if interrupted:
            self._stopped = Stopped("asked", "interrupted")
            self._deliver(final=True)
            raise KeyboardInterrupt


def score_name(plan: Plan, examples: Examples) -> str:
    """Return the metric that suits the targets: accuracy for classes, R² for numbers."""
    Y = examples.Y
    if Y.ndim == 1:
        return "accuracy"
    bits = bool(((Y == 0) | (Y == 1)).all())
    output = plan.architecture.layers[-1].activation
    if Y.shape[1] == 1:
        return "accuracy" if bits and output == "sigmoid" else "r2"
    return "accuracy" if bits and bool((Y.sum(axis=1) == 1).all()) else "r2"


def fingerprint(examples: Examples, validation: Examples | None) -> str:
    """Return a text that is the same for the same training and validation data."""
    parts = [examples.fingerprint(), "" if validation is None else validation.fingerprint()]
    return ":".join(parts)
