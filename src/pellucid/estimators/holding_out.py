"""A held-out part: split off as scikit-learn does, or given; and what a network is worth on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.model_selection import train_test_split

from pellucid.arrays import Array
from pellucid.engines.engine import Session
from pellucid.errors import RecipeError
from pellucid.estimators.asking import is_stochastic
from pellucid.plan.examples import Examples


@dataclass(frozen=True)
class HeldOut:
    """Examples that the steps do not see.

    Attributes
    ----------
    X : (n, n_features)
    y : (n, n_outputs)
        As the network is to say it.
    labels : (n,) or (n, n_outputs)
        As the user says it, for scorers.
    weights : (n,) or None
    examples : Examples
        The same as engines take them.
    """

    X: Any
    y: Array
    labels: Any
    weights: Array | None
    examples: Examples

    def loss(self, session: Session, parameters: Array) -> tuple[float, Array]:
        """Return the mean loss at these parameters, without penalty, and the outputs."""
        P, losses = session.losses(self.examples, parameters)
        return float(np.average(losses, weights=self.weights)), P


def given_to_fit(
    solver: Any, X_val: Any, y_val: Any, sample_weight_val: Any
) -> tuple[Any, Any, Any] | None:
    """Return the held-out part that was given to ``fit``, or None where there is none.

    Raises
    ------
    RecipeError
        Only one of inputs and targets, or a solver that would not look at them.
    """
    if X_val is None and y_val is None and sample_weight_val is None:
        return None
    if X_val is None or y_val is None:
        raise RecipeError("expected X_val and y_val together, got only one of them.")
    if not is_stochastic(solver):
        raise RecipeError(
            f"X_val: expected a solver that works in epochs, to be judged after each, got "
            f"{solver!r}. Leave X_val out, or take adam or sgd."
        )
    return X_val, y_val, sample_weight_val


def arguments_of(validation: tuple[Any, Any, Any] | None) -> dict[str, Any]:
    """Return the arguments of ``fit`` that a held-out part came by."""
    names = ("X_val", "y_val", "sample_weight_val")
    return {} if validation is None else dict(zip(names, validation, strict=True))


def split(
    X: Any, y: Array, weights: Array | None, *, share: float, stratified: bool, random: Any
) -> tuple[tuple[Any, Array, Array | None], tuple[Any, Array, Array | None]]:
    """Return the part to train on and the part to hold out, by scikit-learn's own means.

    Raises
    ------
    ValueError
        Fewer than two examples would be held out.
    """
    arrays = (X, y) if weights is None else (X, y, weights)
    parts = train_test_split(
        *arrays, random_state=random, test_size=share, stratify=y if stratified else None
    )
    kept, held_out = parts[::2], parts[1::2]
    if held_out[0].shape[0] < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' or the size of your "
            "dataset."
        )
    if weights is None:
        return (*kept, None), (*held_out, None)
    return tuple(kept), tuple(held_out)


Scorer = Callable[[HeldOut], float]


def scorer_of(estimator: Any) -> Scorer | None:
    """Return a function that scores an estimator by its own `scoring`, or None without one."""
    if estimator.scoring is None:
        return None
    scorer = check_scoring(estimator, estimator.scoring)

    def score(held_out: HeldOut) -> float:
        weighted = {} if held_out.weights is None else {"sample_weight": held_out.weights}
        return float(scorer(estimator, held_out.X, held_out.labels, **weighted))

    return score
