"""Losses: how wrong one prediction is, and the derivative of that. One row of a table each.

A row holds its link: the activation of the output for which delta becomes the plain difference
P − Y (times a constant). `pellucid.network.passes` uses this fused form where link and output
agree, and the chain rule, `dP` through the output's own backward, where they do not.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from pellucid.arrays import Array
from pellucid.equations import likelihoods, residuals
from pellucid.equations.named import name_and_numbers
from pellucid.errors import RecipeError


class Loss(NamedTuple):
    """A loss beside its derivatives. Each function takes the loss's own numbers last."""

    value: Callable[..., Array]  # (Z, P, Y, xp, *numbers) → (n,) one an example
    dP: Callable[..., Array]  # (P, Y, xp, *numbers) → (n, n_out), not yet a mean
    delta: Callable[..., Array]  # (P, Y, xp, *numbers) → (n, n_out), for the link
    link: str
    needs_link: bool  # whether it is only defined for outputs of its link
    # "numbers", "counts" (0 or more), "bits" (each 0 … 1), "signs" (each −1 or 1) or "classes"
    # (rows that sum to 1)
    targets: str
    outputs: str  # whether the outputs of an example are summed or averaged
    # the constant prediction that is best: "mean", "median", "levels" (quantiles) or "balance"
    # (where the targets below and above it pull alike)
    constant: str
    formula: str
    source: str
    numbers: tuple[float, ...] = ()


LOSSES = {
    "half_sse": Loss(
        residuals.half_sse,
        residuals.half_sse_dP,
        residuals.half_sse_dP,
        link="identity",
        needs_link=False,
        targets="numbers",
        outputs="sum",
        constant="mean",
        formula="½ Σ (p − y)²",
        source="Rumelhart, Hinton and Williams 1986",
    ),
    "mse": Loss(
        residuals.mse,
        residuals.mse_dP,
        residuals.mse_dP,
        link="identity",
        needs_link=False,
        targets="numbers",
        outputs="mean",
        constant="mean",
        formula="Σ (p − y)² / n_out",
        source="Legendre 1805",
    ),
    "binary_cross_entropy": Loss(
        likelihoods.binary_cross_entropy,
        likelihoods.binary_cross_entropy_dP,
        likelihoods.difference,
        link="sigmoid",
        needs_link=True,
        targets="bits",
        outputs="sum",
        constant="mean",
        formula="−Σ (y log p + (1 − y) log(1 − p))",
        source="Cox 1958; Bishop 1995, §6.7",
    ),
    "cross_entropy": Loss(
        likelihoods.cross_entropy,
        likelihoods.cross_entropy_dP,
        likelihoods.difference,
        link="softmax",
        needs_link=True,
        targets="classes",
        outputs="sum",
        constant="mean",
        formula="−Σ y log p",
        source="Bridle 1990; Bishop 1995, §6.9",
    ),
    "sse": Loss(
        residuals.sse,
        residuals.sse_dP,
        residuals.sse_dP,
        link="identity",
        needs_link=False,
        targets="numbers",
        outputs="sum",
        constant="mean",
        formula="Σ (p − y)²",
        source="Gauss 1809",
    ),
    "mae": Loss(
        residuals.mae,
        residuals.mae_dP,
        residuals.mae_dP,
        link="identity",
        needs_link=False,
        targets="numbers",
        outputs="mean",
        constant="median",
        formula="Σ |p − y| / n_out",
        source="Boscovich 1757; Laplace 1774",
    ),
    "huber": Loss(
        residuals.huber,
        residuals.huber_dP,
        residuals.huber_dP,
        link="identity",
        needs_link=False,
        targets="numbers",
        outputs="mean",
        constant="balance",
        formula="Σ ½ e² where |e| ≤ δ, else δ (|e| − ½ δ); / n_out",
        source="Huber 1964",
        numbers=(1.0,),
    ),
    "quantile": Loss(
        residuals.quantile,
        residuals.quantile_dP,
        residuals.quantile_dP,
        link="identity",
        needs_link=False,
        targets="numbers",
        outputs="mean",
        constant="levels",
        formula="Σ max(q (y − p), (q − 1) (y − p)) / n_out",
        source="Koenker and Bassett 1978",
        numbers=(0.5,),
    ),
    "poisson": Loss(
        likelihoods.poisson,
        likelihoods.poisson_dP,
        likelihoods.difference,
        link="exp",
        needs_link=True,
        targets="counts",
        outputs="sum",
        constant="mean",
        formula="Σ p − y log p + y log y − y",
        source="Nelder and Wedderburn 1972",
    ),
    "squared_hinge": Loss(
        residuals.squared_hinge,
        residuals.squared_hinge_dP,
        residuals.squared_hinge_dP,
        link="identity",
        needs_link=False,
        targets="signs",
        outputs="mean",
        constant="mean",
        formula="Σ max(0, 1 − y p)² / n_out",
        source="Cortes and Vapnik 1995; Tang 2013",
    ),
}


def loss_of(text: str) -> Loss:
    """Return the row that `text` names, with the numbers after its colon put in.

    Raises
    ------
    RecipeError
        No such row, or numbers that do not fit it.
    """
    if not isinstance(text, str):
        raise RecipeError(f"loss: expected a name such as mse, got {text!r}.")
    try:
        name, given = name_and_numbers(text)
    except ValueError as problem:
        raise RecipeError(f"loss: {problem}.") from None
    if name not in LOSSES:
        raise RecipeError(f"loss: expected one of {', '.join(LOSSES)}, got {text!r}.")
    row = LOSSES[name]
    numbers = given or row.numbers
    _check_numbers(name, row, numbers)
    bound = [_with(f, numbers) for f in (row.value, row.dP, row.delta)]
    return row._replace(value=bound[0], dP=bound[1], delta=bound[2], numbers=numbers)


def natural_loss(output: str) -> str:
    """Return the loss whose link the output's activation is; mse where there is none."""
    linked = [name for name, row in LOSSES.items() if row.needs_link and row.link == output]
    return linked[0] if linked else "mse"


def smoothed(Y: Array, share: float, n_classes: int) -> Array:
    """Y + share (1/n_classes − Y): a share of each target spread evenly (Szegedy et al. 2016)."""
    return Y + share * (1.0 / n_classes - Y)


def as_bits(loss: Loss, values: Array) -> Array:
    """Bring targets or predictions of −1 … 1 to 0 … 1 where a loss has such; leave others alone."""
    return 0.5 * (values + 1.0) if loss.targets == "signs" else values


def _with(f: Callable[..., Array], numbers: tuple[float, ...]) -> Callable[..., Array]:
    def bound(*arrays: Any) -> Array:
        return f(*arrays, *numbers)

    return wraps(f)(bound) if numbers else f


def _check_numbers(name: str, row: Loss, numbers: tuple[float, ...]) -> None:
    if row.constant == "levels":
        fits, expected = all(0 < q < 1 for q in numbers), "levels between 0 and 1"
    elif row.numbers:
        fits, expected = len(numbers) == 1 and numbers[0] > 0, "one number above 0"
    else:
        fits, expected = not numbers, "no numbers"
    if not fits:
        raise RecipeError(f"loss: {name} takes {expected}, got {', '.join(map(str, numbers))}.")
