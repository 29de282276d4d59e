"""The update by hand: penalties, clipping, rules for weights alone, limits, the average."""

import numpy as np
import pytest

from pellucid.engines.reference import ReferenceEngine
from pellucid.engines.updating import add_penalties, update
from pellucid.equations.noise import quantiles
from pellucid.equations.optimizers import SGD, AdamW
from pellucid.equations.random import NOISE, SHUFFLE, lanes, permutation
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import forward, scale_inputs, views
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state

# Layer 2 has two connections; in the vector: W01 (6), b1 (3), W02 (4), W12 (6), b2 (2).
TWO_WAYS = Architecture(2, (Dense(3, "tanh"), Dense(2, "identity", inputs=(0, 1))))


def plan(**entries):
    return compile_plan(TWO_WAYS, Recipe(**{"loss": "mse", "precision": "float64"} | entries), 10)


def after(p, g, t=1, slots=None, **entries):
    """The parameters after a step with the gradient `g`."""
    made = plan(**entries)
    memory = np.zeros((made.n_slots, 21)) if slots is None else slots
    p, g = np.array(p, float), np.array(g, float)
    numbers = [float(x) for x in vars(made.recipe.optimizer).values()]
    update(made, p, g, memory, t, np.array(numbers))
    return p, memory


def test_penalties_and_their_gradient_by_hand():
    """λ₂/2 Σ W² + λ₁ Σ |W| over the 16 weights; each with its own divisor."""
    p = np.linspace(-1, 1, 21)
    g = np.zeros(21)
    made = plan(l2=0.5, l1=0.25, l2_divisor="dataset", l1_divisor="batch")
    is_weight = np.array([1] * 6 + [0] * 3 + [1] * 10 + [0] * 2)
    value = add_penalties(made, p, g, 4.0)
    w = p * is_weight
    assert value == pytest.approx(0.05 * (w**2).sum() / 2 + 0.0625 * np.abs(w).sum(), rel=1e-14)
    np.testing.assert_allclose(g, 0.05 * w + 0.0625 * np.sign(w), rtol=1e-14, atol=1e-16)


def test_values_are_clipped_first_and_then_the_norm():
    """Gradient (3, 4, −0.5, 0 …): clipped to 2 it is (2, 2, −0.5); its norm, √8.25, to 1."""
    g = np.zeros(21)
    g[:3] = 3, 4, -0.5
    p, _ = after(np.zeros(21), g, optimizer=SGD(1.0), clip_value=2.0, clip_norm=1.0)
    np.testing.assert_allclose(p[:3], -np.array([2, 2, -0.5]) / 8.25**0.5, rtol=1e-14)
    assert not p[3:].any()
    p, _ = after(np.zeros(21), g, optimizer=SGD(1.0), clip_norm=100.0)
    assert p[:3].tolist() == [-3, -4, 0.5]


def test_the_norm_is_that_of_what_is_trained():
    g = np.full(21, 3.0)
    p, _ = after(np.zeros(21), g, optimizer=SGD(1.0), clip_norm=1.0, frozen=(1,))
    assert not p[:9].any()
    np.testing.assert_allclose(p[9:], -1 / 12**0.5, rtol=1e-14)


def test_decay_is_for_weights_alone():
    p, _ = after(np.ones(21), np.zeros(21), optimizer=AdamW(0.1, weight_decay=0.5))
    biases = [6, 7, 8, 19, 20]
    assert (p[biases] == 1).all()
    np.testing.assert_allclose(np.delete(p, biases), 0.95, rtol=1e-14)


def test_long_vectors_of_incoming_weights_are_cut():
    """Neuron 0 of layer 2 has five weights from two layers, length √(9 + 16) = 5: cut to 2."""
    p = np.zeros(21)
    p[[9, 13]] = 3, 4  # W02[0, 0] and W12[0, 0]
    p[[10, 19]] = 1, 100  # a short vector; a bias
    p[:6] = 50
    found, _ = after(p, np.zeros(21), optimizer=SGD(1.0), max_norm=(0, 2.0))
    np.testing.assert_allclose(found[[9, 13]], [1.2, 1.6], rtol=1e-14)
    assert found[[10, 19]].tolist() == [1, 100]
    assert (found[:6] == 50).all()
    frozen, _ = after(p, np.zeros(21), optimizer=SGD(1.0), max_norm=1.0, frozen=(2,))
    assert frozen[[9, 13]].tolist() == [3, 4]
    np.testing.assert_allclose(frozen[:6], 0.5**0.5, rtol=1e-14)


def test_the_average_is_of_the_parameters_after_each_step():
    """Weights ½ and 1 of two steps: (½ p₁ + p₂) / 1½, whatever stood there before."""
    p, slots = np.ones(21), np.full((1, 21), 77.0)
    p, slots = after(p, np.ones(21), 1, slots, optimizer=SGD(1.0), average=0.5)
    assert (slots[0] == p).all()
    assert (p == 0).all()
    p, slots = after(p, -3 * np.ones(21), 2, slots, optimizer=SGD(1.0), average=0.5)
    np.testing.assert_allclose(slots[0], 3 / 1.5, rtol=1e-14)


def test_a_step_sees_noise_and_smoothed_targets():
    """The first step's cost, worked out from the lanes of its address."""
    X, Y = np.linspace(-1, 1, 8).reshape(4, 2), np.array([0, 1, 1, 0])
    architecture = Architecture(2, (Dense(3, "tanh"), Dense(2, "softmax")))
    recipe = Recipe(
        batch_size="all", noise=0.5, input_noise=0.25, label_smoothing=0.2, precision="float64"
    )
    examples = as_examples(architecture, recipe.loss, X, Y)
    made = compile_plan(architecture, recipe, 4)
    parameters = initial_parameters(architecture, 0, None, "float64")
    state = first_state(made, parameters, initial_buffers(architecture, "float64"))
    session = ReferenceEngine().open(made, state, examples)
    found = session.advance(np.array([[0.001, 0.9, 0.999, 1e-8]]), np.zeros(1, np.int32))
    order = permutation(0, SHUFFLE, 0, 4)
    noise = {
        l: s * quantiles()[lanes(0, NOISE, (4, n), epoch=0, step=0, layer=l)]
        for l, s, n in ((0, 0.25, 2), (1, 0.5, 3))
    }
    A0 = scale_inputs(architecture, X[order], np.float64)
    P = forward(architecture, views(parameters, made.segments), A0, noise=noise).P
    targets = 0.8 * np.eye(2)[Y[order]] + 0.1
    assert found.costs[0] == pytest.approx(-(targets * np.log(P)).sum(1).mean(), rel=1e-13)
