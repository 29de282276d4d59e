"""Rows that are named with numbers: "huber:1.5", "quantile:0.1,0.5,0.9", "uniform:0.05"."""

from math import isfinite


def name_and_numbers(text: str) -> tuple[str, tuple[float, ...]]:
    """Return the name before the colon and the numbers after it, none where there is no colon.

    Raises
    ------
    ValueError
        What stands after the colon is not one or more finite numbers with commas between them.
    """
    name, colon, rest = text.partition(":")
    if not colon:
        return name, ()
    try:
        numbers = tuple(float(part) for part in rest.split(","))
    except ValueError:
        numbers = ()
    if not numbers or not all(isfinite(number) for number in numbers):
        raise ValueError(f"expected numbers with commas between them after the colon, got {text!r}")
    return name, numbers
