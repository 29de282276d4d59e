"""Lines of the way back: factors whose product is the delta."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.equations.activations import ACTIVATIONS

X = np.array([[0.5, -1.0, 2.0]])
TRAINABLE = [
    name
    for name, row in ACTIVATIONS.items()
    if row.backward and not row.grouped and name != "softmax"
]


def walk_of(layers, Y, loss=None):
    network = pel.Network(3, layers, seed=1, precision="float64")
    return pel.walk(network, X, Y, loss=loss)


@pytest.mark.parametrize("activation", TRAINABLE)
def test_each_activation_has_its_slope_with_numbers(activation):
    """∂C/∂a times a′ is δ, and a′ is what differences of the activation say."""
    walk = walk_of([pel.Dense(2, activation), pel.Dense(2)], [[0.0, 1.0]], "half_sse")
    section = next(s for s in walk.sections if s.title == "Back: layer 1 (hidden)")
    row = ACTIVATIONS[activation]
    for unit in range(2):
        from_above, through = section.lines[2 * unit], section.lines[2 * unit + 1]
        slope, delta = through.statements
        z = walk.trace.Z[1][0, unit]
        ahead, behind = (row.f(np.array([[z + h]]), np).item() for h in (1e-6, -1e-6))
        assert slope.value == pytest.approx((ahead - behind) / 2e-6, abs=1e-7)
        assert delta.value == pytest.approx(from_above.statements[0].value * slope.value, rel=1e-13)
        assert delta.value == pytest.approx(walk.trace.dZ[1][0, unit], rel=1e-12)


def test_softmax_with_squares_has_a_sum_over_all_outputs():
    walk = walk_of([pel.Dense(3, "softmax")], [[0.2, 0.3, 0.5]], "half_sse")
    P, Y = walk.trace.P[0], np.array([0.2, 0.3, 0.5])
    for j in range(3):
        by_hand = sum((P[k] - Y[k]) * P[k] * ((k == j) - P[j]) for k in range(3))
        assert walk.value(f"δ_{{{j}}}^{{(1)}}") == pytest.approx(by_hand, rel=1e-13)
    assert not any(s.parts[0].endswith("fused") for s in walk.statements)


def test_softmax_with_its_link_shows_both():
    walk = walk_of([pel.Dense(3, "softmax")], [1])
    text = " ".join(str(walk).split())
    p = walk.trace.P[0]
    assert f"∂C/∂a_1^(1) = −y/a = −1/{p[1]:.4g} = −{1 / p[1]:.4g}" in text
    assert f"·{p[1]:.4g}·(1 − {p[1]:.4g})" in text
    assert f"δ_1^(1), fused = a_1^(1) − y = {p[1]:.4g} − 1 = −{1 - p[1]:.4g}" in text


def test_sums_over_what_a_unit_feeds_are_written_out():
    layers = [pel.Dense(2, "tanh"), pel.Dense(2, "tanh"), pel.Dense(1, inputs=(1, 2))]
    walk = walk_of(layers, [[1.0]])
    line = next(s for s in walk.statements if s.parts[0] == "∂C/∂a_{0}^{(1)}")
    assert line.parts[1] == "Σ_{k} w_{k,0}^{(2)} δ_{k}^{(2)} + Σ_{m} w_{m,0}^{(1→3)} δ_{m}^{(3)}"
    assert line.value == pytest.approx(walk.trace.dA[1][0, 0], rel=1e-13)
    assert line.parts[2].count("·") == 3


def test_norms_are_gone_back_through():
    for norm in ("batch", "layer"):
        layers = [pel.Dense(3, "tanh", norm=norm), pel.Dense(2, "softmax")]
        walk = walk_of(layers, [1])
        line = next(s for s in walk.statements if s.parts[0] == "δ_{2}^{(1)}")
        text = line.parts[2].replace("−", "-").replace("√", "sqrt").replace("·", "*")
        value = eval(text, {"__builtins__": {}, "sqrt": np.sqrt})
        assert value == pytest.approx(walk.trace.dZ[1][0, 2], rel=2e-3)
