"""What the examples of backpropagation say is so."""

from itertools import product
from math import exp

import numpy as np
import pytest

from tests.examples.running import found


def cost_by_hand(parameters, x=(1.0, 2.0), y=1.0):
    """Half the squared error of the 2-2-1 network, in plain numbers."""
    u, v, w, z, b, c, p, q, d = parameters  # W[1] row by row, b[1], W[2], b[2]

    def squash(z):
        return 1 / (1 + exp(-z))

    h, k = squash(x[0] * u + x[1] * w + b), squash(x[0] * v + x[1] * z + c)
    return 0.5 * (squash(p * h + q * k + d) - y) ** 2


def slopes(cost, at, h=1e-6):
    ups = [cost(at + h * row) - cost(at - h * row) for row in np.eye(len(at))]
    return np.array(ups) / (2 * h)


def test_by_hand(monkeypatch, tmp_path, capsys):
    seen = found("backpropagation/by_hand", monkeypatch, tmp_path)
    network, gradient = seen["network"], seen["trace"].gradient
    np.testing.assert_allclose(gradient, slopes(cost_by_hand, network.parameters), atol=1e-10)
    assert seen["trace"].cost == pytest.approx(cost_by_hand(network.parameters))
    assert abs(seen["difference"]).max() < 1e-15
    np.testing.assert_array_equal(seen["derivatives"].parameters, 100 * gradient)
    printed = capsys.readouterr().out
    new = network.parameters - 0.5 * gradient  # the step of the walk
    for value in new:  # rounded to four digits, with a minus of its own
        assert f"= {value:.4g}".replace("-", "−") in printed
    assert "right: worst error" in printed


def test_deltas_of_four_layers(monkeypatch, tmp_path):
    seen = found("backpropagation/four_layers", monkeypatch, tmp_path)
    network, A, delta = seen["network"], seen["A"], seen["delta"]
    assert list(delta) == [4, 3, 2, 1]

    def cost_from(l, z):
        """The cost as a function of the weighted sums of layer l."""
        for after in range(l, 5):
            a = 1 / (1 + np.exp(-z))
            if after < 4:
                z = a @ network.weights[after + 1] + network.biases[after + 1]
        return 0.5 * ((a - 1.0) ** 2).sum()

    for l in delta:
        z = np.log(A[l][0] / (1 - A[l][0]))
        np.testing.assert_allclose(
            delta[l][0], slopes(lambda z, l=l: cost_from(l, z), z), atol=1e-9
        )
    a = np.linspace(0, 1, 101)
    assert (a * (1 - a)).max() == 0.25


def test_the_gradient_vanishes(monkeypatch, tmp_path):
    seen = found("backpropagation/four_layers", monkeypatch, tmp_path)
    median = {name: np.median(size, axis=1) for name, size in seen["sizes"].items()}
    assert (np.diff(median["sigmoid"]) > 0).all()
    assert median["sigmoid"][0] < 1e-5 * median["sigmoid"][9]
    for name in ("tanh", "relu"):
        assert median[name][0] > 0.3 * median[name][9]
    last = {line.get_label(): line.get_ydata()[-1] for line in seen["right"].lines}
    assert last["sigmoid"] > 2.3  # one and the same prediction for every digit: log 10 = 2.303
    assert last["tanh"] < 0.5
    assert last["relu"] < 0.5


def test_dependency_graph(monkeypatch, tmp_path):
    seen = found("backpropagation/dependency_graph", monkeypatch, tmp_path)
    graph, trace = seen["graph"], seen["trace"]
    assert [(node.kind, node.layer) for node in graph.reused] == [("Z", 3), ("Z", 2), ("Z", 1)]
    assert len(seen["ways"]) == 6
    assert sum(seen["ways"]) == pytest.approx(trace.dW[1][1, 2], rel=1e-12)


def test_products_are_counted_rightly(monkeypatch, tmp_path):
    seen = found("backpropagation/dependency_graph", monkeypatch, tmp_path)
    for n in ((2, 3), (2, 3, 2), (2, 3, 3, 2), (4, 1, 2, 3, 2)):
        L = len(n) - 1
        alone = once = 0
        for l in range(1, L + 1):
            for _, way in product(range(n[l - 1]), product(*map(range, n[l:]))):
                # ∂C/∂a; of each layer on the way a slope; between them weights; the activation
                factors = 1 + len(way) + (len(way) - 1) + 1
                alone += factors - 1
            for _ in range(n[l]):  # a delta: its sum over the next layer, or ∂C/∂a; the slope
                once += (n[l + 1] if l < L else 0) + 1
            once += n[l - 1] * n[l]
        assert seen["every_way"](n) == alone
        assert seen["backpropagation"](n) == once
    counts = seen["counts"]
    assert counts["on every way"][0] > counts["by backpropagation"][0]
    growth = np.diff(np.log10(counts["on every way"]))
    assert (growth > 1).all()  # ten times the work with each layer of ten neurons
    assert len(set(np.diff(counts["by backpropagation"]))) == 1  # the same again with each layer
