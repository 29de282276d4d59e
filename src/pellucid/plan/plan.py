"""What a run is, worked out once: architecture and recipe, compiled for a number of examples."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.equations import schedules
from pellucid.equations.losses import LOSSES, loss_of
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.schedules import Course, values
from pellucid.equations.solvers import SOLVERS
from pellucid.errors import RecipeError
from pellucid.network.architecture import Architecture, check_differentiable
from pellucid.network.segments import Segment, buffer_segments, length, parameter_segments
from pellucid.plan.checks import METHODS
from pellucid.plan.recipe import Recipe

# What only makes sense step by step.
ALONE = (
    *("dropout", "input_dropout", "noise", "input_noise", "augment", "l1", "max_norm"),
    *("clip_value", "clip_norm", "average", "rate_factors"),
)


@dataclass(frozen=True)
class Plan:
    """Plain data, no callables: all that an engine needs to know beside the state and the data."""

    architecture: Architecture
    recipe: Recipe
    segments: tuple[Segment, ...]
    buffer_segments: tuple[Segment, ...]
    n_examples: int
    batch_size: int  # never more than there are examples
    optimizer: str  # the name of its row, or of a solver's
    n_slots: int  # of the optimizer, and one more for the average of the weights

    @property
    def is_solver(self) -> bool:
        """Whether a solver carries the run out instead of an optimizer."""
        return self.optimizer in SOLVERS

    @property
    def steps_per_epoch(self) -> int:
        """How many steps a pass over the training part takes; the last may be smaller."""
        return -(-self.n_examples // self.batch_size)

    @property
    def total_steps(self) -> int:
        """How many steps the run has if nothing stops it earlier; schedules span these."""
        steps = self.recipe.epochs * self.steps_per_epoch
        return steps if self.recipe.steps is None else min(steps, self.recipe.steps)

    @property
    def n_parameters(self) -> int:
        """The length of the flat vector."""
        return length(self.segments)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The precision of every calculation."""
        return np.dtype(self.recipe.precision)

    @property
    def follows_costs(self) -> bool:
        """Whether a schedule looks at what the epochs so far were judged by."""
        numbers = vars(self.recipe.optimizer).values()
        return any(schedules.follows_costs(number) for number in numbers)

    def ranges(self) -> tuple[tuple[int, int, float, bool], ...]:
        """Return the stretches (begin, end, rate factor, penalised) that the optimizer changes.

        Neighbouring segments that are treated alike are one stretch: usually there is only one.
        Whether they are penalised matters only to optimizers with numbers for weights alone.
        """
        row = OPTIMIZERS.get(self.optimizer)
        apart = row is not None and bool(row.weights_only)
        found: list[tuple[int, int, float, bool]] = []
        for segment in self.segments:
            if not segment.trainable:
                continue
            alike = (segment.rate_factor, apart and segment.penalised)
            if found and found[-1][1:] == (segment.offset, *alike):
                found[-1] = (found[-1][0], segment.stop, *alike)
            else:
                found.append((segment.offset, segment.stop, *alike))
        return tuple(found)


def compile_plan(architecture: Architecture, recipe: Recipe, n_examples: int) -> Plan:
    """Check that `recipe` fits `architecture`, and work out what follows from both.

    Raises
    ------
    RecipeError
        A loss without its output, layers that do not exist, everything frozen, units without a
        derivative, what a solver cannot do.
    """
    check_differentiable(architecture)
    check_loss(architecture, recipe.loss)
    _check_smoothing(recipe)
    _check_layers(architecture, recipe)
    _check_augment(architecture, recipe)
    name = next(name for name, row in METHODS.items() if row.numbers is type(recipe.optimizer))
    whole = name in SOLVERS or recipe.batch_size == "all"
    plan = Plan(
        architecture=architecture,
        recipe=recipe,
        segments=parameter_segments(
            architecture, recipe.frozen, recipe.rate_factors, _norm_limits(architecture, recipe)
        ),
        buffer_segments=buffer_segments(architecture),
        n_examples=n_examples,
        batch_size=n_examples if whole else min(int(recipe.batch_size), n_examples),
        optimizer=name,
        n_slots=len(METHODS[name].slots) + (recipe.average is not None),
    )
    if plan.is_solver:
        _check_solver(plan)
    if not plan.ranges():
        raise RecipeError("frozen: expected at least one layer to be trained, got all frozen.")
    return plan


def optimizer_numbers(
    plan: Plan, first_step: int, n_steps: int, rate_scale: float, costs: tuple[float, ...] = ()
) -> Array:
    """Return the optimizer's numbers at steps first_step …, one row a step, float64.

    The columns are in the order of the optimizer's fields; the first, the learning rate, is
    multiplied with `rate_scale`. `costs` are what the epochs so far were judged by. A solver, which
    chooses its steps itself, has no columns.
    """
    if plan.is_solver:
        return np.zeros((n_steps, 0))
    optimizer = plan.recipe.optimizer
    numbers = [getattr(optimizer, item.name) for item in fields(optimizer)]
    t = np.arange(first_step, first_step + n_steps, dtype=np.float64)
    course = Course(plan.total_steps, plan.steps_per_epoch, costs)
    found = np.empty((n_steps, len(numbers)))
    for column, number in enumerate(numbers):
        found[:, column] = values(number, t, course)
    found[:, 0] *= rate_scale
    return found


def _norm_limits(architecture: Architecture, recipe: Recipe) -> dict[int, float]:
    limit, layers = recipe.max_norm, range(1, architecture.n_layers + 1)
    if limit is None:
        return {}
    each = limit if isinstance(limit, tuple) else (limit,) * len(layers)
    return dict(zip(layers, each, strict=True))


def check_loss(architecture: Architecture, name: str) -> None:
    """Raise where the loss of this name is not for the outputs of `architecture`.

    Raises
    ------
    RecipeError
    """
    row, output, n_outputs = (
        loss_of(name),
        architecture.layers[-1].activation,
        architecture.n_outputs,
    )
    if row.needs_link and row.link != output:
        fitting = [name for name, other in LOSSES.items() if other.link == output]
        others = [name for name, other in LOSSES.items() if not other.needs_link]
        raise RecipeError(
            f"loss: {name} expects {row.link} outputs, the network's are {output}. "
            f"Use one of {', '.join(dict.fromkeys(fitting + others))}, or {row.link} outputs."
        )
    if row.constant == "levels" and n_outputs % len(row.numbers) != 0:
        raise RecipeError(
            f"loss: {name} expects an output for each of its {len(row.numbers)} levels, and so "
            f"for each target; the network has {n_outputs} outputs."
        )


def _check_smoothing(recipe: Recipe) -> None:
    if recipe.label_smoothing and loss_of(recipe.loss).targets not in ("classes", "bits"):
        raise RecipeError(
            f"label_smoothing: expected 0 with {recipe.loss}, whose targets are no classes, "
            f"got {recipe.label_smoothing}. It goes with cross_entropy and binary_cross_entropy."
        )


def _check_layers(architecture: Architecture, recipe: Recipe) -> None:
    L = architecture.n_layers
    for name, layers in (("frozen", recipe.frozen), ("rate_factors", recipe.rate_factors)):
        for layer in layers:
            if not 1 <= layer <= L:
                raise RecipeError(f"{name}: expected layers 1 to {L}, got {layer}.")
    for name, value, n, which in (
        ("dropout", recipe.dropout, L - 1, "hidden layers"),
        ("noise", recipe.noise, L - 1, "hidden layers"),
        ("max_norm", recipe.max_norm, L, "layers"),
    ):
        if isinstance(value, tuple) and len(value) != n:
            raise RecipeError(
                f"{name}: expected one number, or one for each of the {n} {which}, "
                f"got {len(value)}."
            )


def _check_augment(architecture: Architecture, recipe: Recipe) -> None:
    augment, n_inputs = recipe.augment, architecture.n_inputs
    if augment is not None and augment.n_values != n_inputs:
        raise RecipeError(
            f"augment: expected pictures of {n_inputs} numbers, one for each input of the network, "
            f"got the shape {augment.shape}."
        )


def _check_solver(plan: Plan) -> None:
    """A solver looks at the cost of all examples, and needs it to be the same each time."""
    recipe, name = plan.recipe, type(plan.recipe.optimizer).__name__
    for entry in ALONE:
        if np.any(getattr(recipe, entry) or 0.0):  # also (0.0, 0.0) is nothing
            raise RecipeError(
                f"{entry}: {name} minimizes one smooth cost over all examples and has no room "
                "for it. Leave it out, or use an optimizer such as Adam()."
            )
    if any(layer.norm != "none" for layer in plan.architecture.layers):
        raise RecipeError(
            f"norm: {name} is for networks without normalization. Use an optimizer such as Adam()."
        )
    losses = SOLVERS[plan.optimizer].losses
    if losses is not None and recipe.loss not in losses:
        raise RecipeError(
            f"loss: {name} is for squared errors, {', '.join(losses)}; got {recipe.loss}."
        )
