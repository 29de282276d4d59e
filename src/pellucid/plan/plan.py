"""What a run is, worked out once: architecture and recipe, compiled for a number of examples."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import OPTIMIZERS, name_of
from pellucid.equations.schedules import values
from pellucid.errors import RecipeError
from pellucid.network.architecture import Architecture
from pellucid.network.segments import Segment, buffer_segments, length, parameter_segments
from pellucid.plan.recipe import Recipe


@dataclass(frozen=True)
class Plan:
    """Plain data, no callables: all that an engine needs to know beside the state and the data."""

    architecture: Architecture
    recipe: Recipe
    segments: tuple[Segment, ...]
    buffer_segments: tuple[Segment, ...]
    n_examples: int
    batch_size: int  # never more than there are examples
    optimizer: str  # the name of its row
    n_slots: int

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

    def ranges(self) -> tuple[tuple[int, int, float], ...]:
        """Return the stretches (begin, end, rate factor) that the optimizer changes.

        Neighbouring segments that are treated alike are one stretch: usually there is only one.
        """
        found: list[tuple[int, int, float]] = []
        for segment in self.segments:
            if not segment.trainable:
                continue
            if found and found[-1][1:] == (segment.offset, segment.rate_factor):
                found[-1] = (found[-1][0], segment.stop, segment.rate_factor)
            else:
                found.append((segment.offset, segment.stop, segment.rate_factor))
        return tuple(found)


def compile_plan(architecture: Architecture, recipe: Recipe, n_examples: int) -> Plan:
    """Check that `recipe` fits `architecture`, and work out what follows from both.

    Raises
    ------
    RecipeError
        A loss without its output, layers that do not exist, everything frozen.
    """
    _check_loss(architecture, recipe)
    _check_layers(architecture, recipe)
    plan = Plan(
        architecture=architecture,
        recipe=recipe,
        segments=parameter_segments(architecture, recipe.frozen, recipe.rate_factors),
        buffer_segments=buffer_segments(architecture),
        n_examples=n_examples,
        batch_size=min(recipe.batch_size, n_examples),
        optimizer=name_of(recipe.optimizer),
        n_slots=len(OPTIMIZERS[name_of(recipe.optimizer)].slots),
    )
    if not plan.ranges():
        raise RecipeError("frozen: expected at least one layer to be trained, got all frozen.")
    return plan


def optimizer_numbers(plan: Plan, first_step: int, n_steps: int, rate_scale: float) -> Array:
    """Return the optimizer's numbers at steps first_step …, one row a step, float64.

    The columns are in the order of the optimizer's fields; the first, the learning rate, is
    multiplied with `rate_scale`.
    """
    optimizer = plan.recipe.optimizer
    t = np.arange(first_step, first_step + n_steps, dtype=np.float64)
    columns = [
        values(getattr(optimizer, item.name), t, plan.total_steps) for item in fields(optimizer)
    ]
    columns[0] = columns[0] * rate_scale
    return np.ascontiguousarray(np.stack(columns, axis=1))


def _check_loss(architecture: Architecture, recipe: Recipe) -> None:
    row, output = LOSSES[recipe.loss], architecture.layers[-1].activation
    if row.needs_link and row.link != output:
        fitting = [name for name, other in LOSSES.items() if other.link == output]
        others = [name for name, other in LOSSES.items() if not other.needs_link]
        raise RecipeError(
            f"loss: {recipe.loss} expects {row.link} outputs, the network's are {output}. "
            f"Use one of {', '.join(dict.fromkeys(fitting + others))}, or {row.link} outputs."
        )


def _check_layers(architecture: Architecture, recipe: Recipe) -> None:
    L = architecture.n_layers
    for name, layers in (("frozen", recipe.frozen), ("rate_factors", recipe.rate_factors)):
        for layer in layers:
            if not 1 <= layer <= L:
                raise RecipeError(f"{name}: expected layers 1 to {L}, got {layer}.")
    if isinstance(recipe.dropout, tuple) and len(recipe.dropout) != L - 1:
        raise RecipeError(
            f"dropout: expected one number, or one for each of the {L - 1} hidden layers, "
            f"got {len(recipe.dropout)}."
        )
