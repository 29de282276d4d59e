"""Which examples a run learns from, and which it is judged by."""

import numpy as np
import numpy.typing as npt

from pellucid.data.split import Holding, split, split_chunks
from pellucid.errors import DataError
from pellucid.model.network import Network
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.recipe import Recipe
from pellucid.rows import StoredRows

Validation = float | tuple[npt.ArrayLike, ...] | None


def hold_out(
    network: Network,
    recipe: Recipe,
    examples: Examples,
    validation: Validation,
    holding: Holding | None = None,
) -> tuple[Examples, Examples | None]:
    """Return the training and the validation part, taken from `examples` or given.

    A share is drawn by lot, with every class in proportion, unless `holding` says by what. Of rows
    that stay in files whole chunks are held out, unless it does.
    """
    if validation is None:
        return examples, None
    if isinstance(validation, tuple) and len(validation) in (2, 3):
        X, Y, *rest = validation
        weights = rest[0] if rest else None
        names = ("validation X", "validation Y")
        return examples, as_examples(network.architecture, recipe.loss, X, Y, weights, names)
    if not isinstance(validation, int | float):
        raise DataError(
            "validation: expected a pair (X, Y), both with weights (X, Y, sample_weight), or a "
            f"share such as 0.1, got {validation!r}."
        )
    if isinstance(examples.X, StoredRows) and holding is None:
        parts = _by_chunks(examples, examples.X, validation, recipe.seed)
    else:
        kept, held_out = (
            split(_strata(examples), validation, recipe.seed)
            if holding is None
            else holding.split(validation, recipe.seed)
        )
        parts = _taken(examples, np.sort(kept)), _taken(examples, np.sort(held_out))
    if any(part.weights is not None and not part.weights.any() for part in parts):
        raise DataError(
            "validation: expected examples with a sample_weight above 0 in both parts, got one "
            "part without. Leave out examples of weight 0, or give validation=(X, Y)."
        )
    return parts


def fingerprint(examples: Examples, validation: Examples | None) -> str:
    """Return a text that is the same for the same training and validation data."""
    parts = [examples.fingerprint(), "" if validation is None else validation.fingerprint()]
    return ":".join(parts)


def _by_chunks(
    examples: Examples, X: StoredRows, share: float, seed: int
) -> tuple[Examples, Examples]:
    """Hold whole chunks out, so that both parts stay in files and are read in long stretches."""
    kept, held_out = split_chunks(X, share, seed)
    Y, weights = examples.Y, examples.weights
    training, validation = (
        Examples(X.take_chunks(chunks), Y[rows], None if weights is None else weights[rows])
        for chunks, rows in ((kept, X.rows_of(kept)), (held_out, X.rows_of(held_out)))
    )
    return training, validation


def _taken(examples: Examples, rows: npt.NDArray[np.int64]) -> Examples:
    """Some of the examples; rows that are in files stay there."""
    X, Y, weights = examples.X, examples.Y, examples.weights
    if not isinstance(X, StoredRows):
        return examples.take(rows)
    return Examples(X.take(rows), Y[rows], None if weights is None else weights[rows])


def _strata(examples: Examples) -> npt.NDArray[np.int32] | int:
    """Class codes where the targets are classes, so that each part has its share of each."""
    Y = examples.Y
    if Y.ndim == 1:
        return Y
    one_hot = Y.shape[1] > 1 and bool(((Y == 0) | (Y == 1)).all() and (Y.sum(axis=1) == 1).all())
    return Y.argmax(axis=1).astype(np.int32) if one_hot else len(examples)
