"""Fitting epoch by epoch, until scikit-learn would stop; in its words where it says something."""

import warnings
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.exceptions import ConvergenceWarning

from pellucid.arrays import Array
from pellucid.engines.engine import Session
from pellucid.engines.forward import forward_of
from pellucid.equations.baseline import constant_cost
from pellucid.estimators.asking import threads_of
from pellucid.estimators.descent import Descent
from pellucid.estimators.holding_out import HeldOut, Scorer, scorer_of, split
from pellucid.estimators.telling import Telling
from pellucid.plan.examples import Examples, target_rows
from pellucid.plan.plan import Plan

TOO_SMALL = 1e-6  # an adaptive rate below which training stops
FAR = 10  # times the loss of a constant prediction
CALLER = 6  # frames from a warning to whoever called fit


def descend(
    estimator: Any, X: Any, y: Array, weights: Array | None, held_out: HeldOut | None, *, once: bool
) -> None:
    """Fit an estimator by steps on mini-batches; `once` through the examples, or to the end.

    Raises
    ------
    ValueError
        Early stopping without a part to hold out.
    DivergedError
    """
    if estimator.early_stopping and held_out is None:
        if once:
            raise ValueError("partial_fit does not support early_stopping=True")
        (X, y, weights), held_out = _split(estimator, X, y, weights)
    if estimator.batch_size != "auto" and estimator.batch_size > len(y):
        _warn(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
            UserWarning,
        )
    plan = estimator._plan(X, len(y))
    if not once or not hasattr(estimator, "_descent"):
        estimator._descent = Descent(plan, estimator.network_)
    examples = estimator._examples(X, y, weights)
    scorer = scorer_of(estimator)
    telling = Telling(estimator, X, y, weights, 1 if once else estimator.max_iter)
    stops, estimator.n_iter_ = False, 0
    try:
        epochs = estimator._descent.epochs(estimator, plan, examples, estimator._random_state)
        telling.epoch_begins()
        for loss, session in epochs:
            if held_out is not None:
                _judge(estimator, held_out, session, scorer)
            stops = _end_epoch(estimator, loss, len(y))
            if telling.epoch_ends() or stops or once:
                break
            if estimator.n_iter_ == estimator.max_iter:
                _warn(
                    f"Stochastic Optimizer: Maximum iterations ({estimator.max_iter}) reached and "
                    "the optimization hasn't converged yet.",
                    ConvergenceWarning,
                )
                break
            telling.epoch_begins()
    except KeyboardInterrupt:
        _warn("Training interrupted by user.", UserWarning)
    progress, network = estimator._progress, estimator.network_
    if estimator.early_stopping and progress.best_parameters is not None and (stops or not once):
        network.parameters[...] = progress.best_parameters
        network.buffers[...] = progress.best_buffers
    estimator._report()
    telling.ends()
    if not once:
        _warn_if_nothing_was_learnt(estimator, plan, examples)


def _warn_if_nothing_was_learnt(estimator: Any, plan: Plan, examples: Examples) -> None:
    """Say so where the loss is far above that of one and the same prediction for everything."""
    network, recipe = estimator.network_, plan.recipe
    Y = target_rows(examples.Y, plan.architecture.n_outputs, np.float64)
    constant = constant_cost(recipe.loss, Y, examples.weights)
    forward = forward_of(plan.architecture, plan.dtype, recipe.loss)
    threads = threads_of(estimator.n_jobs)
    _, losses = forward.losses(recipe.loss, examples, network.parameters, network.buffers, threads)
    loss = float(np.average(losses, weights=examples.weights))
    if loss > FAR * constant:
        _warn(
            f"The loss is {loss:.4g}; the same prediction for every example would have "
            f"{constant:.4g}. The learning rate is too high or the data are not scaled: lower "
            f"learning_rate_init ({estimator.learning_rate_init:g}), or scale inputs and targets "
            "(StandardScaler).",
            ConvergenceWarning,
            deeper=1,
        )


def _split(
    estimator: Any, X: Any, y: Array, weights: Array | None
) -> tuple[tuple[Any, Array, Array | None], HeldOut]:
    """Hold out a part for early stopping."""
    kept, (X, y, weights) = split(
        X,
        y,
        weights,
        share=estimator.validation_fraction,
        stratified=is_classifier(estimator) and estimator.n_outputs_ == 1,
        random=estimator._random_state,
    )
    return kept, estimator._held_out(X, y, weights, estimator._labels(y))


def _end_epoch(estimator: Any, loss: float, n: int) -> bool:
    """Record an epoch; return whether to stop."""
    progress, network = estimator._progress, estimator.network_
    estimator.n_iter_ += 1
    estimator.loss_ = loss
    estimator.t_ += n
    progress.losses.append(loss)
    if estimator.record_epochs:
        progress.recorded.append((network.parameters.copy(), network.buffers.copy()))
    _say(estimator, "Iteration %d, loss = %.8f", estimator.n_iter_, loss)
    if estimator.early_stopping:
        progress.by_score(estimator.tol, network.parameters, network.buffers)
    else:
        progress.by_loss(estimator.tol)
    if estimator.solver == "sgd" and estimator.learning_rate == "invscaling":
        estimator._descent.rate_scale = 1.0 / (estimator.t_ + 1) ** estimator.power_t
    if progress.waited <= estimator.n_iter_no_change:
        return False
    what = "Validation score" if estimator.early_stopping else "Training loss"
    said = f"{what} did not improve more than tol=%f for %d consecutive epochs."
    return _stops(estimator, said % (estimator.tol, estimator.n_iter_no_change))


def _judge(estimator: Any, held_out: HeldOut, session: Session, scorer: Scorer | None) -> None:
    """Record loss and score of the held-out part."""
    loss, P = held_out.loss(session, estimator.network_.parameters)
    if scorer is None:
        score = estimator._score_of(held_out.y, P, held_out.weights)
    else:
        score = scorer(held_out)
    estimator._progress.validation_losses.append(loss)
    estimator._progress.scores.append(score)
    _say(estimator, "Validation score: %f", score)


def _stops(estimator: Any, said: str) -> bool:
    """Return whether to stop for want of improvement, or go on at a lower rate."""
    descent = estimator._descent
    if estimator.solver != "sgd" or estimator.learning_rate != "adaptive":
        _say(estimator, "%s Stopping.", said)
        return True
    if descent.rate_scale * estimator.learning_rate_init <= TOO_SMALL:
        _say(estimator, "%s Learning rate too small. Stopping.", said)
        return True
    descent.rate_scale /= 5.0
    rate = descent.rate_scale * estimator.learning_rate_init
    _say(estimator, "%s Setting learning rate to %f", said, rate)
    estimator._progress.waited = 0
    return False


def _say(estimator: Any, text: str, *numbers: Any) -> None:
    if estimator.verbose:
        print(text % numbers)  # noqa: T201, as scikit-learn does where it is asked to


def _warn(text: str, kind: type[Warning], deeper: int = 0) -> None:
    warnings.warn(text, kind, stacklevel=CALLER + deeper)
