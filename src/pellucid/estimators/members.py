"""Networks side by side, each of which leaves out another part of the examples."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from pellucid.arrays import Array
from pellucid.engines.native import default_threads
from pellucid.engines.one_thread import one_thread
from pellucid.equations.random import SPLIT, permutation
from pellucid.errors import DivergedError
from pellucid.estimators.choosing import ACTIVATION, Settings
from pellucid.model.network import Network
from pellucid.network.layer import Dense
from pellucid.plan.examples import Examples
from pellucid.plan.state import EpochRecord
from pellucid.training.events import EpochEnded, Event
from pellucid.training.interrupts import interruptible
from pellucid.training.run import Run
from pellucid.training.start import begin


def parts(strata: Array, n_parts: int, seed: int) -> list[Array]:
    """Divide rows into parts of the same size, to which every class gives its share.

    Parameters
    ----------
    strata : (n,)
        Class codes, or all the same.
    """
    order = permutation(seed, SPLIT, 0, len(strata))
    by_class = order[np.argsort(strata[order], kind="stable")]
    return [np.sort(by_class[i::n_parts]) for i in range(n_parts)]


class Members:
    """Several networks in training. Iterate: each time all of them do an epoch.

    All stop at the same epoch, that with the lowest mean cost over all parts that were held out:
    every example has its say, where a single part of few examples would choose by chance.

    Parameters
    ----------
    settings : Settings
    examples : Examples
    strata : (n,)
        Class codes that each part has its share of, or all the same.
    loss : str
    output : Dense
    seed : int
        The first network's; the others have those after it.
    threads : int, optional
        At most so many at the same time.

    Attributes
    ----------
    networks : list of Network
        Of those that did not diverge.
    held_out : list of (n_held_out,)
        The rows that each did not see; empty where none are held out.
    costs, held_out_costs : list of float
        The mean cost of each epoch, over the examples seen and over those held out.
    epochs : int
        How many there are.
    best_epoch : int
        From 1; the last where nothing is held out.
    """

    def __init__(
        self,
        settings: Settings,
        examples: Examples,
        strata: Array,
        *,
        loss: str,
        output: Dense,
        seed: int,
        threads: int | None,
    ) -> None:
        n = settings.members
        none = [np.empty(0, np.int64)] * n
        self.held_out = parts(strata, n, seed) if settings.holds_out else none
        self._runs = [
            _run(settings, examples, rows, loss, output, seed + i)
            for i, rows in enumerate(self.held_out)
        ]
        self.networks = [run.network for run in self._runs]
        self.costs: list[float] = []
        self.held_out_costs: list[float] = []
        self.epochs, self.best_epoch = settings.epochs, 0
        self._best: list[Array] = []
        self._weights = np.ones(len(examples)) if examples.weights is None else examples.weights
        self._holds_out, self._workers = settings.holds_out, min(n, threads or default_threads())

    def __iter__(self) -> Iterator[int]:
        events = [iter(run) for run in self._runs]
        with one_thread(), ThreadPoolExecutor(self._workers) as pool:
            try:
                for epoch in range(1, self.epochs + 1):
                    with interruptible(np.zeros(1, np.int32)):  # so that no thread is lost
                        working = [pool.submit(_epoch, each) for each in events]
                    records = [future.result() for future in working]
                    events = self._leave_out_diverged(events, records)
                    self._count(epoch, [record for record in records if record is not None])
                    yield epoch
            finally:  # after Ctrl-C those at work finish their step, not their epoch
                for run in self._runs:
                    run.stop()

    def keep_best(self) -> None:
        """Bring the weights of the best epoch into the networks."""
        for network, weights in zip(self.networks, self._best, strict=True):
            network.parameters[...] = weights

    def _count(self, epoch: int, records: list[EpochRecord]) -> None:
        self.costs.append(float(np.mean([record.cost for record in records])))
        if self._holds_out:
            sizes = [self._weights[rows].sum() for rows in self.held_out]
            costs = [record.validation_cost for record in records]
            self.held_out_costs.append(float(np.average(costs, weights=sizes)))
        judged = self.held_out_costs
        if not judged or judged[-1] <= min(judged):
            self.best_epoch = epoch
            self._best = [network.parameters.copy() for network in self.networks]

    def _leave_out_diverged(
        self, events: list[Iterator[Event]], records: list[EpochRecord | None]
    ) -> list[Iterator[Event]]:
        going = [i for i, record in enumerate(records) if record is not None]
        if not going:
            sentence = self._runs[0].history.sentence
            raise DivergedError(f"each of {len(self._runs)} networks: {sentence}.")
        if len(going) < len(records):
            self._best = [self._best[i] for i in going] if self._best else []
            self.networks = [self.networks[i] for i in going]
            self.held_out = [self.held_out[i] for i in going]
        return [events[i] for i in going]


def _epoch(events: Iterator[Event]) -> EpochRecord | None:
    """Carry an epoch out; None where the run diverged."""
    return next((event.record for event in events if isinstance(event, EpochEnded)), None)


def _run(
    settings: Settings, examples: Examples, held_out: Array, loss: str, output: Dense, seed: int
) -> Run:
    hidden = [Dense(width, ACTIVATION) for width in settings.hidden]
    network = Network(examples.X.shape[1], [*hidden, output], seed=seed)
    recipe = settings.recipe(loss, seed)
    if len(held_out) == 0:
        return begin(network, recipe, examples, None, threads=1)
    seen = np.delete(np.arange(len(examples)), held_out)
    return begin(network, recipe, examples.take(seen), examples.take(held_out), threads=1)
