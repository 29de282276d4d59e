"""Which derivative is made from which, and the chain rule as books write it."""

import re

import numpy as np
import pytest

import pellucid as pel
from pellucid.inspection.graph import MANY


def chain_of(*units):
    layers = [pel.Dense(n, "sigmoid") for n in units[1:-1]]
    return pel.Network(units[0], [*layers, pel.Dense(units[-1], "sigmoid")]).architecture


FOUR = chain_of(2, 3, 3, 1)


def test_what_is_reused_in_four_layers():
    """Two hidden layers: each ∂C/∂z serves the weights, the bias and the layer below."""
    graph = pel.derivative_graph(FOUR)
    names = [node.name for node in graph.nodes]
    assert names == [
        *("∂C/∂a^{(3)}", "∂C/∂z^{(3)}", "∂C/∂w^{(3)}", "∂C/∂b^{(3)}"),
        *("∂C/∂a^{(2)}", "∂C/∂z^{(2)}", "∂C/∂w^{(2)}", "∂C/∂b^{(2)}"),
        *("∂C/∂a^{(1)}", "∂C/∂z^{(1)}", "∂C/∂w^{(1)}", "∂C/∂b^{(1)}"),
    ]
    assert [node.name for node in graph.reused] == [f"∂C/∂z^{{({l})}}" for l in (3, 2, 1)]
    z3 = graph.nodes[1]
    assert [user.name for user in graph.users(z3)] == [
        *("∂C/∂w^{(3)}", "∂C/∂b^{(3)}", "∂C/∂a^{(2)}")
    ]
    assert [n.name for n in graph.used_by(graph.nodes[4])] == ["∂C/∂z^{(3)}"]
    factors = [edge.factor for edge in graph.edges if edge.user.name == "∂C/∂w^{(1)}"]
    assert factors == ["∂z^{(1)}/∂w^{(1)}"]


def test_every_node_comes_after_what_it_is_made_from():
    layers = [
        pel.Dense(3, "tanh"),
        pel.Dense(3, "tanh", inputs=(0, 1)),
        pel.Dense(1, inputs=(1, 2)),
    ]
    graph = pel.derivative_graph(pel.Network(2, layers).architecture)
    place = {node: i for i, node in enumerate(graph.nodes)}
    assert all(place[edge.used] < place[edge.user] for edge in graph.edges)
    a1 = next(node for node in graph.nodes if node.name == "∂C/∂a^{(1)}")
    assert [n.name for n in graph.used_by(a1)] == ["∂C/∂z^{(3)}", "∂C/∂z^{(2)}"]
    assert "∂C/∂w^{(0→2)}" in [node.name for node in graph.nodes]


def test_a_layer_without_bias_has_none():
    layers = [pel.Dense(3, "tanh", bias="none"), pel.Dense(1)]
    graph = pel.derivative_graph(pel.Network(2, layers).architecture)
    assert [n.name for n in graph.nodes if n.kind == "b"] == ["∂C/∂b^{(2)}"]


def test_the_first_weight_of_four_layers():
    """The expression of the literature, factor by factor from the cost."""
    assert pel.chain_rule(FOUR, "w_{2,1}^1") == (
        "∂C/∂w_2,1^(1) = ∂C/∂a^(3) · ∂a^(3)/∂z^(3) · ∂z^(3)/∂a^(2) · ∂a^(2)/∂z^(2) · "
        "∂z^(2)/∂a_2^(1) · ∂a_2^(1)/∂z_2^(1) · a_1^(0)"
    )
    assert pel.chain_rule(FOUR, "b_0^3") == "∂C/∂b_0^(3) = ∂C/∂a_0^(3) · ∂a_0^(3)/∂z_0^(3)"
    assert pel.chain_rule(FOUR, "z_1^2") == (
        "∂C/∂z_1^(2) = ∂C/∂a^(3) · ∂a^(3)/∂z^(3) · ∂z^(3)/∂a_1^(2) · ∂a_1^(2)/∂z_1^(2)"
    )
    assert pel.chain_rule(FOUR, "w_31^2", "from_one").startswith("∂C/∂w_31^(2) = ∂C/∂a^(4) · ")
    assert pel.chain_rule(FOUR, "θ_j2", "sums").startswith("∂C/∂θ_j2 = ∂C/∂O_L · ∂O_L/∂x_L · ")


def test_skips_are_sums_over_ways():
    layers = [pel.Dense(2, "tanh"), pel.Dense(2, "tanh"), pel.Dense(1, inputs=(1, 2))]
    found = pel.chain_rule(pel.Network(2, layers).architecture, "a_0^1")
    assert found == (
        "∂C/∂a_0^(1) = (∂C/∂a^(3) · ∂a^(3)/∂z^(3) · ∂z^(3)/∂a^(2) · ∂a^(2)/∂z^(2) · "
        "∂z^(2)/∂a_0^(1) + ∂C/∂a^(3) · ∂a^(3)/∂z^(3) · ∂z^(3)/∂a_0^(1))"
    )


def test_too_many_ways_are_written_one_step_at_a_time():
    """Each layer fed by all before it: 2^10 ways from the first to the cost."""
    layers = [pel.Dense(2, "tanh", inputs=tuple(range(l))) for l in range(1, 13)]
    found = pel.chain_rule(pel.Network(2, layers).architecture, "a_0^1")
    assert found.count("∂C/∂") == 1 + 11
    assert MANY >= 11


@pytest.mark.parametrize("l", [1, 2, 3])
def test_the_factors_multiplied_are_the_derivative(l):
    """Read the chain rule back: put Jacobians for its factors, and get the gradient."""
    network = pel.Network(2, list(FOUR.layers), seed=4, precision="float64")
    X, Y = np.array([[0.3, -1.2]]), np.array([[1.0]])
    trace = pel.trace(network, X, Y, "half_sse")
    text = pel.chain_rule(FOUR, f"w_{{0,1}}^{l}").partition(" = ")[2]
    product = np.ones((1, 1))
    for factor in text.split(" · "):
        names = re.findall(r"([az])(?:_(\d+))?\^\((\d)\)", factor)
        if factor.startswith("∂C"):
            matrix = trace.P - Y
        elif factor.startswith("∂a"):
            k = int(names[0][2])
            matrix = np.diag((trace.A[k] * (1 - trace.A[k]))[0])
        elif factor.startswith("∂z"):
            matrix = trace.W[int(names[0][2])].T
        else:
            matrix = trace.A[l - 1][:, [int(names[0][1])]]
        rows = [int(unit) if unit else None for _, unit, _ in names]
        if factor.startswith("∂") and len(names) == 2:
            matrix = matrix if rows[0] is None else matrix[[rows[0]]]
            matrix = matrix if rows[1] is None else matrix[:, [rows[1]]]
        elif factor.startswith("∂C") and rows[0] is not None:
            matrix = matrix[:, [rows[0]]]
        product = product @ matrix
    assert product.item() == pytest.approx(trace.dW[l][1, 0], rel=1e-13)


def test_as_text_mermaid_graphviz_and_data():
    graph = pel.derivative_graph(FOUR)
    assert "∂C/∂w^(1) = ∂C/∂z^(1) · ∂z^(1)/∂w^(1)" in str(graph)
    assert "reused by ∂C/∂w^(3), ∂C/∂b^(3), ∂C/∂a^(2)" in str(graph)
    mermaid = graph.mermaid()
    assert mermaid.startswith("flowchart RL\n")
    assert '  n1 -->|"∂z^(3)/∂a^(2)"| n4' in mermaid
    dot = graph.graphviz()
    assert dot.startswith("digraph derivatives {")
    assert dot.count("->") == mermaid.count("-->") == len(graph.edges)
    data = graph.as_dict()
    assert len(data["nodes"]) == len(graph.nodes)
    assert data["reused"] == [1, 5, 9]
