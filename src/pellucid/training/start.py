"""The ordinary ways to begin: ``start`` for those who follow a run, ``train`` for the rest."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec

import numpy.typing as npt

from pellucid.equations.augmenting import Augment
from pellucid.equations.losses import natural_loss
from pellucid.equations.metrics import Metric
from pellucid.equations.optimizers import Adam
from pellucid.errors import DivergedError
from pellucid.model.network import Network
from pellucid.plan.examples import Examples, as_examples, mostly_zeros
from pellucid.plan.order import window_of
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import COST, Method, Recipe
from pellucid.plan.state import first_state
from pellucid.rows import StoredRows
from pellucid.training.events import Stopped
from pellucid.training.history import History
from pellucid.training.judging import Judge, named_metrics
from pellucid.training.parts import Validation, hold_out
from pellucid.training.run import Run
from pellucid.training.starts import several

Options = ParamSpec("Options")


def start(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    loss: str | None = None,
    optimizer: Method | None = None,
    batch_size: int | str = 32,
    epochs: int = 10,
    steps: int | None = None,
    seconds: float | None = None,
    target_cost: float | None = None,
    patience: int | None = None,
    min_delta: float = 0.0,
    rises: int | None = None,
    give_up: int | None = None,
    monitor: str = COST,
    metrics: Judge | Sequence[Judge] = (),
    l2: float = 0.0,
    l2_divisor: str = "cost",
    l1: float = 0.0,
    l1_divisor: str = "cost",
    max_norm: float | Sequence[float] | None = None,
    clip_value: float | None = None,
    clip_norm: float | None = None,
    label_smoothing: float = 0.0,
    dropout: float | Sequence[float] = 0.0,
    input_dropout: float = 0.0,
    noise: float | Sequence[float] = 0.0,
    input_noise: float = 0.0,
    augment: Augment | None = None,
    average: float | None = None,
    frozen: Sequence[int] = (),
    rate_factors: Mapping[int, float] | None = None,
    seed: int = 0,
    starts: int = 1,
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
        uint8, float32 or float64, finite; or rows that stay in files, as ``stored`` gives them.
    Y : (n,) or (n, n_out)
        Class codes or one-hot rows for softmax outputs; numbers otherwise.
    loss : str, optional
        By default the one whose link the output is: cross_entropy for softmax,
        binary_cross_entropy for sigmoid, else mse.
    optimizer : Optimizer or Solver, optional
        Such as ``SGD(0.1)`` or ``LBFGS()``; by default ``Adam(0.001)``.
    metrics : sequence of str or callable
        What to work out at the end of each epoch over the validation part (without one, the
        training part): names such as "f1", or functions of predictions (n, n_out) and targets
        that return a number, the higher the better. Targets come as codes (n,) where codes were
        given, else as rows (n, n_out), those of −1 and 1 as 0 and 1. A ``Metric`` says more of
        itself, such as that lower is better; its function takes the array namespace third.
    batch_size, epochs, steps, seconds, target_cost, patience, min_delta, rises, give_up, monitor, \
l1, l1_divisor, l2, l2_divisor, max_norm, clip_value, clip_norm, label_smoothing, dropout, \
input_dropout, noise, input_noise, augment, average, frozen, rate_factors, seed
        See ``Recipe``.
    starts : int
        How many networks ``train`` trains, from `seed` and the seeds after it: the first begins
        with the weights that `network` has, the others with new ones. The best by validation is
        kept. A run is the first of them alone.
    sample_weight : (n,), optional
        How much each example counts in the cost; not in the statistics of batch normalization.
    validation : (X, Y), (X, Y, sample_weight) or float, optional
        Data to judge by at each epoch's end, or the share of the examples to hold out for it.
    engine : {"auto", "native", "reference"}
        "auto" is native where it is installed and can carry out the plan.
    threads : int, optional
        At most so many, and at most as many as there are cores, which is the default. The result
        does not depend on it.
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
    network.check()
    named, output = named_metrics(metrics), network.architecture.layers[-1].activation
    recipe = Recipe(
        loss=natural_loss(output) if loss is None else loss,
        optimizer=optimizer or Adam(),
        batch_size=batch_size,
        epochs=epochs,
        steps=steps,
        seconds=seconds,
        target_cost=target_cost,
        patience=patience,
        min_delta=min_delta,
        rises=rises,
        give_up=give_up,
        monitor=monitor,
        metrics=tuple(name for name, _ in named),
        l2=l2,
        l2_divisor=l2_divisor,
        l1=l1,
        l1_divisor=l1_divisor,
        max_norm=_as_given(max_norm),
        clip_value=clip_value,
        clip_norm=clip_norm,
        label_smoothing=label_smoothing,
        dropout=_as_given(dropout),
        input_dropout=input_dropout,
        noise=_as_given(noise),
        input_noise=input_noise,
        augment=augment,
        average=average,
        frozen=tuple(frozen),
        rate_factors=rate_factors or {},
        precision=network.precision,
        seed=seed,
        starts=starts,
    )
    compile_plan(network.architecture, recipe, 1)  # what does not fit is said before the data are
    examples = as_examples(network.architecture, recipe.loss, X, Y, sample_weight)
    parts = hold_out(network, recipe, examples, validation)
    return begin(
        network, recipe, *parts, engine=engine, threads=threads, every=every, metrics=dict(named)
    )


def begin(
    network: Network,
    recipe: Recipe,
    training: Examples,
    validation: Examples | None,
    *,
    engine: str = "auto",
    threads: int | None = None,
    every: int | str = "epoch",
    metrics: Mapping[str, Metric] | None = None,
) -> Run:
    """Return a run of a recipe over examples that are checked already."""
    plan = compile_plan(network.architecture, recipe, len(training))
    state = first_state(plan, network.parameters.copy(), network.buffers.copy())
    noisy = recipe.input_noise > 0 or (recipe.augment is not None and recipe.augment.noise > 0)
    state.skips_zeros = not noisy and mostly_zeros(network.architecture, training.X)
    if isinstance(training.X, StoredRows):
        state.window = window_of(plan, training.X)
    return Run(
        network,
        plan,
        state,
        training,
        validation,
        engine=engine,
        threads=threads,
        every=every,
        metrics=metrics,
    )


def to_the_end(begin: Callable[Options, Run]) -> Callable[Options, History]:
    """Return a function like `begin` that carries the run out and returns its history."""

    @wraps(begin)
    def run_to_the_end(*args: Options.args, **kwargs: Options.kwargs) -> History:
        run = begin(*args, **kwargs)
        if run.plan.recipe.starts > 1:
            return several(run)
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


def _as_given(numbers: Any) -> Any:
    """Several numbers as the tuple that a recipe holds."""
    return tuple(numbers) if isinstance(numbers, Sequence) else numbers
