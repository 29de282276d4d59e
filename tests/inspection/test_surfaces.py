"""The cost as a landscape: parabolas by hand, and costs of networks that are really changed."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.errors import DataError, RecipeError
from pellucid.inspection.directions import (
    follow,
    place_of,
    principal_directions,
    random_direction,
)
from pellucid.inspection.surfaces import cost_line, cost_surface
from pellucid.inspection.trace import trace
from pellucid.network.layer import Dense
from tests.inspection.networks import KINDS, SCALING, network, rows, targets


def cost_at(made, parameters, X, Y):
    moved = made.copy()
    moved.parameters[...] = parameters
    return trace(moved, X, Y).cost


def test_a_parabola_by_hand():
    """P = w, target 2: the cost (w − 2)², at w = 5 with slope 6."""
    made = network([Dense(1, "identity", bias="none")])
    made.weights[1] = [[5.0], [0.0], [0.0]]
    line = cost_line(made, [[1, 0, 0]], [2], 0, "mse", span=(0, 4), n=5, rate=0.25)
    assert line.values.tolist() == [0, 1, 2, 3, 4]
    assert line.costs.tolist() == [4, 1, 0, 1, 4]
    assert (line.at, line.cost, line.slope) == (5, 9, 6)
    assert line.tangent.tolist() == [-21, -15, -9, -3, 3]
    assert (line.next, line.next_cost, line.promised) == (3.5, 2.25, 0)
    assert line.name == "weights.0.1[0, 0]"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_costs_along_one_parameter_are_those_of_networks_that_have_it(kind):
    made = network(KINDS[kind], **SCALING)
    X, Y, before = rows(), targets(made), made.parameters.copy()
    place = len(before) - 1
    line = cost_line(made, X, Y, place, n=4)
    np.testing.assert_allclose(line.values[[0, -1]], before[place] + np.array([-1, 1]))
    for value, cost in [*zip(line.values, line.costs, strict=True), (line.next, line.next_cost)]:
        moved = before.copy()
        moved[place] = value
        np.testing.assert_allclose(cost, cost_at(made, moved, X, Y), rtol=1e-12)
    assert line.slope == pytest.approx(trace(made, X, Y).gradient[place], rel=1e-12)
    assert line.next == pytest.approx(line.at - 0.1 * line.slope)
    np.testing.assert_array_equal(made.parameters, before)


def test_the_tangent_touches():
    made = network(KINDS["tanh and softmax"])
    place = place_of(made, "weights.1.2", 1, 2)
    at = float(made.parameters[place])
    near = cost_line(made, rows(), targets(made), place, span=(at - 1e-3, at + 1e-3), n=3)
    np.testing.assert_allclose(near.costs, near.tangent, atol=1e-6)
    assert near.costs[2] - near.costs[0] == pytest.approx(2e-3 * near.slope, rel=1e-4)
    far = cost_line(made, rows(), targets(made), place, span=(at - 20, at + 20), n=3)
    assert np.abs(far.costs - far.tangent).max() > 0.1


def test_costs_over_two_directions_are_those_of_networks_that_went_there():
    made = network(KINDS["skip connections"])
    X, Y = rows(), targets(made)
    one, two = random_direction(made, 1), random_direction(made, 2)
    found = cost_surface(made, X, Y, one, two, n=(4, 3), spans=((-1, 2), (0, 0.5)))
    assert found.costs.shape == (4, 3)
    assert found.u.tolist() == [-1, 0, 1, 2]
    assert found.v.tolist() == [0, 0.25, 0.5]
    for i, u in enumerate(found.u):
        for j, v in enumerate(found.v):
            expected = cost_at(made, made.parameters + u * one + v * two, X, Y)
            np.testing.assert_allclose(found.costs[i, j], expected, rtol=1e-12)
    assert found.path.shape == (0, 2)
    assert found.path_costs.shape == found.path_distances.shape == (0,)


def test_over_two_weights():
    made = network([Dense(1, "identity", bias="none")])
    made.weights[1] = [[1.0], [0.0], [0.0]]
    found = cost_surface(made, [[1, 0, 0], [0, 0, 1]], [0, 0], 0, 2, "sse", n=3)
    assert found.costs.tolist() == [[0.5, 0, 0.5], [1, 0.5, 1], [2.5, 2, 2.5]]


def test_the_path_of_training_in_its_plane(line):
    made = pel.Network(3, [pel.Dense(4, "tanh"), pel.Dense(2, "identity")], precision="float64")
    path = follow(pel.start(made, *line, epochs=8, optimizer=pel.SGD(0.1)))
    plane = principal_directions(path)
    found = cost_surface(
        made, *line, plane.first, plane.second, n=5, origin=plane.origin, path=path
    )
    np.testing.assert_allclose(found.path[-1], 0, atol=1e-12)
    np.testing.assert_allclose(found.path[:, 0], (path - path[-1]) @ plane.first, atol=1e-12)
    assert found.path_costs[0] > found.path_costs[-1]
    np.testing.assert_allclose(found.path_costs[3], cost_at(made, path[3], *line), rtol=1e-9)
    for k, axis in enumerate((found.u, found.v)):
        assert axis[0] < found.path[:, k].min() <= found.path[:, k].max() < axis[-1]
    outside = path - path[-1] - found.path @ np.stack([plane.first, plane.second])
    np.testing.assert_allclose(found.path_distances, np.linalg.norm(outside, axis=1), atol=1e-12)
    left = (found.path_distances**2).sum() / ((path - path[-1]) ** 2).sum()
    assert left == pytest.approx(1 - plane.shares.sum(), abs=1e-9)


def test_directions_need_not_be_at_right_angles():
    """The point 3 a + 2 b + c, with c at right angles to both, is at (3, 2) and |c| away."""
    made = network([Dense(1, "identity", bias="none")])
    a, b, c = np.array([1.0, 0, 0]), np.array([1.0, 1, 0]), np.array([0, 0, 4.0])
    path = made.parameters + 3 * a + 2 * b + c
    found = cost_surface(made, rows(), targets(made), a, b, n=2, path=path)
    np.testing.assert_allclose(found.path, [[3, 2]])
    np.testing.assert_allclose(found.path_distances, [4])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"first": 0, "second": 0}, DataError, "two directions that differ"),
        ({"first": 0, "second": np.zeros(3)}, DataError, "two directions that differ"),
        ({"first": 0, "second": 3}, DataError, "a parameter's place, 0 to 2"),
        ({"first": -1, "second": 1}, DataError, "a parameter's place"),
        ({"first": 0, "second": np.ones(4)}, DataError, "direction: expected 3 finite numbers"),
        ({"path": np.ones((2, 4))}, DataError, "path: expected rows of 3 parameters"),
        ({"origin": [1.0]}, DataError, "origin: expected 3"),
        ({"n": 1}, RecipeError, "n: expected"),
        ({"spans": ((1, 0), (0, 1))}, RecipeError, "spans: expected a smaller"),
    ],
)
def test_surfaces_that_are_none(options, error, message):
    made = network([Dense(1, "identity", bias="none")])
    asked = {"first": 0, "second": 1} | options
    with pytest.raises(error, match=message):
        cost_surface(made, rows(), targets(made), **asked)


def test_lines_that_are_none():
    made = network([Dense(1, "identity", bias="none")])
    with pytest.raises(DataError, match="a parameter's place, 0 to 2"):
        cost_line(made, rows(), targets(made), 3)
    with pytest.raises(RecipeError, match="span: expected a smaller"):
        cost_line(made, rows(), targets(made), 0, span=(1, float("inf")))
