"""Every optimizer: known answers, its formula term by term, bounds, extremes."""

from dataclasses import fields, replace
from math import inf, sqrt

import numpy as np
import pytest

from pellucid.equations.optimizers import (
    BOUNDS,
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    RMSprop,
    Rprop,
    numbers_of,
)
from pellucid.equations.schedules import TINY, Bounds, Cosine, OneCycle, WarmUp

ROWS = sorted(OPTIMIZERS)
NUMBERS = [(name, item.name) for name in ROWS for item in fields(OPTIMIZERS[name].numbers)]

# By hand, one parameter that starts at 1 with all slots 0: the numbers, the gradients of some
# steps, the parameter after each, the slots after all.
ADAM = 0.1 * (0.08 / 0.19) / sqrt(0.004996 / 0.001999)  # of the second step
KNOWN = {
    "sgd": ((0.1,), (2, -1), (0.8, 0.9), ()),
    "momentum": ((0.1, 0.5), (2, -1), (0.8, 0.8), (0.0,)),
    "nesterov": ((0.1, 0.5), (2, -1), (0.7, 0.8), (0.0,)),
    "adagrad": ((0.1, 1), (3, -4), (1 - 0.3 / 4, 1 - 0.3 / 4 + 0.4 / 6), (25,)),
    "rmsprop": ((0.1, 0.75, 1), (2, -1), (0.9, 0.95), (1,)),
    "adam": ((0.1, 0.9, 0.999, 0), (2, -1), (0.9, 0.9 - ADAM), (0.08, 0.004996)),
    "adamw": (
        *((0.1, 0.9, 0.999, 0, 0.5), (2, -1)),
        *((0.85, 0.85 * 0.95 - ADAM), (0.08, 0.004996)),
    ),
    "rprop": (
        *((0.1, 0.5, 1.2, 1e-6, 50), (2, 1, -1, -3, -1)),
        *((0.9, 0.78, 0.78, 0.84, 0.912), (-1, 0.072)),
    ),
}


def defaults(name):
    return [getattr(OPTIMIZERS[name].numbers(), f.name) for f in fields(OPTIMIZERS[name].numbers)]


def walk(name, numbers, gradients, p=1.0, dtype=np.float64):
    """The parameter after each step, and the slots at the end."""
    row, found = OPTIMIZERS[name], []
    p, slots = np.array([p], dtype), tuple(np.zeros(1, dtype) for _ in row.slots)
    for t, g in enumerate(gradients, start=1):
        p, *slots = row.update(p, np.array([g], dtype), tuple(slots), t, *numbers)
        found.append(float(p[0]))
    return found, [float(slot[0]) for slot in slots]


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(OPTIMIZERS), "give each row of OPTIMIZERS an entry in KNOWN"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    numbers, gradients, expected, expected_slots = KNOWN[name]
    found, slots = walk(name, numbers, gradients)
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    np.testing.assert_allclose(slots, expected_slots, rtol=1e-12, atol=1e-16)


def test_adam_bias_correction_over_many_steps():
    """m̂ and v̂ equal the weighted means of all gradients so far, worked out from the sums."""
    gradients, expected = np.random.default_rng(2).normal(size=20), 0.5
    found, _ = walk("adam", (0.01, 0.8, 0.95, 1e-8), gradients, p=0.5)
    for t in range(1, 21):
        age = np.arange(t)[::-1]
        m = (0.8**age * gradients[:t]).sum() / (0.8**age).sum()
        v = (0.95**age * gradients[:t] ** 2).sum() / (0.95**age).sum()
        expected -= 0.01 * m / (sqrt(v) + 1e-8)
        assert found[t - 1] == pytest.approx(expected, rel=1e-12)


def test_momentum_acts_on_new_gradients_only_when_the_rate_changes():
    """With the rate at 0 the velocity goes on: v ← μ v, p ← p + v."""
    p, v = OPTIMIZERS["momentum"].update(
        np.array([1.0]), np.array([9.0]), (np.array([4.0]),), 7, 0, 0.5
    )
    assert (p[0], v[0]) == (3, 2)


def test_nesterov_is_the_method_that_looks_ahead():
    """x ← x + v with v ← μ v − η g(x + μ v), for g(x) = x³: the row's p is x + μ v throughout."""
    x, v, p, slots = 2.0, 0.0, np.array([2.0]), (np.zeros(1),)
    for t in range(1, 30):
        v = 0.9 * v - 0.01 * (x + 0.9 * v) ** 3
        x = x + v
        p, *slots = OPTIMIZERS["nesterov"].update(p, p**3, tuple(slots), t, 0.01, 0.9)
        assert p[0] == pytest.approx(x + 0.9 * v, rel=1e-12)


def test_adagrad_steps_are_those_of_all_gradients_so_far():
    gradients = np.random.default_rng(4).normal(size=30)
    found, _ = walk("adagrad", (0.1, 1e-10), gradients)
    expected = 1 - np.cumsum(0.1 * gradients / np.sqrt(np.cumsum(gradients**2)))
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_rmsprop_scales_by_the_weighted_sum_of_squares():
    gradients, expected = np.random.default_rng(5).normal(size=20), 1.0
    found, _ = walk("rmsprop", (0.1, 0.8, 1e-8), gradients)
    for t in range(1, 21):
        s = 0.2 * (0.8 ** np.arange(t)[::-1] * gradients[:t] ** 2).sum()
        expected -= 0.1 * gradients[t - 1] / (sqrt(s) + 1e-8)
        assert found[t - 1] == pytest.approx(expected, rel=1e-12)


def test_adamw_without_decay_is_adam_to_the_bit():
    gradients = np.random.default_rng(6).normal(size=20)
    plain = walk("adam", (0.01, 0.9, 0.999, 1e-8), gradients)
    assert walk("adamw", (0.01, 0.9, 0.999, 1e-8, 0.0), gradients) == plain


def test_adamw_decay_is_not_scaled_by_the_gradients():
    """Two parameters that only differ in the size of their gradients decay alike."""
    p, g, slots = np.full(2, 4.0), np.array([1e-3, 1e3]), (np.zeros(2), np.zeros(2))
    p, *_ = OPTIMIZERS["adamw"].update(p, g, slots, 1, 0.1, 0.9, 0.999, 1e-12, 0.5)
    np.testing.assert_allclose(p, 4 - 0.1 * 0.5 * 4 - 0.1, rtol=1e-8)


def test_rprop_sizes_stay_between_their_ends():
    """1.2 a step from 0.1 reaches 50 in 36 steps; halved at every second it falls to 1e-6."""
    numbers = (0.1, 0.5, 1.2, 1e-6, 50.0)
    _, (_, size) = walk("rprop", numbers, [1.0] * 34)
    assert size == pytest.approx(0.1 * 1.2**33)
    assert walk("rprop", numbers, [1.0] * 60)[1] == [1, 50]
    assert walk("rprop", numbers, [1.0, -1.0, -1.0, 1.0] * 20)[1] == [0, 1e-6]
    assert walk("rprop", (1e9, *numbers[1:]), [-1.0])[1] == [-1, 50]
    assert walk("rprop", (0.0, *numbers[1:]), [-1.0])[1] == [-1, 1e-6]


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_rprop_looks_at_signs_only(scale):
    """Also where the product of two gradients is beyond the precision."""
    gradients = np.random.default_rng(7).normal(size=40)
    expected = walk("rprop", defaults("rprop"), np.sign(gradients), dtype=np.float32)
    found = walk("rprop", defaults("rprop"), gradients * scale, dtype=np.float32)
    assert found[0] == expected[0]
    assert found[1][1] == expected[1][1]


def test_rprop_takes_the_rate_at_its_first_step_only():
    row, slots = OPTIMIZERS["rprop"], (np.array([1.0]), np.array([0.25]))
    p, *_ = row.update(np.zeros(1), np.ones(1), slots, 2, 1e6, 0.5, 1.0, 1e-6, 50.0)
    assert p[0] == -0.25


@pytest.mark.parametrize("name", ROWS)
def test_a_small_step_goes_downhill(name):
    """From 0, every rule moves each parameter against its gradient."""
    row, g = OPTIMIZERS[name], np.array([3.0, -0.2, 0.0])
    p, *_ = row.update(np.zeros(3), g, tuple(np.zeros(3) for _ in row.slots), 1, *defaults(name))
    assert (np.sign(p) == -np.sign(g)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ROWS)
def test_extremes_are_finite_and_keep_the_precision(name, dtype):
    """Zero, tiny and large gradients, early and late steps: no warning, no NaN, the same dtype."""
    row = OPTIMIZERS[name]
    g = np.array([0, 1e4, -1e4, 745, 1e15, np.finfo(dtype).tiny, 1e-30], dtype)
    for t in (1, 2, 10**6, 10**9):
        found = (np.ones_like(g), *(np.zeros_like(g) for _ in row.slots))
        for given in (g, -g, -g):
            found = row.update(found[0], given, tuple(found[1:]), t, *defaults(name))
            assert len(found) == 1 + len(row.slots)
            for array in found:
                assert array.dtype == dtype
                assert np.isfinite(array).all()


@pytest.mark.parametrize("name", ROWS)
def test_given_arrays_are_left_alone(name):
    row, p, g = OPTIMIZERS[name], np.ones(3), np.full(3, 2.0)
    slots = tuple(np.full(3, 0.5) for _ in row.slots)
    row.update(p, g, slots, 1, *defaults(name))
    assert (p == 1).all()
    assert (g == 2).all()
    assert all((slot == 0.5).all() for slot in slots)


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained_and_found_by_its_numbers(name):
    row = OPTIMIZERS[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.update.__doc__
    assert row.numbers.__doc__
    assert fields(row.numbers)[0].name == "learning_rate"
    assert set(row.weights_only) <= {item.name for item in fields(row.numbers)}


def test_only_the_decay_is_for_weights_alone():
    assert {name: row.weights_only for name, row in OPTIMIZERS.items() if row.weights_only} == {
        "adamw": ("weight_decay",)
    }


def test_defaults_are_those_of_the_literature():
    assert (SGD(), Momentum(), Nesterov()) == (SGD(0.1), Momentum(0.01, 0.9), Nesterov(0.01, 0.9))
    assert Adam() == Adam(learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8)
    assert AdamW() == AdamW(1e-3, 0.9, 0.999, 1e-8, weight_decay=0.01)
    assert AdaGrad() == AdaGrad(0.01, epsilon=1e-10)
    assert RMSprop() == RMSprop(1e-3, decay=0.9, epsilon=1e-8)
    assert Rprop() == Rprop(0.01, shrink=0.5, grow=1.2, smallest=1e-6, largest=50.0)
    assert eval(repr(Adam(0.5))) == Adam(0.5)


def test_every_number_has_bounds_and_its_default_lies_within():
    assert set(BOUNDS) == {number for _, number in NUMBERS}
    for name in ROWS:
        for _, value, bounds in numbers_of(OPTIMIZERS[name].numbers()):
            assert bounds.least <= value < bounds.below


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "number"), NUMBERS)
def test_within_the_bounds_everything_is_finite(name, number, dtype):
    """At either end, with a gradient of 0, of 1, and of 1e-30: no NaN, no warning."""
    row, (least, below, _) = OPTIMIZERS[name], BOUNDS[number]
    for value in (least, 1e3 if below == inf else float(np.nextafter(below, 0))):
        optimizer = replace(row.numbers(), **{number: value})
        numbers = [getattr(optimizer, item.name) for item in fields(optimizer)]
        for g in (0.0, 1.0, 1e-30):
            found, slots = walk(name, numbers, [g, g, -g], dtype=dtype)
            assert np.isfinite([*found, *slots]).all(), (value, g)


def test_numbers_of_names_the_numbers_of_schedules_too():
    """What follows a schedule hands its bounds to the values among the schedule's numbers."""
    rate, below_1, any_size = Bounds(0.0), Bounds(0.0, 1.0), Bounds(TINY)
    optimizer = RMSprop(WarmUp(OneCycle(0.1), epochs=2), Cosine(0.5, 0.99), "much")
    assert list(numbers_of(optimizer)) == [
        ("RMSprop.learning_rate.then.peak", 0.1, rate),
        ("RMSprop.learning_rate.then.rise", 0.3, below_1),
        ("RMSprop.learning_rate.epochs", 2, any_size),
        ("RMSprop.decay.start", 0.5, below_1),
        ("RMSprop.decay.end", 0.99, below_1),
        ("RMSprop.epsilon", "much", any_size),
    ]
