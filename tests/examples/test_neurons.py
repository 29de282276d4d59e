"""What the examples of one neuron, and of a few, say is so."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import linprog, minimize, minimize_scalar
from sklearn.linear_model import LogisticRegression

import pellucid as pel
from tests.examples.running import found

BITS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z, float)))


def separable(X, Y):
    """Whether some w and b have y (x w + b) ≥ 1 for every example."""
    signed = np.column_stack([X, np.ones(len(X))]) * np.where(Y, 1, -1)[:, None]
    free = [(None, None)] * signed.shape[1]
    return linprog(np.zeros(len(free)), A_ub=-signed, b_ub=-np.ones(len(X)), bounds=free).success


def test_one_neuron(monkeypatch, tmp_path):
    seen = found("neurons/one_neuron", monkeypatch, tmp_path)
    assert seen["z"] == seen["trace"].Z[1].item() == -0.75
    assert seen["a"] == pytest.approx(seen["trace"].A[1].item(), abs=1e-15)
    assert seen["a"] == pytest.approx(1 / (1 + np.e**0.75))
    # on the dashed line the activation is ½, above it less, because the second weight is negative
    x = np.linspace(-4, 4, 9)
    line = np.column_stack([x, 0.5 * x + 0.75])
    np.testing.assert_allclose(seen["network"].predict(line), 0.5)
    assert (seen["network"].predict(line + [0, 0.1]) < 0.5).all()
    assert (seen["network"].predict(line - [0, 0.1]) > 0.5).all()


def test_a_weight_alone_brings_the_activation_near_0_but_cannot_tell_2_from_3(
    monkeypatch, tmp_path
):
    seen = found("neurons/why_a_bias", monkeypatch, tmp_path)
    assert seen["w_alone"] < 0
    assert seen["alone"].predict([[2.0]]).item() < 1e-3  # the claim is wrong
    assert seen["alone"].predict([[0.0]]).item() == 0.5
    without, with_bias = seen["without"].predict(seen["X"]), seen["with_bias"].predict(seen["X"])
    assert (without > 0.5).all()
    best = minimize_scalar(lambda w: -np.log(1 - sigmoid(2 * w)) - np.log(sigmoid(3 * w)))
    assert seen["without"].weights[1].item() == pytest.approx(best.x, abs=1e-5)
    assert with_bias[0] < 0.05
    assert with_bias[1] > 0.95
    w, b = (view[1].item() for view in (seen["with_bias"].weights, seen["with_bias"].biases))
    assert 2 < -b / w < 3
    assert seen["with_bias"].predict([[-b / w]]).item() == pytest.approx(0.5)


def test_no_weight_is_low_at_2_and_high_at_3_and_a_positive_bias_never_lowers():
    w = np.concatenate([-np.logspace(-6, 2, 200), [0], np.logspace(-6, 2, 200)])
    assert (sigmoid(0 * w) == 0.5).all()
    assert not ((sigmoid(2 * w) < 0.5) & (sigmoid(3 * w) > 0.5)).any()
    w, x = np.linspace(-5, 5, 41), np.linspace(-5, 5, 41)[:, None]
    assert (sigmoid(w * x + 0.5) > sigmoid(w * x)).all()
    assert (sigmoid(w * x - 0.5) < sigmoid(w * x)).all()


def test_activation_functions(monkeypatch, tmp_path):
    seen = found("neurons/activation_functions", monkeypatch, tmp_path)
    middle = {name: np.median(errors) for name, errors in seen["errors"].items()}
    straight = LogisticRegression(C=1e6).fit(seen["X"], seen["Y"])
    best_line = 1 - straight.score(seen["X_test"], seen["Y_test"])
    for name in ("identity", "sigmoid"):  # no better than a straight line when the run ends
        assert middle[name] == pytest.approx(best_line, abs=0.01)
    for name in ("tanh", "relu", "elu", "gelu"):
        assert middle[name] < best_line / 2
    # luck: of one function some networks are much worse than others
    assert max(seen["errors"]["relu"]) > 2 * min(seen["errors"]["relu"])
    # sigmoid neurons can bend the line: at ten times the rate they do
    faster = pel.Network(2, [pel.Dense(8, "sigmoid"), pel.Dense(1, "sigmoid")])
    pel.train(faster, seen["X"], seen["Y"], optimizer=pel.Adam(0.1), epochs=300)
    wrong = np.mean((faster.predict(seen["X_test"])[:, 0] > 0.5) != seen["Y_test"])
    assert wrong < best_line / 2
    z = np.linspace(-5, 5, 1001)
    assert np.gradient(sigmoid(z), z).max() == pytest.approx(0.25, abs=1e-4)
    assert np.gradient(np.tanh(z), z).max() == pytest.approx(1, abs=1e-4)


def test_the_perceptron_errs_no_more_often_than_novikoff_allows(monkeypatch, tmp_path):
    seen = found("neurons/perceptron", monkeypatch, tmp_path)
    bounds, mistakes = seen["counts"].values()
    assert all(made <= most for made, most in zip(mistakes, bounds, strict=True))
    assert sorted(mistakes) == mistakes  # the narrower the gap, the more
    assert sorted(bounds) == bounds
    # the last data: the margin by another method, and the line that was learnt
    X, Y = seen["X"], seen["Y"]
    signed = np.column_stack([X, np.ones(len(X))]) * np.where(Y, 1, -1)[:, None]
    start = np.linalg.lstsq(signed, np.ones(len(X)), rcond=None)[0]
    widest = minimize(
        lambda u: u @ u,
        50 * start,
        jac=lambda u: 2 * u,
        method="SLSQP",
        constraints={"type": "ineq", "fun": lambda u: signed @ u - 1, "jac": lambda u: signed},
    )
    assert widest.success
    longest = (signed**2).sum(axis=1).max()
    assert bounds[-1] == pytest.approx(longest * widest.fun, rel=1e-6)
    W, b, _ = seen["learn"](X, Y)
    np.testing.assert_array_equal(X @ W[:, 0] + b > 0, Y)


def test_exclusive_or_from_four_copies_of_a_learnt_nand(monkeypatch, tmp_path):
    seen = found("neurons/perceptron", monkeypatch, tmp_path)
    W, b, xor = seen["W"], seen["b"], seen["xor"]
    np.testing.assert_array_equal(BITS @ W[:, 0] + b > 0, [1, 1, 1, 0])
    np.testing.assert_array_equal(xor.predict(BITS)[:, 0], [0, 1, 1, 0])
    assert not separable(BITS, [0, 1, 1, 0])

    def nand(p, q):
        return 1.0 * (p * W[0, 0] + q * W[1, 0] + b[0] > 0)

    p, q = BITS.T
    n = nand(p, q)
    np.testing.assert_array_equal(nand(nand(p, n), nand(n, q)), p ^ q)
    hidden = [pel.response(xor, BITS, 2, spans=[(0, 1), (0, 1)], n=2).values.reshape(4, 2)]
    np.testing.assert_array_equal(hidden[0], np.column_stack([nand(p, n), nand(n, q)]))


def test_every_gate_of_two_inputs_comes_from_nand():
    """All sixteen truth tables are reached from the two inputs by NAND alone."""
    reached = {(0, 0, 1, 1), (0, 1, 0, 1)}
    while True:
        both = combinations(sorted(reached), 2)
        pairs = [*both, *((table, table) for table in reached)]
        new = {tuple(1 - p * q for p, q in zip(*pair, strict=True)) for pair in pairs}
        if new <= reached:
            break
        reached |= new
    assert len(reached) == 16


def test_three_bits(monkeypatch, tmp_path):
    seen = found("neurons/three_bits", monkeypatch, tmp_path)
    np.testing.assert_array_equal(seen["bits"], list(product((0, 1), repeat=3)))
    wanted = [0, 0, 0, 0, 0, 0, 0, 1]
    np.testing.assert_array_equal(seen["step"].predict(seen["bits"])[:, 0], wanted)
    for n in range(1, 13):
        rows = np.array(list(product((0, 1), repeat=n)))
        exact = seen["multiplier"](n).predict(rows)[:, 0]
        np.testing.assert_array_equal(exact, np.all(rows == 1, axis=1))
    assert len(seen["step"].parameters) == 4  # one neuron: three weights and a bias
    theory = 1 / (1 + np.exp(seen["steepness"] / 2))
    np.testing.assert_allclose(seen["errors"], theory, rtol=1e-3, atol=1e-16)
    errors = np.abs(seen["soft"].predict(seen["bits"])[:, 0] - wanted)
    largest = np.isclose(errors, errors.max())
    np.testing.assert_array_equal(largest, seen["bits"].sum(axis=1) >= 2)
    assert np.exp(10 / 2) == pytest.approx(150, rel=0.02)  # so many times smaller for each 10
    steep = dict(zip(seen["steepness"], seen["errors"], strict=True))
    assert steep[10] / steep[20] == pytest.approx(150, rel=0.03)


def test_line_and_xor(monkeypatch, tmp_path):
    seen = found("neurons/line_and_xor", monkeypatch, tmp_path)
    X, either, exclusive = seen["X"], seen["either"], seen["exclusive"]
    np.testing.assert_array_equal(X.any(axis=1), either)
    np.testing.assert_array_equal(X[:, 0] != X[:, 1], exclusive)
    assert separable(X, either)
    assert not separable(X, exclusive)
    for name, targets in (("one_or", either), ("hidden_xor", exclusive)):
        np.testing.assert_allclose(seen[name].predict(X)[:, 0], targets, atol=0.05)
    for name in ("one_xor", "linear_xor"):  # the best there is: ½ for all of them
        np.testing.assert_allclose(seen[name].predict(X)[:, 0], 0.5, atol=0.01)
    hidden = seen["hidden_xor"]
    lines = X @ hidden.weights[1] + hidden.biases[1]
    assert separable(np.tanh(lines), exclusive)  # what the hidden neurons make of it is


def test_collapse(monkeypatch, tmp_path):
    seen = found("neurons/collapse", monkeypatch, tmp_path)
    linear, one, X = seen["linear"], seen["one"], seen["X"]
    product_of_all = linear.weights[1] @ linear.weights[2] @ linear.weights[3]
    np.testing.assert_allclose(one.M, product_of_all, rtol=1e-12)
    np.testing.assert_allclose(one.network.predict(X), linear.predict(X), rtol=0, atol=1e-12)
    assert one.difference <= 1e-12
    assert one.M.item() == pytest.approx(seen["slope"], abs=1e-6)
    assert one.b.item() == pytest.approx(seen["height"], abs=1e-6)
    with pytest.raises(pel.UnsupportedError, match="tanh in layer 1"):
        pel.collapse(seen["curved"])
    assert np.abs(seen["curved"].predict(X) - seen["Y"]).max() < 0.1
    assert np.abs(linear.predict(X) - seen["Y"]).max() > 0.9
