"""The algebra of solvers; how they are carried out is tested in tests/training."""

from dataclasses import fields

import numpy as np
import pytest

from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.solvers import (
    BOUNDS,
    LBFGS,
    SOLVERS,
    LevenbergMarquardt,
    damped_step,
    first_slots,
    numbers_of,
)


def curved(n, seed=0):
    """A JᵀJ that is positive definite, and a gradient."""
    random = np.random.default_rng(seed)
    J = random.normal(size=(3 * n, n))
    return J.T @ J, random.normal(size=n)


def test_a_step_by_hand():
    """(2 + 1) s₁ = −6 and (1 + 1) s₂ = 4, which do not mix."""
    step = damped_step(np.diag([2.0, 1.0]), np.array([6.0, -4.0]), 1.0)
    np.testing.assert_allclose(step, [-2, 2], rtol=1e-15)


@pytest.mark.parametrize("damping", [1e-6, 0.1, 1.0, 100.0])
def test_a_step_solves_the_damped_equations_and_leaves_its_matrix_alone(damping):
    A, g = curved(5)
    before = A.copy()
    s = damped_step(A, g, damping)
    assert (before == A).all()
    np.testing.assert_allclose((A + damping * np.eye(5)) @ s, -g, rtol=1e-12, atol=1e-13)
    assert s @ g < 0  # downhill, whatever the damping


def test_damping_turns_gauss_newton_into_gradient_descent_and_shortens_it():
    A, g = curved(5)
    np.testing.assert_allclose(damped_step(A, g, 1e-13), -np.linalg.solve(A, g), rtol=1e-9)
    np.testing.assert_allclose(damped_step(A, g, 1e12), -g / 1e12, rtol=1e-9)
    lengths = [np.linalg.norm(damped_step(A, g, mu)) for mu in np.logspace(-3, 3, 13)]
    assert (np.diff(lengths) < 0).all()


def test_damping_helps_where_there_are_more_parameters_than_errors():
    J = np.array([[1.0, 2.0, 3.0]])
    s = damped_step(J.T @ J, J[0] * 5.0, 1e-8)
    np.testing.assert_allclose(J @ s, [-5.0], rtol=1e-8)


def test_without_an_answer_the_step_is_infinite():
    assert damped_step(np.array([[-1.0, 0], [0, 2]]), np.ones(2), 1.0).tolist() == [np.inf, np.inf]


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_memory_at_the_beginning(precision):
    p = np.arange(3, dtype=precision)
    start = first_slots(LBFGS(), p)
    assert start.tolist() == [[0, 1, 2]]
    p += 1
    assert start.tolist() == [[0, 1, 2]]
    damping = first_slots(LevenbergMarquardt(0.5), p)
    assert damping.tolist() == [[0.5, 0.5, 0.5]]
    assert {start.dtype, damping.dtype} == {np.dtype(precision)}


@pytest.mark.parametrize("name", SOLVERS)
def test_each_row_is_whole(name):
    row = SOLVERS[name]
    assert len(first_slots(row.numbers(), np.zeros(2))) == len(row.slots) == 1
    assert row.formula
    assert row.source
    assert set(row.losses or ()) <= set(LOSSES)
    assert name not in OPTIMIZERS  # a recipe names either in the same place


def test_levenberg_marquardt_is_for_every_squared_error():
    squared = {name for name, row in LOSSES.items() if "(p − y)²" in row.formula}
    assert set(SOLVERS["levenberg_marquardt"].losses) == squared


def test_numbers_are_named_in_full_with_their_bounds():
    found = list(numbers_of(LevenbergMarquardt(damping=7)))
    assert found[0] == ("LevenbergMarquardt.damping", 7, BOUNDS["damping"])
    assert [name.split(".")[1] for name, *_ in found] == [
        item.name for item in fields(LevenbergMarquardt)
    ]
    assert next(numbers_of(LBFGS())) == ("LBFGS.memory", 10, BOUNDS["memory"])


@pytest.mark.parametrize("name", SOLVERS)
def test_the_defaults_are_within_their_bounds(name):
    for _, value, bounds in numbers_of(SOLVERS[name].numbers()):
        assert bounds.least <= value < bounds.below
