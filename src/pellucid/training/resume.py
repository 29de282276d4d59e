"""Going on with a run from its checkpoint."""

from collections.abc import Sequence
from pathlib import Path

import numpy.typing as npt

from pellucid.data.split import Holding
from pellucid.errors import DataError
from pellucid.model.network import Network
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.state import trained_weights
from pellucid.training.checkpoints import Checkpoint, load_checkpoint
from pellucid.training.judging import Judge, named_metrics
from pellucid.training.parts import Validation, fingerprint, hold_out
from pellucid.training.run import Run


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
    metrics: Judge | Sequence[Judge] = (),
) -> Run:
    """Return the run of a checkpoint that ``Run.save`` wrote; iterating over it goes on.

    Parameters
    ----------
    path : str or Path
    X, Y, sample_weight, validation
        The same data as before: with others the result would be another.
    engine : str, optional
        By default the one that ran before.
    metrics : sequence of callable
        The functions among the metrics that the run began with.

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
    return go_on(
        checkpoint,
        examples,
        validation,
        engine=engine,
        threads=threads,
        every=every,
        metrics=metrics,
    )


def go_on(
    checkpoint: Checkpoint,
    examples: Examples,
    validation: Validation,
    *,
    engine: str | None = None,
    threads: int | None = None,
    every: int | str = "epoch",
    metrics: Judge | Sequence[Judge] = (),
    holding: Holding | None = None,
) -> Run:
    """Return the run of a checkpoint over examples that are checked already."""
    plan, state = checkpoint.plan, checkpoint.state
    weights = trained_weights(plan, state)
    network = Network.from_arrays(plan.architecture, weights.copy(), state.buffers.copy())
    training, held_out = hold_out(network, plan.recipe, examples, validation, holding)
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
        metrics=dict(named_metrics(metrics)),
    )
