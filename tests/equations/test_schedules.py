"""Every schedule: known answers, ends, many steps at once."""

from math import cos, pi

import numpy as np
import pytest

from pellucid.equations.schedules import SCHEDULES, Constant, Cosine, name_of, values

ROWS = sorted(SCHEDULES)

# A schedule, steps of the run, steps → values, by hand.
KNOWN = {
    "constant": (Constant(0.3), 9, [0, 5, 100], [0.3, 0.3, 0.3]),
    "cosine": (Cosine(2, 1), 4, [0, 1, 2, 4, 9], [2, 1.5 + cos(pi / 4) / 2, 1.5, 1, 1]),
}


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(SCHEDULES), "give each row of SCHEDULES an entry in KNOWN"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    schedule, total, t, expected = KNOWN[name]
    found = values(schedule, np.array(t, float), total)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-15)
    np.testing.assert_array_equal(SCHEDULES[name].value(schedule, np.array(t), total), found)


@pytest.mark.parametrize("number", [0, 1, 0.25])
def test_a_plain_number_is_the_same_at_every_step(number):
    assert values(number, np.arange(3.0), 10).tolist() == [number] * 3


@pytest.mark.parametrize("name", ROWS)
def test_steps_together_are_steps_one_by_one(name):
    schedule, total, _, _ = KNOWN[name]
    t = np.arange(0, 12, dtype=float)
    single = [values(schedule, t[i : i + 1], total)[0] for i in range(12)]
    assert values(schedule, t, total).tolist() == single


@pytest.mark.parametrize("total", [0, 1, 10**12])
@pytest.mark.parametrize("name", ROWS)
def test_extremes_are_finite(name, total):
    """Runs of no step, one step, very many; asked before, at and after the end."""
    schedule = KNOWN[name][0]
    found = values(schedule, np.array([0, 1, 1e12, 1e300]), total)
    assert np.isfinite(found).all()


def test_cosine_takes_its_own_number_of_steps_and_can_rise():
    """Momentum from 0.5 to 0.99 in 10 steps of a run of 1000, then constant."""
    found = values(Cosine(0.5, 0.99, steps=10), np.arange(1000.0), 1000)
    assert found[0] == 0.5
    assert (np.diff(found[:11]) > 0).all()
    np.testing.assert_allclose(found[5], (0.5 + 0.99) / 2, rtol=1e-15)
    np.testing.assert_allclose(found[10:], 0.99, rtol=1e-15)


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained_and_found_by_its_numbers(name):
    row = SCHEDULES[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.value.__doc__
    assert row.numbers.__doc__
    assert name_of(KNOWN[name][0]) == name
    assert eval(repr(KNOWN[name][0])) == KNOWN[name][0]
