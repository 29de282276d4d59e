"""The elementary functions of the native core against truth, in units in the last place."""

import importlib.util
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from scipy import special

from pellucid.arrays import Array
from pellucid.engines.native import core
from tests.engines.strategies import SETS

if importlib.util.find_spec("pellucid._native") is None:
    pytest.skip("the native core was not built", allow_module_level=True)

INFINITY = float("inf")
mpmath.mp.dps = 40


class Function(NamedTuple):
    """What a function is, for float64 and for mpmath, and how far it may be off."""

    array: Callable[[Array], Array]
    exact: Callable[[mpf], mpf]
    limit: float  # in units in the last place of float64; of float32 it is 2
    natural: tuple[float, float]  # where most of its values are
    domain: Callable[[Any], tuple[float, float]] = lambda info: (-INFINITY, INFINITY)


def sigmoid(x: mpf) -> mpf:
    return 1 / (1 + mpmath.exp(-x))


def excess(x: Any, xp: Any = np) -> Any:
    return xp.log1p(xp.exp(-abs(x)))


def density(x: Array) -> Array:
    return np.exp(-0.5 * (x * x)) / np.sqrt(2 * np.pi)


FUNCTIONS = {
    "exp": Function(np.exp, mpmath.exp, 2, (-750, 715)),
    "expm1": Function(
        np.expm1, mpmath.expm1, 3, (-3, 3), lambda info: (-INFINITY, np.log(info.max) - 1)
    ),
    "tanh": Function(np.tanh, mpmath.tanh, 2, (-3, 3)),
    "sigmoid": Function(special.expit, sigmoid, 2, (-30, 30)),
    "log": Function(np.log, mpmath.log, 2, (0.3, 3), lambda info: (info.tiny, INFINITY)),
    "log1p": Function(np.log1p, mpmath.log1p, 2, (-0.5, 1), lambda info: (-0.5, 1)),
    "excess": Function(excess, lambda x: excess(x, mpmath), 3, (-5, 5)),
    "normal_share": Function(special.ndtr, mpmath.ncdf, 8, (-38, 8)),
    "normal_density": Function(density, mpmath.npdf, 3, (-38, 38)),
}
SPECIAL = {  # what they are at 0, −0, ∞ and −∞, where that is exact
    "exp": (1, 1, INFINITY, 0),
    "expm1": (0.0, -0.0, None, -1),
    "tanh": (0.0, -0.0, 1, -1),
    "sigmoid": (0.5, 0.5, 1, 0),
    "log": (None, None, INFINITY, None),
    "log1p": (0.0, -0.0, None, None),
    "excess": (None, None, 0, 0),
    "normal_share": (0.5, 0.5, 1, 0),
    "normal_density": (None, None, 0, 0),
}
each_set = pytest.mark.parametrize("instruction_set", SETS)
each_function = pytest.mark.parametrize("name", FUNCTIONS)


@each_set
@each_function
def test_single_precision(instruction_set: str, name: str) -> None:
    """Within 2 units of float64, for 4114 fractions of every exponent and sign, and for more."""
    x, truth = single_precision(name)
    assert units_off(core().elementary(name, x, instruction_set), truth).max() <= 2


@each_set
@each_function
def test_double_precision(instruction_set: str, name: str) -> None:
    """Within few units of what mpmath says, for every exponent and sign, and for more."""
    x, truth, beyond = double_precision(name)
    off = units_off(core().elementary(name, x, instruction_set), truth, beyond)
    assert off.max() <= FUNCTIONS[name].limit


@each_set
@each_function
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_values(instruction_set: str, name: str, dtype: str) -> None:
    """Zeros keep their signs, what is infinite has its limit, and what is no number stays so."""
    x = np.array([0.0, -0.0, INFINITY, -INFINITY, np.nan], dtype)
    found = core().elementary(name, x, instruction_set)
    assert np.isnan(found[4])
    for mine, expected in zip(found, SPECIAL[name], strict=False):
        if expected is not None:
            assert mine == np.array(expected, dtype)
            assert np.signbit(mine) == np.signbit(expected)


@each_set
@each_function
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_no_number_knows_its_place(instruction_set: str, name: str, dtype: str) -> None:
    """What a number becomes is the same to the bit wherever it stands, in loops of any length."""
    x = np.random.default_rng(6).uniform(*FUNCTIONS[name].natural, 97).astype(dtype)
    at_once = core().elementary(name, x, instruction_set)
    for begin in range(0, 40, 3):
        for end in range(begin, 98, 7):
            part = core().elementary(name, x[begin:end].copy(), instruction_set)
            np.testing.assert_array_equal(part, at_once[begin:end])


@cache
def single_precision(name: str) -> tuple[Array, Array]:
    """Numbers of every exponent and sign, and where the function lives, with their values."""
    every = np.arange(0, 2**32, 2039).astype(np.uint32).view(np.float32)
    near = np.random.default_rng(7).uniform(*FUNCTIONS[name].natural, 400_000)
    x = defined(name, np.concatenate([every, near.astype(np.float32)]))
    with np.errstate(all="ignore"):
        return x, FUNCTIONS[name].array(x.astype(np.float64))


@cache
def double_precision(name: str) -> tuple[Array, Array, Array]:
    """The same for float64; values are a float64 and what it lacks."""
    rng = np.random.default_rng(8)
    every = (np.arange(4096).astype(np.uint64) << 52) + rng.integers(
        2**52, size=4096, dtype=np.uint64
    )
    near = rng.uniform(*FUNCTIONS[name].natural, 2000)
    x = defined(name, np.concatenate([every.view(np.float64), near]))
    x = x[np.isfinite(x)]
    # Far out nothing changes any more, but mpmath takes its time.
    far = INFINITY if name == "log" else 800.0
    exact = [FUNCTIONS[name].exact(mpf(float(number))) for number in np.clip(x, -far, far)]
    truth = np.array([float(value) for value in exact])
    beyond = [
        float(value - mpf(float(t))) if np.isfinite(t) else 0.0
        for value, t in zip(exact, truth, strict=True)
    ]
    return x, truth, np.array(beyond)


def defined(name: str, x: Array) -> Array:
    """Return the numbers of x in the domain of the function, and NaN with them."""
    low, high = FUNCTIONS[name].domain(np.finfo(x.dtype))
    return x[~((x < low) | (x > high))]


def units_off(found: Array, truth: Array, beyond: Array | float = 0.0) -> Array:
    """How far results are from truth + beyond, in units in the last place of their type."""
    largest = float(np.finfo(found.dtype).max)
    with np.errstate(all="ignore"):
        nearest = truth.astype(found.dtype)
        unit = np.spacing(np.minimum(np.abs(truth), largest).astype(found.dtype)).astype(np.float64)
        off = np.abs((found.astype(np.float64) - truth) - beyond) / unit
    same = (found == nearest) | (np.isnan(found) & np.isnan(truth))
    return np.where(same, 0.0, np.where(np.isnan(off), INFINITY, off))
