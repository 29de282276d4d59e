"""Every optimizer: known answers, its formula term by term, extremes."""

from dataclasses import fields
from math import sqrt

import numpy as np
import pytest

from pellucid.equations.optimizers import OPTIMIZERS, SGD, Adam, Momentum, name_of

ROWS = sorted(OPTIMIZERS)

# By hand, one parameter that starts at 1 with all slots 0: the numbers, the gradients of two
# steps, the parameter after each, the slots after both.
KNOWN = {
    "sgd": ((0.1,), (2, -1), (0.8, 0.9), ()),
    "momentum": ((0.1, 0.5), (2, -1), (0.8, 0.8), (0.0,)),
    "adam": (
        *((0.1, 0.9, 0.999, 0.0), (2, -1)),
        (0.9, 0.9 - 0.1 * (0.08 / 0.19) / sqrt(0.004996 / 0.001999)),
        (0.08, 0.004996),
    ),
}


def defaults(name):
    return [getattr(OPTIMIZERS[name].numbers(), f.name) for f in fields(OPTIMIZERS[name].numbers)]


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(OPTIMIZERS), "give each row of OPTIMIZERS an entry in KNOWN"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    numbers, gradients, expected, expected_slots = KNOWN[name]
    row = OPTIMIZERS[name]
    p, slots = np.array([1.0]), tuple(np.zeros(1) for _ in row.slots)
    for t, (g, after) in enumerate(zip(gradients, expected, strict=True), start=1):
        p, *slots = row.update(p, np.array([float(g)]), tuple(slots), t, *numbers)
        assert p[0] == pytest.approx(after, rel=1e-13)
    np.testing.assert_allclose([slot[0] for slot in slots], expected_slots, rtol=1e-12, atol=1e-16)


def test_adam_bias_correction_over_many_steps():
    """m̂ and v̂ equal the weighted means of all gradients so far, worked out from the sums."""
    draw, update = np.random.default_rng(2), OPTIMIZERS["adam"].update
    gradients, p = draw.normal(size=20), np.array([0.5])
    slots, expected = (np.zeros(1), np.zeros(1)), 0.5
    for t, g in enumerate(gradients, start=1):
        p, *slots = update(p, np.array([g]), tuple(slots), t, 0.01, 0.8, 0.95, 1e-8)
        age = np.arange(t)[::-1]
        m = (0.8**age * gradients[:t]).sum() / (0.8**age).sum()
        v = (0.95**age * gradients[:t] ** 2).sum() / (0.95**age).sum()
        expected -= 0.01 * m / (sqrt(v) + 1e-8)
        assert p[0] == pytest.approx(expected, rel=1e-12)


def test_momentum_acts_on_new_gradients_only_when_the_rate_changes():
    """With the rate at 0 the velocity goes on: v ← μ v, p ← p + v."""
    p, v = OPTIMIZERS["momentum"].update(
        np.array([1.0]), np.array([9.0]), (np.array([4.0]),), 7, 0, 0.5
    )
    assert (p[0], v[0]) == (3, 2)


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
        slots = tuple(np.zeros_like(g) for _ in row.slots)
        found = row.update(np.ones_like(g), g, slots, t, *defaults(name))
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
    assert name_of(row.numbers()) == name
    assert fields(row.numbers)[0].name == "learning_rate"


def test_defaults_are_those_of_the_literature():
    assert (SGD(), Momentum()) == (SGD(0.1), Momentum(0.01, 0.9))
    assert Adam() == Adam(learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8)
    assert eval(repr(Adam(0.5))) == Adam(0.5)
