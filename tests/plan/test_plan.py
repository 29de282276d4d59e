"""What follows from an architecture and a recipe, and the pairs that do not fit."""

from math import cos, pi

import numpy as np
import pytest

from pellucid.equations.augmenting import Augment
from pellucid.equations.optimizers import OPTIMIZERS, SGD, Adam, AdamW, Momentum, Rprop
from pellucid.equations.schedules import Cosine, Linear, Plateau, WarmUp
from pellucid.equations.solvers import LBFGS
from pellucid.errors import RecipeError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
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
        (100, "all", 3, None, (100, 1, 3)),
        (1, "all", 3, 2, (1, 1, 2)),
    ],
)
def test_steps_by_hand(n, batch_size, epochs, steps, expected):
    """The last batch may be smaller; a batch is at most all; steps stop earlier only."""
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


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_average_of_the_weights_is_one_slot_more(name):
    kind, n = OPTIMIZERS[name].numbers, len(OPTIMIZERS[name].slots)
    assert compiled(optimizer=kind()).n_slots == n
    assert compiled(optimizer=kind(), average=0.9).n_slots == n + 1
    assert compiled(optimizer=kind()).optimizer == name


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
    for optimizer in (SGD(), Adam(), Rprop()):
        found = compiled(optimizer=optimizer, **given_numbers).ranges()
        assert list(found) == [(*part, False) for part in expected]


def test_weights_are_apart_where_numbers_are_for_weights_alone():
    """AdamW's decay is not for biases, gains and shifts: here 6 of 6 + 3 + 3 + 3 and so on."""
    parts = [(0, 6), (6, 15), (15, 27), (27, 31), (31, 39), (39, 41)]
    expected = [(*part, 1.0, i % 2 == 0) for i, part in enumerate(parts)]
    assert list(compiled(optimizer=AdamW()).ranges()) == expected
    assert list(compiled(optimizer=AdamW(), frozen=(1, 3)).ranges()) == expected[2:4]


def test_limits_of_norms_are_of_weights_and_layers():
    def limits(max_norm):
        return {s.name: s.norm_limit for s in compiled(max_norm=max_norm).segments if s.norm_limit}

    assert limits(None) == {}
    assert limits(2.0) == {"weights.0.1": 2.0, "weights.1.2": 2.0, "weights.2.3": 2.0}
    assert limits((3.0, 0.0, 1.0)) == {"weights.0.1": 3.0, "weights.2.3": 1.0}


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


def test_a_length_in_epochs_follows_from_the_examples():
    """100 examples in batches of 32 are 4 steps an epoch: a rise over 1½ epochs is one of 6."""
    plan = compiled(optimizer=SGD(WarmUp(Linear(0.6, 0.0, epochs=1), epochs=1.5)), epochs=3)
    rates = optimizer_numbers(plan, 0, 12, 1.0)[:, 0]
    expected = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6, 0.45, 0.3, 0.15, 0, 0]
    np.testing.assert_allclose(rates, expected, rtol=1e-14, atol=1e-16)


def test_a_plateau_looks_at_the_costs_so_far():
    plan = compiled(optimizer=SGD(Plateau(0.8, 0.5, patience=2)), epochs=9)
    assert plan.follows_costs
    assert not compiled(optimizer=SGD(Cosine(0.8))).follows_costs
    assert compiled(optimizer=Momentum(0.1, WarmUp(Plateau(0.8)))).follows_costs
    for costs, rate in [((), 0.8), ((3, 2, 1), 0.8), ((1, 2, 3), 0.4), ((1, 2, 2, 2, 2), 0.2)]:
        found = optimizer_numbers(plan, 4 * len(costs), 4, 1.0, costs)
        assert found.tolist() == [[rate]] * 4
        assert optimizer_numbers(plan, 4 * len(costs), 1, 0.5, costs).tolist() == [[rate / 2]]


@pytest.mark.parametrize(
    ("output", "loss", "message"),
    [
        (
            "identity",
            "cross_entropy",
            "loss: cross_entropy expects softmax outputs, the network's are identity. "
            "Use one of half_sse, mse, .*, or softmax outputs.",
        ),
        (
            "sigmoid",
            "cross_entropy",
            "cross_entropy expects softmax outputs, the network's are sigmoid. "
            "Use one of binary_cross_entropy, half_sse, mse, .*, or softmax outputs.",
        ),
        (
            "softmax",
            "binary_cross_entropy",
            "binary_cross_entropy expects sigmoid outputs, the network's are softmax. "
            "Use one of cross_entropy, half_sse, mse, .*, or sigmoid outputs.",
        ),
        ("identity", "poisson", "poisson expects exp outputs, the network's are identity. Use"),
    ],
)
def test_a_loss_without_its_output_is_refused(output, loss, message):
    with pytest.raises(RecipeError, match=message):
        compile_plan(Architecture(2, (Dense(2, output),)), Recipe(loss), 10)


@pytest.mark.parametrize("output", ["identity", "sigmoid", "tanh", "relu", "softmax", "exp"])
@pytest.mark.parametrize("loss", ["mse", "half_sse", "sse", "mae", "huber:2", "squared_hinge"])
def test_distances_take_any_output(output, loss):
    compile_plan(Architecture(2, (Dense(2, output),)), Recipe(loss), 10)


def test_quantiles_need_an_output_for_each_level():
    for n, loss in ((3, "quantile:0.1,0.5,0.9"), (6, "quantile:0.1,0.5,0.9"), (5, "quantile")):
        compile_plan(Architecture(2, (Dense(n, "identity"),)), Recipe(loss), 10)
    with pytest.raises(RecipeError, match="an output for each of its 3 levels, .* has 4 outputs"):
        compile_plan(Architecture(2, (Dense(4, "identity"),)), Recipe("quantile:0.1,0.5,0.9"), 10)


@pytest.mark.parametrize("output", ["softmax", "sigmoid", "identity"])
def test_labels_are_smoothed_where_there_are_classes(output):
    loss = {"softmax": "cross_entropy", "sigmoid": "binary_cross_entropy"}.get(output, "mse")
    plan = Architecture(2, (Dense(2, output),)), Recipe(loss, label_smoothing=0.1), 10
    if loss != "mse":
        compile_plan(*plan)
        return
    with pytest.raises(RecipeError, match="label_smoothing: expected 0 with mse, .* got 0.1"):
        compile_plan(*plan)


@pytest.mark.parametrize(
    ("given_numbers", "message"),
    [
        ({"frozen": (0,)}, "frozen: expected layers 1 to 3, got 0"),
        ({"frozen": (1, 4)}, "frozen: expected layers 1 to 3, got 4"),
        ({"rate_factors": {4: 1.0}}, "rate_factors: expected layers 1 to 3, got 4"),
        ({"dropout": (0.5,)}, "one number, or one for each of the 2 hidden layers, got 1"),
        ({"dropout": (0.5, 0.5, 0.5)}, "one for each of the 2 hidden layers, got 3"),
        ({"noise": (0.5,)}, "noise: expected one number, .* 2 hidden layers, got 1"),
        ({"max_norm": (1, 1)}, "max_norm: expected .* one for each of the 3 layers, got 2"),
        ({"frozen": (1, 2, 3)}, "expected at least one layer to be trained, got all frozen"),
    ],
)
def test_layers_that_do_not_fit_are_refused(given_numbers, message):
    with pytest.raises(RecipeError, match=message):
        compiled(**given_numbers)


def test_pictures_have_as_many_numbers_as_the_network_has_inputs():
    n_inputs = compiled().architecture.n_inputs
    compiled(augment=Augment((1, n_inputs), flip=True))
    with pytest.raises(RecipeError, match=rf"of {n_inputs} numbers, .* got the shape \(7, 9\)"):
        compiled(augment=Augment((7, 9)))


@pytest.mark.parametrize("unit", ["step", "sign"])
@pytest.mark.parametrize("place", [1, 2])
def test_units_without_a_derivative_are_sent_to_the_perceptron_rule(unit, place):
    layers = [Dense(2, "tanh"), Dense(1, "tanh")]
    layers[place - 1] = Dense(2 // place, unit)
    for optimizer in (SGD(), LBFGS()):
        with pytest.raises(RecipeError, match=f"layer {place}: {unit} .* perceptron rule, w ← w"):
            compile_plan(Architecture(2, tuple(layers)), Recipe("mse", optimizer), 10)
