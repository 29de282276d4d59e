"""The ordinary ways to begin: ``start`` for those who follow a run, ``train`` for the rest."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import numpy as np
import numpy.typing as npt

from pellucid.data.split import split
from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import Adam, Optimizer
from pellucid.errors import DataError, DivergedError
from pellucid.model.network import Network
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from pellucid.training.checkpoints import Checkpoint, load_checkpoint
from pellucid.training.events import Stopped
from pellucid.training.history import History
from pellucid.training.run import Run, fingerprint

Validation = float | tuple[npt.ArrayLike, npt.ArrayLike] | None
Options = ParamSpec("Options")


def start(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    loss: str | None = None,
    optimizer: Optimizer | None = None,
    batch_size: int = 32,
    epochs: int = 10,
    steps: int | None = None,
    target_cost: float | None = None,
    patience: int | None = None,
    min_delta: float = 0.0,
    l2: float = 0.0,
    l2_divisor: str = "cost",
    dropout: float | Sequence[float] = 0.0,
    frozen: Sequence[int] = (),
    rate_factors: Mapping[int, float] | None = None,
    seed: int = 0,
    sample_weight: npt.ArrayLike | None = None,
    validation: Validation = None,
    engine: str = "auto",
    threads: int | None = None,
    every: int | str = "epoch",
) -> Run:
    """Begin to train `network`, and return the run: iterate over it to carry it out.

    Parameters
    ----------
    network : Network
        Trained in place.
    X : (n, n_inputs)
        uint8, float32 or float64, finite.
    Y : (n,) or (n, n_out)
        Class codes or one-hot rows for softmax outputs; numbers otherwise.
    loss : str, optional
        By default the one whose link the output is: cross_entropy for softmax,
        binary_cross_entropy for sigmoid, else mse.
    optimizer : Optimizer, optional
        Such as ``SGD(0.1)``; by default ``Adam(0.001)``.
    batch_size, epochs, steps, target_cost, patience, min_delta, l2, l2_divisor, dropout, \
frozen, rate_factors, seed
        See ``Recipe``.
    sample_weight : (n,), optional
        How much each example counts.
    validation : (X, Y) or float, optional
        Data to judge by at each epoch's end, or the share of the examples to hold out for it.
    engine : {"auto", "native", "reference"}
        "auto" is native where it is installed and can carry out the plan.
    threads : int, optional
        At most so many; by default as many as there are cores. The result does not depend on it.
    every : "epoch" or int
        Receive an event so often, in steps.

    Returns
    -------
    Run

    Raises
    ------
    RecipeError, DataError, UnsupportedError

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(1, "sigmoid")], seed=0)
    >>> run = pel.start(network, [[0, 0], [1, 1]], [0, 1], epochs=2)
    >>> [type(event).__name__ for event in run]
    ['Started', 'EpochEnded', 'EpochEnded', 'Stopped']
    """
    recipe = Recipe(
        loss=loss or _natural_loss(network),
        optimizer=optimizer or Adam(),
        batch_size=batch_size,
        epochs=epochs,
        steps=steps,
        target_cost=target_cost,
        patience=patience,
        min_delta=min_delta,
        l2=l2,
        l2_divisor=l2_divisor,
        dropout=dropout if isinstance(dropout, int | float) else tuple(dropout),
        frozen=tuple(frozen),
        rate_factors=rate_factors or {},
        precision=network.precision,
        seed=seed,
    )
    examples = as_examples(network.architecture, recipe.loss, X, Y, sample_weight)
    training, held_out = hold_out(network, recipe, examples, validation)
    return begin(network, recipe, training, held_out, engine=engine, threads=threads, every=every)


def begin(
    network: Network,
    recipe: Recipe,
    training: Examples,
    validation: Examples | None,
    *,
    engine: str = "auto",
    threads: int | None = None,
    every: int | str = "epoch",
) -> Run:
    """Return a run of a recipe over examples that are checked already."""
    plan = compile_plan(network.architecture, recipe, len(training))
    state = first_state(plan, network.parameters.copy(), network.buffers.copy())
    return Run(
        network, plan, state, training, validation, engine=engine, threads=threads, every=every
    )


def hold_out(
    network: Network, recipe: Recipe, examples: Examples, validation: Validation
) -> tuple[Examples, Examples | None]:
    """Return the training and the validation part, taken from `examples` or given."""
    if validation is None:
        return examples, None
    pair = isinstance(validation, tuple) and len(validation) == 2
    if not pair and not isinstance(validation, int | float):
        raise DataError(
            f"validation: expected a pair (X, Y), or a share such as 0.1, got {validation!r}."
        )
    if isinstance(validation, tuple):
        X, Y = validation
        names = ("validation X", "validation Y")
        return examples, as_examples(network.architecture, recipe.loss, X, Y, None, names)
    kept, held_out = split(_strata(examples), validation, recipe.seed)
    return examples.take(np.sort(kept)), examples.take(np.sort(held_out))


def to_the_end(begin: Callable[Options, Run]) -> Callable[Options, History]:
    """Return a function like `begin` that carries the run out and returns its history."""

    @wraps(begin)
    def run_to_the_end(*args: Options.args, **kwargs: Options.kwargs) -> History:
        run = begin(*args, **kwargs)
        for event in run:
            if isinstance(event, Stopped) and event.reason == "diverged":
                raise DivergedError(f"{event.sentence}.")
        return run.history

    return run_to_the_end


train = to_the_end(start)
train.__name__ = train.__qualname__ = "train"
train.__doc__ = """Train `network` in place, and return the history.

    Takes what ``start`` takes, carries the run out to its end, and raises ``DivergedError``,
    with the weights of the last good epoch in the network, where the cost became infinite.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(1, "sigmoid")], seed=0)
    >>> pel.train(network, [[0, 0], [1, 1]], [0, 1], epochs=2).reason
    'epochs'
    """


def resume(
    path: str | Path,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    validation: Validation = None,
    engine: str | None = None,
    threads: int | None = None,
    every: int | str = "epoch",
) -> Run:
    """Return the run of a checkpoint that ``Run.save`` wrote; iterating over it goes on.

    Parameters
    ----------
    path : str or Path
    X, Y, sample_weight, validation
        The same data as before: with others the result would be another.
    engine : str, optional
        By default the one that ran before.

    Raises
    ------
    ModelFileError
        The file is damaged.
    DataError
        The data are not those the run began with.
    """
    checkpoint = load_checkpoint(path)
    plan = checkpoint.plan
    examples = as_examples(plan.architecture, plan.recipe.loss, X, Y, sample_weight)
    return go_on(checkpoint, examples, validation, engine=engine, threads=threads, every=every)


def go_on(
    checkpoint: Checkpoint,
    examples: Examples,
    validation: Validation,
    *,
    engine: str | None = None,
    threads: int | None = None,
    every: int | str = "epoch",
) -> Run:
    """Return the run of a checkpoint over examples that are checked already."""
    plan, state = checkpoint.plan, checkpoint.state
    network = Network.from_arrays(plan.architecture, state.parameters.copy(), state.buffers.copy())
    training, held_out = hold_out(network, plan.recipe, examples, validation)
    if len(training) != plan.n_examples or fingerprint(training, held_out) != state.fingerprint:
        raise DataError(
            f"expected the data that the run began with ({plan.n_examples} training examples), "
            f"got other ones ({len(training)}). Give the same files and the same validation."
        )
    return Run(
        network,
        plan,
        state,
        training,
        held_out,
        engine=engine or state.engine,
        threads=threads,
        every=every,
    )


def _natural_loss(network: Network) -> str:
    output = network.architecture.layers[-1].activation
    linked = [name for name, row in LOSSES.items() if row.needs_link and row.link == output]
    return linked[0] if linked else "mse"


def _strata(examples: Examples) -> npt.NDArray[np.int32] | int:
    """Class codes where the targets are classes, so that each part has its share of each."""
    Y = examples.Y
    if Y.ndim == 1:
        return Y
    one_hot = Y.shape[1] > 1 and bool(((Y == 0) | (Y == 1)).all() and (Y.sum(axis=1) == 1).all())
    return Y.argmax(axis=1).astype(np.int32) if one_hot else len(examples)
