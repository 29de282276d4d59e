"""Permutation importance: how much worse the score becomes when one column is shuffled."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array
from pellucid.equations.losses import natural_loss
from pellucid.equations.metrics import chosen
from pellucid.errors import DataError, RecipeError
from pellucid.inspection.agreement import in_float64
from pellucid.model.network import Network
from pellucid.plan.examples import Examples, as_examples


@dataclass(frozen=True)
class PermutationImportance:
    """By how much a score falls without a column's help. ``permutation_importance`` makes one.

    Attributes
    ----------
    scoring : str
        A scorer of scikit-learn; higher is better.
    score : float
        With all columns as they are.
    importances : (n_inputs, n_repeats)
        `score` minus the score with the column's values in another order among the examples.
    """

    scoring: str
    score: float
    importances: Array

    @property
    def mean(self) -> Array:
        """The mean over the repeats, (n_inputs,)."""
        found: Array = self.importances.mean(1)
        return found

    @property
    def deviation(self) -> Array:
        """The standard deviation over the repeats, (n_inputs,)."""
        found: Array = self.importances.std(1)
        return found

    @property
    def order(self) -> Array:
        """The columns, the most important first."""
        return np.argsort(-self.mean, kind="stable")

    def __str__(self) -> str:
        lines = [f"{self.scoring} {self.score:.6g}; by how much it falls when a column is shuffled"]
        lines.append(f"{'column':>8}{'mean':>14}{'deviation':>14}")
        mean, deviation = self.mean, self.deviation
        lines += [f"{j:>8}{mean[j]:>14.6g}{deviation[j]:>14.3g}" for j in self.order]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        mean, deviation = self.mean.tolist(), self.deviation.tolist()
        return {
            "scoring": self.scoring,
            "score": self.score,
            "n_repeats": self.importances.shape[1],
            "columns": [
                {"column": j, "mean": mean[j], "deviation": deviation[j]}
                for j in self.order.tolist()
            ],
        }


def permutation_importance(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    scoring: str | None = None,
    n_repeats: int = 5,
    seed: int = 0,
    sample_weight: npt.ArrayLike | None = None,
) -> PermutationImportance:
    """Shuffle one column after the other, and see by how much the score falls; by scikit-learn.

    It looks at the network from outside, so that it works with any, step units too. Of two columns
    that say the same, each can stand in for the other, and neither seems important.

    Parameters
    ----------
    network : Network
        Not changed.
    X : (n, n_inputs)
        Held out from training, if what is asked is what helps to generalize.
    Y : (n,) or (n, n_out)
        Class codes or one-hot rows for softmax outputs, numbers otherwise; for sigmoid outputs 0
        and 1 are classes too.
    scoring : str, optional
        The name of a scorer of scikit-learn, such as "neg_log_loss", "roc_auc",
        "neg_mean_absolute_error". By default accuracy for classes, r2 for numbers.
    n_repeats : int
        How often each column is shuffled.
    seed : int
        Of scikit-learn's shuffling.
    sample_weight : (n,), optional

    Raises
    ------
    DataError
    RecipeError
        A scorer that scikit-learn does not know.

    References
    ----------
    Breiman 2001, Random forests, §10; Fisher, Rudin and Dominici 2019.

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> network = Network(2, [Dense(1, "identity")], precision="float64")
    >>> network.weights[1] = [[1.0], [0.0]]
    >>> found = permutation_importance(network, [[1, 2], [2, 0], [3, 1]], [1, 2, 3])
    >>> found.score, found.importances[1].tolist()
    (1.0, [0.0, 0.0, 0.0, 0.0, 0.0])
    """
    from sklearn.inspection import permutation_importance as by_scikit_learn

    _check(scoring, n_repeats)
    architecture = network.architecture
    loss = natural_loss(architecture.layers[-1].activation)
    single = np.ndim(Y) == 1 or np.shape(Y)[1:] == (1,)
    if loss == "mse" and single and architecture.n_outputs > 1:
        raise DataError(
            f"Y: expected {architecture.n_outputs} columns, one an output, got one. A network "
            "of several quantiles has no score of scikit-learn's; look at it with attribution."
        )
    examples = as_examples(architecture, loss, X, Y, sample_weight)
    classes = _classes(network, examples.Y)
    scoring = scoring or ("accuracy" if classes is not None else "r2")
    estimator = _Estimator(in_float64(network), classes)
    try:
        found = by_scikit_learn(
            estimator,
            examples.X[:],
            estimator.targets(examples.Y),
            scoring=scoring,
            n_repeats=n_repeats,
            random_state=seed,
            sample_weight=examples.weights,
        )
        score = estimator.score(scoring, examples)
    except ValueError as problem:
        raise RecipeError(f"scoring: {scoring} cannot judge this network: {problem}") from None
    return PermutationImportance(scoring, score, found["importances"])


class _Estimator:
    """A network as scikit-learn's scorers take it."""

    def __init__(self, network: Network, classes: Array | None) -> None:
        self._network = network
        if classes is not None:
            self.classes_ = classes

    def fit(self, X: Array, y: Array) -> "_Estimator":
        """Do nothing: scikit-learn asks that it be there, and never calls it."""
        return self

    def predict(self, X: Array) -> Array:
        """Return classes, labels (0 or 1 for each) or numbers, as many as `targets` has."""
        P = self._network.predict(X)
        if not hasattr(self, "classes_"):
            return _as_one(P)
        return (P >= 0.5).astype(int) if self.classes_.ndim == 2 else chosen(P)

    def predict_proba(self, X: Array) -> Array:
        """Return a probability for each class, or for each label."""
        P = self._network.predict(X)
        return np.concatenate([1 - P, P], axis=1) if P.shape[1] == 1 else P

    def targets(self, Y: Array) -> Array:
        """Return targets as the scorers compare them with predictions."""
        if not hasattr(self, "classes_"):
            return _as_one(Y)
        if self.classes_.ndim == 2:
            return Y.astype(int)
        return Y if Y.ndim == 1 else chosen(Y)

    def score(self, scoring: str, examples: Examples) -> float:
        """Return the score with all columns as they are."""
        from sklearn.metrics import get_scorer

        weights = {} if examples.weights is None else {"sample_weight": examples.weights}
        targets = self.targets(examples.Y)
        return float(get_scorer(scoring)(self, examples.X[:], targets, **weights))

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags

        known = hasattr(self, "classes_")
        return Tags(
            estimator_type="classifier" if known else "regressor",
            target_tags=TargetTags(required=True),
            transformer_tags=None,
            classifier_tags=ClassifierTags() if known else None,
            regressor_tags=None if known else RegressorTags(),
        )


def _check(scoring: str | None, n_repeats: int) -> None:
    from sklearn.metrics import get_scorer_names

    if scoring is not None and scoring not in get_scorer_names():
        raise RecipeError(
            f"scoring: expected the name of one of scikit-learn's scorers, got {scoring!r}. "
            "sklearn.metrics.get_scorer_names() lists them."
        )
    if not isinstance(n_repeats, int) or n_repeats < 1:
        raise RecipeError(f"n_repeats: expected a whole number of at least 1, got {n_repeats!r}.")


def _classes(network: Network, Y: Array) -> Array | None:
    """The classes of softmax outputs; for sigmoid, 0 and 1, once for each of several labels."""
    output, n_out = network.architecture.layers[-1].activation, network.architecture.n_outputs
    if output == "softmax":
        return np.arange(n_out)
    if output == "sigmoid" and ((Y == 0) | (Y == 1)).all():
        return np.arange(2) if n_out == 1 else np.tile(np.arange(2), (n_out, 1))
    return None


def _as_one(values: Array) -> Array:
    """A single column as a vector, as scikit-learn has it."""
    return values[:, 0] if values.shape[1] == 1 else values
