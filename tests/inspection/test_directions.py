"""Directions in the space of parameters, and paths of training."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.errors import ArchitectureError, DataError
from pellucid.inspection.directions import (
    along,
    existing,
    follow,
    name_of,
    place_of,
    principal_directions,
    random_direction,
)
from pellucid.network.layer import Dense
from tests.inspection.networks import KINDS, network


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_place_has_a_name_and_every_name_a_place(kind):
    made = network(KINDS[kind])
    made.parameters[...] = np.arange(len(made.parameters))
    there = existing(made.architecture)
    for place in range(len(made.parameters)):
        name, _, rest = name_of(made, place).partition("[")
        index = [int(i) for i in rest.rstrip("]").split(", ")]
        segment = next(s for s in made.segments if s.name == name)
        assert segment.view(made.parameters)[tuple(index)] == place
        if there[place]:
            assert place_of(made, name, *index) == place
        else:
            with pytest.raises(ArchitectureError, match="the mask leaves no weight"):
                place_of(made, name, *index)


def test_masked_weights_do_not_exist():
    made = network([Dense(2, masks={0: ("10", "00", "11")}), Dense(1)])
    assert existing(made.architecture).tolist() == [1, 0, 0, 0, 1, 1, *[1] * 5]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("weights.0.2", 0, 0), "expected one of weights.0.1, bias.1, weights.1.2, bias.2"),
        (("weights.0.1", 3, 0), r"weights.0.1: expected an index into shape \(3, 2\), got \(3, 0"),
        (("weights.0.1", 0, -1), "expected an index"),
        (("bias.1",), "expected an index"),
        (("bias.1", 0, 0), "expected an index"),
    ],
)
def test_names_and_places_that_are_not_there(asked, message):
    with pytest.raises(ArchitectureError, match=message):
        place_of(network([Dense(2), Dense(1)]), *asked)


def test_along_one_parameter():
    made = network([Dense(1)])
    assert along(made, 2).tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_random_direction_is_as_long_as_the_weights_of_each_neuron(kind):
    made = network(KINDS[kind])
    direction = random_direction(made, seed=5)
    moved = made.copy()
    moved.parameters[...] = direction
    for l in range(1, made.architecture.n_layers + 1):
        into = made.architecture.inputs(l)
        own, drawn = (np.concatenate([n.weights[k, l] for k in into]) for n in (made, moved))
        lengths = np.linalg.norm(own, axis=0)
        np.testing.assert_allclose(np.linalg.norm(drawn, axis=0), lengths, rtol=1e-12)
        assert not np.allclose(own, drawn) or not lengths.any()
    assert (direction[~existing(made.architecture)] == 0).all()
    for segment in made.segments:
        assert segment.kind == "weights" or (segment.view(direction) == 0).all()


def test_random_directions_differ_by_seed_and_from_first_weights():
    made = pel.Network(30, [pel.Dense(20, "tanh"), pel.Dense(1)], initial="normal", seed=1)
    one, again, other = (random_direction(made, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    weights = next(s for s in made.segments if s.name == "weights.0.1")
    W = weights.view(made.parameters).ravel()
    for a, b in ((one, other), (one, None)):
        pair = weights.view(a).ravel(), W if b is None else weights.view(b).ravel()
        assert abs(np.corrcoef(*pair)[0, 1]) < 0.15


def test_layers_of_the_same_shape_move_differently():
    made = pel.Network(20, [pel.Dense(20, "tanh"), pel.Dense(20, "tanh"), pel.Dense(1)])
    direction = random_direction(made)
    one, two = (s.view(direction).ravel() for s in made.segments if s.shape == (20, 20))
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.2


def test_a_path_is_what_training_went_through(line):
    network = pel.Network(3, [pel.Dense(4, "tanh"), pel.Dense(2, "identity")])
    first = network.parameters.copy()
    run = pel.start(network, *line, epochs=3, batch_size=20, every=2)
    path = follow(run)
    # Twelve steps, looked at after every second one; the epochs end at some of these.
    assert path.shape == (7, len(first))
    assert path.dtype == np.float64
    np.testing.assert_array_equal(path[0], first)
    np.testing.assert_array_equal(path[-1], network.parameters)
    assert (np.abs(np.diff(path, axis=0)).max(axis=1) > 0).all()


def test_a_path_in_a_plane_is_found_again():
    draw = np.random.default_rng(0)
    one, two = np.linalg.qr(draw.normal(size=(30, 2)))[0].T
    end, angles = draw.normal(size=30), np.linspace(0, 3, 8)
    path = end + np.outer(5 * angles, one) + np.outer(np.sin(angles), two)
    path = path[::-1]
    found = principal_directions(path)
    np.testing.assert_array_equal(found.origin, path[-1])
    np.testing.assert_allclose(found.shares.sum(), 1, rtol=1e-12)
    assert found.shares[0] > 0.9
    for way in (found.first, found.second):
        np.testing.assert_allclose(np.linalg.norm(way), 1, rtol=1e-12)
        np.testing.assert_allclose((way @ one) ** 2 + (way @ two) ** 2, 1, rtol=1e-12)
        assert way[np.abs(way).argmax()] > 0
    assert abs(found.first @ found.second) < 1e-12


def test_the_first_direction_is_the_one_of_the_largest_spread():
    """Seen from the end the points are (3, 0), (0, 1), (3, −1)."""
    path = np.array([[3.0, 0, 0], [0, 1, 0], [3, -1, 0], [0, 0, 0]])
    found = principal_directions(path)
    np.testing.assert_allclose(found.shares.sum(), 1)
    M = path[:-1]
    values = np.sort(np.linalg.eigvalsh(M.T @ M))[::-1]
    np.testing.assert_allclose(found.shares, values[:2] / values.sum(), rtol=1e-12)
    np.testing.assert_allclose(M.T @ M @ found.first, values[0] * found.first, atol=1e-12)


def test_paths_that_show_no_plane():
    with pytest.raises(DataError, match="at least 3 points"):
        principal_directions(np.zeros((2, 5)))
    with pytest.raises(DataError, match="all are on one line"):
        principal_directions(np.outer(np.arange(4), [1.0, 2.0, 3.0]))
    with pytest.raises(DataError, match="all are on one line"):
        principal_directions(np.ones((4, 3)))
