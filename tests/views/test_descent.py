"""The cost, drawn as it was calculated, and films of trainings."""

import numpy as np
import pytest
from PIL import Image

import pellucid as pel
from pellucid.views.descent import plot_cost_line, plot_cost_surface, save_descent

X, Y = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 3.0, 2.0])


def network(w=-1.0):
    made = pel.Network(1, [pel.Dense(1, "identity", bias="none")], precision="float64")
    made.weights[1][:] = w
    return made


def line(w=-1.0, **settings):
    return pel.cost_line(network(w), X, Y, 0, "mse", span=(-1.5, 3), rate=0.05, **settings)


def surface(epochs=20):
    made = pel.Network(1, [pel.Dense(1, "identity")], seed=0, precision="float64")
    run = pel.start(made, X, Y, optimizer=pel.SGD(0.05), epochs=epochs, batch_size="all")
    return pel.cost_surface(made, X, Y, 0, 1, path=pel.follow(run), n=15)


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_one_step_from_a_known_place():
    """At w = −1 the residuals are −2, −5 and −5: the cost is 18, its slope −2 · 27 / 3."""
    ax = plot_cost_line(line())
    assert legend_of(ax) == [
        "cost",
        "tangent, slope −18",
        "now, cost 18",
        "promised by a step with η = 0.05: 1.8",
        "came: 5.58",
    ]
    curve, tangent, *_ = ax.get_lines()
    np.testing.assert_array_equal(curve.get_ydata(), line().costs)
    np.testing.assert_array_equal(tangent.get_ydata(), line().tangent)


def test_several_steps_have_an_order():
    lines = [line(w) for w in (-1.0, 2.5, 0.5)]
    ax = plot_cost_line(lines, theme="dark")
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3"]
    assert legend_of(ax) == ["cost", "steps", "here, with tangents"]


def test_a_map_with_its_path_and_their_costs():
    made = surface()
    ax = plot_cost_surface(made, log=True)
    start, end = (f"{made.path_costs[at]:.3g}" for at in (0, -1))
    assert legend_of(ax) == [f"start, cost {start}", f"end, cost {end}"]
    np.testing.assert_array_equal(ax.get_lines()[0].get_xydata(), made.path)
    (points,) = (
        drawn for drawn in ax.collections if len(drawn.get_offsets()) == len(made.path) - 2
    )
    np.testing.assert_array_equal(points.get_array(), made.path_costs[1:-1])
    assert ax.get_title() == ""  # two parameters are the plane: nothing is beside it
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("parameter 0", "parameter 1")


def test_how_far_the_path_is_from_the_plane_is_said():
    layers = [pel.Dense(3, "tanh"), pel.Dense(1, "identity")]
    made = pel.Network(1, layers, seed=0, precision="float64")
    path = pel.follow(pel.start(made, X, Y, epochs=30, optimizer=pel.Adam(0.1)))
    plane = pel.principal_directions(path)
    found = pel.cost_surface(
        made, X, Y, plane.first, plane.second, origin=plane.origin, path=path, n=9
    )
    ax = plot_cost_surface(found, names=("one", "other"))
    said = f"the path is up to {found.path_distances.max():.3g} beside this plane"
    assert ax.get_title() == said
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("one", "other")
    assert plot_cost_surface(found).get_xlabel() == "along the first direction"


def test_a_film_of_a_path(tmp_path):
    made = surface()
    film = save_descent(made, tmp_path / "path.gif", frames=6, fps=5)
    assert film == tmp_path / "path.gif"
    assert film.stat().st_size < 1_000_000
    with Image.open(film) as gif:
        assert gif.n_frames == 6
        assert gif.info["duration"] == 200
        assert gif.info["loop"] == 0
        first = np.asarray(gif.convert("RGB"), int)
        gif.seek(5)
        assert gif.info["duration"] == 2000
        last = np.asarray(gif.convert("RGB"), int)
    assert first[0, 0].tolist() == [255, 255, 255]
    assert (np.abs(first - last).max(axis=2) > 40).sum() > 100  # the path has grown


def test_a_film_of_a_ball(tmp_path):
    lines = [line(w) for w in (-1.0, 0.0, 0.5)]
    film = save_descent(lines, str(tmp_path / "ball.GIF"), theme="dark")
    with Image.open(film) as gif:
        assert gif.n_frames == 3  # a picture for each: 40 are the most
        assert gif.convert("RGB").getpixel((0, 0)) == (0x15, 0x18, 0x1C)


def test_what_has_no_path_is_refused(tmp_path):
    made = network()
    flat = pel.cost_surface(pel.Network(1, [pel.Dense(1)]), X, Y, 0, 1, "mse", n=3)
    for given in (flat, [line()]):
        with pytest.raises(pel.DataError, match="a path of at least two points, got"):
            save_descent(given, tmp_path / "none.gif")
    other = pel.Network(1, [pel.Dense(1, "identity")])
    several = [line(), pel.cost_line(other, X, Y, "b_0^1", "mse")]
    for given in ([], several):
        with pytest.raises(
            pel.DataError, match="line: expected one or more, of the same parameter"
        ):
            plot_cost_line(given)
    with pytest.raises(pel.DataError, match="names: expected two, one for each direction, got 1"):
        plot_cost_surface(flat, names=["w"])
    assert made.weights[1][0, 0] == -1
    assert list(tmp_path.iterdir()) == []
