"""The contract of an engine: how the steps of a plan are carried out."""

from typing import NamedTuple, Protocol

from pellucid.arrays import Array, Inputs
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan
from pellucid.plan.state import State


class Stretch(NamedTuple):
    """What came of a call of ``advance``."""

    costs: Array  # float64, one for each step that was done: its batch, before its update
    weights: Array  # float64, Σ w of each batch
    stopped: str  # "done", "asked" (the flag was set), "diverged" (a cost was not finite) or
    # "converged" (only of solvers)
    said: str = ""  # by what a solver has converged


class Session(Protocol):
    """A run in an engine's hands. It keeps its own copy of the state until ``sync``."""

    def advance(self, numbers: Array, stop: Array) -> Stretch:
        """Do one step for each row of `numbers`, at most to the end of the epoch.

        And, where examples are shown, at most to the end of these.

        Parameters
        ----------
        numbers : (n_steps, n_numbers) float64
            The optimizer's numbers, step by step.
        stop : (1,) int32
            A flag, looked at before every step; not 0 means stop.
        """

    def follow(self, order: Array) -> None:
        """Take the examples of the epoch at hand in this order, not in the plan's.

        `order` (n_examples,) int64 holds rows; the doors for scikit-learn draw theirs in its way.
        Raises ValueError where there are not as many of them, or others than there are.
        """

    def show(self, first: int, examples: Examples) -> None:
        """Take these examples, in their order, for the batches from step `first` of the epoch on.

        Only where examples lie changes by it: slot i of the batch at position p is row
        (p − first) · batch_size + i. Dropout, noise and everything else stay keyed by epoch and
        position. It holds until others are shown or the epoch is over.

        Parameters
        ----------
        first : int
            At most the position of the next step.
        examples : Examples
            Of whole batches, or up to the end of the epoch. They are not copied.

        Raises
        ------
        ValueError
            Other numbers of examples. `advance` raises it where the next step is not shown.
        """

    def place(self) -> tuple[int, int]:
        """Return epoch and position of the next step, as a state counts them."""

    def clip_probabilities(self, least: float) -> None:
        """Take probabilities for at least `least`, at most 1 − least, in costs and losses.

        For cross-entropies. Gradients stay what they are. scikit-learn does so.
        """

    def cost_and_gradient(
        self, parameters: Array, rows: Array | None = None
    ) -> tuple[float, Array]:
        """Return cost and gradient over some training examples (all by default).

        Dropout and noise off, batch statistics, buffers untouched; penalties and label smoothing
        included.
        """

    def predict(self, X: Inputs, parameters: Array | None = None) -> Array:
        """Return predictions (n, n_out) at `parameters` (the session's) and the buffers."""

    def losses(self, examples: Examples, parameters: Array | None = None) -> tuple[Array, Array]:
        """Return predictions and each example's loss (n,): no penalty, dropout or smoothing."""

    def sync(self, state: State) -> None:
        """Write parameters, buffers, slots, step, epoch and position into `state`."""


class Engine(Protocol):
    """Something that can carry out plans."""

    @property
    def name(self) -> str:
        """As it is asked for: ``engine="reference"``."""

    @property
    def instruction_set(self) -> str:
        """What it calculates with on this machine."""

    def open(
        self, plan: Plan, state: State, examples: Examples, threads: int | None = None
    ) -> Session:
        """Begin, or go on from, `state`, with at most so many threads (None: one for each core).

        There may be no examples at all (0 rows): then every batch has to be shown.
        """
