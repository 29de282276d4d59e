"""Whoever hands over something else is told what a picture wants, and what makes it."""

import pytest

import pellucid as pel
from pellucid.views.given import expect

NETWORK = pel.Network(2, [pel.Dense(1)])
IMAGE = pel.ImageFormat(1, 2)


@pytest.mark.parametrize(
    ("draw", "given", "wanted"),
    [
        (pel.plot_history, (NETWORK,), "a History, as pel.train returns it"),
        (pel.plot_boundary, (NETWORK,), "a Response, as pel.boundary returns it"),
        (pel.plot_response, (NETWORK,), "a Response, as pel.response returns it"),
        (pel.plot_activations, (NETWORK,), "a Trace, as pel.trace returns it"),
        (pel.plot_activation_histograms, (NETWORK,), "a Trace, as pel.trace returns it"),
        (pel.plot_attribution, (NETWORK,), "an Attribution, as pel.attribution returns it"),
        (pel.plot_derivative_graph, (NETWORK,), "a DerivativeGraph, as pel.derivative_graph"),
        (pel.plot_cost_line, (NETWORK,), "a CostLine, as pel.cost_line returns it"),
        (pel.plot_cost_line, ([NETWORK],), "a CostLine, as pel.cost_line returns it"),
        (pel.plot_cost_surface, (NETWORK,), "a CostSurface, as pel.cost_surface returns it"),
    ],
)
def test_a_network_is_not_what_is_made_of_it(draw, given, wanted):
    with pytest.raises(pel.DataError, match=f"expected {wanted}.*got a Network"):
        draw(*given)


@pytest.mark.parametrize(
    ("draw", "given"),
    [
        (pel.plot_network, ("x",)),
        (pel.plot_unit_weights, ("x", 0, IMAGE)),
        (pel.plot_histograms, ("x", [[1.0]])),
    ],
)
def test_a_text_is_no_network(draw, given):
    with pytest.raises(pel.DataError, match="network: expected a Network.*got a str"):
        draw(*given)


def test_a_picture_needs_its_size():
    with pytest.raises(pel.DataError, match="image: expected an ImageFormat, as pel.ImageFormat"):
        pel.plot_ink([0, 1], None)


def test_what_is_right_passes():
    assert expect("x", 3, int, "counting") is None
