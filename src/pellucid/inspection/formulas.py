"""Formulas of activations as a walk shows them: of the table, with constants in their places."""

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.rectifiers import SELU_ALPHA, SELU_SCALE
from pellucid.inspection.expressions import number, put_in

CONSTANTS = {"selu": {"λ": number(SELU_SCALE), "α": number(SELU_ALPHA)}}


def formula_of(activation: str) -> str:
    """Return a as a formula of z."""
    if activation == "softmax":
        return "exp(z)/Σ exp(z)"
    return put_in(ACTIVATIONS[activation].formula, CONSTANTS.get(activation, {}))


def slope_of(activation: str) -> str:
    """Return a′ as a formula of a and z."""
    return put_in(ACTIVATIONS[activation].derivative, CONSTANTS.get(activation, {}))
