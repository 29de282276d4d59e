"""Curves, tangents and steps where they belong."""

from dataclasses import replace

import numpy as np
import pytest

import pellucid as pel
from pellucid.views.slopes import curves, named, of_one, step_explained, steps
from pellucid.views.style import THEMES, axes

LIGHT = THEMES["light"]
X, Y = np.array([[1.0], [2.0]]), np.array([1.0, 2.0])


def line(w, b=0.0, rate=0.1):
    network = pel.Network(1, [pel.Dense(1, "identity")], precision="float64")
    network.parameters[:] = w, b
    return pel.cost_line(network, X, Y, 0, "mse", span=(-1, 3), rate=rate)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("weights.0.1[1, 2]", "$w_{2,1}^{(1)}$"),
        ("weights.0.2[1, 0]", r"$w_{0,1}^{(0\to 2)}$"),
        ("bias.2[3]", "$b_{3}^{(2)}$"),
        ("gain.1[0]", "gain.1[0]"),
    ],
)
def test_names_as_people_write_them(name, written):
    assert named(name) == written


def test_other_curves_are_faint_where_they_differ():
    same, other = axes(None, "light"), axes(None, "light")
    curves(same, [line(0.0), line(2.0)], LIGHT)
    assert len(same.get_lines()) == 1
    curves(other, [line(0.0, 1.0), line(2.0)], LIGHT)
    assert [drawn.get_color() for drawn in other.get_lines()] == [LIGHT.faint, LIGHT.series[0]]


def test_the_step_follows_the_tangent_and_ends_on_the_curve():
    one, ax = line(0.0), axes(None, "light")
    step_explained(ax, one, LIGHT)
    way = ax.get_lines()[1].get_xydata()
    assert one.slope == -5  # of ((1 − w)² + (2 − 2w)²) / 2 at 0
    np.testing.assert_allclose(way, [[0.0, 2.5], [0.5, 0.0], [0.5, 0.625]])


def test_what_a_step_beyond_the_span_reaches_is_in_sight():
    ax = axes(None, "light")
    curves(ax, [line(0.0, rate=2.0)], LIGHT)
    low, high = ax.get_xlim()
    assert (low < -1, high > 10) == (True, True)  # 0 + 2 · 5
    assert -70 < ax.get_ylim()[0] < -47.5  # 2.5 − 2 · 25 is promised


def test_a_promise_far_below_does_not_press_the_curve_flat():
    steep, ax = replace(line(0.0), slope=-50.0), axes(None, "light")
    curves(ax, [steep], LIGHT)
    assert steep.promised == -247.5
    assert ax.get_ylim()[0] > -10


def test_many_steps_are_a_path():
    lines, ax = [line(w) for w in np.linspace(0, 1, 9)], axes(None, "light")
    steps(ax, lines, LIGHT)
    path, points = ax.get_lines()
    np.testing.assert_array_equal(path.get_xydata(), points.get_xydata())
    assert not ax.texts


def test_lines_of_one_parameter():
    assert len(of_one([line(0.0), line(1.0)])) == 2
    with pytest.raises(pel.DataError, match="got none"):
        of_one([])
