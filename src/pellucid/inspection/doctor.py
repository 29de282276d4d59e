"""What is wrong with a network or a run, and what to change: each fault with its evidence.

The faults are the rows of ``symptoms.py``. ``examine`` judges a network by its data, afterwards;
``Doctor`` follows a run.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pellucid.errors import DataError
from pellucid.inspection.findings import Diagnosis, Finding
from pellucid.inspection.given import checked
from pellucid.inspection.signs_case import Case, Data, Past
from pellucid.inspection.signs_training import beside_weights, born_with, disturbed, step_of
from pellucid.inspection.symptoms import SYMPTOMS, find
from pellucid.model.network import Network
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.training.events import EpochEnded, Event, Started, Stopped
from pellucid.training.history import History
from pellucid.training.run import Run

PERSISTENT = 2  # epochs in a row that a fault has to be seen in while training
NEEDS = {
    "data": "",
    "run": "no history and recipe were given",
    "validation": "no validation data were given",
}


def examine(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    loss: str | None = None,
    *,
    validation: tuple[npt.ArrayLike, ...] | None = None,
    history: History | None = None,
    recipe: Recipe | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> Diagnosis:
    """Look for faults in a network, its data, and the run that it comes from.

    Parameters
    ----------
    network : Network
        Not changed.
    X : (n, n_inputs)
        What it was trained on; at most 2,048 examples of it are looked at.
    Y : (n,) or (n, n_out)
        Targets as ``train`` takes them.
    loss : str, optional
        By default the recipe's; without one, the loss whose link the output is, as in ``train``.
    validation : (X, Y) or (X, Y, sample_weight), optional
        Without it overfitting is not looked for.
    history : History, optional
        What ``train`` returned. With the recipe it tells whether the rate was too high or low.
    recipe : Recipe, optional
    sample_weight : (n,), optional

    Returns
    -------
    Diagnosis
        Findings with the likeliest cause first; none where the network is healthy.

    Raises
    ------
    DataError, RecipeError
        Data that do not fit the network; step or sign units, which have no derivative.

    Examples
    --------
    >>> import numpy as np, pellucid as pel
    >>> X = np.random.default_rng(0).normal(size=(100, 3)) * [1, 1, 1000]
    >>> network = pel.Network(3, [pel.Dense(8), pel.Dense(2, "softmax")], seed=0)
    >>> pel.examine(network, X, X[:, 0] + X[:, 1] > 0).faults
    ('unscaled input',)
    """
    loss = recipe.loss if loss is None and recipe is not None else loss
    loss, examples = checked(network, X, Y, loss, sample_weight)
    data = Data(network.architecture, loss, examples)
    case = Case(network, data, None if validation is None else _held_out(data, validation))
    if recipe is None:
        return _diagnosis(case)
    past, begun = _past(case, recipe, history)
    return _diagnosis(replace(case, past=past), begun)


class Doctor:
    """Follows a run, and says what is wrong as soon as it shows.

    It looks at a few hundred examples, always the same, at the beginning and at each epoch's end.
    The run is not changed by it.

    Parameters
    ----------
    run : Run
        As ``start`` returns it.

    Attributes
    ----------
    diagnosis : Diagnosis or None
        The whole of it, once the run has stopped.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(2, "tanh"), pel.Dense(1, "sigmoid")], initial="zeros")
    >>> run = pel.start(network, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], epochs=5)
    >>> doctor = pel.Doctor(run)
    >>> [finding.fault for event in run for finding in doctor.see(event)]
    ['symmetric weights']
    """

    def __init__(self, run: Run) -> None:
        self.diagnosis: Diagnosis | None = None
        self._run = run
        what = run.plan.architecture, run.plan.recipe.loss
        self._data = Data(*what, run.examples)
        self._validation = None if run.validation is None else Data(*what, run.validation)
        self._weights, self._step = run.state.parameters.astype(np.float64), run.state.step
        self._first: dict[int, float] = {}
        self._moved: dict[int, float] = {}
        self._born_with: tuple[str, ...] | None = None
        self._costs: list[float] = []  # at each epoch's end
        self._begun: tuple[Finding, ...] = ()
        self._seen: dict[tuple[str, str], int] = {}  # epochs in a row
        self._told: set[tuple[str, str]] = set()

    def see(self, event: Event) -> tuple[Finding, ...]:
        """Return what an event of the run shows that has not been told before."""
        if isinstance(event, Started):
            return self._new(self._begin())
        if isinstance(event, EpochEnded):
            return self._new(self._epoch())
        if isinstance(event, Stopped):
            case = self._now(event.reason)
            self.diagnosis = _diagnosis(case, self._begun)
            return self._new(self.diagnosis.findings)
        return ()

    def _begin(self) -> tuple[Finding, ...]:
        case = self._now("")
        if self._run.state.step == 0:  # a resumed run has begun unseen
            self._born_with = born_with(case)
            if not self._run.plan.is_solver:
                self._first = _first_step(case)
        self._begun = find(case, "begin")
        return self._begun

    def _epoch(self) -> tuple[Finding, ...]:
        """What has been there for some epochs: at first much looks bad that passes."""
        state, plan = self._run.state, self._run.plan
        weights, steps = state.parameters.astype(np.float64), state.step - self._step
        if not plan.is_solver:
            self._moved = beside_weights(plan, (weights - self._weights) / steps, weights)
        self._weights, self._step = weights, state.step
        case = self._now("")
        self._costs.append((1.0 - case.learnt) * self._data.constant)
        # Where the best weights are kept, overfitting is being seen to.
        left_out = ("overfitting",) if plan.recipe.keeps_best else ()
        found = find(case, "epoch", left_out)
        self._seen = {_key(finding): self._seen.get(_key(finding), 0) + 1 for finding in found}
        return tuple(
            finding for finding in found if self._seen[_key(finding)] >= self._enough(finding)
        )

    def _enough(self, finding: Finding) -> int:
        share = SYMPTOMS[finding.fault].persists
        return max(PERSISTENT, round(share * self._run.plan.recipe.epochs))

    def _now(self, reason: str) -> Case:
        """The network as it stands."""
        plan, state = self._run.plan, self._run.state
        costs = self._costs if disturbed(plan) else [record.cost for record in state.history]
        past = Past(
            plan,
            tuple(costs),
            max((record.learning_rate for record in state.history), default=float("nan")),
            plan.total_steps if reason in ("", "asked") else state.step,
            reason,
            self._first,
            self._moved,
            self._born_with,
        )
        return Case(self._run.network, self._data, self._validation, past)

    def _new(self, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        new = tuple(finding for finding in found if _key(finding) not in self._told)
        self._told |= {_key(finding) for finding in found}
        return new


def _diagnosis(case: Case, begun: tuple[Finding, ...] = ()) -> Diagnosis:
    """What was wrong from the beginning, and what a network shows at last."""
    found = find(case, "end")
    at_last, at_first = ({finding.fault for finding in some} for some in (found, begun))
    causes = tuple(f for f in begun if f.fault not in at_last)
    causes += tuple(f for f in found if f.fault in at_first)
    causes = tuple(sorted(causes, key=lambda finding: list(SYMPTOMS).index(finding.fault)))
    given = {"data": True, "run": case.past is not None, "validation": case.validation is not None}
    return Diagnosis(
        causes + tuple(finding for finding in found if finding.fault not in at_first),
        tuple(name for name, row in SYMPTOMS.items() if given[row.needs]),
        {name: NEEDS[row.needs] for name, row in SYMPTOMS.items() if not given[row.needs]},
    )


def _past(case: Case, recipe: Recipe, history: History | None) -> tuple[Past, tuple[Finding, ...]]:
    """What recipe and history tell of a run that is over, and first weights drawn again."""
    plan = compile_plan(case.network.architecture, recipe, len(case.data.examples))
    past = Past(plan, steps=plan.total_steps)
    first = Case(case.network.redrawn(recipe.seed), case.data, past=past)
    begun = find(first, "begin")
    if not plan.is_solver:
        past = replace(past, first=_first_step(first))
    if history is None:
        return past, begun
    costs = history.column("validation_cost") if disturbed(plan) else history.costs
    rates = history.column("learning_rate")
    return replace(
        past,
        costs=tuple(costs[np.isfinite(costs)].tolist()),
        rate=float(rates.max()) if len(rates) else np.nan,
        steps=history.epochs[-1].step if history.epochs else plan.total_steps,
        reason=history.reason,
    ), begun


def _first_step(case: Case) -> dict[int, float]:
    """How large the first step is beside first weights, by layer."""
    assert case.past is not None
    weights = case.network.parameters.astype(np.float64)
    step = step_of(case.past, weights, case.trace.gradient, 1)
    return beside_weights(case.past.plan, step, weights)


def _held_out(data: Data, validation: tuple[npt.ArrayLike, ...]) -> Data:
    if not isinstance(validation, tuple) or len(validation) not in (2, 3):
        raise DataError(
            f"validation: expected (X, Y) or (X, Y, sample_weight), got {validation!r}."
        )
    X, Y, *rest = validation
    names, weights = ("validation X", "validation Y"), rest[0] if rest else None
    examples = as_examples(data.architecture, data.loss, X, Y, weights, names)
    return replace(data, examples=examples)


def _key(finding: Finding) -> tuple[str, str]:
    return finding.fault, finding.where
