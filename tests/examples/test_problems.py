"""What the examples of problems say is so."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import pellucid as pel
from tests.examples.running import found


def test_regression(monkeypatch, tmp_path):
    seen = found("problems/regression", monkeypatch, tmp_path)
    fitted = LinearRegression().fit(seen["X"], seen["Y"])
    np.testing.assert_allclose(seen["found"][:-1], fitted.coef_, rtol=1e-9)
    assert seen["found"][-1] == pytest.approx(fitted.intercept_)
    assert abs(seen["found"] - seen["exact"]).max() < 1e-9


def test_ranges(monkeypatch, tmp_path):
    seen = found("problems/regression", monkeypatch, tmp_path)
    assert not set(seen["train"]) & set(seen["others"])
    assert not set(seen["test"]) & {*seen["train"], *seen["others"]}
    assert [len(seen[part]) for part in ("train", "others", "test")] == [242, 100, 100]
    assert seen["before"] < 0.75
    assert 0.76 < seen["after"] < 0.84
    # of the others, 81 of 100 lie inside the wider ranges: 80 % of one more than there are
    low, high, Y = seen["low"], seen["high"], seen["Y"][seen["others"]]
    inside = (low - seen["wider"] <= Y) & (high + seen["wider"] >= Y)
    assert inside.sum() in (80, 81)
    made_wider = seen["P"] - seen["as_learnt"]
    np.testing.assert_allclose(
        made_wider, np.outer(np.ones(100), [-1, 0, 1]) * seen["wider"], atol=1e-4
    )


def test_logistic_regression(monkeypatch, tmp_path):
    seen = found("problems/logistic_regression", monkeypatch, tmp_path)
    for network, model in (seen["two"], seen["three"]):
        np.testing.assert_allclose(network.weights[1].T, model.coef_, atol=1e-4)
        np.testing.assert_allclose(network.biases[1], model.intercept_, atol=1e-4)
    iris = seen["iris"]
    assert [seen["names"][code] for code in seen["kinds"]] == list(iris.target_names[iris.target])
    network, model = seen["two"]
    P = model.predict_proba(seen["X"])[:, 1]
    np.testing.assert_allclose(network.predict(seen["X"])[:, 0], P, rtol=1e-5)
    (u,), (v,) = network.weights[1]
    line = [[x, -(network.biases[1][0] + u * x) / v] for x in (3.0, 5.0, 7.0)]
    np.testing.assert_allclose(network.predict(line), 0.5)


def test_attribution(monkeypatch, tmp_path, capsys):
    seen = found("problems/attribution", monkeypatch, tmp_path)
    printed = capsys.readouterr().out.splitlines()
    assert "at most 9e-01 left over" in printed[0]
    slope = pel.attribution(seen["reader"], seen["some"], method="gradient_x_input")
    certain = slope.F > 0.99
    assert certain.sum() >= 3
    assert (slope.gaps > 0.9 * (slope.F - slope.F_baseline))[certain].all()
    wine, taster, found_ = seen["wine"], seen["taster"], seen["found"]
    P = taster.predict(wine.data)
    blank = taster.predict(wine.data.mean(axis=0, keepdims=True))
    rows, said = np.arange(len(P)), P.argmax(axis=1)
    moved = P[rows, said] - blank[0, said]
    np.testing.assert_allclose(found_.values.sum(axis=1), moved, atol=1e-6)
    assert np.corrcoef(found_.mean_size, seen["shuffled"].mean)[0, 1] > 0.95
    assert set(found_.order[:5]) == set(seen["shuffled"].order[:5])
