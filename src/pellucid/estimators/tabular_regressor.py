"""``Regressor``: the best that is known for a table with a number to predict, nothing to set."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin, _fit_context
from sklearn.utils import column_or_1d
from sklearn.utils.validation import _check_y

from pellucid.arrays import Array
from pellucid.estimators.choosing import Choice
from pellucid.estimators.explaining import listed
from pellucid.estimators.tabular import Tabular
from pellucid.estimators.waiting import offer_to_skl2onnx
from pellucid.model.network import Network
from pellucid.network.layer import Dense

FAR = 1000.0  # spreads of a target from 0, beyond which float32 has too few digits
LARGEST = 1e30  # number that is left to float32


class Regressor(RegressorMixin, Tabular):
    """A number, or several, from a table as it is: see ``Classifier``, which works the same way.

    Parameters
    ----------
    random_state : int, RandomState or None
    n_jobs : int, optional
        At most so many threads; the result does not depend on it.
    verbose : bool
        Print what was chosen.

    Attributes
    ----------
    network_ : Network
        All networks as one: all of pellucid can look into it. It takes what ``encode`` returns.
    encoding_ : Encoding or None
        What the ``columns`` of a table are and how they become inputs, with their ``names``; None
        for sparse matrices.
    choices_ : tuple of Choice
        What was chosen, and why.
    held_out_scores_ : list of float
        R² of each single network on the rows that it left out.
    loss_curve_, held_out_loss_curve_ : list of float
        The mean cost of each epoch, over the rows that were learnt from and those left out.
    best_epoch_ : int
        From 1; all networks have its weights.
    n_features_in_, feature_names_in_
        As scikit-learn has them.

    Examples
    --------
    >>> X = np.linspace(-2, 2, 200)[:, None]
    >>> model = Regressor(random_state=0).fit(X, 1000 + 300 * X[:, 0] ** 2)
    >>> bool(abs(model.predict([[1.0]])[0] - 1300) < 30)
    True
    """

    _score_name: ClassVar[str] = "R²"
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "random_state": ["random_state"],
        "n_jobs": [int, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self, *, random_state: Any = None, n_jobs: int | None = None, verbose: Any = False
    ) -> None:
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "Regressor":
        """Fit to a table (n, n_columns) and numbers (n,) or (n, n_outputs)."""
        self._fit(X, y, sample_weight)
        return self

    def predict(self, X: Any) -> Array:
        """Return the predictions, (n,) or (n, n_outputs)."""
        return self._labels(self._outputs(X).astype(np.float64))

    def _check_targets(self, y: Any) -> Array:
        y = _check_y(y, multi_output=True, y_numeric=True, estimator=self)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        self._flat = y.ndim == 1
        return y.reshape(len(y), -1).astype(np.float64)

    def _labels(self, y: Array) -> Array:
        return y[:, 0] if self._flat else y

    def _prepare(self, y: Array, weights: Array | None) -> tuple[Array, str, Dense]:
        exponent = np.frexp(np.abs(y).max(axis=0))[1]  # so that squares are finite
        small = np.ldexp(y, -exponent)
        center = np.average(small, axis=0, weights=weights)
        spread = np.sqrt(np.average((small - center) ** 2, axis=0, weights=weights))
        varies = (y != y[0]).any(axis=0)
        center, spread = np.where(varies, center, small[0]), np.where(varies, spread, 0.0)
        targets = (small - center) / np.where(spread > 0, spread, np.inf)
        self._center, self._spread = np.ldexp(center, exponent), np.ldexp(spread, exponent)
        return targets.astype(np.float32), "half_sse", Dense(y.shape[1], "identity")

    def _finish(self, network: Network) -> Network:
        """Scale the outputs back, by the weights that lead to them."""
        if self._needs_digits():
            parameters, buffers = (
                vector.astype(np.float64) for vector in (network.parameters, network.buffers)
            )
            network = Network.from_arrays(network.architecture, parameters, buffers)
        last = network.architecture.n_layers
        for k in network.architecture.inputs(last):
            network.weights[k, last][...] *= self._spread
        network.biases[last][...] = network.biases[last] * self._spread + self._center
        return network

    def _needs_digits(self) -> bool:
        """Whether targets vary too little beside their size for float32, or are too large."""
        size, spread = np.abs(self._center), self._spread
        with np.errstate(over="ignore"):
            varies, whole = spread > 0, self._center == self._center.astype(np.float32)
        fits = np.where(varies, (size <= FAR * spread) & (spread >= 1 / LARGEST), whole)
        return not bool((fits & (size + spread <= LARGEST)).all())

    def _score_of(self, y: Array, P: Array, weights: Array | None) -> float:
        from sklearn.metrics import r2_score

        spread = np.where(self._spread > 0, self._spread, np.inf)
        y, P = ((numbers - self._center) / spread for numbers in (y, P))
        return float(r2_score(y, P, sample_weight=weights))

    def _constant_score(self, y: Array, weights: Array | None) -> float:
        return 0.0  # of the mean

    def _explained(self, y: Array, weights: Array | None) -> list[Choice]:
        each = list(zip(self._center, self._spread, strict=True))
        said = listed([f"{center:.4g} ± {spread:.4g}" for center, spread in each])
        if not self._spread.any():
            return [Choice("target", said, "it is the same in every row, and nothing to learn")]
        why = "mean and spread, in which it is learnt; predictions are in your units"
        found = [Choice("target", said, why)]
        if self._needs_digits():
            why = "float32 has not enough digits for such targets"
            found.append(Choice("precision", "float64, after training", why))
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


offer_to_skl2onnx(Regressor)
