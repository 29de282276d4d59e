"""From the parameters of an estimator to an architecture and a recipe, as the engines take them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import effective_n_jobs

from pellucid.arrays import Array
from pellucid.engines.native import n_cores
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.optimizers import OPTIMIZERS, Optimizer
from pellucid.equations.schedules import Schedule
from pellucid.equations.solvers import LBFGS
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.plan.recipe import Method, Recipe

OURS = {"logistic": "sigmoid"}  # scikit-learn's names of activations, where they differ
THEIRS = {ours: theirs for theirs, ours in OURS.items()}


def hidden_sizes(given: int | Iterable[int]) -> list[int]:
    """Return the sizes of the hidden layers, given as one or several.

    Raises
    ------
    ValueError
        As scikit-learn says it.
    """
    sizes = list(given) if isinstance(given, Iterable) else [given]
    if any(size <= 0 for size in sizes):
        raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
    return [int(size) for size in sizes]


def architecture_of(asked: Any, n_inputs: int, n_outputs: int, output: str) -> Architecture:
    """Return the layers that an estimator's parameters ask for."""
    sizes = hidden_sizes(asked.hidden_layer_sizes)
    hidden = [
        Dense(size, name, norm=asked.norm, pieces=2 if ACTIVATIONS[name].grouped else 1)
        for size, name in zip(sizes, activations(asked, len(sizes)), strict=True)
    ]
    return Architecture(n_inputs, (*hidden, Dense(n_outputs, output)))


def activations(asked: Any, n_hidden: int) -> list[str]:
    """Return the activation of each hidden layer by our names.

    Raises
    ------
    ValueError
        Not one for each layer.
    """
    given = asked.activation
    names = [given] * n_hidden if isinstance(given, str) else list(given)
    if len(names) != n_hidden:
        raise ValueError(
            f"activation: expected one name, or one for each of {n_hidden} hidden layers, "
            f"got {given!r}."
        )
    return [OURS.get(name, name) for name in names]


def recipe_of(asked: Any, loss: str, dtype: npt.DTypeLike, n_epochs: int) -> Recipe:
    """Return how an estimator's parameters ask to train."""
    return Recipe(
        loss=loss,
        optimizer=method_of(asked),
        batch_size=200 if asked.batch_size == "auto" else int(asked.batch_size),
        epochs=n_epochs,
        l2=asked.alpha,
        l2_divisor="batch",
        l1=asked.l1,
        l1_divisor="batch",
        max_norm=asked.max_norm,
        clip_norm=asked.clip_norm,
        dropout=asked.dropout,
        input_dropout=asked.input_dropout,
        noise=asked.noise,
        input_noise=asked.input_noise,
        label_smoothing=getattr(asked, "label_smoothing", 0.0),
        average=asked.average,
        precision=np.dtype(dtype).name,
    )


def method_of(asked: Any) -> Method:
    """Return the optimizer that `solver` names, or is; or L-BFGS.

    The rate is ``learning_rate_init``, or a schedule given as ``learning_rate``; other numbers of
    optimizers that scikit-learn does not know are their own.
    """
    solver = asked.solver
    if isinstance(solver, Optimizer):
        return solver
    if solver == "lbfgs":
        return LBFGS()
    scheduled = isinstance(asked.learning_rate, Schedule)
    rate = asked.learning_rate if scheduled else asked.learning_rate_init
    if solver == "sgd":
        solver = "nesterov" if asked.nesterovs_momentum else "momentum"
    moments = asked.beta_1, asked.beta_2, asked.epsilon
    momentum = (asked.momentum,)
    more = {"nesterov": momentum, "momentum": momentum, "adam": moments, "adamw": moments}
    numbers: Any = OPTIMIZERS[solver].numbers
    made: Method = numbers(rate, *more.get(solver, ()))
    return made


def as_scikit_learn(numbers: Array, asked: Any, first_step: int) -> Array:
    """Return the optimizer's numbers with ε where scikit-learn has it, outside of the correction.

    It divides by √v + ε, we divide by √v̂ + ε with v̂ = v / (1 − β₂ᵗ), so ε has to follow.
    """
    if asked.solver != "adam":
        return numbers
    t = np.arange(first_step, first_step + len(numbers)) + 1.0
    adjusted = numbers.copy()
    adjusted[:, 3] = asked.epsilon / np.sqrt(1.0 - asked.beta_2**t)
    return adjusted


def is_stochastic(solver: Any) -> bool:
    """Return whether a solver takes steps on mini-batches."""
    return bool(solver != "lbfgs")


def threads_of(n_jobs: int | None) -> int | None:
    """Return how many threads `n_jobs` asks for as joblib counts: −1 is every core, −2 one less.

    None leaves it to the engine: one for each core, and one in joblib's workers.

    Raises
    ------
    ValueError
        0, as joblib says it.
    """
    return None if n_jobs is None else min(effective_n_jobs(n_jobs), n_cores())
