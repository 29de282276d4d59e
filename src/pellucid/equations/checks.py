"""What an ``Augment`` may hold: what was expected, what came.

Each raises RecipeError.
"""

import operator
from math import inf
from typing import Any

from pellucid.errors import RecipeError

LARGEST_SIDE = 10_000  # pixels
MOST_SIGMA, MOST_ALPHA = 1000.0, 1e6


def is_finite(value: Any) -> bool:
    """Whether `value` is a common number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < inf


def checked_amount(name: str, value: Any, most: float) -> float:
    """Return `value` as a float from 0 to `most`."""
    if not is_finite(value) or not 0 <= value <= most:
        raise RecipeError(f"{name}: expected a number from 0 to {most:g}, got {value!r}.")
    return float(value)


def checked_shape(shape: Any) -> tuple[int, ...]:
    """Return a picture's height and width, and its channels where they are said."""
    sides = tuple(shape) if isinstance(shape, list | tuple) else ()
    whole = [hasattr(side, "__index__") and not isinstance(side, bool) for side in sides]
    fits = len(sides) in (2, 3) and all(whole) and all(1 <= n <= LARGEST_SIDE for n in sides[:2])
    if not fits or sides[2:] not in ((), (1,), (3,)):
        raise RecipeError(
            f"shape: expected (height, width) or (height, width, 3), each side 1 to "
            f"{LARGEST_SIDE} pixels, got {shape!r}."
        )
    return tuple(operator.index(side) for side in sides)


def checked_elastic(elastic: Any) -> tuple[float, float]:
    """Return sigma and alpha."""
    if not isinstance(elastic, list | tuple) or len(elastic) != 2:
        raise RecipeError(
            f"elastic: expected two numbers, sigma and alpha such as (4, 34), got {elastic!r}."
        )
    sigma = checked_amount("elastic sigma", elastic[0], MOST_SIGMA)
    if sigma == 0:
        raise RecipeError("elastic sigma: expected a number above 0, got 0. None bends nothing.")
    return sigma, checked_amount("elastic alpha", elastic[1], MOST_ALPHA)


def checked_crop(crop: Any, size: int) -> int:
    """Return a whole number from 0 to `size`."""
    if isinstance(crop, bool) or not hasattr(crop, "__index__") or not 0 <= crop <= size:
        raise RecipeError(f"crop: expected a whole number from 0 to {size}, got {crop!r}.")
    return operator.index(crop)
