"""Plans and networks as the core takes them."""

from dataclasses import replace

import numpy as np
import pytest

from pellucid.compiled import core
from pellucid.engines.flatten import flattened, flattened_plan
from pellucid.engines.native import NativeEngine
from pellucid.equations.optimizers import Adam
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import Segment, initial_buffers, initial_parameters
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan, compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from tests.engines.strategies import needs_core

pytestmark = needs_core
ARCHITECTURE = Architecture(4, (Dense(3, norm="batch"), Dense(2, "softmax", bias="layer")))


def test_a_plan_says_all_that_the_core_needs() -> None:
    """Names, numbers and offsets are those of the plan; what is not asked for is 0."""
    recipe = Recipe(optimizer=Adam(), dropout=0.5, noise=0.25, l2=0.1, max_norm=2.0, seed=7)
    plan = compile_plan(ARCHITECTURE, recipe, 10)
    flat = flattened_plan(plan)
    assert (flat.n_parameters, flat.n_buffers, flat.n_slots) == (plan.n_parameters, 6, 2)
    assert (flat.optimizer, flat.loss, flat.seed) == ("adam", recipe.loss, 7)
    hidden, output = flat.layers
    assert (hidden.units, hidden.norm, hidden.dropout, hidden.noise) == (3, "batch", 32768, 0.25)
    assert (output.dropout, output.noise, output.bias_shared) == (0, 0.0, True)
    assert hidden.max_norm == output.max_norm == 2.0
    offsets = {segment.name: segment.offset for segment in plan.segments}
    assert (hidden.bias, hidden.gain) == (offsets["bias.1"], offsets["gain.1"])
    assert (output.bias, output.gain) == (offsets["bias.2"], core().ABSENT)
    assert len(flat.quantiles) == 65536


def test_a_network_alone_has_no_run() -> None:
    """Enough to predict with: no optimizer, no penalties."""
    flat = flattened(ARCHITECTURE, "huber:1.5")
    assert (flat.optimizer, flat.n_slots, flat.average) == ("", 0, 0.0)
    assert (flat.loss, flat.loss_numbers) == ("huber", [1.5])
    assert [layer.dropout for layer in flat.layers] == [0, 0]


@pytest.mark.parametrize("entry", ["gain", "shift", "mean", "variance", "bias"])
def test_places_outside_of_the_vectors_are_refused(entry: str) -> None:
    """A plan whose numbers lead outside of an array is refused, not followed."""

    def moved(segment: Segment) -> Segment:
        return replace(segment, offset=10**6) if segment.name == f"{entry}.1" else segment

    def all_moved(plan: Plan) -> Plan:
        return replace(
            plan,
            segments=tuple(moved(segment) for segment in plan.segments),
            buffer_segments=tuple(moved(segment) for segment in plan.buffer_segments),
        )

    plan = compile_plan(ARCHITECTURE, Recipe(), 10)
    state = first_state(plan, initial_parameters(ARCHITECTURE, 0), initial_buffers(ARCHITECTURE))
    examples = Examples(np.zeros((10, 4), np.uint8), np.zeros(10, np.int32))
    with pytest.raises(ValueError, match="does not fit|not those of the plan"):
        NativeEngine().open(all_moved(plan), state, examples)
