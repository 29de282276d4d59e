"""What follows from an architecture and a recipe, and the pairs that do not fit."""

from math import cos, pi

import numpy as np
import pytest

from pellucid.equations.optimizers import SGD, Adam, Momentum
from pellucid.equations.schedules import Cosine
from pellucid.errors import RecipeError
from pellucid.network.architecture import Architecture, Dense
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe

CHAIN = Architecture(2, (Dense(3, "tanh", norm="batch"), Dense(4, "relu"), Dense(2, "softmax")))


def compiled(n=100, **given):
    return compile_plan(CHAIN, Recipe(**given), n)


@pytest.mark.parametrize(
    ("n", "batch_size", "epochs", "steps", "expected"),
    [
        (100, 32, 10, None, (32, 4, 40)),
        (96, 32, 10, None, (32, 3, 30)),
        (97, 32, 1, None, (32, 4, 4)),
        (5, 32, 3, None, (5, 1, 3)),
        (1, 1, 1, None, (1, 1, 1)),
        (100, 32, 10, 7, (32, 4, 7)),
        (100, 32, 1, 70, (32, 4, 4)),
    ],
)
def test_steps_by_hand(n, batch_size, epochs, steps, expected):
    """The last batch may be smaller; a batch is never more than all; steps stop earlier only."""
    plan = compiled(n, batch_size=batch_size, epochs=epochs, steps=steps)
    assert (plan.batch_size, plan.steps_per_epoch, plan.total_steps) == expected


def test_layout_optimizer_and_precision():
    plan = compiled(optimizer=Adam(), precision="float64")
    assert plan.n_parameters == 2 * 3 + 3 + 3 + 3 + 3 * 4 + 4 + 4 * 2 + 2
    assert (plan.optimizer, plan.n_slots, plan.dtype) == ("adam", 2, np.float64)
    assert [segment.name for segment in plan.buffer_segments] == ["mean.1", "variance.1"]
    assert compiled(optimizer=Momentum()).n_slots == 1
    assert compiled(optimizer=SGD()).n_slots == 0
    assert compiled().dtype == np.float32


@pytest.mark.parametrize(
    ("given_numbers", "expected"),
    [
        ({}, [(0, 41, 1.0)]),
        ({"frozen": (1,)}, [(15, 41, 1.0)]),
        ({"frozen": (2,)}, [(0, 15, 1.0), (31, 41, 1.0)]),
        ({"frozen": (3,)}, [(0, 31, 1.0)]),
        ({"rate_factors": {2: 0.5}}, [(0, 15, 1.0), (15, 31, 0.5), (31, 41, 1.0)]),
        ({"rate_factors": {1: 2, 2: 2, 3: 2}}, [(0, 41, 2.0)]),
        ({"rate_factors": {1: 0.0}, "frozen": (2,)}, [(0, 15, 0.0), (31, 41, 1.0)]),
    ],
)
def test_ranges_by_hand(given_numbers, expected):
    """Neighbours that are treated alike are one stretch; what is frozen is in none."""
    assert list(compiled(**given_numbers).ranges()) == expected


def test_numbers_follow_their_schedules():
    """Momentum from 0.5 to 0.99 while the rate falls, step by step, as formulas on the page."""
    optimizer = Momentum(Cosine(0.1, 0.02), Cosine(0.5, 0.99, steps=10))
    plan = compiled(optimizer=optimizer, epochs=5)  # 20 steps
    numbers = optimizer_numbers(plan, 0, 20, 0.5)
    assert numbers.shape == (20, 2)
    assert numbers.dtype == np.float64
    assert numbers.flags.c_contiguous
    for t in range(20):
        rate = 0.02 + 0.08 * (1 + cos(pi * t / 20)) / 2
        momentum = 0.99 - 0.49 * (1 + cos(pi * min(t / 10, 1))) / 2
        np.testing.assert_allclose(numbers[t], [rate * 0.5, momentum], rtol=1e-14)
    assert numbers[0].tolist() == [0.05, 0.5]
    np.testing.assert_allclose(numbers[10:, 1], 0.99, rtol=1e-15)


def test_numbers_of_a_part_are_a_part_of_the_numbers():
    plan = compiled(optimizer=Adam(Cosine(0.1)), epochs=5)
    whole = optimizer_numbers(plan, 0, 20, 1.0)
    assert (optimizer_numbers(plan, 7, 5, 1.0) == whole[7:12]).all()
    assert whole[:, 1:].tolist() == [[0.9, 0.999, 1e-8]] * 20
    assert optimizer_numbers(plan, 3, 0, 1.0).shape == (0, 4)


def test_the_rate_scale_changes_the_rate_alone():
    plan = compiled(optimizer=Adam(0.5))
    assert optimizer_numbers(plan, 0, 1, 0.25).tolist() == [[0.125, 0.9, 0.999, 1e-8]]


@pytest.mark.parametrize(
    ("output", "loss", "message"),
    [
        (
            "identity",
            "cross_entropy",
            "loss: cross_entropy expects softmax outputs, the network's are identity. "
            "Use one of half_sse, mse, or softmax outputs.",
        ),
        (
            "sigmoid",
            "cross_entropy",
            "cross_entropy expects softmax outputs, the network's are sigmoid. "
            "Use one of binary_cross_entropy, half_sse, mse, or softmax outputs.",
        ),
        (
            "softmax",
            "binary_cross_entropy",
            "binary_cross_entropy expects sigmoid outputs, the network's are softmax. "
            "Use one of cross_entropy, half_sse, mse, or sigmoid outputs.",
        ),
    ],
)
def test_a_loss_without_its_output_is_refused(output, loss, message):
    with pytest.raises(RecipeError, match=message):
        compile_plan(Architecture(2, (Dense(2, output),)), Recipe(loss), 10)


@pytest.mark.parametrize("output", ["identity", "sigmoid", "tanh", "relu", "softmax"])
def test_squared_errors_take_any_output(output):
    for loss in ("mse", "half_sse"):
        compile_plan(Architecture(2, (Dense(2, output),)), Recipe(loss), 10)


@pytest.mark.parametrize(
    ("given_numbers", "message"),
    [
        ({"frozen": (0,)}, "frozen: expected layers 1 to 3, got 0"),
        ({"frozen": (1, 4)}, "frozen: expected layers 1 to 3, got 4"),
        ({"rate_factors": {4: 1.0}}, "rate_factors: expected layers 1 to 3, got 4"),
        ({"dropout": (0.5,)}, "one number, or one for each of the 2 hidden layers, got 1"),
        ({"dropout": (0.5, 0.5, 0.5)}, "one for each of the 2 hidden layers, got 3"),
        ({"frozen": (1, 2, 3)}, "expected at least one layer to be trained, got all frozen"),
    ],
)
def test_layers_that_do_not_fit_are_refused(given_numbers, message):
    with pytest.raises(RecipeError, match=message):
        compiled(**given_numbers)
