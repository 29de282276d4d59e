"""What the examples of going down say is so."""

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar
from sklearn.linear_model import LinearRegression

from tests.examples.running import found


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_one_weight(monkeypatch, tmp_path):
    seen = found("descent/one_weight", monkeypatch, tmp_path)
    X, Y = seen["X"], seen["Y"]
    fitted = LinearRegression(fit_intercept=False).fit(X, Y)
    assert seen["best"] == pytest.approx(fitted.coef_[0])
    for first, side in seen["sides"].items():
        at, slopes = np.array([(line.at, line.slope) for line in side]).T
        np.testing.assert_allclose(slopes, 2 * np.mean(X * (X * at - Y[:, None]), axis=0))
        np.testing.assert_allclose(at[1:], at[:-1] - 0.05 * slopes[:-1])
        assert (np.sign(slopes) == np.sign(first - seen["best"])).all()
        assert (np.diff(np.abs(slopes)) < 0).all()
        assert (np.diff(np.abs(np.diff(at))) < 0).all()  # steps get shorter as the slope does


def test_a_small_slope_need_not_be_near_the_minimum(monkeypatch, tmp_path):
    far, middle, near = found("descent/one_weight", monkeypatch, tmp_path)["plateau"]
    assert far.slope < middle.slope / 100
    assert far.cost > 0.99
    assert near.slope < middle.slope / 100
    assert near.cost < 1e-6
    a = sigmoid(8.0)
    assert far.slope == pytest.approx(2 * a * a * (1 - a))


def test_two_minima(monkeypatch, tmp_path):
    seen = found("descent/two_minima", monkeypatch, tmp_path)
    X, Y = seen["X"][:, 0], seen["Y"]

    def squared(w):
        return np.mean((sigmoid(w * X) - Y) ** 2)

    def entropy(w):
        return np.mean(np.logaddexp(0, w * X) - Y * w * X)

    better = minimize_scalar(squared, bounds=(-1, 0), method="bounded").x
    worse = minimize_scalar(squared, bounds=(1, 4), method="bounded").x
    ends = seen["ends"]
    assert ends["mse", -1.0] == pytest.approx(better, abs=1e-3)
    assert ends["mse", 3.0] == pytest.approx(worse, abs=1e-2)
    assert squared(worse) > 3 * squared(better)
    w = np.linspace(-3, 6, 9001)
    costs = np.array([squared(v) for v in w])
    assert np.sum((costs[1:-1] < costs[:-2]) & (costs[1:-1] < costs[2:])) == 2
    # cross-entropy is convex in w: one minimum, from wherever
    only = minimize_scalar(entropy, bounds=(-1, 1), method="bounded").x
    for first in (-1.0, 3.0):
        assert ends["binary_cross_entropy", first] == pytest.approx(only, abs=1e-4)
    assert (np.diff([entropy(v) for v in w], 2) > 0).all()


def test_minima_that_are_twins(monkeypatch, tmp_path):
    paths = found("descent/two_minima", monkeypatch, tmp_path)["paths"]
    np.testing.assert_allclose(paths[0.3][-1], [1.2, 1.5], atol=1e-3)
    np.testing.assert_allclose(paths[-0.3][-1], [-1.2, -1.5], atol=1e-3)


def test_learning_rates(monkeypatch, tmp_path, capsys):
    seen = found("descent/learning_rates", monkeypatch, tmp_path)
    X, Y, bound = seen["X"], seen["Y"], seen["bound"]
    curvature = np.array(  # by differences of the cost's gradient
        [2 * X.T @ (X @ e) / len(X) for e in np.eye(3)]
    )
    largest = max(np.linalg.eigvals(curvature).real)
    assert bound == pytest.approx(2 / largest)
    least = np.mean((X @ np.linalg.lstsq(X, Y, rcond=None)[0] - Y) ** 2)
    crawling, middle, near = (seen["descent"](share, 1000) for share in (0.01, 0.5, 0.99))
    assert crawling[0][100] > 3 * least
    for costs, stopped in (middle, near):
        assert costs[-1] == pytest.approx(least, rel=1e-4)
        assert stopped.reason == "epochs"
    costs, stopped = seen["descent"](1.05, 1000)
    assert stopped.reason == "diverged"
    # beyond the minimum by (1 − 2 · 1.05) of the distance at each step, along the steepest axis
    assert costs[101] / costs[100] == pytest.approx((1 - 2 * 1.05) ** 2, rel=1e-3)
    reached = np.array(seen["reached"]["cost"])
    below, above = reached[seen["shares"] < 0.995], reached[seen["shares"] > 1.005]
    assert below.max() < costs[0]
    assert above.min() > costs[0]
    assert np.isfinite(seen["network"].parameters).all()
    assert "diverged at step" in capsys.readouterr().out


def test_one_example_at_a_time_or_all(monkeypatch, tmp_path):
    seen = found("descent/stochastic_and_full", monkeypatch, tmp_path)
    X, Y, full, single = seen["X"], seen["Y"], seen["full"], seen["single"]

    def cost(w):
        z = X @ w
        return np.mean(np.logaddexp(0, z) - Y * z)

    for surface in (full, single):
        assert surface.path.shape == (301, 2)
        np.testing.assert_allclose(surface.path_costs, [cost(w) for w in surface.path])
        assert surface.path_distances.max() < 1e-9  # two weights: the map is the whole cost
    least = minimize(cost, np.zeros(2), tol=1e-12)
    assert single.path_costs[100] < least.fun + 0.01  # one epoch
    assert full.path_costs[1] > least.fun + 1
    apart = np.abs(full.path_costs - single.path_costs)  # after as many steps
    assert apart.max() < 0.5 * (full.path_costs[0] - least.fun)
    assert apart[30:].max() < 0.1
    ahead = np.sign(full.path_costs - single.path_costs)[1:100]
    assert {-1, 1} <= set(ahead)  # now one, now the other
    assert full.path_costs[-1] == pytest.approx(least.fun, abs=1e-6)
    assert np.ptp(full.path_costs[-100:]) < 1e-4
    assert np.ptp(single.path_costs[-100:]) > 1e-2


def test_mini_batches(monkeypatch, tmp_path):
    seen = found("descent/mini_batches", monkeypatch, tmp_path)
    middle = {name: np.median(errors, axis=1) for name, errors in seen["errors"].items()}
    assert (np.diff(middle["10 epochs"]) > -0.01).all()  # small batches are ahead
    assert middle["10 epochs"][0] < middle["10 epochs"][-1] / 5
    assert (np.diff(middle["500 steps"]) < 0.01).all()  # large ones are
    assert middle["500 steps"][-1] < middle["500 steps"][0] / 2
    assert len(seen["X"]) == max(seen["sizes"])  # the largest batch is all there is


def test_surface(monkeypatch, tmp_path, capsys):
    seen = found("descent/surface", monkeypatch, tmp_path)
    path, plane, surface = seen["path"], seen["plane"], seen["surface"]
    away = path[:-1] - path[-1]
    inside = away @ np.stack([plane.first, plane.second]).T
    assert plane.shares.sum() == pytest.approx((inside**2).sum() / (away**2).sum())
    assert plane.shares.sum() > 0.95
    assert surface.path_costs[-1] < surface.path_costs[0] / 5
    np.testing.assert_allclose(surface.path[-1], 0, atol=1e-12)
    assert surface.path_distances.argmax() == 0  # farthest from the plane where it began
    assert surface.path_distances[-1] == pytest.approx(0, abs=1e-9)
    assert "20 pictures" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())  # the film was in a temporary folder
