"""Formulas of activations with their constants in their places."""

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.inspection.formulas import formula_of, slope_of


def test_selu_has_its_two_numbers():
    assert formula_of("selu") == "1.051 z where z > 0, else 1.051 1.673 (exp(z) − 1)".replace(
        "exp(z)", "eᶻ"
    )
    assert "α" not in slope_of("selu")


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_other_formulas_are_the_tables(name):
    if name != "selu":
        assert formula_of(name) == ACTIVATIONS[name].formula
        assert slope_of(name) == ACTIVATIONS[name].derivative


def test_softmax_is_what_its_row_does():
    Z = np.array([[0.5, -1.0]])
    powers = np.exp(Z)
    np.testing.assert_allclose(ACTIVATIONS["softmax"].f(Z, np), powers / powers.sum())
    assert formula_of("softmax") == "exp(z)/Σ exp(z)"
