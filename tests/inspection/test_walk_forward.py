"""Lines of the way forward that need more than sums: norms, softmax, maxout, costs."""

import re

import numpy as np
import pytest

import pellucid as pel

X, Y = np.array([[0.5, -1.0, 2.0]]), [1]


def lines_of(layers, X=X, Y=Y, loss=None):
    network = pel.Network(3, layers, seed=1, precision="float64")
    walk = pel.walk(network, X, Y, loss=loss)
    return walk, {s.parts[0]: s for s in reversed(walk.statements)}  # the first of a name counts


def test_batch_normalization_is_told_with_its_running_averages():
    walk, said = lines_of([pel.Dense(2, "tanh", norm="batch"), pel.Dense(2, "softmax")])
    line = said["n of z_{0}^{(1)}"]
    assert "(running averages)" in line.parts[1]
    assert line.value == walk.trace.N[1][0, 0]
    assert "tanh(n)" in said["a_{0}^{(1)}"].parts[1]


def test_layer_normalization_is_told_with_the_mean_of_the_layer():
    walk, said = lines_of([pel.Dense(3, "tanh", norm="layer"), pel.Dense(2, "softmax")])
    line = said["n of z_{1}^{(1)}"]
    assert "(over the layer)" in line.parts[1]
    mean = walk.trace.Z[1].mean()
    assert f"− {mean:.4g}".replace("-", "−").replace("− −", "− (−")[:6] in line.parts[2]
    assert line.value == walk.trace.N[1][0, 1]


def test_softmax_is_told_with_its_powers():
    walk, said = lines_of([pel.Dense(3, "softmax")])
    Z = walk.trace.Z[1][0]
    powers = " + ".join(f"exp({z:.4g})" for z in Z).replace("-", "−")
    assert said["a_{1}^{(1)}"].parts[2] == f"exp({Z[1]:.4g})/({powers})".replace("-", "−")


def test_softmax_of_many_is_shortened_and_right():
    walk, said = lines_of([pel.Dense(20, "softmax")])
    line = next(s for name, s in said.items() if name.startswith("a_"))
    assert "more]" in line.parts[2]
    rest = float(line.parts[2].rpartition(" + ")[2].split()[0])
    powers = line.parts[2].partition("/(")[2].replace("−", "-")
    shown = [float(power) for power in re.findall(r"exp\(([^)]*)\)", powers)]
    total = sum(np.exp(shown)) + rest
    assert total == pytest.approx(np.exp(walk.trace.Z[1][0]).sum(), rel=1e-3)


def test_maxout_takes_the_largest():
    walk, said = lines_of([pel.Dense(2, "maxout", pieces=3), pel.Dense(2, "softmax")])
    assert said["a_{1}^{(1)}"].parts[1].startswith("max(")
    assert said["a_{1}^{(1)}"].value == walk.trace.Z[1][0, 3:6].max()
    assert "z_{5}^{(1)}" in said


@pytest.mark.parametrize(
    ("loss", "output", "target", "words"),
    [
        ("half_sse", "identity", [[2.0]], "½ ("),
        ("mse", "identity", [[2.0]], "² / 1"),
        ("huber:0.1", "identity", [[9.0]], "0.1 (|"),
        ("quantile:0.9", "identity", [[9.0]], "max(0.9 (9 − "),
        ("poisson", "exp", [[3.0]], "3 log 3 − 3"),
        ("squared_hinge", "identity", [[-1.0]], "max(0, 1 − (−1) "),
        ("mae", "identity", [[9.0]], "| / 1"),
    ],
)
def test_costs_have_their_numbers_in_place(loss, output, target, words):
    walk, said = lines_of([pel.Dense(1, output)], Y=target, loss=loss)
    assert words in said["C"].parts[2]
    assert said["C"].value == walk.trace.cost


def test_the_cost_of_many_outputs_is_shortened():
    _, said = lines_of([pel.Dense(12)], Y=np.zeros((1, 12)), loss="sse")
    assert "[9 more]" in said["C"].parts[2]


def test_titles_say_how_much_is_shown():
    walk, _ = lines_of([pel.Dense(9, "relu"), pel.Dense(2, "softmax")])
    assert walk.sections[1].title == "Forward: layer 1 (hidden, 2 of 9 units shown)"
    assert walk.sections[2].title == "Forward: layer 2 (output)"
    assert walk.sections[1].rule == "a = max(z, 0)"
    assert walk.sections[1].about == "relu"


def test_the_row_that_is_given_and_what_the_network_makes_of_it():
    """A pixel times its scale, a mean taken away; of many the rule and how many are not 0."""
    layers = [pel.Dense(1, "sigmoid")]
    network = pel.Network(2, layers, scale=[0.5, 2.0], shift=[0.0, -1.0], precision="float64")
    walk = pel.walk(network, [[4.0, 3.0]], [[1.0]])
    first, second = (line.statements[0] for line in walk.sections[0].lines)
    assert first.parts == ("a_{0}^{(0)}", "4·0.5", "2")
    assert second.parts == ("a_{1}^{(0)}", "3·2 + (−1)", "5")
    assert walk.sections[0].about.endswith("is the number given · scale + shift")
    wide = pel.walk(pel.Network(9, layers, scale=1 / 255), np.eye(9, dtype=np.uint8)[:1], [[1.0]])
    assert wide.sections[0].about.endswith("· 0.003922; 1 of 9 are not 0")


def test_formulas_follow_the_symbols_of_the_notation():
    walk = pel.walk(pel.Network(3, [pel.Dense(1, "sigmoid")]), X, [[1]], notation="sums")
    assert walk.sections[1].rule == "O = 1 / (1 + exp(−x))"
    assert walk.sections[3].rule == "δ = ∂C/∂x = ∂C/∂O · O′"


def test_a_cost_of_certain_outputs_says_where_it_is_from():
    network = pel.Network(3, [pel.Dense(1, "sigmoid")], precision="float64")
    network.weights[1] = [[100.0], [0.0], [0.0]]
    walk = pel.walk(network, X, [[0]])
    line = next(section for section in walk.sections if section.title == "Cost").lines[0]
    assert line.remark.startswith("calculated from z")
    assert line.statements[0].value == 50


def test_scaled_tanh_is_written_with_a_product():
    """2z/3 at z = 0.4085 is 2·0.4085/3, not 20.4085/3."""
    _, said = lines_of([pel.Dense(1, "scaled_tanh"), pel.Dense(1)], Y=[[1.0]])
    assert "tanh(2·" in said["a_{0}^{(1)}"].parts[2]
