"""Checks of the entries of a recipe: what was expected, what came."""

from math import inf
from typing import Any

import numpy as np

from pellucid.equations import optimizers, solvers
from pellucid.equations.dropout import LANES, threshold
from pellucid.equations.optimizers import OPTIMIZERS, OptimizerRow
from pellucid.equations.schedules import TINY
from pellucid.equations.solvers import SOLVERS, SolverRow
from pellucid.errors import RecipeError

# Everything that may carry a run out, by name.
METHODS: dict[str, OptimizerRow | SolverRow] = {**OPTIMIZERS, **SOLVERS}


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    """Raise where `value` is not one of `choices`."""
    if value not in choices:
        raise RecipeError(f"{name}: expected one of {', '.join(choices)}, got {value!r}.")


def check_whole(name: str, value: Any, least: int, hint: str = "") -> None:
    """Raise where `value` is not a whole number of at least `least`."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise RecipeError(
            f"{name}: expected a whole number of at least {least}{hint}, got {value!r}."
        )


def check_number(
    name: str,
    value: Any,
    *,
    least: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> None:
    """Raise where `value` is not a finite number within the bounds given."""
    shown = (None, 0.0) if least == TINY else (least, above)
    bounds = {"of at least": shown[0], "above": shown[1], "below": below}
    finite = isinstance(value, int | float) and not isinstance(value, bool) and value - value == 0
    fits = (
        finite
        and (least is None or value >= least)
        and (above is None or value > above)
        and (below is None or value < below)
    )
    if not fits:
        said = " and ".join(f"{word} {x:g}" for word, x in bounds.items() if x not in (None, inf))
        raise RecipeError(
            f"{name}: expected a finite number{' ' if said else ''}{said}, got {value!r}."
        )


def check_share(name: str, value: Any) -> None:
    """Raise where `value` is not a share from 0 to less than 1."""
    check_number(name, value, least=0.0, below=1.0)
    if name.endswith("dropout") and threshold(value) >= LANES:
        raise RecipeError(f"{name}: expected a share of less than 1, got {value!r}.")


def numbers_by_layer(name: str, value: Any) -> float | tuple[float, ...]:
    """Return one number for all layers, or one a layer as a tuple, each checked."""
    value = value.tolist() if isinstance(value, np.ndarray) else value
    several = isinstance(value, list | tuple)
    for number in value if several else (value,):
        if name == "dropout":
            check_share(name, number)
        else:
            check_number(name, number, least=0.0)
    return tuple(float(number) for number in value) if several else value


def check_method(method: Any) -> None:
    """Raise where `method` is neither an optimizer nor a solver, or a number does not fit."""
    if not any(type(method) is row.numbers for row in METHODS.values()):
        known = ", ".join(row.numbers.__name__ for row in METHODS.values())
        raise RecipeError(f"optimizer: expected one of {known}, such as SGD(0.1), got {method!r}.")
    is_solver = any(type(method) is row.numbers for row in SOLVERS.values())
    entries = solvers.numbers_of(method) if is_solver else optimizers.numbers_of(method)
    lengths: set[str] = set()
    for name, value, bounds in entries:
        owner, _, entry = name.rpartition(".")
        if entry in ("steps", "epochs"):
            if owner in lengths:
                raise RecipeError(f"{owner}: expected steps or epochs as its length, got both.")
            lengths.add(owner)
        if bounds.whole:
            check_whole(name, value, int(bounds.least))
        else:
            check_number(name, value, least=bounds.least, below=bounds.below)
