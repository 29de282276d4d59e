"""``Classifier``: the best that is known for a table of classes, with nothing to set."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_y

from pellucid.arrays import Array
from pellucid.data.cells import is_missing
from pellucid.errors import DataError
from pellucid.estimators.choosing import Choice
from pellucid.estimators.explaining import listed
from pellucid.estimators.tabular import Tabular
from pellucid.estimators.waiting import offer_to_skl2onnx
from pellucid.model.network import Network
from pellucid.network.layer import Dense

RARE = 0.5  # of its fair share, below which a class is said to be rare


class Classifier(ClassifierMixin, Tabular):
    """Classes from a table as it is: numbers, texts, categories, dates, with some missing.

    A table is an array, a sparse matrix, or a frame of pandas, polars or another that narwhals
    knows. Texts are categories; those that name the rows, another one in each, are left out.

    Several networks are trained at the same time; each leaves out another part of the rows, and
    all keep the weights of the epoch that was best there. The answer is their mean.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        How much each class counts; "balanced" gives all the same weight.
    random_state : int, RandomState or None
    n_jobs : int, optional
        At most so many threads; the result does not depend on it.
    verbose : bool
        Print what was chosen.

    Attributes
    ----------
    classes_ : (n_classes,)
    network_ : Network
        All networks as one: all of pellucid can look into it. It takes what ``encode`` returns.
    encoding_ : Encoding or None
        What the ``columns`` of a table are and how they become inputs, with their ``names``; None
        for sparse matrices.
    choices_ : tuple of Choice
        What was chosen, and why.
    held_out_scores_ : list of float
        The accuracy of each single network on the rows that it left out.
    loss_curve_, held_out_loss_curve_ : list of float
        The mean cost of each epoch, over the rows that were learnt from and those left out.
    best_epoch_ : int
        From 1; all networks have its weights.
    n_features_in_, feature_names_in_
        As scikit-learn has them.

    Examples
    --------
    >>> X = [["red", 1.0], ["red", None], ["blue", 3.0], ["blue", 2.0]]
    >>> model = Classifier(random_state=0).fit(np.array(X, object), ["a", "a", "b", "b"])
    >>> model.predict(np.array([["blue", 2.5]], object)).tolist()
    ['b']
    """

    _score_name: ClassVar[str] = "accuracy"
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "class_weight": [dict, list, StrOptions({"balanced"}), None],
        "random_state": ["random_state"],
        "n_jobs": [int, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        class_weight: Any = None,
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: Any = False,
    ) -> None:
        self.class_weight = class_weight
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "Classifier":
        """Fit to a table (n, n_columns) and classes (n,), or (n, n_labels) bits."""
        self._fit(X, y, sample_weight)
        return self

    def predict(self, X: Any) -> Array:
        """Return the class of each row; of several labels, rows of 0 and 1."""
        return self._answers(self._outputs(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, (n, n_classes), in the order of ``classes_``."""
        return self._outputs(X)

    def _answers(self, P: Array) -> Array:
        if self._multilabel:
            return (P > 0.5).astype(int)
        found: Array = self.classes_[P.argmax(axis=1)]
        return found

    def _check_targets(self, y: Any) -> Array:
        _check_not_missing(y)
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y", raise_unknown=True)
        self._multilabel = kind == "multilabel-indicator"
        if self._multilabel:
            y = _check_y(y, multi_output=True, estimator=self)
            bits: Array = np.asarray(y.toarray() if hasattr(y, "toarray") else y, np.float64)
            self.classes_ = np.arange(bits.shape[1])
            return bits
        self.classes_, codes = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        return codes[:, None].astype(np.float64)

    def _labels(self, y: Array) -> Array:
        if self._multilabel:
            return y.astype(int)
        found: Array = self.classes_[y[:, 0].astype(int)]
        return found

    def _prepare(self, y: Array, weights: Array | None) -> tuple[Array, str, Dense]:
        if self._multilabel:
            return y.astype(np.float32), "binary_cross_entropy", Dense(y.shape[1], "sigmoid")
        codes = y[:, 0].astype(np.int32)
        return codes, "cross_entropy", Dense(len(self.classes_), "softmax")

    def _finish(self, network: Network) -> Network:
        return network

    def _strata(self, y: Array) -> Array:
        return np.zeros(len(y), np.int64) if self._multilabel else y[:, 0].astype(np.int64)

    def _score_of(self, y: Array, P: Array, weights: Array | None) -> float:
        right = (self._answers(P) == self._labels(y)).reshape(len(y), -1).all(axis=1)
        return float(np.average(right, weights=weights))

    def _constant_score(self, y: Array, weights: Array | None) -> float:
        if self._multilabel:
            P = np.tile(np.average(y, axis=0, weights=weights), (len(y), 1))
            return self._score_of(y, P, weights)
        return float(self._shares(y, weights).max())

    def _shares(self, y: Array, weights: Array | None) -> Array:
        totals = np.bincount(y[:, 0].astype(int), weights, len(self.classes_))
        found: Array = totals / totals.sum()
        return found

    def _explained(self, y: Array, weights: Array | None) -> list[Choice]:
        if self._multilabel:
            return [Choice("labels", str(y.shape[1]), "a row may have several of them, or none")]
        shares = self._shares(y, weights)
        order = np.argsort(-shares, kind="stable")
        said = listed([f"{self.classes_[k]} {shares[k]:.1%}" for k in order])
        if len(shares) == 1:
            return [Choice("classes", said, "there is no other, and nothing to learn")]
        if self.class_weight is not None:
            return [Choice("classes", said, "of the weight, as class_weight has it")]
        found = [
            Choice(
                "classes", said, "of the rows, and of each part that is held out, as far as they go"
            )
        ]
        rare = [str(self.classes_[k]) for k in order if shares[k] < RARE / len(shares)]
        if rare:
            why = (
                "they count as they come, which keeps probabilities true; "
                'class_weight="balanced" finds more of them, and takes more others for them'
            )
            found.append(Choice("rare classes", listed(rare), why))
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _check_not_missing(y: Any) -> None:
    labels = np.asarray(y)
    if labels.ndim == 1 and labels.dtype.kind in "fO":
        row = next((i for i, label in enumerate(labels) if is_missing(label)), None)
        if row is not None:
            raise DataError(
                f"y: expected a class for every row (Input y contains NaN), got {labels[row]} in "
                f"row {row}. Leave such rows out."
            )


offer_to_skl2onnx(Classifier)
