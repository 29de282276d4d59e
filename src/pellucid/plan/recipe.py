"""How a network is trained, as frozen data: loss, optimizer, penalties, stopping, seed."""

import operator
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from pellucid.arrays import PRECISIONS
from pellucid.equations.dropout import LANES, threshold
from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import OPTIMIZERS, Adam, Optimizer
from pellucid.equations.optimizers import name_of as optimizer_name
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.schedules import SCHEDULES, Schedule
from pellucid.equations.schedules import name_of as schedule_name
from pellucid.errors import RecipeError

SEEDS = 1 << 64


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a run goes, apart from the network and the data.

    Parameters
    ----------
    loss : str
        A row of ``pellucid.equations.losses.LOSSES``.
    optimizer : Optimizer
        One of ``pellucid.equations.optimizers.OPTIMIZERS``, such as ``SGD(0.1)``. Any of its
        numbers may be a schedule, such as ``Cosine(0.1)``.
    batch_size : int
        Examples in a step; the last batch of an epoch may be smaller.
    epochs : int
        Passes over the training part.
    steps : int, optional
        Stop after so many steps, if that is earlier.
    target_cost : float, optional
        Stop when the cost over the training part, at fixed weights, is at most this.
    patience : int, optional
        Stop when so many epochs have brought no better validation cost (without validation
        data: training cost), and keep the weights of the best epoch.
    min_delta : float
        By how much a cost has to be lower to count as better.
    l2 : float
        λ of the penalty λ/2 Σ W².
    l2_divisor : {"cost", "batch", "dataset"}
        What λ is divided by: nothing, the weight of the batch (scikit-learn), or the number of
        training examples (Nielsen).
    dropout : float or sequence of float
        Share of hidden neurons left out in each step: one for all hidden layers or one for each.
    frozen : sequence of int
        Layers whose parameters are not trained.
    rate_factors : mapping from int to float
        For some layers, what the learning rate is multiplied with.
    precision : {"float32", "float64"}
    seed : int
        Shuffling and dropout.

    Raises
    ------
    RecipeError
    """

    loss: str = "cross_entropy"
    optimizer: Optimizer = field(default_factory=Adam)
    batch_size: int = 32
    epochs: int = 10
    steps: int | None = None
    target_cost: float | None = None
    patience: int | None = None
    min_delta: float = 0.0
    l2: float = 0.0
    l2_divisor: str = "cost"
    dropout: float | tuple[float, ...] = 0.0
    frozen: tuple[int, ...] = ()
    rate_factors: Mapping[int, float] = field(default_factory=dict)
    precision: str = "float32"
    seed: int = 0

    def __post_init__(self) -> None:
        _check_choice("loss", self.loss, tuple(LOSSES))
        _check_choice("l2_divisor", self.l2_divisor, tuple(DIVISORS))
        _check_choice("precision", self.precision, PRECISIONS)
        least = {"batch_size": 1, "epochs": 1, "steps": 1, "patience": 1, "seed": 0}
        for name, smallest in least.items():
            value = getattr(self, name)
            if value is not None or name not in ("steps", "patience"):
                _check_whole(name, value, smallest)
                object.__setattr__(self, name, operator.index(value))
        if self.seed >= SEEDS:
            raise RecipeError(f"seed: expected less than 2^64, got {self.seed}.")
        for name in ("l2", "min_delta"):
            _check_number(name, getattr(self, name), 0.0)
        if self.target_cost is not None:
            _check_number("target_cost", self.target_cost, None)
        self._check_dropout()
        _check_optimizer(self.optimizer)
        self._check_layers()

    def dropout_of(self, layer: int) -> float:
        """The dropout rate of a hidden layer, 1 … L − 1."""
        return self.dropout[layer - 1] if isinstance(self.dropout, tuple) else self.dropout

    def _check_layers(self) -> None:
        try:
            frozen = tuple(operator.index(layer) for layer in self.frozen)
            factors = {int(layer): float(x) for layer, x in dict(self.rate_factors).items()}
        except (TypeError, ValueError, OverflowError):
            raise RecipeError(
                "frozen, rate_factors: expected layers such as (1, 2), and numbers by layer such "
                f"as {{1: 0.5}}, got {self.frozen!r} and {self.rate_factors!r}."
            ) from None
        for factor in factors.values():
            _check_number("rate_factors", factor, 0.0)
        object.__setattr__(self, "frozen", frozen)
        object.__setattr__(self, "rate_factors", factors)

    def _check_dropout(self) -> None:
        if not isinstance(self.dropout, int | float):
            try:
                object.__setattr__(self, "dropout", tuple(float(rate) for rate in self.dropout))
            except (TypeError, ValueError):
                raise RecipeError(
                    f"dropout: expected a number or several, got {self.dropout!r}."
                ) from None
        rates = self.dropout if isinstance(self.dropout, tuple) else (self.dropout,)
        for rate in rates:
            if not 0 <= rate < 1 or threshold(rate) >= LANES:
                raise RecipeError(
                    f"dropout: expected shares of at least 0 and less than 1, got {rate}. "
                    "0.5 leaves out every second neuron."
                )


def to_json(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe as plain data for JSON; ``from_json`` takes it back."""
    data = {item.name: getattr(recipe, item.name) for item in fields(recipe)}
    data["optimizer"] = _optimizer_to_json(recipe.optimizer)
    data["dropout"] = list(recipe.dropout) if isinstance(recipe.dropout, tuple) else recipe.dropout
    data["frozen"] = list(recipe.frozen)
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
    try:
        return Recipe(**given)
    except (TypeError, AttributeError, ValueError) as problem:
        if isinstance(problem, RecipeError):
            raise
        raise RecipeError(f"a recipe cannot be read: {problem}.") from None


def optimizer_from_json(data: Any) -> Optimizer:
    """Return the optimizer of ``{"name": "adam", "learning_rate": 0.001}``, or of a name alone."""
    entries = {"name": data} if isinstance(data, str) else data
    row = _named_row(entries, OPTIMIZERS, "optimizer")
    numbers = {
        key: _schedule_from_json(value) if isinstance(value, dict) else value
        for key, value in entries.items()
        if key != "name"
    }
    return _made(row.numbers, numbers, "optimizer")


def _optimizer_to_json(optimizer: Optimizer) -> dict[str, Any]:
    numbers = {item.name: getattr(optimizer, item.name) for item in fields(optimizer)}
    return {
        "name": optimizer_name(optimizer),
        **{
            key: value
            if isinstance(value, int | float)
            else {"name": schedule_name(value), **asdict(value)}
            for key, value in numbers.items()
        },
    }


def _schedule_from_json(data: dict[str, Any]) -> Schedule:
    row = _named_row(data, SCHEDULES, "schedule")
    numbers = {key: value for key, value in data.items() if key != "name"}
    return _made(row.numbers, numbers, "schedule")


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
    try:
        return kind(**numbers)
    except TypeError as problem:
        raise RecipeError(f"{what} {kind.__name__} cannot be made: {problem}.") from None


def _check_optimizer(optimizer: Any) -> None:
    if not any(type(optimizer) is row.numbers for row in OPTIMIZERS.values()):
        known = ", ".join(row.numbers.__name__ for row in OPTIMIZERS.values())
        raise RecipeError(
            f"optimizer: expected one of {known}, such as SGD(0.1), got {optimizer!r}."
        )
    for item in fields(optimizer):
        value = getattr(optimizer, item.name)
        name = f"{type(optimizer).__name__}.{item.name}"
        numbers = {name: value}
        if any(type(value) is row.numbers for row in SCHEDULES.values()):
            numbers = {f"{name}.{part.name}": getattr(value, part.name) for part in fields(value)}
            steps = numbers.pop(f"{name}.steps", None)
            if steps is not None:
                _check_whole(f"{name}.steps", steps, 1)
        for part_name, number in numbers.items():
            _check_number(part_name, number, 0.0)
            if item.name in ("momentum", "beta1", "beta2") and number >= 1:
                raise RecipeError(f"{part_name}: expected less than 1, got {number}.")


def _check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise RecipeError(f"{name}: expected one of {', '.join(choices)}, got {value!r}.")


def _check_whole(name: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise RecipeError(f"{name}: expected a whole number of at least {least}, got {value!r}.")


def _check_number(name: str, value: Any, least: float | None) -> None:
    finite = isinstance(value, int | float) and value - value == 0
    if not finite or isinstance(value, bool) or (least is not None and value < least):
        bound = "" if least is None else f" of at least {least:g}"
        raise RecipeError(f"{name}: expected a finite number{bound}, got {value!r}.")
