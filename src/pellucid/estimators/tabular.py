"""What the two estimators without settings have in common: from a table to an answer."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_consistent_length, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from pellucid.arrays import Array, as_inputs
from pellucid.data.columns import Column, columns_of, is_frame, read
from pellucid.data.encode import fit_encoding
from pellucid.errors import DataError
from pellucid.estimators.asking import threads_of
from pellucid.estimators.choosing import Choice, explained, settings_for
from pellucid.estimators.explaining import of_columns, of_scores
from pellucid.estimators.members import Members
from pellucid.estimators.repeats import merged
from pellucid.estimators.showing import tabular_html
from pellucid.estimators.telling import CallbackSupportMixin, Telling
from pellucid.estimators.weighing import weigh
from pellucid.model.joining import mean_of
from pellucid.model.network import Network
from pellucid.network.layer import Dense
from pellucid.plan.examples import Examples

SEEDS = 2**31 - 1


class Tabular(CallbackSupportMixin, BaseEstimator, ABC):
    """Fitting, and what a fitted estimator has; see ``Classifier`` and ``Regressor``."""

    _score_name: ClassVar[str]

    @abstractmethod
    def _check_targets(self, y: Any) -> Array:
        """Check targets, remember what they are; return them as rows (n, n_outputs)."""

    @abstractmethod
    def _labels(self, y: Array) -> Array:
        """Return the opposite: targets as the user says them."""

    @abstractmethod
    def _prepare(self, y: Array, weights: Array | None) -> tuple[Array, str, Dense]:
        """Return targets as the networks learn them, our name of the loss, the output layer."""

    @abstractmethod
    def _finish(self, network: Network) -> Network:
        """Return the network with outputs as the user wants them."""

    @abstractmethod
    def _score_of(self, y: Array, P: Array, weights: Array | None) -> float:
        """Return accuracy or R² of outputs, y being (n, n_outputs)."""

    @abstractmethod
    def _explained(self, y: Array, weights: Array | None) -> list[Choice]:
        """Return what is to be said of the targets."""

    @abstractmethod
    def _constant_score(self, y: Array, weights: Array | None) -> float:
        """Return the score of the best answer that is the same for every row."""

    def _fit(self, X: Any, y: Any, sample_weight: Any) -> Any:
        table = self._table(X, reset=True)
        if y is None:
            name = type(self).__name__
            raise ValueError(f"{name} requires y to be passed, but the target y is None.")
        check_consistent_length(table, y)
        y = self._check_targets(y)
        given = table, y, self._check_weights(sample_weight, y)
        table, y, weights = self._counting(*given)
        columns = None if hasattr(table, "tocsr") else columns_of(table)
        rows, y, weights = merged(_rows(table, columns), y, weights)
        self.encoding_ = None if columns is None else fit_encoding(columns, rows)
        targets, loss, output = self._prepare(y, weights)
        examples = Examples(as_inputs(self._inputs_of(rows)), targets, weights)
        settings = settings_for(len(examples))
        members = Members(
            settings,
            examples,
            self._strata(y),
            loss=loss,
            output=output,
            seed=int(check_random_state(self.random_state).randint(SEEDS)),
            threads=threads_of(self.n_jobs),
        )
        self._train(members, Telling(self, *given, settings.epochs))
        self.held_out_scores_ = self._scores(members, examples, y)
        self.choices_ = (
            *of_columns(self.encoding_),
            *self._explained(y, weights),
            *explained(settings, len(examples), self.best_epoch_),
            *self._judged(examples, y),
        )
        if self.verbose:
            print("\n".join(map(str, self.choices_)))  # noqa: T201, as asked
        return self

    def _check_weights(self, sample_weight: Any, y: Array) -> Array | None:
        if sample_weight is None:
            return None
        weights = _check_sample_weight(sample_weight, y, ensure_non_negative=True)
        checked: Array = np.asarray(weights, np.float64)
        return checked

    def _counting(self, table: Any, y: Array, weights: Array | None) -> tuple[Any, Array, Any]:
        """Return the rows that count, with their weights and those of their classes."""
        weights = weigh(getattr(self, "class_weight", None), self._labels(y), weights)
        if weights is None or weights.all():
            return table, y, weights
        there = np.flatnonzero(weights)
        if len(there) == 0:
            raise DataError("sample_weight: expected a row that counts, got 0 for all of them.")
        return _safe_indexing(table, there), y[there], weights[there]

    def _train(self, members: Members, telling: Telling) -> None:
        """Train the networks, and keep them as one; callbacks hear of each epoch."""
        telling.epoch_begins()
        for epoch in members:
            if telling.heard:
                self.network_ = self._joined(members)
            if telling.epoch_ends() or epoch == members.epochs:
                break
            telling.epoch_begins()
        members.keep_best()
        self.network_ = self._joined(members)
        self.loss_curve_, self.best_epoch_ = members.costs, members.best_epoch
        self.held_out_loss_curve_ = members.held_out_costs
        telling.ends()

    def _joined(self, members: Members) -> Network:
        return self._finish(mean_of(members.networks))

    def _scores(self, members: Members, examples: Examples, y: Array) -> list[float]:
        """Return how good each network is on the rows that it had not learnt from."""
        found = []
        for network, rows in zip(members.networks, members.held_out, strict=True):
            if len(rows) > 1:
                part, one = examples.take(rows), self._finish(network.copy())
                found.append(self._score_of(y[rows], self._run(one, part.X), part.weights))
        return found

    def _judged(self, examples: Examples, y: Array) -> list[Choice]:
        if (y == y[0]).all():
            return []  # there is nothing to learn, as was said
        if not self.held_out_scores_:
            return of_scores(self._score_name, [], 0.0, 0.0)
        P, weights = self._run(self.network_, examples.X), examples.weights
        seen, constant = self._score_of(y, P, weights), self._constant_score(y, weights)
        weighted = getattr(self, "class_weight", None) is not None
        name = f"{self._score_name}, by class_weight" if weighted else self._score_name
        return of_scores(name, self.held_out_scores_, constant, seen)

    def _strata(self, y: Array) -> Array:
        """Return what each part that is held out should have its share of."""
        return np.zeros(len(y), np.int64)

    def _table(self, X: Any, *, reset: bool) -> Any:
        """Check a table's shape and names."""
        if is_frame(X):
            validate_data(self, X, skip_check_array=True, reset=reset)
            if len(X) == 0:
                raise DataError("X: expected a table with rows, got 0 sample(s), where 1 is least.")
            return X
        if isinstance(X, list | tuple) and np.asarray(X).dtype.kind in "US":
            X = np.array(X, object)  # so that numbers beside texts stay numbers
        return validate_data(
            self,
            X,
            dtype=None,
            ensure_all_finite="allow-nan",
            accept_sparse="csr",
            reset=reset,
        )

    def _inputs_of(self, rows: Any) -> Any:
        return rows if self.encoding_ is None else self.encoding_.apply(rows)

    def encode(self, X: Any) -> Array:
        """Return a table as ``network_`` takes it, (n, n_inputs); ``encoding_.names`` says what.

        Raises
        ------
        DataError
            Texts where numbers stood in the table that the estimator was fitted to.
        """
        check_is_fitted(self)
        columns = None if self.encoding_ is None else self.encoding_.columns
        return self._inputs_of(_rows(self._table(X, reset=False), columns))

    def _outputs(self, X: Any) -> Array:
        inputs = self.encode(X)  # which says so where there is no network yet
        return self._run(self.network_, inputs)

    def _run(self, network: Network, inputs: Any) -> Array:
        rows = inputs.tocsr() if hasattr(inputs, "tocsr") else inputs
        return network.predict(rows, threads=threads_of(self.n_jobs))

    def _repr_html_inner(self) -> str:
        return tabular_html(self)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def _rows(table: Any, columns: Sequence[Column] | None) -> Any:
    """Return a table as numbers; without columns it is sparse, and stays so."""
    return table.astype(np.float32) if columns is None else read(table, columns)
