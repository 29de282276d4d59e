"""Residuals and intervals: what is drawn is what was predicted and what came."""

import numpy as np
import pytest
from sklearn.metrics import r2_score, root_mean_squared_error

import pellucid as pel
from pellucid.views.numbers import plot_intervals, plot_residuals
from pellucid.views.style import THEMES

LEVELS = (0.1, 0.5, 0.9)


def numbers(n, outputs=1, seed=0):
    random = np.random.default_rng(seed)
    P = random.normal(size=(n, outputs))
    return P, P + 0.3 * random.normal(size=(n, outputs))


def intervals(n, seed=0):
    """Intervals of different widths, and targets of which some are outside."""
    random = np.random.default_rng(seed)
    middle, half = random.normal(size=n), random.uniform(0.5, 1.5, n)
    P = np.stack([middle - half, middle, middle + half], axis=1)
    return P, middle + random.normal(size=n)


@pytest.mark.parametrize("outputs", [1, 3, 12])
def test_residuals_are_targets_less_predictions(outputs):
    P, Y = numbers(100, outputs)
    ax = plot_residuals(P, Y, theme="dark")
    points = ax.collections
    assert len(points) == outputs
    for j, drawn in enumerate(points):
        np.testing.assert_allclose(drawn.get_offsets(), np.stack([P[:, j], Y[:, j] - P[:, j]], 1))
    error = np.mean([root_mean_squared_error(y, p) for y, p in zip(Y.T, P.T, strict=True)])
    assert ax.get_title() == f"R² {r2_score(Y, P):.3f}, RMSE {error:.3g}"
    assert (ax.get_legend() is not None) == (outputs == 3)


def test_the_line_is_the_median_of_neighbours():
    P = np.arange(60.0)
    Y = P + np.where(P < 30, 1.0, -2.0)
    *_, line = plot_residuals(P, Y).get_lines()
    assert line.get_xydata().tolist() == [[7, 1], [22, 1], [37, -2], [52, -2]]


def test_many_points_are_drawn_as_their_density():
    P, Y = numbers(10_000)
    ax = plot_residuals(P, Y)
    (cells,) = ax.collections
    assert cells.get_array().sum() == 10_000
    assert len(ax.get_lines()) == 3  # at 0, and the median with its edge


@pytest.mark.parametrize("n", [1, 4000])
def test_constant_predictions_are_drawn(n):
    ax = plot_residuals(np.ones(n), np.ones(n))
    assert ax.get_title() == "R² 1.000, RMSE 0"
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("n", [2, 200, 10_000])
def test_the_share_inside_is_that_of_all_examples(n):
    P, Y = intervals(n)
    share = np.mean((P[:, 0] <= Y) & (P[:, 2] >= Y))
    ax = plot_intervals(P, Y, levels=LEVELS)
    assert ax.get_title() == f"{100 * share:.1f} % inside, 80 % promised"
    inside, outside = ax.collections[-2:]
    assert len(inside.get_offsets()) + len(outside.get_offsets()) == min(n, 1500)


def test_targets_stand_in_the_order_of_the_middle_prediction():
    P, Y = intervals(50)
    ax = plot_intervals(P, Y, levels=LEVELS, theme="dark")
    (median,) = ax.get_lines()
    assert (np.diff(median.get_ydata()) >= 0).all()
    order = np.argsort(P[:, 1])
    drawn = np.concatenate([points.get_offsets() for points in ax.collections[-2:]])
    np.testing.assert_allclose(drawn[np.argsort(drawn[:, 0]), 1], Y[order])
    outside = ax.collections[-1].get_offsets()[:, 0].astype(int)
    away = ~((P[:, 0] <= Y) & (P[:, 2] >= Y))
    assert sorted(order[outside]) == np.flatnonzero(away).tolist()
    assert ax.get_ylabel() == "target"


def test_any_order_of_levels_and_any_number():
    P, Y = intervals(80)
    one = plot_intervals(P, Y, levels=LEVELS)
    other = plot_intervals(P[:, [2, 0, 1]], Y[:, None], levels=(0.9, 0.1, 0.5))
    assert one.get_title() == other.get_title()
    wide = np.hstack([P[:, :1] - 9, P, P[:, 2:] + 9])
    ax = plot_intervals(wide, Y, levels=(0.01, 0.1, 0.5, 0.9, 0.99))
    assert ax.get_title() == "100.0 % inside, 98 % promised"
    assert len(ax.collections) == 4
    assert not plot_intervals(P[:, [0, 2]], Y, levels=(0.1, 0.9)).get_lines()


def test_against_an_input():
    P, Y = intervals(80)
    x = np.linspace(3, 5, 80)[::-1]
    ax = plot_intervals(P, Y, levels=LEVELS, x=x)
    (median,) = ax.get_lines()
    np.testing.assert_allclose(median.get_xydata(), np.stack([x[::-1], P[::-1, 1]], axis=1))


@pytest.mark.parametrize("theme", THEMES)
def test_of_a_trained_network(theme):
    random = np.random.default_rng(0)
    X = random.uniform(-2, 2, (600, 1))
    Y = X[:, 0] + random.normal(size=600)
    network = pel.Network(1, [pel.Dense(3, "identity")], seed=0)
    loss = "quantile:0.1,0.5,0.9"
    pel.train(network, X, Y, loss=loss, optimizer=pel.Adam(0.05), epochs=40)
    ax = plot_intervals(network.predict(X), Y, levels=LEVELS, x=X, theme=theme)
    assert 75 < float(ax.get_title().split()[0]) < 85


def test_what_does_not_fit_is_refused():
    P, Y = intervals(5)
    for levels in ((0.1, 0.5), (0.1, 0.5, 1.0), (0.1, 0.5, 0.5), (0.5,)):
        with pytest.raises(pel.DataError, match="expected"):
            plot_intervals(P, Y, levels=levels)
    with pytest.raises(pel.DataError, match="Of several targets take the columns of one"):
        plot_intervals(P, np.stack([Y, Y], axis=1), levels=LEVELS)
    with pytest.raises(pel.DataError, match="x: expected 5 numbers, one an example, got 2"):
        plot_intervals(P, Y, levels=LEVELS, x=[1, 2])
    with pytest.raises(pel.DataError, match=r"as many predictions as targets, got \(2, 1\)"):
        plot_residuals([1, 2], [1, 2, 3])
    with pytest.raises(pel.DataError, match="Y: expected at least one example"):
        plot_residuals([1], [])
    with pytest.raises(pel.DataError, match="finite"):
        plot_residuals([np.nan], [1])


def test_a_single_example_among_thousands_is_seen():
    P = np.append(np.zeros(4000), 5.0)
    ax = plot_residuals(P, np.zeros(4001))
    cells = ax.collections[0]
    faintest = cells.cmap(cells.norm(cells.get_array().min()))
    assert cells.get_array().min() == 1
    assert max(faintest[:3]) < 0.95  # darker than the paper


def test_one_example_has_an_interval_with_a_width():
    ax = plot_intervals([[0.0, 2.0]], [1.0], levels=(0.1, 0.9))
    box = ax.collections[0].get_paths()[0].get_extents()
    assert (box.width, box.height) == pytest.approx((0.8, 2.0))


def test_titles_have_minus_signs_and_powers():
    assert plot_residuals([1.0, 2.0], [2.0, 1.0]).get_title() == "R² −3.000, RMSE 1"
    assert plot_residuals([1e30, 2e30], [2e30, 1e30]).get_title().endswith("RMSE 1·10³⁰")
