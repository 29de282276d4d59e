"""Recipes to and from plain data, as in run.json and in configuration files."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from pellucid.equations.augmenting import Augment
from pellucid.equations.schedules import SCHEDULES, Schedule
from pellucid.errors import RecipeError
from pellucid.plan.checks import METHODS
from pellucid.plan.recipe import Method, Recipe


def to_json(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe as plain data for JSON; ``from_json`` takes it back."""
    data = {item.name: _plain(getattr(recipe, item.name)) for item in fields(recipe)}
    data["optimizer"] = _to_table(recipe.optimizer, METHODS)
    if recipe.augment is not None:
        data["augment"] = {
            item.name: _plain(getattr(recipe.augment, item.name)) for item in fields(Augment)
        }
    data["rate_factors"] = {str(layer): x for layer, x in recipe.rate_factors.items()}
    return data


def from_json(data: Any) -> Recipe:
    """Return the recipe that `data` describes; what is absent takes its default.

    Raises
    ------
    RecipeError
        Unknown entries, or values that do not fit.
    """
    known = {item.name for item in fields(Recipe)}
    if not isinstance(data, dict) or not set(data) <= known:
        unknown = sorted(set(data) - known) if isinstance(data, dict) else data
        raise RecipeError(f"expected any of {', '.join(sorted(known))}; got {unknown}.")
    given = dict(data)
    if "optimizer" in given:
        given["optimizer"] = optimizer_from_json(given["optimizer"])
    if given.get("augment") is not None:
        given["augment"] = augment_from_json(given["augment"])
    try:
        return Recipe(**given)
    except (TypeError, AttributeError, ValueError) as problem:
        if isinstance(problem, RecipeError):
            raise
        raise RecipeError(f"a recipe cannot be read: {problem}.") from None


def optimizer_from_json(data: Any) -> Method:
    """Return the optimizer of ``{"name": "adam", "learning_rate": 0.001}``, or of a name alone."""
    entries = {"name": data} if isinstance(data, str) else data
    method: Method = _from_table(entries, METHODS, "optimizer")
    return method


def augment_from_json(data: Any) -> Augment:
    """Return what ``{"shape": [28, 28], "shift": 2}`` says of how pictures are distorted."""
    if not isinstance(data, dict):
        raise RecipeError(f"augment: expected a table of its entries, got {data!r}.")
    augment: Augment = _made(Augment, data, "augment")
    return augment


def _to_table(made: Method | Schedule, table: Mapping[str, Any]) -> dict[str, Any]:
    """A row's numbers with its name; schedules among them as tables of their own."""
    name = next(name for name, row in table.items() if row.numbers is type(made))
    numbers = {item.name: getattr(made, item.name) for item in fields(made)}
    return {
        "name": name,
        **{
            key: value
            if value is None or isinstance(value, int | float)
            else _to_table(value, SCHEDULES)
            for key, value in numbers.items()
        },
    }


def _from_table(data: Any, table: Mapping[str, Any], what: str) -> Any:
    row = _named_row(data, table, what)
    numbers = {
        key: _from_table(value, SCHEDULES, "schedule") if isinstance(value, dict) else value
        for key, value in data.items()
        if key != "name"
    }
    return _made(row.numbers, numbers, what)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _named_row(data: Any, table: Mapping[str, Any], what: str) -> Any:
    if not isinstance(data, dict) or data.get("name") not in tuple(table):
        got = data.get("name") if isinstance(data, dict) else data
        raise RecipeError(f"{what}: expected one of {', '.join(table)}, got {got!r}.")
    return table[data["name"]]


def _made(kind: type[Any], numbers: dict[str, Any], what: str) -> Any:
    known = [item.name for item in fields(kind)]
    if not set(numbers) <= set(known):
        raise RecipeError(
            f"{what} {kind.__name__} has the numbers {', '.join(known)}; "
            f"got {', '.join(sorted(set(numbers) - set(known)))}."
        )
    needed = {item.name for item in fields(kind) if item.default is MISSING} - set(numbers)
    if needed:
        raise RecipeError(f"{what} {kind.__name__} needs {', '.join(sorted(needed))}.")
    return kind(**numbers)
