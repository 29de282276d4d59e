"""``MLPRegressor``: scikit-learn's, by our engines, and what it has refused for years."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin, _fit_context
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import validate_data

from pellucid.arrays import Array
from pellucid.equations.losses import loss_of
from pellucid.errors import RecipeError
from pellucid.estimators.constraints import CONSTRAINTS, has_steps, records
from pellucid.estimators.holding_out import given_to_fit
from pellucid.estimators.multilayer import MultilayerPerceptron
from pellucid.estimators.waiting import offer_to_skl2onnx

OURS = {"squared_error": "half_sse", "absolute_error": "mae"}  # scikit-learn's names of losses


def _has_levels(estimator: Any) -> bool:
    """Return whether the loss is of quantiles."""
    return bool(estimator._levels)


class MLPRegressor(RegressorMixin, MultilayerPerceptron):
    """A regressor with scikit-learn's parameters, defaults, methods and attributes, and more.

    Parameters
    ----------
    loss : str
        "squared_error", "poisson", "absolute_error"; or a row of
        ``pellucid.equations.losses.LOSSES`` for numbers, such as "huber:1.35" or
        "quantile:0.1,0.5,0.9", with which ``predict_interval`` gives ranges.
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

    Attributes
    ----------
    network_ : Network
        What was trained: all of pellucid can look into it.
    coefs_, intercepts_ : list of ndarray
        Views of its weights and biases.
    loss_, loss_curve_, best_loss_, n_iter_, t_, n_layers_, n_outputs_, out_activation_, \
n_features_in_, feature_names_in_, validation_scores_, best_validation_score_
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
    >>> import numpy as np
    >>> X = np.linspace(-2, 2, 50)[:, None]
    >>> model = MLPRegressor(hidden_layer_sizes=(8,), activation="tanh", solver="lbfgs",
    ...                      random_state=0).fit(X, X[:, 0] ** 2)
    >>> round(float(model.predict([[1.0]])[0]), 1)
    1.0
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = CONSTRAINTS | {"loss": [str]}

    def __init__(
        self,
        loss: str = "squared_error",
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
    ) -> None:
        given = dict(locals())
        for name in given.keys() - {"self", "__class__"}:
            setattr(self, name, given[name])

    def _loss_and_output(self) -> tuple[str, str]:
        row = loss_of(self._loss)
        if row.targets not in ("numbers", "counts"):
            raise RecipeError(
                "loss: expected one for numbers, such as squared_error, huber:1.35 or "
                f"quantile:0.1,0.5,0.9, got {self.loss!r}."
            )
        return self._loss, row.link

    @property
    def _loss(self) -> str:
        """Our name of the loss."""
        given = str(self.loss)
        return OURS.get(given, given)

    @property
    def _levels(self) -> tuple[float, ...]:
        """The levels of a quantile loss; else nothing."""
        row = loss_of(self._loss)
        return row.numbers if row.constant == "levels" else ()

    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, Array]:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            y_numeric=True,
            dtype=self._dtypes,
            reset=reset,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return X, self._targets(y)

    def _targets(self, y: Array) -> Array:
        return y.reshape(len(y), -1)

    def _labels(self, y: Array) -> Array:
        return y.ravel() if y.shape[1] == 1 else y

    def _score_of(self, y: Array, P: Array, weights: Array | None) -> float:
        from sklearn.metrics import r2_score

        if not np.isfinite(P).all():
            return float("nan")
        return float(r2_score(y, self._middle(P), sample_weight=weights))

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
    ) -> "MLPRegressor":
        """Fit the regressor to X (n, n_features) and y (n,) or (n, n_outputs).

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
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "MLPRegressor":
        """Go once through these examples."""
        validation = given_to_fit(self.solver, X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, incremental=True, validation=validation)

    def predict(self, X: Any) -> Array:
        """Return the predictions, (n,) or (n, n_outputs)."""
        return self._labels(self._middle(self._outputs(X)))

    @available_if(records)
    def staged_predict(self, X: Any) -> Iterator[Array]:
        """Yield what ``predict`` would return after each epoch."""
        return (self._labels(self._middle(P)) for P in self._staged(X))

    @available_if(_has_levels)
    def predict_quantiles(self, X: Any) -> Array:
        """Return the prediction of each level, (n, n_levels) or (n, n_outputs, n_levels).

        They are in ascending order, which separately learnt quantiles need not be
        (Chernozhukov, Fernandez-Val and Galichon 2010).
        """
        P = self._by_level(self._outputs(X))
        return P[:, 0] if P.shape[1] == 1 else P

    @available_if(_has_levels)
    def predict_interval(self, X: Any) -> Array:
        """Return the least and the greatest level's prediction, (n, 2) or (n, n_outputs, 2)."""
        return self.predict_quantiles(X)[..., [0, -1]]

    def _middle(self, P: Array) -> Array:
        """Return what is predicted for each target: of several quantiles the one nearest ½."""
        return self._by_level(P)[:, :, self._nearest]

    @property
    def _nearest(self) -> int:
        """Which of the levels, in ascending order, is nearest ½."""
        return int(np.argmin(np.abs(np.sort(self._levels or (0.5,)) - 0.5)))

    def _by_level(self, P: Array) -> Array:
        found: Array = P.reshape(len(P), self.n_outputs_, -1)
        return np.sort(found, axis=2)


offer_to_skl2onnx(MLPRegressor)
