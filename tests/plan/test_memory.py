"""What a run will take grows with what it keeps."""

import pytest

from pellucid.equations.optimizers import SGD, Adam, Momentum
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.plan.memory import COPIES, OF_A_SLOT, run_memory
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe

WIDE = Architecture(1_000_000, (Dense(30, "relu"), Dense(1, "sigmoid")))
PARAMETERS = 30_000_061


def needed(n=100, architecture=WIDE, **given):
    recipe = Recipe(**({"batch_size": 8, "loss": "binary_cross_entropy"} | given))
    return run_memory(compile_plan(architecture, recipe, n))


@pytest.mark.parametrize(
    ("optimizer", "slots"), [(SGD(0.1), 0), (Momentum(0.1), 1), (Adam(0.1), 2)]
)
def test_vectors_and_batches_by_hand(optimizer, slots):
    copies = COPIES + OF_A_SLOT * slots
    batch = 8 * (1_000_000 + 4 * 31)
    judged = 1 << 24
    expected = 4 * (copies * PARAMETERS + batch + judged)
    assert needed(optimizer=optimizer) == expected


def test_what_is_kept_besides_counts():
    base = needed(optimizer=SGD(0.1))
    assert needed(optimizer=SGD(0.1), patience=3) - base == 4 * PARAMETERS
    assert needed(optimizer=SGD(0.1), average=0.9) - base == 4 * OF_A_SLOT * PARAMETERS
    assert needed(optimizer=SGD(0.1), precision="float64") == 2 * base
    assert needed(n=8, optimizer=SGD(0.1)) < base
