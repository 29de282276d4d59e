"""How good a run's weights are on a part of the data, and whether they are any good at all."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.engines.engine import Session
from pellucid.equations.baseline import constant_cost
from pellucid.equations.losses import Loss, as_bits, loss_of
from pellucid.equations.metrics import METRICS, SHARES, Metric, check_suits, metric_of
from pellucid.errors import RecipeError
from pellucid.network.passes import CHUNK
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan
from pellucid.plan.recipe import COST

MANY = 1 << 22  # predictions to hold at a time

Judge = str | Metric | Callable[[Array, Array], float]  # what may be named as a metric


class Verdict(NamedTuple):
    """Judgements over one part of the data."""

    cost: float  # without penalty, dropout and smoothing
    score: float  # accuracy, or R² for numbers
    metrics: tuple[float, ...]  # in the order of the recipe's


class OfEpoch(NamedTuple):
    """Judgements at an epoch's end."""

    cost: float  # of the validation part, as is the score; NaN without one
    score: float
    judged: float  # what patience and the like look at, the lower the better
    metrics: tuple[float, ...]


class Judging:
    """Judges the weights of a run by its recipe.

    Parameters
    ----------
    validation : Examples, optional
        What to judge by; without it, the training part.
    metrics : mapping from name to Metric
        Those of the recipe's that are not rows of METRICS.
    """

    def __init__(
        self,
        plan: Plan,
        session: Session,
        examples: Examples,
        validation: Examples | None,
        metrics: Mapping[str, Metric],
    ) -> None:
        self._plan, self._session, self._examples = plan, session, examples
        self._validation = validation
        self.score = score_name(plan, examples)
        self._metrics = {name: _found(name, metrics) for name in plan.recipe.metrics}
        check_suits(
            (name for name in self._metrics if name in METRICS),
            output=plan.architecture.layers[-1].activation,
            classes=self.score in ("accuracy", "label_accuracy"),
            rows=examples.Y.ndim == 2,
        )
        for metric in self._metrics.values():
            if metric.imports is not None:  # now, and not on the run's clock
                importlib.import_module(metric.imports)
        self._constant: float | None = None

    def verdict(self, examples: Examples, weights: Array, *, metrics: bool = True) -> Verdict:
        """Judge the parameters `weights` on `examples`; `metrics` or only cost and score."""
        wanted = [(self.score, METRICS[self.score]), *(self._metrics.items() if metrics else ())]
        n = len(examples)
        at_once = self._at_once(n, [name for name, _ in wanted])
        rows = (slice(i, i + at_once) for i in range(0, n, at_once))
        parts = (examples if at_once == n else examples.take(some) for some in rows)
        with np.errstate(all="ignore"):
            found = [self._part(part, weights, wanted) for part in parts]
            losses = np.concatenate([part for part, _ in found])
            w = np.ones(n) if examples.weights is None else examples.weights
            cost = float((losses * w).sum() / w.sum())
        score, *others = found[0][1] if len(found) == 1 else self._whole(found)
        return Verdict(cost, score, tuple(others))

    def _at_once(self, n: int, names: Sequence[str]) -> int:
        """How many of n examples to judge at a time: all, unless predictions were too many.

        Only of counts can a whole be made of parts, with the same bits.
        """
        few = n * self._plan.architecture.n_outputs <= MANY
        return n if few or not set(names) <= set(SHARES) else CHUNK

    def _whole(self, parts: Sequence[tuple[Array, list[float]]]) -> list[float]:
        """Return the shares of right answers over all parts: each part's is its count again."""
        units = self._plan.architecture.n_outputs
        sizes = np.array([len(losses) * units for losses, _ in parts])
        counts = np.round(np.array([values for _, values in parts]) * sizes[:, None])
        shares: list[float] = (counts.sum(axis=0) / sizes.sum()).tolist()
        return shares

    def _part(
        self, examples: Examples, weights: Array, wanted: Sequence[tuple[str, Metric]]
    ) -> tuple[Array, list[float]]:
        """Return the loss of each example, and the metrics over them."""
        P, losses = self._session.losses(examples, weights)
        loss = loss_of(self._plan.recipe.loss)
        P, Y = as_bits(loss, P), _targets(loss, examples.Y)
        defined = bool(np.isfinite(P).all())  # scikit-learn takes no others
        return losses, [
            _number(name, m.value(P, Y, np)) if defined else np.nan for name, m in wanted
        ]

    def epoch(self, cost: float, weights: Array) -> OfEpoch:
        """Judge an epoch whose steps cost `cost` and that has led to the parameters `weights`."""
        part, averaged = self._validation, self._plan.recipe.average is not None
        if part is None and not self._metrics and not averaged:
            return OfEpoch(np.nan, np.nan, cost, ())
        verdict = self.verdict(self._examples if part is None else part, weights)
        if part is None:
            cost = verdict.cost if averaged else cost  # the steps' cost is not the average's
            return OfEpoch(np.nan, np.nan, self.judged(verdict, cost), verdict.metrics)
        # An epoch that ends with an infinite cost is not a good one, whatever is monitored.
        judged = self.judged(verdict, verdict.cost) if np.isfinite(verdict.cost) else np.nan
        return OfEpoch(verdict.cost, verdict.score, judged, verdict.metrics)

    def now(self, weights: Array) -> float:
        """Return what patience and the like look at, at the parameters `weights`."""
        part = self._examples if self._validation is None else self._validation
        verdict = self.verdict(part, weights)
        return self.judged(verdict, verdict.cost)

    def judged(self, verdict: Verdict, cost: float) -> float:
        """Return what patience and the like look at, the lower the better.

        `cost` is the one to take where the recipe's monitor is the cost.
        """
        monitor = self._plan.recipe.monitor
        if monitor == COST:
            return cost
        value = verdict.metrics[list(self._metrics).index(monitor)]
        return -value if self._metrics[monitor].better == "higher" else value

    def constant(self) -> float:
        """Return the cost, over the training part, of the best constant prediction.

        It is infinite where all targets are the same: there a constant is all there is to learn.
        """
        if self._constant is None:
            Y, weights = self._examples.Y, self._examples.weights
            same = bool((Y[0] == Y).all())
            if Y.ndim == 1:  # codes: each class once, as often as it occurs
                n = self._plan.architecture.n_outputs
                Y, weights = np.eye(n), np.bincount(Y, weights, n)
            self._constant = np.inf if same else constant_cost(self._plan.recipe.loss, Y, weights)
        return self._constant


def score_name(plan: Plan, examples: Examples) -> str:
    """Return the metric that suits the targets: accuracy for classes, R² for numbers."""
    Y, loss = examples.Y, loss_of(plan.recipe.loss)
    if Y.ndim == 1:
        return "accuracy"
    if loss.constant == "levels":
        return "mean_absolute_error"
    bits = loss.targets == "signs" or bool(((Y == 0) | (Y == 1)).all())
    likely = plan.architecture.layers[-1].activation == "sigmoid" or loss.targets == "signs"
    if Y.shape[1] == 1:
        return "accuracy" if bits and likely else "r2"
    if not bits:
        return "r2"
    one_hot = bool((as_bits(loss, Y).sum(axis=1) == 1).all())
    return "accuracy" if one_hot else "label_accuracy" if likely else "r2"


def _targets(loss: Loss, Y: Array) -> Array:
    return Y if Y.ndim == 1 else as_bits(loss, Y)


def named_metrics(metrics: Judge | Sequence[Judge]) -> list[tuple[str, Metric]]:
    """Return one metric or several, each with its name."""
    if isinstance(metrics, str | Metric) or callable(metrics):
        return [metric_of(metrics)]
    return [metric_of(metric) for metric in metrics]


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise RecipeError(
            f"metrics: expected a number from {name}, got {type(value).__name__}. "
            "Return one number for all predictions together."
        ) from None


def _found(name: str, given: Mapping[str, Metric]) -> Metric:
    if name in given:
        if name in METRICS and given[name] is not METRICS[name]:
            raise RecipeError(
                f"metrics: {name} is a metric already. Give the function another name, so that a "
                "run that is resumed cannot take one for the other."
            )
        return given[name]
    if name not in METRICS:
        raise RecipeError(
            f"metrics: expected one of {', '.join(METRICS)}, or a function (P, Y), got {name!r}. "
            "A run that is resumed has to be given its functions again."
        )
    return METRICS[name]
