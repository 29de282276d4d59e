"""Curves of activation functions are those of the table, and are broken where they jump."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.equations.activations import ACTIVATIONS
from pellucid.views.functions import plot_activation_function
from pellucid.views.style import THEMES


def curves(ax, style):
    """The pieces of lines of a style, left to right: solid are functions."""
    lines = [line for line in ax.get_lines() if len(line.get_xdata()) > 2]
    return [line.get_xydata() for line in lines if line.get_linestyle() == style]


def points(ax):
    """The ends at jumps: (z, y) → whether the value is there."""
    paper = ax.get_facecolor()
    lines = [line for line in ax.get_lines() if line.get_marker() == "o"]
    return {tuple(p.get_xydata()[0].round(6)): p.get_markerfacecolor() != paper for p in lines}


def names(ax):
    return [text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_row_with_its_derivative_and_formulas(name):
    row = ACTIVATIONS[name]
    ax = plot_activation_function(name)
    f = np.concatenate(curves(ax, "-"))
    assert np.isfinite(f).all()
    assert ax.get_title().split(",")[0] == name
    assert names(ax)[0] == f"a = {row.formula}"
    slopes = curves(ax, "--")
    assert bool(slopes) == (row.backward is not None)
    if slopes:
        assert names(ax)[1] == f"a′ = {row.derivative}"
        z, found = np.concatenate(slopes)[::7].T
        kinks = (0.0,) if row.grouped else row.kinks
        away = np.array([all(abs(at - kink) > 1e-3 for kink in kinks) for at in z])
        step = 1e-6
        expected = [(value(name, at + step) - value(name, at - step)) / (2 * step) for at in z]
        np.testing.assert_allclose(found[away], np.array(expected)[away], atol=1e-5, rtol=1e-5)


def value(name, z):
    """f(z); of several sums the first is z and the other 0."""
    return float(ACTIVATIONS[name].f(np.array([[z, 0.0]]), np)[0, 0])


def test_jumps_are_broken_and_the_value_is_marked():
    step, sign = (plot_activation_function(name) for name in ("step", "sign"))
    assert points(step) == {(0, 0): True, (0, 1): False}
    assert points(sign) == {(0, -1): False, (0, 1): True}
    left, right = curves(step, "-")
    assert set(left[:, 1]) == {0}
    assert set(right[:, 1]) == {1}
    relu = plot_activation_function("relu")
    assert points(relu) == {(0, 0): True, (0, 1): False}
    assert points(plot_activation_function("hard_tanh")) == {
        (-1, 0): True,
        (-1, 1): False,
        (1, 1): False,
        (1, 0): True,
    }


def test_several_functions_have_a_colour_each():
    ax = plot_activation_function(["tanh", "step", "relu"], theme="dark")
    assert names(ax) == ["tanh", "tanh′", "step", "relu", "relu′"]
    colours = {line.get_label(): line.get_color() for line in ax.get_lines()}
    assert colours["tanh"] == colours["tanh′"] == THEMES["dark"].series[0]
    assert colours["relu"] == THEMES["dark"].series[2]


def test_without_derivative_and_over_another_span():
    ax = plot_activation_function("tanh", span=(0, 2), derivative=False)
    assert not curves(ax, "--")
    assert ax.get_xlim() == (0, 2)
    (curve,) = curves(ax, "-")
    np.testing.assert_allclose(curve[:, 1], np.tanh(curve[:, 0]))


def test_fast_functions_are_cut_off():
    low, high = plot_activation_function("exp").get_ylim()
    assert 5 < high < 6
    assert -1 < low < 0


@pytest.mark.parametrize("name", ["relu", "gelu_tanh", "hard_tanh", "maxout"])
@pytest.mark.parametrize("theme", THEMES)
def test_formulas_fit_small_axes(name, theme):
    _, ax = plt.subplots(figsize=(3.2, 2.4), layout="constrained")
    plot_activation_function(name, ax=ax, theme=theme)
    ax.figure.draw_without_rendering()
    key, title, page = ax.get_legend().get_window_extent(), ax.title.get_window_extent(), ax.figure
    assert page.bbox.x0 <= key.x0 < key.x1 <= page.bbox.x1
    assert key.y1 <= title.y0 + 1
    assert title.y1 <= page.bbox.y1


def test_what_does_not_fit_is_refused():
    with pytest.raises(pel.ArchitectureError, match="activation: expected one of identity"):
        plot_activation_function(["tanh", "ramp"])
    for names, span in (([], (0, 1)), ("tanh", (1, 1)), ("tanh", (0, np.inf))):
        with pytest.raises(pel.DataError, match="expected names and a span that ascends"):
            plot_activation_function(names, span=span)


def test_what_is_far_above_the_span_is_seen_in_part():
    ax = plot_activation_function("exp", span=(5, 6))
    low, high = ax.get_ylim()
    assert low < np.exp(5) < high < np.exp(6)
