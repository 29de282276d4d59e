"""Integrated gradients: exact sums at any number of steps, the integral as they get many."""

import numpy as np
import pytest

from pellucid.inspection.integrated import integrated
from pellucid.network.layer import Dense
from pellucid.network.passes import activate_backward, backward, forward, scale_inputs, views
from pellucid.network.segments import buffer_segments
from tests.inspection.networks import KINDS, SCALING, network, rows

FUNCTIONS = ("output", "sum")
ASKED = [
    (kind, of)
    for kind in sorted(KINDS)
    for of in FUNCTIONS
    if not (kind == "an output of maxout" and of == "sum")
]


def parts(made, n=5, seed=1):
    """Architecture, parameters, buffers and two ends of paths."""
    architecture = made.architecture
    ends = tuple(scale_inputs(architecture, rows(n, s), np.float64) for s in (seed + 50, seed))
    held = views(made.buffers, buffer_segments(architecture))
    return architecture, views(made.parameters, made.segments), held, ends


def value(architecture, parameters, buffers, A0, of):
    tape = forward(architecture, parameters, A0, buffers=buffers)
    return tape, tape.P if of == "output" else tape.N[architecture.n_layers]


def brute_force(architecture, parameters, buffers, ends, seed, of, n=20_000):
    """The integral by the midpoint rule, which is right to about 1/n even at kinks."""
    t = (np.arange(n) + 0.5)[:, None] / n
    found = []
    for one, two, own in zip(*ends, seed, strict=True):
        A0 = one + t * (two - one)
        tape, _ = value(architecture, parameters, buffers, A0, of)
        dN = np.tile(own, (n, 1))
        if of == "output":
            last = architecture.layers[-1]
            dN = activate_backward(last, dN, tape.N[architecture.n_layers], tape.P)
        back = backward(architecture, parameters, tape, dN, to_input=True)
        found.append((two - one) * back.dA[0].mean(0))
    return np.array(found)


@pytest.mark.parametrize("steps", [1, 3, 32])
@pytest.mark.parametrize(("kind", "of"), ASKED)
def test_contributions_sum_to_the_difference_at_any_number_of_steps(kind, of, steps):
    architecture, *held, ends = parts(network(KINDS[kind], **SCALING), n=40)
    seeds = [np.tile(row, (40, 1)) for row in np.eye(architecture.n_outputs)]
    found = integrated(architecture, *held, ends, seeds, of, steps)
    (_, one), (_, two) = (value(architecture, *held, A0, of) for A0 in ends)
    assert np.abs(two - one).max() > 0.05
    for o, contributions in enumerate(found):
        np.testing.assert_allclose(contributions.sum(1), (two - one)[:, o], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("kind", "of"), ASKED)
def test_contributions_are_near_the_integral(kind, of):
    architecture, *held, ends = parts(network(KINDS[kind]), n=4)
    seed = np.random.default_rng(0).normal(size=(4, architecture.n_outputs))
    expected = brute_force(architecture, *held, ends, seed, of)
    found = integrated(architecture, *held, ends, [seed], of, 1024)[0]
    np.testing.assert_allclose(found, expected, atol=5e-4 * np.abs(expected).max())


@pytest.mark.parametrize("kind", ["tanh and softmax", "skip connections", "layer normalization"])
def test_errors_fall_with_the_square_of_the_steps(kind):
    """On smooth networks; where there are kinks, on average."""
    architecture, *held, ends = parts(network(KINDS[kind]), n=30)
    seed = np.ones((30, architecture.n_outputs)) * np.arange(1, architecture.n_outputs + 1)
    best = integrated(architecture, *held, ends, [seed], "output", 2048)[0]
    errors = [
        np.abs(integrated(architecture, *held, ends, [seed], "output", m)[0] - best).mean()
        for m in (16, 64, 256)
    ]
    assert errors[1] < errors[0] / 6
    assert errors[2] < errors[1] / 6


@pytest.mark.parametrize("activation", ["relu", "tanh", "maxout"])
def test_one_hidden_layer_needs_one_step(activation):
    """Along the path its sums are straight lines, whose secants are exact means."""
    pieces = 2 if activation == "maxout" else 1
    made = network([Dense(8, activation, pieces=pieces), Dense(2, "softmax", inputs=(0, 1))])
    architecture, *held, ends = parts(made)
    seed = np.tile([1.0, 0.0], (5, 1))
    one, many = (integrated(architecture, *held, ends, [seed], "sum", m)[0] for m in (1, 500))
    np.testing.assert_allclose(one, many, rtol=1e-8, atol=1e-10)


def test_a_linear_network_by_hand():
    made = network([Dense(1, "identity", norm="batch")])
    architecture, *held, ends = parts(made)
    seed = np.ones((5, 1))
    found = integrated(architecture, *held, ends, [seed], "output", 1)[0]
    gain = next(s for s in made.segments if s.kind == "gain").view(made.parameters)
    slope = made.weights[1][:, 0] * gain / np.sqrt(held[1]["variance.1"] + 1e-5)
    np.testing.assert_allclose(found, (ends[1] - ends[0]) * slope, rtol=1e-12)


def test_an_input_without_weights_contributes_nothing():
    made = network(KINDS["relu, three hidden layers"])
    made.weights[1][1] = 0
    architecture, *held, ends = parts(made)
    found = integrated(architecture, *held, ends, [np.ones((5, 2))], "output", 8)[0]
    assert (found[:, 1] == 0).all()
    assert (found[:, [0, 2]] != 0).all()


def test_a_path_of_no_length():
    architecture, *held, ends = parts(network(KINDS["maxout"]))
    still = ends[0], ends[0].copy()
    found = integrated(architecture, *held, still, [np.ones((5, 2))], "output", 4)[0]
    assert (found == 0).all()
