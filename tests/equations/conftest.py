"""What the tests of the equations share: derivatives taken without any calculus."""

import numpy as np
import pytest


def _differences(f, at, step=1e-5):
    found = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        there = at.copy()
        there[place] = at[place] + step
        above = float(f(there))
        there[place] = at[place] - step
        found[place] = (above - float(f(there))) / (2 * step)
    return found


def _assert_derivative(derivative, f, at):
    expected = _differences(f, at)
    error = np.abs(derivative - expected)
    assert derivative.shape == at.shape
    assert (error <= 1e-7 * np.maximum(1, np.abs(expected))).all(), (derivative, expected)


@pytest.fixture(scope="session")
def assert_derivative():
    """Compare a derivative with central differences of the number f(at), place by place."""
    return _assert_derivative
