"""The same equation as text, LaTeX and HTML."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.inspection.expressions import (
    as_html,
    dollars,
    factor,
    latex,
    number,
    plain,
    put_in,
    total,
)
from pellucid.inspection.loss_terms import TERMS
from pellucid.inspection.notation import NOTATIONS


def test_three_ways_to_write_a_weight():
    name = "∂C/∂w_{2,3}^{(2)} = δ_{2}^{(2)} a_{3}^{(1)}"
    assert plain(name) == "∂C/∂w_2,3^(2) = δ_2^(2) a_3^(1)"
    assert latex(name) == (r"\partial C/\partial w_{2,3}^{(2)} = \delta _{2}^{(2)} a_{3}^{(1)}")
    assert as_html(name).startswith("∂C/∂w<sub>2,3</sub><sup>(2)</sup> = δ<sub>2</sub>")
    assert as_html("1 where z > 0 & so on") == "1 where z &gt; 0 &amp; so on"


def test_words_and_functions_in_latex():
    assert latex("1 where z > 0, else 0.01 z") == r"1\text{ where }z > 0,\text{ else }0.01 z"
    assert latex("−y log p") == r"-y\log p"
    assert latex("1 / (1 + e⁻ᶻ)") == "1 / (1 + e^{-z})"
    assert latex("leaky_relu(z)") == r"\text{leaky\_relu}(z)"
    assert dollars("a²") == "$a^{2}$"


FORMULAS = [
    *(text for row in ACTIVATIONS.values() for text in (row.formula, row.derivative)),
    *(row.formula for row in LOSSES.values()),
    *(text for term in TERMS.values() for text in term),
    *(row.formula for row in OPTIMIZERS.values()),
    *(row.stated for row in NOTATIONS.values()),
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_latex_is_ascii_with_matching_braces(formula):
    found = latex(formula)
    assert found.isascii(), found
    depth = 0
    for c in found:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (-2.5, "−2.5"),
        (123456.0, "1.235·10^{5}"),
        (-1.5e-7, "−1.5·10^{−7}"),
        (0.0, "0"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "undefined"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


@given(st.floats(-1e12, 1e12))
def test_a_number_with_17_digits_is_itself(value):
    text = number(value, 17).replace("−", "-").replace("·10^{", "e").replace("}", "")
    assert float(text) == value


def test_negative_factors_stand_in_parentheses():
    assert factor(-0.5) == "(−0.5)"
    assert factor(0.5) == "0.5"
    assert total(["1", "(−2)·3"], "−4") == "1 + (−2)·3 − 4"
    assert total([]) == "0"


def test_numbers_take_the_place_of_letters():
    assert put_in("a (1 − a)", {"a": "0.6"}) == "0.6 (1 − 0.6)"
    assert put_in("1 / (1 + e⁻ᶻ)", {"z": "(−2)"}) == "1 / (1 + exp(−(−2)))"
    assert put_in("max(z, 0)", {"z": "3"}) == "max(3, 0)"
    assert put_in("1 − a²", {"a": "(−0.3)"}) == "1 − (−0.3)²"
    assert put_in("Φ(z) + z φ(z)", {"z": "1"}) == "Φ(1) + 1 φ(1)"
