"""The loop: steps in stretches, judged at each epoch's end, told as events. One page.

Everything that follows a run pulls from this iterator: the command line, ``train``, checkpoints,
early stopping. There are no callbacks.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from pellucid.arrays import Array
from pellucid.engines.engine import Stretch
from pellucid.engines.native import checked_threads
from pellucid.engines.select import choose
from pellucid.engines.windows import open_session
from pellucid.equations.metrics import Metric
from pellucid.errors import RecipeError
from pellucid.model.network import Network
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan, optimizer_numbers
from pellucid.plan.state import (
    EpochRecord,
    State,
    go_back,
    infinite,
    judged_costs,
    keep_epoch_start,
    trained_weights,
)
from pellucid.training import stopping
from pellucid.training.checkpoints import save_checkpoint
from pellucid.training.events import EpochEnded, Event, Started, Stepped, Stopped
from pellucid.training.history import History
from pellucid.training.interrupts import ASKED, interruptible, limited
from pellucid.training.judging import Judging
from pellucid.training.parts import fingerprint
from pellucid.training.solving import SolverSession


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
        metrics: Mapping[str, Metric] | None = None,
    ) -> None:
        if every != "epoch" and (not isinstance(every, int) or every < 1):
            raise RecipeError(f'every: expected "epoch" or a number of steps, got {every!r}.')
        at_most = checked_threads(threads)
        self.network, self.plan, self.state = network, plan, state
        self.examples, self.validation = examples, validation
        chosen, self.engine = choose(engine, plan)
        state.engine, state.instruction_set = chosen.name, chosen.instruction_set
        self._every = every
        # One of several that run at the same time has a core for itself.
        each = 1 if plan.recipe.starts > 1 else at_most
        session = open_session(chosen, plan, state, examples, each)
        if plan.is_solver:
            session = SolverSession(plan, state, examples, session)
        self._session = session
        self.threads, self._metrics = threads, metrics or {}
        self._judging = Judging(plan, session, examples, validation, self._metrics)
        self.score = self._judging.score
        self._stop = np.zeros(1, np.int32)
        self._stopped: Stopped | None = None
        self._rate = float("nan")  # of the last step

    def __iter__(self) -> Iterator[Event]:
        yield Started(
            self.plan, self.engine, len(self.validation or ()), self.score, self.state.step
        )
        while (stopped := self._reason()) is None:
            if self.state.position == 0:
                keep_epoch_start(self.state)
            with self._interrupting():
                stretch = self._advance()
                ended = self._end_epoch() if stretch.stopped == "done" else None
                self._deliver()
            if (trouble := self._trouble(stretch, ended)) is not None:
                step = self.state.step + (stretch.stopped == "diverged")
                stopped = stopping.diverged(self.plan, self.state, step, trouble)
                go_back(self.plan, self.state)
                break
            if stretch.stopped == "converged":
                stopped = stopping.solved(self.state, stretch.said)
                break
            if self._every != "epoch" and len(stretch.costs):
                yield self._stepped(stretch, ended is not None)
            if ended is not None:
                yield ended
        self._stopped = self._unless_it_learnt_nothing(stopped)
        self._deliver(final=True)
        yield self._stopped

    def like(self, network: Network, plan: Plan, state: State) -> "Run":
        """Return another run over the same data, by the same engine."""
        return Run(
            network,
            plan,
            state,
            self.examples,
            self.validation,
            engine=self.state.engine,
            threads=self.threads,
            metrics=self._metrics,
        )

    def judge(self) -> float:
        """Return what patience and the like look at, at the state's weights; lower is better."""
        return self._judging.now(trained_weights(self.plan, self.state))

    def stop(self) -> None:
        """Ask the run to stop before its next step; may be called from another thread."""
        self._stop[0] = ASKED

    def set_rate(self, learning_rate: float) -> None:
        """Let the learning rate be `learning_rate` from the next step on.

        Where it follows a schedule, the rest of the schedule is scaled by the same factor.
        """
        if self.plan.is_solver:
            raise RecipeError("learning_rate: a solver chooses its steps itself and has none.")
        planned = float(self._numbers(1, 1.0)[0, 0])
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
            self.plan.recipe.metrics,
        )

    def cost(self, examples: Examples) -> tuple[float, float]:
        """Return cost, without penalty and dropout, and score at the weights it has to show."""
        weights = trained_weights(self.plan, self.state)
        found = self._judging.verdict(examples, weights, metrics=False)
        return found.cost, found.score

    def _reason(self) -> Stopped | None:
        """Why to stop before the next step. Judged from the state, so a resumed run agrees."""
        state, recipe = self.state, self.plan.recipe
        if state.position == 0 and state.epoch > 0:
            if recipe.target_cost is not None:
                reached = stopping.target_reached(self.plan, state, self._training_cost())
                if reached is not None:
                    return reached
            if state.epoch == recipe.give_up and (stuck := self._stuck()) is not None:
                return stuck
        return stopping.reason_before_step(self.plan, state, int(self._stop[0]))

    def _unless_it_learnt_nothing(self, stopped: Stopped) -> Stopped:
        """Return `stopped`, but say so if all that was granted has brought nothing."""
        spent = stopped.reason in ("epochs", "steps", "time") and self.state.step > 0
        return (self._stuck() if spent else None) or stopped

    def _stuck(self) -> Stopped | None:
        """The reason "not learning" where the network is no better than a constant."""
        constant, history = self._judging.constant(), self.state.history
        # Usually the cost while training, which can only be higher, has shown already that it is.
        shown = history if self.plan.recipe.keeps_best else history[-1:]
        if any(stopping.beats(record.cost, constant) for record in shown):
            return None
        cost = self._training_cost()
        if stopping.beats(cost, constant):
            return None
        return stopping.not_learning(self.state, cost, constant)

    def _training_cost(self) -> float:
        with self._clock():
            return self.cost(self.examples)[0]

    def _advance(self) -> Stretch:
        """Steps to the next event: the epoch's end, `every` steps, or the run's last step."""
        plan, state, limit = self.plan, self.state, self.plan.recipe.seconds
        n = min(plan.steps_per_epoch - state.position, plan.total_steps - state.step)
        if isinstance(self._every, int):
            n = min(n, self._every - state.step % self._every)
        left = None if limit is None else limit - state.seconds
        with self._clock(), limited(self._stop, left):
            numbers = self._numbers(n, state.rate_scale)
            stretch = self._session.advance(numbers, self._stop)
            self._session.sync(state)
        # Added one after the other, so that it does not matter where stretches are cut.
        for cost, weight in zip(stretch.costs.tolist(), stretch.weights.tolist(), strict=True):
            state.cost_sum += cost * weight
            state.weight_sum += weight
        if len(numbers) and numbers.shape[1]:
            self._rate = float(numbers[max(len(stretch.costs) - 1, 0), 0])
        return stretch

    def _numbers(self, n_steps: int, rate_scale: float) -> Array:
        costs = judged_costs(self.state) if self.plan.follows_costs else ()
        return optimizer_numbers(self.plan, self.state.step, n_steps, rate_scale, costs)

    def _end_epoch(self) -> EpochEnded | None:
        """Judge and record the epoch, if it is over."""
        state = self.state
        if state.position > 0 or infinite(state) is not None:
            return None
        with self._clock():
            cost = state.cost_sum / (state.weight_sum or 1.0)
            found = self._judging.epoch(cost, trained_weights(self.plan, state))
            is_best = stopping.judge(self.plan, state, found.judged)
        rate, seconds = self._rate, state.seconds
        record = EpochRecord(state.epoch, state.step, cost, *found[:2], rate, seconds, *found[2:])
        state.history.append(record)
        state.cost_sum = state.weight_sum = 0.0
        return EpochEnded(record, is_best)

    def _stepped(self, stretch: Stretch, ended: bool) -> Stepped:
        state = self.state
        epoch, position = state.epoch + 1, state.position
        if ended:
            epoch, position = state.epoch, self.plan.steps_per_epoch
        return Stepped(state.step, epoch, position, stretch.costs, state.seconds)

    def _trouble(self, stretch: Stretch, ended: EpochEnded | None) -> str | None:
        """What is no longer finite, if anything."""
        if stretch.stopped == "diverged":
            return "the cost"
        judged = ended is not None and self.validation is not None
        if judged and not np.isfinite(self.state.history[-1].validation_cost):
            return "the cost of the validation part"
        return infinite(self.state)

    def _deliver(self, final: bool = False) -> None:
        """Write the weights into the network: the state's, or at the end the best ones."""
        best = self.state.best if final and self.plan.recipe.keeps_best else None
        weights = trained_weights(self.plan, self.state)
        self.network.parameters[...] = weights if best is None else best.parameters
        self.network.buffers[...] = (best or self.state).buffers

    @contextlib.contextmanager
    def _clock(self) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.state.seconds += time.perf_counter() - begun

    @contextlib.contextmanager
    def _interrupting(self) -> Iterator[None]:
        """Let Ctrl-C end the stretch between two steps, so that the state is whole, then raise."""
        try:
            with interruptible(self._stop):
                yield
        except KeyboardInterrupt:
            self._stopped = Stopped("asked", "interrupted")
            self._deliver(final=True)
            raise
