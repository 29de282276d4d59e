"""``MLPClassifier``: scikit-learn's, by our engines, and what it has refused for years."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target, unique_labels
from sklearn.utils.validation import validate_data

from pellucid.arrays import Array
from pellucid.estimators.constraints import CONSTRAINTS, SHARE, has_steps, records
from pellucid.estimators.holding_out import given_to_fit
from pellucid.estimators.multilayer import MultilayerPerceptron
from pellucid.estimators.waiting import offer_to_skl2onnx


class MLPClassifier(ClassifierMixin, MultilayerPerceptron):
    """A classifier with scikit-learn's parameters, defaults, methods and attributes, and more.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int
        Neurons of the hidden layers; ``()`` for none.
    activation : str or sequence of str
        Of the hidden layers: one name or one for each. "identity", "logistic", "tanh", "relu", or
        any row of ``pellucid.equations.activations.ACTIVATIONS``.
    solver : str or Optimizer
        "lbfgs", "sgd", "adam"; "adamw", "rmsprop", "adagrad", "rprop", "momentum", "nesterov"; or
        an optimizer with its numbers, such as ``pellucid.Nesterov(pellucid.Cosine(0.1))``.
    alpha : float
        λ of the penalty λ/2 Σ W², divided by the weight of the batch.
    batch_size : int or "auto"
        Examples in a step; "auto" is 200, or all where there are fewer.
    learning_rate : {"constant", "invscaling", "adaptive"} or Schedule
        How the rate goes on (the first three, of "sgd"); or a schedule of pellucid's, which takes
        the place of `learning_rate_init`.
    learning_rate_init, power_t, max_iter, shuffle, random_state, tol, verbose, warm_start, \
momentum, nesterovs_momentum, early_stopping, validation_fraction, beta_1, beta_2, epsilon, \
n_iter_no_change, max_fun
        As scikit-learn has them.
    dropout, input_dropout : float
        Share of hidden neurons (one or one a layer) and of inputs left out in each step.
    noise, input_noise : float
        Deviation of Gaussian noise on activations and on inputs in each step.
    norm : {"none", "batch", "layer"}
        Normalization of the hidden layers' sums.
    l1 : float
        λ of the penalty λ Σ ``|W|``, divided as `alpha` is.
    max_norm : float or sequence of float, optional
        How long the vector of all weights into a neuron may be.
    clip_norm : float, optional
        How long the gradient may be.
    average : float, optional
        Predict with the running average of the weights, with this decay.
    precision : {"auto", "float32", "float64"}
        In which the network is trained; "auto" is as X is, float64 where it is neither.
    engine : {"auto", "native", "reference"}
    n_jobs : int, optional
        At most so many threads, −1 for one a core; by default one a core, and one in joblib's
        workers. The result does not depend on it.
    scoring : str or callable, optional
        What early stopping goes by; by default the estimator's own score.
    starts : int
        How many networks are fitted, from different first weights, to keep the best.
    record_epochs : bool
        Keep the weights of each epoch, for ``staged_predict``; they take memory.
    label_smoothing : float
        Share of each target that is spread over the classes.
    class_weight : dict or "balanced", optional
        How much the examples of each class count.

    Attributes
    ----------
    network_ : Network
        What was trained: all of pellucid can look into it.
    coefs_, intercepts_ : list of ndarray
        Views of its weights and biases.
    loss_, loss_curve_, best_loss_, n_iter_, t_, n_layers_, n_outputs_, out_activation_, \
n_features_in_, feature_names_in_, validation_scores_, best_validation_score_, classes_
        As scikit-learn has them.
    starts_ : list of dict
        Every start with its random state, what it was judged by and whether it was kept.
    validation_loss_curve_ : list of float or None
        Of the held-out part, one an epoch, without penalty.

    Notes
    -----
    With the same `random_state` the weights are scikit-learn's to rounding: they are drawn, and
    examples shuffled, from the same numbers, and losses counted as there.

    With dropout, noise or ``precision="float32"`` rows that say the same are taken together
    first, so that a row twice is a row of weight 2 to the last digit.

    Examples
    --------
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "no"]
    >>> model = MLPClassifier((8,), "tanh", solver="lbfgs", random_state=0).fit(X, y)
    >>> model.predict(X).tolist()
    ['no', 'yes', 'yes', 'no']
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = CONSTRAINTS | {
        "label_smoothing": [SHARE],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
        dropout: Any = 0.0,
        input_dropout: float = 0.0,
        noise: Any = 0.0,
        input_noise: float = 0.0,
        norm: str = "none",
        l1: float = 0.0,
        max_norm: Any = None,
        clip_norm: float | None = None,
        average: float | None = None,
        precision: str = "auto",
        engine: str = "auto",
        n_jobs: int | None = None,
        scoring: Any = None,
        starts: int = 1,
        record_epochs: bool = False,
        label_smoothing: float = 0.0,
        class_weight: Any = None,
    ) -> None:
        given = dict(locals())
        for name in given.keys() - {"self", "__class__"}:
            setattr(self, name, given[name])

    def _loss_and_output(self) -> tuple[str, str]:
        if self._label_binarizer.y_type_ == "multiclass":
            return "cross_entropy", "softmax"
        return "binary_cross_entropy", "sigmoid"

    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, Array]:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            dtype=self._dtypes,
            reset=reset,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if not hasattr(self, "classes_") or not (self.warm_start or incremental):
            self._label_binarizer = LabelBinarizer()
            self._label_binarizer.fit(y)
            self.classes_ = self._label_binarizer.classes_
            return X, self._bits(y)
        if self.warm_start:
            self._check_same_classes(unique_labels(y))
        return X, self._targets(y)

    def _targets(self, y: Array) -> Array:
        classes = unique_labels(y)
        if len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
            raise ValueError(
                "`y` has classes not in `self.classes_`. "
                f"`self.classes_` has {self.classes_}. 'y' has {classes}."
            )
        return self._bits(y)

    def _bits(self, y: Array) -> Array:
        rows: Array = self._label_binarizer.transform(y).astype(np.float64)
        return rows

    def _labels(self, y: Array) -> Array:
        found: Array = self._label_binarizer.inverse_transform(y.ravel() if y.shape[1] == 1 else y)
        return found

    def _check_same_classes(self, classes: Array) -> None:
        if set(classes) != set(self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {self.classes_}, `y` has {classes}"
            )

    def _score_of(self, y: Array, P: Array, weights: Array | None) -> float:
        if not np.isfinite(P).all():
            return float("nan")
        if self.out_activation_ == "softmax":
            right = y.argmax(1) == P.argmax(1)
        else:
            right = ((P > 0.5) == (y > 0.5)).all(1)
        return float(np.average(right, weights=weights))

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "MLPClassifier":
        """Fit the classifier to X (n, n_features) and labels y (n,), or (n, n_labels) bits.

        With `X_val` and `y_val` each epoch is judged by them, and early stopping, if it is asked
        for, goes by them instead of by a part that is split off.
        """
        validation = given_to_fit(self.solver, X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, incremental=False, validation=validation)

    @available_if(has_steps)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        classes: Sequence[Any] | None = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "MLPClassifier":
        """Go once through these examples; the first call needs the `classes` of all calls."""
        if _check_partial_fit_first_call(self, classes):
            self._label_binarizer = LabelBinarizer()
            multilabel = type_of_target(y).startswith("multilabel")
            self._label_binarizer.fit(y if multilabel else classes)
        validation = given_to_fit(self.solver, X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, incremental=True, validation=validation)

    def predict(self, X: Any) -> Array:
        """Return the class of each row; of several labels, rows of 0 and 1."""
        return self._labels(self._outputs(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, (n, n_classes), in the order of ``classes_``."""
        return self._probabilities(self._outputs(X))

    def _probabilities(self, P: Array) -> Array:
        if self.out_activation_ == "logistic":  # rounding alone makes a sigmoid 0 or 1
            P = np.clip(P, np.finfo(P.dtype).tiny, 1 - np.finfo(P.dtype).epsneg)
        return np.hstack([1 - P, P]) if P.shape[1] == 1 else P

    @available_if(records)
    def staged_predict_proba(self, X: Any) -> Iterator[Array]:
        """Yield what ``predict_proba`` would return after each epoch."""
        return map(self._probabilities, self._staged(X))

    @available_if(records)
    def staged_predict(self, X: Any) -> Iterator[Array]:
        """Yield what ``predict`` would return after each epoch."""
        return map(self._labels, self._staged(X))

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of ``predict_proba``."""
        P = self.predict_proba(X)
        found: Array = np.log(P, out=P)
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


offer_to_skl2onnx(MLPClassifier)
