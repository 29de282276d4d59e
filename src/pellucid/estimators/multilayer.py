"""What scikit-learn's two multi-layer perceptrons have in common, carried out by our engines."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from pellucid.arrays import Array
from pellucid.equations.losses import loss_of
from pellucid.errors import RecipeError
from pellucid.estimators.asking import (
    OURS,
    THEIRS,
    architecture_of,
    hidden_sizes,
    is_stochastic,
    recipe_of,
    threads_of,
)
from pellucid.estimators.course import descend
from pellucid.estimators.drawing import draw
from pellucid.estimators.holding_out import HeldOut, arguments_of
from pellucid.estimators.layers import up_to
from pellucid.estimators.patience import Progress
from pellucid.estimators.repeats import merged
from pellucid.estimators.showing import html_of
from pellucid.estimators.solving import solve
from pellucid.estimators.starting import best_of
from pellucid.estimators.telling import CallbackSupportMixin
from pellucid.estimators.weighing import weigh
from pellucid.model.network import Network
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.plan import Plan, compile_plan


class MultilayerPerceptron(
    CallbackSupportMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, ABC
):
    """Fitting, and what a fitted estimator has; see ``MLPClassifier`` and ``MLPRegressor``."""

    @abstractmethod
    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, Array]:
        """Check X and y as scikit-learn does; return X, and y as (n, n_outputs)."""

    @abstractmethod
    def _loss_and_output(self) -> tuple[str, str]:
        """Return our names of the loss and of the output's activation."""

    @abstractmethod
    def _score_of(self, y: Array, P: Array, weights: Array | None) -> float:
        """Return accuracy or R² of outputs, y being (n, n_outputs)."""

    @property
    def coefs_(self) -> list[Array]:
        """The weights that lead to each layer, (n_from, n_to); writing into them counts."""
        return [self.network_.weights[l + 1] for l in range(self.n_layers_ - 1)]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer."""
        return [self.network_.biases[l + 1] for l in range(self.n_layers_ - 1)]

    @abstractmethod
    def _targets(self, y: Array) -> Array:
        """Return targets as the network is to say them, (n, n_outputs)."""

    @abstractmethod
    def _labels(self, y: Array) -> Array:
        """Return the opposite: targets as the user says them."""

    def _fit(
        self, X: Any, y: Any, sample_weight: Any, *, incremental: bool, validation: Any = None
    ) -> Any:
        hidden_sizes(self.hidden_layer_sizes)
        first = not hasattr(self, "network_") or not (self.warm_start or incremental)
        if self.starts > 1 and first and not incremental:
            best_of(self, lambda one: one.fit(X, y, sample_weight, **arguments_of(validation)))
            return self
        X, y = self._validate_input(X, y, incremental, reset=first)
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, X)
        if (class_weight := getattr(self, "class_weight", None)) is not None:
            weights = weigh(class_weight, self._labels(y), weights)
        if self._merges:
            X, y, weights = merged(X, y, weights)
        self.n_outputs_ = y.shape[1]
        self._random_state = check_random_state(self.random_state)
        if first:
            self._begin(X)
        held_out = None if validation is None else self._given(*validation)
        if is_stochastic(self.solver):
            descend(self, X, y, weights, held_out, once=incremental)
        else:
            solve(self, self._plan(X, len(y)), self._examples(X, y, weights))
        if not np.isfinite(self.network_.parameters).all():
            raise ValueError(
                "Solver produced non-finite parameter weights. The input data may contain large "
                "values and need to be preprocessed."
            )
        return self

    @property
    def _merges(self) -> bool:
        """Whether a row that is there twice would not be one of weight 2 to the last digit.

        Random numbers go by a row's place, and sums in float32 depend on their order.
        """
        drawn = (self.dropout, self.input_dropout, self.noise, self.input_noise)
        return self.precision == "float32" or any(np.any(x) for x in drawn)

    def _begin(self, X: Any) -> None:
        """Make the network with its first weights, and forget what there was."""
        loss, output = self._loss_and_output()
        row = loss_of(loss)
        each = len(row.numbers) if row.constant == "levels" else 1
        architecture = architecture_of(self, X.shape[1], self.n_outputs_ * each, output)
        self.network_ = Network(
            X.shape[1], architecture.layers, initial="zeros", precision=X.dtype.name
        )
        hidden = [layer.activation for layer in architecture.layers[:-1]]
        # The output is drawn as the layer before it, or without one as that would be.
        name = str(self.activation)
        last = hidden[-1] if hidden else OURS.get(name, name)
        draw(self.network_, [*hidden, last], self._random_state)
        self.n_iter_, self.t_ = 0, 0
        self.n_layers_ = architecture.n_layers + 1
        self.out_activation_ = THEIRS.get(output, output)
        self._n_features_out = architecture.units(self._layer(None))
        self._progress = Progress()
        self._report()

    def _report(self) -> None:
        """Show scikit-learn's attributes of the epochs so far."""
        if not is_stochastic(self.solver):
            return
        progress, early = self._progress, self.early_stopping
        held_out = early or bool(progress.scores)
        self.loss_curve_ = progress.losses
        self.best_loss_ = None if early else progress.best_loss
        self.validation_scores_ = progress.scores if held_out else None
        self.validation_loss_curve_ = progress.validation_losses if held_out else None
        self.best_validation_score_ = progress.best_score if early else None

    def _plan(self, X: Any, n_examples: int) -> Plan:
        loss, _ = self._loss_and_output()
        recipe = recipe_of(self, loss, X.dtype, self.max_iter)
        return compile_plan(self.network_.architecture, recipe, n_examples)

    def _examples(self, X: Any, y: Array, weights: Array | None) -> Examples:
        loss, output = self._loss_and_output()
        Y = y.argmax(1) if output == "softmax" else y
        return as_examples(self.network_.architecture, loss, X, Y, weights)

    def _given(self, X: Any, y: Any, sample_weight: Any) -> HeldOut:
        """Check a held-out part that was given to fit."""
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            dtype=self.network_.parameters.dtype,
            reset=False,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, X)
        return self._held_out(X, self._targets(y), weights, y)

    def _held_out(self, X: Any, y: Array, weights: Array | None, labels: Any) -> HeldOut:
        return HeldOut(X, y, labels, weights, self._examples(X, y, weights))

    def transform(self, X: Any, layer: int | None = None) -> Array:
        """Return the activations of a layer, (n, n_units): what the network makes of its inputs.

        Parameters
        ----------
        X : (n, n_features)
        layer : int, optional
            1 … L, or from the end as −1 for the output; by default the last hidden layer.

        Raises
        ------
        RecipeError
            No such layer.
        """
        rows = self._inputs(X)
        threads = threads_of(self.n_jobs)
        A: Array = up_to(self.network_, self._layer(layer)).predict(rows, threads=threads)
        self._n_features_out = A.shape[1]  # for the columns' names
        return A

    def _layer(self, layer: int | None) -> int:
        n = self.n_layers_ - 1
        number = max(n - 1, 1) if layer is None else layer + (n + 1) * (layer < 0)
        if not 1 <= number <= n:
            raise RecipeError(f"layer: expected 1 to {n}, or −1 to −{n} from the end, got {layer}.")
        return number

    def _staged(self, X: Any) -> Iterator[Array]:
        """Yield the activations of the output after each epoch, (n, n_outputs)."""
        rows, threads = self._inputs(X), threads_of(self.n_jobs)
        for parameters, buffers in self._progress.recorded:
            then = Network.from_arrays(self.network_.architecture, parameters, buffers)
            yield then.predict(rows, threads=threads)

    def plot_loss_curve(self, *, ax: Any = None, theme: str = "light") -> Any:
        """Draw the loss of each epoch, and of the held-out part where there is one.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        RecipeError
            The solver has no epochs.
        """
        from pellucid.views.curves import plot_sweep

        check_is_fitted(self)
        if not is_stochastic(self.solver):
            raise RecipeError(
                f"solver: expected one that works in epochs, got {self.solver!r}, which keeps only "
                "the last loss: loss_."
            )
        losses = {"training": self.loss_curve_}
        if self.validation_loss_curve_:
            losses["validation"] = self.validation_loss_curve_
        epochs = range(1, len(self.loss_curve_) + 1)
        return plot_sweep(epochs, losses, xlabel="epoch", ylabel="loss", ax=ax, theme=theme)

    def _outputs(self, X: Any) -> Array:
        """Return the activations of the output."""
        rows = self._inputs(X)
        P: Array = self.network_.predict(rows, threads=threads_of(self.n_jobs))
        return P

    def _inputs(self, X: Any) -> Any:
        check_is_fitted(self)
        dtypes, formats = self._dtypes, ["csr", "csc"]
        return validate_data(self, X, accept_sparse=formats, dtype=dtypes, reset=False)

    @property
    def _dtypes(self) -> Any:
        """What inputs may be; another kind becomes the first."""
        precision = self.precision
        return (np.float64, np.float32) if precision == "auto" else np.dtype(precision)

    def _repr_html_inner(self) -> str:
        return html_of(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        shown: dict[str, str] = super()._repr_mimebundle_()
        return shown | ({"text/html": html_of(self)} if "text/html" in shown else {})

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = [
            "float64" if self.precision == "auto" else self.precision
        ]
        return tags
