"""What the examples of often-read claims say is so, and the claims are not."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.datasets import load_digits, load_wine
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import pellucid as pel
from tests.examples.running import found


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cross_entropy(P, Y):
    return -np.log(P[np.arange(len(Y)), Y]).mean()


def test_pixels_end_at_255_and_activations_leave_0_to_1(monkeypatch, tmp_path, capsys):
    seen = found("claims/between_0_and_1", monkeypatch, tmp_path)
    said = capsys.readouterr().out
    assert "256 levels, from 0 to 255; one more than the last is [0] again" in said
    assert "tanh: activations from  -1.00 to  1.00" in said
    assert "relu: activations from   0.00 to 10.00" in said
    last = {name: costs[-1] for name, costs in seen["costs"].items()}
    assert last["standardised"] < last["between 0 and 1"] / 2 < last["as they are"] / 2


@pytest.mark.parametrize("seed", range(1, 4))
def test_standardised_inputs_learn_fastest_from_other_first_weights_too(seed):
    X, Y = load_wine(return_X_y=True)
    costs = []
    for inputs in (StandardScaler().fit_transform(X), MinMaxScaler().fit_transform(X), X):
        layers = [pel.Dense(10, "sigmoid"), pel.Dense(3, "softmax")]
        network = pel.Network(13, layers, seed=seed)
        pel.train(network, inputs, Y, optimizer=pel.SGD(0.1), epochs=50, seed=seed)
        costs.append(cross_entropy(network.predict(inputs), Y))
    assert costs == sorted(costs)


def test_a_delta_is_no_error_and_a_cost_no_slope(monkeypatch, tmp_path):
    seen = found("claims/derivatives", monkeypatch, tmp_path)
    a = sigmoid(seen["z"].ravel())
    np.testing.assert_allclose(seen["delta"], a * a * (1 - a), atol=1e-15)
    assert a[seen["delta"].argmax()] == pytest.approx(2 / 3, abs=0.02)  # of a² (1 − a)
    assert seen["delta"][-1] < 1e-3 < 0.999 < a[-1]
    paths = {line.get_label(): line.get_ydata() for line in seen["ax"].lines}
    assert (np.diff(paths["minus cost, from 1"]) < 0).all()
    assert (np.diff(paths["minus cost, from 4"]) < 0).all()
    assert paths["minus cost, from 1"][-1] < -2
    for start in (1, 4):
        assert paths[f"minus derivative, from {start}"][-1] == pytest.approx(2, abs=0.3)
    distance = np.array([paths[f"minus {rule}, from 4"] - 2 for rule in ("derivative", "cost")])
    assert distance[0, -1] < distance[1, -1]  # right from above, though slower


def test_what_is_needed_may_have_no_derivative(monkeypatch, tmp_path):
    seen = found("claims/derivatives", monkeypatch, tmp_path)
    network, X, Y = seen["network"], seen["X"], seen["Y"]
    trace = pel.trace(network, X, Y)
    assert np.abs(trace.gradient).max() < 1e-6
    linear = LinearRegression().fit(X, Y).predict(X)
    assert trace.cost < np.mean((linear - Y) ** 2)  # it has learnt
    rises = []
    for k in range(len(network.parameters)):
        without = network.copy()
        without.parameters[k] = 0
        rises.append(np.mean((without.predict(X)[:, 0] - Y) ** 2) - trace.cost)
    assert max(rises) > 10 * trace.cost


def test_three_claims_about_biases(monkeypatch, tmp_path):
    seen = found("claims/biases", monkeypatch, tmp_path)
    a = sigmoid(seen["z"])
    np.testing.assert_allclose(seen["of_sum"], 1, atol=1e-8)
    np.testing.assert_allclose(seen["of_output"], a * (1 - a), atol=1e-8)
    answers = [seen["neuron"].predict([[x]]).item() for x in (-4, 0, 2.99, 3.01)]
    assert answers == [0, 0, 0, 1]
    assert seen["costs"]["neuron"] == pytest.approx(0, abs=1e-9)
    x, y = seen["X"][:, 0], seen["Y"]
    shared = np.linalg.lstsq(
        np.column_stack([np.kron([1, 0], x), np.kron([0, 1], x), np.ones(2 * len(x))]),
        y.T.ravel(),
    )
    assert seen["costs"]["layer"] == pytest.approx(shared[1].item() / y.size)
    assert seen["costs"]["layer"] == pytest.approx(1)


def test_a_perceptron_has_nothing_to_descend():
    with pytest.raises(pel.RecipeError, match="flat on both sides"):
        pel.train(pel.Network(1, [pel.Dense(1, "step")]), [[1.0]], [1.0], loss="mse")


def test_first_weights_are_drawn_once_and_not_all_alike(monkeypatch, tmp_path):
    seen = found("claims/first_weights", monkeypatch, tmp_path)
    shares = {name: row for name, (_, row) in seen["ways"].items()}
    assert shares["once"][-1] > 0.95
    assert max(shares["anew each time"]) < 0.25  # a step does not learn it, and no more is left
    assert max(shares["all 0.1"]) < 0.5
    alike = seen["ways"]["all 0.1"][0].weights[1]
    assert (alike == alike[:, :1]).all()
    assert not np.allclose(alike, 0.1)  # they have learnt, but all the same
    assert np.ptp(seen["ways"]["once"][0].weights[1], axis=1).max() > 1


def test_slips_on_the_way_back_show_in_derivatives_and_hardly_in_the_cost(monkeypatch, tmp_path):
    seen = found("claims/going_back", monkeypatch, tmp_path)
    step, layers, X, Y = seen["step"], seen["layers"], seen["X"], seen["Y"]
    off, last = {}, {}
    for way in ("right", "updated too early", "one product", "rows for columns"):
        network = pel.Network(4, layers, seed=0, precision="float64")
        n = network.weights[1].size

        def cost(first, network=network):
            W, b = network.weights, network.biases
            P = sigmoid(sigmoid(X @ first.reshape(4, 3) + b[1]) @ W[2] + b[2])
            return ((P - Y) ** 2).sum(axis=1).mean() / 2

        truth = approx_fprime(network.weights[1].ravel(), cost, 1e-7)
        off[way] = np.linalg.norm(
            step(network.weights, network.biases, way, 5.0)[1].ravel() - truth
        )
        off[way] /= np.linalg.norm(truth)
        costs = [step(network.weights, network.biases, way, 5.0)[0] for _ in range(300)]
        last[way] = costs[-1] / costs[0]
        assert n == 12
    assert off["right"] < 1e-5
    assert min(off[way] for way in off if way != "right") > 0.1
    assert max(last.values()) < min(0.1, 1.2 * last["right"])  # all fall, about as far


def test_usual_rates_learn_nothing_and_large_ones_do(monkeypatch, tmp_path, capsys):
    seen = found("claims/usual_rates", monkeypatch, tmp_path)
    wrong, costs = (dict(zip(seen["rates"], seen[k], strict=True)) for k in ("wrong", "costs"))
    Y = np.eye(10)[load_digits().target]
    assert seen["constant"] == pytest.approx(np.mean(Y.var(axis=0)), abs=1e-4)
    for rate in (0.001, 0.01):
        assert wrong[rate] > 0.85
        assert costs[rate] > seen["constant"]
    for rate in (10, 30):
        assert wrong[rate] < 0.1
    assert f"0.01 for a sum over {len(seen['X'])} examples is 13.5" in capsys.readouterr().out


def test_the_mean_cost_of_an_epoch_belongs_to_no_network(monkeypatch, tmp_path):
    seen = found("claims/epochs_and_costs", monkeypatch, tmp_path)
    means, ends, n = seen["means"], seen["ends"], seen["per_epoch"]
    assert n == np.ceil(1797 / 32)
    P = seen["network"].predict(seen["X"])
    assert seen["whole"].column("epoch")[-1] == 5
    for k in range(5):
        assert means[k] == pytest.approx(np.mean(seen["costs"][n * k : n * (k + 1)]))
    assert ends[0] > means[0] > ends[1]  # between the network before and the one after
    assert means[0] - ends[1] > 0.3
    assert cross_entropy(P, seen["Y"]) < ends[-1]  # five full steps later
    assert seen["each"].ravel().tolist() == [-2, -2]
    assert seen["of_means"] == 0


def test_digits_are_nearly_linear_and_an_old_method_reads_them(monkeypatch, tmp_path):
    seen = found("claims/digits_and_xor", monkeypatch, tmp_path)
    right = seen["right"]
    assert seen["known"] == 1  # what it learnt from is separated by hyperplanes: not like XOR
    assert right["linear network"] > 0.95
    hidden = right["network, 64 hidden neurons"]
    assert 0.015 < hidden - right["linear network"] < 0.025  # about two in a hundred
    assert right["most similar known digit"] > hidden
    assert right["support vectors"] > hidden
    X, X_test, Y = seen["X"], seen["X_test"], seen["Y"]
    distances = ((X_test[:, None] - X) ** 2).sum(axis=-1)
    nearest = np.mean(Y[distances.argmin(axis=1)] == seen["Y_test"])
    assert right["most similar known digit"] == pytest.approx(nearest)


def test_narrow_networks_get_stuck_and_wide_ones_hardly_ever(monkeypatch, tmp_path):
    seen = found("claims/local_minima", monkeypatch, tmp_path)
    shares = dict(zip(seen["widths"], seen["shares"], strict=True))
    assert shares[2] < 0.5
    assert shares[4] > 0.8
    assert min(shares[8], shares[16]) >= 0.97
    assert (np.diff(seen["shares"]) >= 0).all()


def test_hebb_says_yes_to_all_and_never_rests(monkeypatch, tmp_path):
    seen = found("claims/fire_together", monkeypatch, tmp_path)
    X, Y, hebb, descent = (seen[k] for k in ("X", "Y", "hebb", "descent"))
    assert hebb.parameters.tolist() == [100, 100, 100]
    assert ((hebb.predict(X).ravel() > 0.5) == [1, 1, 1, 1]).all()
    assert ((descent.predict(X).ravel() > 0.5) == Y).all()
    best = np.linalg.lstsq(X, Y)[0]
    np.testing.assert_allclose(descent.parameters, best, atol=1e-3)
    np.testing.assert_allclose(seen["lengths"]["Hebb"], np.sqrt(3) * np.arange(1, 101), rtol=1e-6)
    assert np.ptp(seen["lengths"]["gradient descent"][-20:]) < 1e-3
