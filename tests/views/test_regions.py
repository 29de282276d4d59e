"""Regions and curves hold what the network says."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.views.regions import plot_boundary, plot_response


@pytest.fixture(scope="module")
def trained(blobs):
    network = pel.Network(2, [pel.Dense(6, "tanh"), pel.Dense(3, "softmax")], seed=0)
    pel.train(network, *blobs, optimizer=pel.Adam(0.05), epochs=30)
    return network


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_classes_examples_and_lines(trained, blobs, theme):
    X, codes = blobs
    response = pel.boundary(trained, X)
    ax = plot_boundary(
        response, X, codes, classes=["a", "b", "c"], network=trained, names=["x", "y"], theme=theme
    )
    assert legend_of(ax) == ["a", "b", "c"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "y")
    assert ax.get_aspect() == 1.0
    points = [drawn.get_offsets() for drawn in ax.collections if len(drawn.get_offsets()) == 30]
    for k, rows in enumerate(points):
        np.testing.assert_allclose(rows, X[codes == k])
    assert 4 <= len(ax.get_lines()) <= 6  # those of the hidden units' lines that cross the picture


def test_one_hot_targets_are_codes(trained, blobs):
    X, codes = blobs
    response = pel.boundary(trained, X, n=20)
    by_codes, by_rows = (plot_boundary(response, X, Y) for Y in (codes, pel.one_hot(codes, 3)))
    for one, other in zip(by_codes.collections, by_rows.collections, strict=True):
        np.testing.assert_array_equal(one.get_offsets(), other.get_offsets())


def test_an_output_as_levels(line):
    X, Y = line
    network = pel.Network(3, [pel.Dense(4, "tanh"), pel.Dense(2, "identity")], seed=0)
    response = pel.boundary(network, X, [0, 2], n=20)
    ax = plot_boundary(response, X, Y, output=1)
    points = ax.collections[-1]
    np.testing.assert_allclose(points.get_offsets(), X[:, [0, 2]])
    np.testing.assert_allclose(points.get_array(), Y[:, 1])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("input 0", "input 2")
    assert ax.get_legend() is None


def test_spans_of_different_kinds_fill_the_picture(trained, blobs):
    response = pel.boundary(trained, blobs[0], spans=[(0, 1), (0, 100)], n=9)
    assert plot_boundary(response).get_aspect() == "auto"


def test_responses_along_an_input(trained, blobs):
    response = pel.response(trained, blobs[0], 1, None, [1])
    ax = plot_response(response, names=["x", "y"])
    assert legend_of(ax) == [f"unit {j}" for j in range(6)]
    for j, drawn in enumerate(ax.get_lines()):
        np.testing.assert_array_equal(drawn.get_ydata(), response.values[:, j])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("y", "activation, layer 1")
    (alone,) = plot_response(response, unit=4).get_lines()
    np.testing.assert_array_equal(alone.get_ydata(), response.values[:, 4])
    (given,) = plot_response(pel.response(trained, blobs[0], 1, 4, [1])).get_lines()
    np.testing.assert_array_equal(given.get_ydata(), response.values[:, 4])


def test_many_units_are_alike(blobs):
    network = pel.Network(2, [pel.Dense(30, "relu"), pel.Dense(1)], seed=0)
    ax = plot_response(pel.response(network, blobs[0], 1, None, [0]))
    assert len({drawn.get_color() for drawn in ax.get_lines()}) == 1
    assert ax.get_legend() is None


def test_a_response_over_two_inputs_is_a_map(trained, blobs):
    response = pel.response(trained, blobs[0], 1, n=30)
    assert len(plot_response(response, unit=5, theme="dark").texts) > 3
    with pytest.raises(pel.RecipeError, match="unit: expected one of 0 to 5 for a map"):
        plot_response(response)
    with pytest.raises(pel.RecipeError, match="from 0 to 5, got 6"):
        plot_response(response, unit=6)


def test_what_does_not_fit_is_refused(trained, blobs):
    X, codes = blobs
    response = pel.boundary(trained, X, n=5)
    with pytest.raises(pel.RecipeError, match=r"over two inputs\. plot_response draws others"):
        plot_boundary(pel.boundary(trained, X, [0]))
    with pytest.raises(pel.DataError, match="X and Y of as many examples, got 90 and 3"):
        plot_boundary(response, X, codes[:3])
    with pytest.raises(pel.DataError, match="X and Y of as many examples, got 0 and 90"):
        plot_boundary(response, None, codes)
    with pytest.raises(pel.DataError, match="names: expected 2, one a column, got 1"):
        plot_boundary(response, names=["x"])
    with pytest.raises(pel.DataError, match="classes: expected 3 names"):
        plot_boundary(response, classes=["x"])
    with pytest.raises(pel.RecipeError, match="a unit or output from 0 to 2, got 3"):
        plot_boundary(response, output=3)
    with pytest.raises(pel.DataError, match="codes 0 to 2"):
        plot_boundary(response, X, codes + 1)
