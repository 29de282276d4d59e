"""Epochs of mini-batches as scikit-learn goes through them, carried out by an engine."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.engines.engine import Session
from pellucid.engines.updating import add_penalties
from pellucid.errors import DivergedError
from pellucid.estimators.asking import as_scikit_learn, threads_of
from pellucid.estimators.opening import opened
from pellucid.model.network import Network
from pellucid.plan.examples import Examples, mostly_zeros
from pellucid.plan.plan import Plan, optimizer_numbers
from pellucid.plan.state import first_state, trained_weights


class Descent:
    """A network on its way down: the state that goes on from epoch to epoch, and between fits.

    Attributes
    ----------
    state : State
        The optimizer's memory and the count of steps.
    rate_scale : float
        What the learning rate is multiplied with now.
    """

    def __init__(self, plan: Plan, network: Network) -> None:
        self.network, self.rate_scale = network, 1.0
        self.state = first_state(plan, network.parameters.copy(), network.buffers.copy())

    def epochs(
        self,
        asked: Any,
        plan: Plan,
        examples: Examples,
        random: np.random.RandomState,
    ) -> Iterator[tuple[float, Session]]:
        """Go through the examples again and again; yield each epoch's loss, penalty included.

        The network holds the weights after each epoch; the session can judge them.

        Raises
        ------
        DivergedError
            The cost is no longer a finite number; the network has the weights before that epoch.
        """
        session = self._session(plan, examples, asked.engine, threads_of(asked.n_jobs))
        rows = np.arange(len(examples), dtype=np.int64)
        while True:
            if asked.shuffle:
                rows = rows[_shuffled(len(rows), random)]
            session.follow(rows)
            costs = self._epoch(asked, plan, session)
            sizes = np.full(len(costs), plan.batch_size)
            sizes[-1] = len(examples) - plan.batch_size * (len(costs) - 1)
            yield float(costs @ sizes / len(examples)), session

    def _session(self, plan: Plan, examples: Examples, engine: str, threads: int | None) -> Session:
        state, recipe = self.state, plan.recipe
        if recipe.average is None:  # whoever wrote into the weights meant it
            state.parameters[...] = self.network.parameters
        quiet = recipe.input_noise == 0
        state.skips_zeros = quiet and mostly_zeros(plan.architecture, examples.X)
        return opened(engine, plan, state, examples, threads)

    def _epoch(self, asked: Any, plan: Plan, session: Session) -> Array:
        """Carry an epoch out; return the loss of each step as scikit-learn states it."""
        state = self.state
        numbers = optimizer_numbers(plan, state.step, plan.steps_per_epoch, self.rate_scale)
        numbers = as_scikit_learn(numbers, asked, state.step)
        averaged = plan.recipe.loss == "half_sse" and plan.architecture.n_outputs > 1
        try:
            losses = (self._averaged if averaged else self._summed)(plan, session, numbers)
        except KeyboardInterrupt:
            self.keep(plan, session)
            raise
        if len(losses) < len(numbers):
            raise DivergedError(
                f"expected a finite loss, got one that is not after {len(losses)} steps of epoch "
                f"{state.epoch + 1}: solver produced non-finite parameter weights. The input data "
                "may contain large values and need to be preprocessed (StandardScaler), or the "
                "learning rate is too high: lower learning_rate_init."
            )
        self.keep(plan, session)
        return losses

    def _summed(self, plan: Plan, session: Session, numbers: Array) -> Array:
        return session.advance(numbers, np.zeros(1, np.int32)).costs

    def _averaged(self, plan: Plan, session: Session, numbers: Array) -> Array:
        """Losses averaged over the outputs, though derivatives are those of the sum, as there."""
        losses: list[float] = []
        for row in numbers:
            session.sync(self.state)
            before = self.state.parameters
            penalised, nothing = before.copy(), np.zeros_like(before)
            stretch = session.advance(row[None], np.zeros(1, np.int32))
            if stretch.stopped == "diverged":
                break
            penalty = add_penalties(plan, penalised, nothing, float(stretch.weights[0]))
            summed = float(stretch.costs[0]) - penalty
            losses.append(summed / plan.architecture.n_outputs + penalty)
        return np.array(losses)

    def keep(self, plan: Plan, session: Session) -> None:
        """Take the weights that the session has come to."""
        session.sync(self.state)
        self.network.parameters[...] = trained_weights(plan, self.state)
        self.network.buffers[...] = self.state.buffers


def _shuffled(n: int, random: np.random.RandomState) -> Array:
    """Return 0 … n − 1 in the order that ``sklearn.utils.shuffle`` gives, without its checks."""
    order = np.arange(n)
    random.shuffle(order)
    return order
