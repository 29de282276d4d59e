"""What the examples of what networks can do say is so."""

import numpy as np
import pytest
from scipy.interpolate import make_interp_spline

from tests.examples.running import found


def rms(errors):
    return np.sqrt(np.mean(np.square(errors)))


def test_four_neurons_multiply_as_well_as_their_series_and_rounding_allow(monkeypatch, tmp_path):
    seen = found("theory/multiplication", monkeypatch, tmp_path)
    gate, X, shrinks, errors = seen["gate"], seen["X"], seen["shrinks"], seen["errors"]
    exact = X[:, :1] * X[:, 1:]
    assert gate(0.1).predict([[0.6, -0.5]]).item() == pytest.approx(-0.3, abs=1e-3)
    assert gate(0.5).predict([[0.6, -0.5]]).item() == pytest.approx(-0.3, abs=0.02)  # "not far"
    assert gate(0.1, bias=0).predict(X) == pytest.approx(0, abs=1e-12)  # not bent: no product
    assert seen["by_softplus"].item() == pytest.approx(-0.3, abs=1e-3)
    by_tanh = gate(0.1, "tanh", bias=0, second=1)
    assert by_tanh.predict(X) == pytest.approx(0, abs=1e-12)
    # the error is the next term of the series, and the bias is where σ is bent most
    middle = (shrinks > 1e-3) & (shrinks < 0.1)
    np.testing.assert_allclose(errors["float64"][middle], seen["series"][middle], rtol=0.02)
    predicted = exact * (X**2).sum(axis=1, keepdims=True) * 0.01**2 / 6
    np.testing.assert_allclose(exact - gate(0.01).predict(X), predicted, atol=2e-8)
    z = np.linspace(-5, 5, 2001)
    a = 1 / (1 + np.exp(-z))
    second = a * (1 - a) * (1 - 2 * a)
    assert seen["c"] == pytest.approx(z[second.argmax()], abs=0.01)
    assert second.max() == pytest.approx(seen["bent"], rel=1e-4)
    fourth = make_interp_spline(z, second, k=5).derivative(2)(seen["c"])
    assert fourth == pytest.approx(-seen["bent"], rel=1e-3)


@pytest.mark.parametrize(("precision", "unit"), [("float32", 2**-24), ("float64", 2**-53)])
def test_the_best_product_has_half_of_the_digits(precision, unit, monkeypatch, tmp_path):
    seen = found("theory/multiplication", monkeypatch, tmp_path)
    error, shrinks = seen["errors"][precision], seen["shrinks"]
    best = shrinks[error.argmin()]
    assert 0.3 < best / unit**0.25 < 3
    assert 0.3 < error.min() / np.sqrt(unit) < 3
    small, large = shrinks < best / 10, (shrinks > 10 * best) & (shrinks < 0.5)
    for part, slope in ((small, -2), (large, 2)):
        fit = np.polyfit(np.log(shrinks[part]), np.log(error[part]), 1)
        assert fit[0] == pytest.approx(slope, abs=0.15)
    assert seen["left"] == pytest.approx(-2, abs=0.15)  # the last that was printed
    assert seen["right"] == pytest.approx(2, abs=0.15)


def test_steps_ramps_and_sigmoids_come_nearer_with_the_width(monkeypatch, tmp_path):
    seen = found("theory/width", monkeypatch, tmp_path)
    errors, widths = seen["errors"], seen["widths"]
    for name in ("steps, placed", "ramps, placed", "sigmoids, placed"):
        assert (np.diff(errors[name]) < 0).all()
    for name, slope in (("steps, placed", -1), ("ramps, placed", -2)):
        last = np.diff(np.log(errors[name]))[-1] / np.log(widths[-1] / widths[-2])
        assert last == pytest.approx(slope, abs=0.1)
    trained = errors["sigmoids, trained"]
    assert (np.diff(trained[:4]) < 0).all()
    assert trained[3] < errors["sigmoids, placed"][3] / 10
    assert min(trained[4:]) > trained[3]  # no longer falls, though a wider network can do the same


def test_fitted_stairs_and_bends_are_the_best_there_are(monkeypatch, tmp_path):
    seen = found("theory/width", monkeypatch, tmp_path)
    x, curve = seen["x"].ravel(), seen["curve"].ravel()
    piece = np.ceil(x * 8)  # (0, 1/8], (1/8, 2/8], …: a step is 1 only above its place
    means = np.array([curve[piece == p].mean() for p in range(9)])[piece.astype(int)]
    np.testing.assert_allclose(seen["placed"](8, "step", 1).ravel(), means, atol=1e-9)
    bends = seen["placed"](8, "relu", 1).ravel()
    inside = np.abs(x * 8 - np.round(x * 8)) > 0.05
    assert np.abs(np.diff(bends, 2))[inside[1:-1]].max() < 1e-9  # straight between the knots


def test_powers_stand_still_at_the_best_polynomial_and_others_do_not(monkeypatch, tmp_path):
    seen = found("theory/not_universal", monkeypatch, tmp_path)
    x, curve, errors, fitted = (seen[k] for k in ("x", "curve", "errors", "fitted"))
    for name, degree in (("z", 1), ("z²", 2), ("z³", 3)):
        basis = np.vander(x.ravel(), degree + 1)
        best = rms(basis @ np.linalg.lstsq(basis, curve)[0] - curve)
        enough = [e for e, width in zip(errors[name], seen["widths"], strict=True) if width > 3]
        assert enough == pytest.approx([best] * len(enough), rel=1e-6)
        assert fitted(seen["functions"][name], 500)[1] == degree + 1
    for name in ("step", "relu", "sigmoid"):
        assert errors[name][-1] < errors[name][0] / 5
        assert (np.diff(errors[name]) < 1e-9).all()
        ranks = [fitted(seen["functions"][name], width)[1] for width in seen["widths"]]
        assert (np.diff(ranks[1:]) > 0).all()
        assert rms(fitted(seen["functions"][name], 1000)[0] - curve) < errors[name][-1]
