"""What the examples of handwritten digits say is so."""

import sys

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from tests.examples.running import found


def test_from_wrong_to_right(monkeypatch, tmp_path):
    seen = found("digits/wrong_to_right", monkeypatch, tmp_path)
    digits, answers, right = seen["digits"], seen["answers"], seen["right"]
    assert not (seen["seven"] == digits.train.X).all(axis=1).any()
    assert answers[0].argmax() == 8
    assert all(
        seen["untrained"](k).predict(seen["seven"]).argmax() != 8 for k in range(seen["seed"])
    )
    assert [answers[step].argmax() == 7 for step in seen["steps"]] == [False, False, True, True]
    wanted, last = np.eye(10)[7], seen["steps"][-1]
    assert last == 30 * 144
    assert (abs(answers[last] - wanted) < abs(answers[0] - wanted)).all()
    assert right[0] < 0.2
    assert right[last] > 0.95
    np.testing.assert_array_equal(answers[last], seen["network"].predict(seen["seven"])[0])


def test_weights_drawn(monkeypatch, tmp_path):
    seen = found("digits/weights_drawn", monkeypatch, tmp_path)
    alone, less = seen["likeness"].values()
    assert 0 < alone < 0.6 < 0.8 < less
    X, codes, W = seen["X"].astype(float), seen["codes"], seen["single"].weights[1]
    centred = [X[codes == k].mean(axis=0) - X.mean(axis=0) for k in range(10)]
    by_hand = [np.corrcoef(centred[k], W[:, k])[0, 1] for k in range(10)]
    assert less == pytest.approx(np.mean(by_hand), abs=1e-6)
    assert ((seen["speaks_for"] > 1) & (seen["speaks_for"] < 10)).all()
    test = seen["digits"].test
    single, hidden = (
        (seen[name].predict(test.X).argmax(axis=1) == test.Y).sum() for name in ("single", "hidden")
    )
    assert abs(hidden - single) <= 3  # of 360: no more than without a hidden layer


def test_training_set_size(monkeypatch, tmp_path):
    seen = found("digits/training_set_size", monkeypatch, tmp_path)
    errors, sizes = seen["errors"], seen["sizes"]
    assert (np.diff(sizes) == sizes[:-1]).all()  # doublings
    median = np.median(errors, axis=1)
    assert (np.diff(median) < 0).all()
    X, y = np.log(sizes) - np.log(sizes).mean(), np.log(median)
    assert seen["slope"] == pytest.approx(X @ y / (X @ X))
    line = y.mean() + seen["slope"] * X
    assert 1 - ((y - line) ** 2).sum() / ((y - y.mean()) ** 2).sum() > 0.95  # nearly a straight one


def test_more_data(monkeypatch, tmp_path):
    seen = found("digits/more_data", monkeypatch, tmp_path)
    pictures = seen["digits"].test.X.reshape(-1, 8, 8)
    assert (pictures[:, [0, 7]].max(axis=2) > 0).all()  # from the top to the bottom
    up_down = [np.roll(pictures, 1, axis=1), np.roll(pictures, -1, axis=1)]
    sideways = [np.roll(pictures, 1, axis=2), np.roll(pictures, -1, axis=2)]
    for rolled, at in zip(up_down, (0, 7), strict=True):
        rolled[:, at] = 0
    for rolled, at in zip(sideways, (0, 7), strict=True):
        rolled[:, :, at] = 0
    made = {x.tobytes() for x in seen["shifted"](seen["digits"].test.X)}
    assert made == {x.tobytes() for x in (*up_down, *sideways)}
    medians = {
        question: [np.median(error, axis=1) for error in both.values()]
        for question, both in seen["errors"].items()
    }
    without, shifted = medians["as they are"]
    assert (shifted[:2] < without[:2]).all()  # with 20 and 50
    assert (shifted[-2:] > 1.3 * without[-2:]).all()  # with 500 and all
    without, shifted = medians["shifted"]
    assert (shifted < 0.7 * without).all()


def test_overfitting(monkeypatch, tmp_path):
    seen = found("digits/overfitting", monkeypatch, tmp_path)
    costs, histories = seen["costs"], seen["histories"]
    run = histories["no cure"]
    validation = run.column("validation_cost")
    assert run.costs[-1] < 1e-3
    assert 10 < validation.argmin() < 60
    assert validation[-1] > 1.1 * validation.min()
    mean = {cure: cost[:, 1].mean() for cure, cost in costs.items()}
    for cure in ("early stopping", "L2", "dropout", "more data"):
        assert mean[cure] < 0.85 * mean["no cure"]
    assert min(mean, key=mean.get) == "more data"
    assert len(histories["early stopping"].epochs) < 200
    assert 17_000 < 64 * 100 + 100 + 100 * 100 + 100 + 100 * 10 + 10 < 18_000


def test_judging(monkeypatch, tmp_path, capsys):
    seen = found("digits/judging", monkeypatch, tmp_path)
    P, Y = seen["P"], seen["Y"]
    said, printed = P.argmax(axis=1), capsys.readouterr().out
    recall = recall_score(Y, said, average=None)
    precision = precision_score(Y, said, average=None)
    assert f"{(said == Y).sum()} of {len(Y)} right" in printed
    for digit in range(10):
        assert f"{digit}:  {recall[digit]:4.0%}   {precision[digit]:4.0%}" in printed
    wrong = np.flatnonzero(said != Y)
    order = wrong[np.argsort(P[wrong, Y[wrong]])][:8]
    assert [mistake.row for mistake in seen["worst"]] == order.tolist()
    about = seen["near"]
    assert (said == Y)[about].mean() > 0.95  # surer than it says
    assert seen["eights"] == 1  # a low threshold finds every 8
    assert 0 < seen["alarms"] < 0.1


def test_two_libraries_find_the_same_costs(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)  # as where it is not installed
    costs = found("digits/three_libraries", monkeypatch, tmp_path)["costs"]
    np.testing.assert_allclose(costs["scikit-learn"], costs["Pellucid"], rtol=1e-12)
    assert list(costs) == ["scikit-learn", "Pellucid"]
    assert "PyTorch is not installed here" in capsys.readouterr().out


@pytest.mark.peers
def test_three_libraries_find_the_same_costs(monkeypatch, tmp_path):
    costs = found("digits/three_libraries", monkeypatch, tmp_path)["costs"]
    np.testing.assert_allclose(costs["PyTorch"], costs["Pellucid"], rtol=1e-12)
    np.testing.assert_allclose(costs["scikit-learn"], costs["Pellucid"], rtol=1e-12)
