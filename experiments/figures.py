"""What an experiment is measured by: each name in a ``[[figure]]`` table, and what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from parts import Parts

import pellucid as pel
from pellucid.arrays import Array
from pellucid.equations.losses import loss_of


@dataclass
class Outcome:
    """What a training run leaves behind, and what is noted while it goes on."""

    network: pel.Network
    parts: Parts
    loss: str
    curves: Mapping[str, list[float]]  # accuracy by part after each epoch, if that is wanted
    history: Any = None

    def judged(self, part: str) -> tuple[Array, Array]:
        """Return predictions and targets of a part, in the units of the data."""
        X, Y = getattr(self.parts, part)
        return self.network.predict(X) * self.parts.spread + self.parts.centre, Y

    def accuracy(self, part: str) -> float:
        """Return how many percent of a part are classified rightly."""
        P, codes = self.judged(part)
        return 100 * float((P.argmax(axis=1) == codes).mean())

    def follow(self) -> None:
        """Note how good the network is by now, on parts that have no say in the training."""
        for part, curve in self.curves.items():
            curve.append(self.accuracy(part))


def figure_of(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Return a figure's value; and by what the best seed is chosen, where it is not the value."""
    return FIGURES[figure["name"]](figure, outcome)


def _accuracy(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """In percent, at the last epoch, at the best one, or at the best one for validation."""
    if figure["epoch"] == "last":
        return {"value": outcome.accuracy(figure["part"])}
    curve = outcome.curves[figure["part"]]
    if figure["epoch"] == "peak":
        return {"value": max(curve)}
    watched = outcome.curves["validation"]
    best = int(np.argmax(watched))
    return {"value": curve[best], "rank": watched[best]}


def _solved(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Whether every output is on the right side of ½."""
    P, Y = outcome.judged("training")
    return {"value": bool(((P > 0.5) == (Y > 0.5)).all())}


def _iterations(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """How many epochs a run took that solved its problem."""
    solved = _solved(figure, outcome)["value"]
    return {"value": len(outcome.history.epochs) if solved else None}


def _reason(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    return {"value": outcome.history.reason}


def _r2(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    from sklearn.linear_model import LinearRegression

    def share(P: Array, Y: Array) -> float:
        return 1 - float(((P - Y) ** 2).mean() / Y.var())

    P, Y = outcome.judged("test")
    return {"value": share(P, Y), "baseline": share(_peer(LinearRegression(), outcome), Y)}


def _mae(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    from sklearn.linear_model import LinearRegression

    P, Y = outcome.judged("test")
    baseline = np.abs(_peer(LinearRegression(), outcome) - Y).mean()
    return {"value": float(np.abs(P - Y).mean()), "baseline": float(baseline)}


def _deviance(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """The share of the Poisson deviance that is explained."""
    from sklearn.linear_model import PoissonRegressor
    from sklearn.metrics import d2_tweedie_score

    P, Y = outcome.judged("test")
    peer = _peer(PoissonRegressor(alpha=0, max_iter=1000), outcome)
    shares = [float(d2_tweedie_score(Y.ravel(), p.ravel(), power=1)) for p in (P, peer)]
    return {"value": shares[0], "baseline": shares[1]}


def _coverage(figure: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """In percent, how many targets lie at or below the prediction of a level."""
    P, Y = outcome.judged("test")
    level = figure["level"]
    column = loss_of(outcome.loss).numbers.index(level)
    error = 100 * np.sqrt(level * (1 - level) / len(Y))
    return {"value": 100 * float((Y[:, 0] <= P[:, column]).mean()), "error": float(error)}


def _peer(model: Any, outcome: Outcome) -> Array:
    """Predictions for the test part by a model of scikit-learn's, fitted to all the other rows."""
    parts = outcome.parts
    assert parts.validation is not None
    assert parts.test is not None
    X, Y = (np.concatenate(pair) for pair in zip(parts.training, parts.validation, strict=True))
    P: Array = model.fit(X * parts.scale, Y.ravel()).predict(parts.test[0] * parts.scale)
    return P[:, None]


FIGURES: dict[str, Callable[[Mapping[str, Any], Outcome], dict[str, Any]]] = {
    "accuracy": _accuracy,
    "solved": _solved,
    "iterations": _iterations,
    "reason": _reason,
    "R²": _r2,
    "MAE": _mae,
    "deviance explained": _deviance,
    "coverage": _coverage,
}
