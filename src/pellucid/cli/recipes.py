"""From flags and the ``[recipe]`` table of a configuration file to a recipe."""

from dataclasses import fields
from typing import Any

from pellucid.equations.losses import natural_loss
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.schedules import SCHEDULES
from pellucid.equations.solvers import SOLVERS
from pellucid.errors import RecipeError
from pellucid.plan.recipe import Recipe
from pellucid.plan.recipe_json import from_json

BY_LAYER = ("dropout", "noise", "max_norm")  # texts such as "0.5", or "0.2,0.5" by layer
READ_HERE = {"optimizer", "batch_size", *BY_LAYER}  # the other flags are a recipe's own fields
STEPPING = ("learning_rate", "momentum", "schedule", "batch_size")  # of no use to a solver


def recipe_of(output: str, flags: dict[str, Any], described: dict[str, Any]) -> Recipe:
    """Return the recipe of `flags`, and where they say nothing, of the table `described`.

    `output` is the activation of the output, which decides the loss where none is named.
    """
    given = dict(described)
    own = {item.name for item in fields(Recipe)} - READ_HERE
    given |= {name: value for name, value in flags.items() if name in own}
    given |= {name: _numbers(name, flags[name]) for name in BY_LAYER if name in flags}
    if "batch_size" in flags:
        given["batch_size"] = _batch_size(flags["batch_size"])
    if "metric" in flags:
        given["metrics"] = names_in(flags["metric"])
    given.setdefault("loss", natural_loss(output))
    given["optimizer"] = _optimizer(flags, given.get("optimizer", "adam"))
    return from_json(given)


def names_in(texts: list[str]) -> tuple[str, ...]:
    """Return the names in texts such as ["f1,roc_auc", "recall"], each once."""
    names = [name.strip() for text in texts for name in text.split(",")]
    return tuple(dict.fromkeys(name for name in names if name))


def _numbers(name: str, text: str) -> float | list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise RecipeError(
            f'{name}: expected a number such as "0.5", or one for each layer such as "0.2,0.5", '
            f"got {text!r}."
        ) from None
    return numbers[0] if len(numbers) == 1 else numbers


def _batch_size(text: str | int) -> str | int:
    try:
        return text if text == "all" else int(text)
    except ValueError:
        raise RecipeError(
            f'batch_size: expected a whole number of at least 1 or "all", got {text!r}.'
        ) from None


def _optimizer(flags: dict[str, Any], described: Any) -> dict[str, Any]:
    """The table of an optimizer or solver, with the flags about it put in."""
    if not isinstance(described, str | dict):
        raise RecipeError(f"optimizer: expected a name or a table, got {described!r}.")
    table = {"name": described} if isinstance(described, str) else dict(described)
    if "optimizer" in flags and flags["optimizer"] != table.get("name"):
        table = {"name": flags["optimizer"]}
    name = str(table.get("name"))
    for flag in STEPPING:
        if name in SOLVERS and flag in flags:
            raise RecipeError(
                f"{flag}: {name} uses all examples and chooses its steps itself; "
                f"leave out --{flag.replace('_', '-')}."
            )
    if "momentum" in flags:
        table["momentum"] = flags["momentum"]
    return table | _rate(name, flags, table.get("learning_rate"))


def _rate(optimizer: str, flags: dict[str, Any], described: Any) -> dict[str, Any]:
    """What to put in for the rate: each flag changes its part, a first number or a schedule."""
    named = isinstance(described, dict) and described.get("name") in SCHEDULES
    kept = described["name"] if named else "constant"
    rate = flags.get("learning_rate", described.get(_first(kept)) if named else described)
    schedule = flags.get("schedule", kept)
    if "learning_rate" not in flags and schedule == kept:
        return {} if described is None else {"learning_rate": described}
    if rate is None and optimizer in OPTIMIZERS:
        rate = OPTIMIZERS[optimizer].numbers().learning_rate
    if schedule == "constant":
        return {"learning_rate": rate}
    if schedule not in SCHEDULES:
        raise RecipeError(f"schedule: expected one of {', '.join(SCHEDULES)}, got {schedule!r}.")
    others = described if named and schedule == kept else {}
    return {"learning_rate": {**others, "name": schedule, _first(schedule): rate}}


def _first(schedule: str) -> str:
    """The name of a schedule's first number, which is its rate; the others have defaults."""
    return fields(SCHEDULES[schedule].numbers)[0].name
