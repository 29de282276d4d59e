"""Steps as the reference engine does them, and means over a batch."""

import numpy as np
import pytest

import pellucid as pel

X, Y = np.random.default_rng(0).normal(size=(7, 3)), np.arange(7) % 2


def network():
    return pel.Network(
        3, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], seed=1, precision="float64"
    )


def test_limits_that_look_at_all_parameters_are_kept():
    """Clipping by the norm of the whole gradient, though only some of it is shown."""
    X, Y = np.random.default_rng(0).normal(size=(7, 50)), np.arange(7) % 2
    layers = [pel.Dense(20, "tanh"), pel.Dense(2, "softmax")]
    for options in ({"clip_norm": 0.01}, {"max_norm": 0.3}):
        network = pel.Network(50, layers, seed=1, precision="float64")
        recipe = pel.Recipe(optimizer=pel.SGD(1.0), **options)
        walk = pel.walk(network, X, Y, recipe=recipe)
        pel.train(
            network,
            X,
            Y,
            optimizer=pel.SGD(1.0),
            batch_size="all",
            epochs=1,
            engine="reference",
            **options,
        )
        new = [
            s.value
            for line in walk.sections[-1].lines
            for s in line.statements
            if s.parts[0] == "new w"
        ]
        names = [line.statements[0].parts[0] for line in walk.sections[-1].lines[1:]]
        for name, value in zip(names, new, strict=True):
            cell = name.removeprefix("∂C/∂")
            found = pel.cell(cell, "from_zero", network.architecture)
            assert value == pytest.approx(network.weights[found.layer][found.place], rel=1e-12)


def test_gains_and_shifts_are_told_too():
    layers = [pel.Dense(2, "tanh", norm="layer"), pel.Dense(2, "softmax", norm="batch")]
    walk = pel.walk(pel.Network(3, layers, seed=1, precision="float64"), X, Y, row=2)
    segments = {s.name: s for s in walk.trace.segments}
    for kind in ("gain", "shift"):
        for l in (1, 2):
            name = f"∂C/∂{kind} of z_{{1}}^{{({l})}}"
            index = segments[f"{kind}.{l}"].offset + 1
            assert walk.value(name) == pytest.approx(walk.trace.gradient[index], rel=1e-13)


def test_one_bias_a_layer_is_a_sum():
    layers = [pel.Dense(3, "tanh", bias="layer"), pel.Dense(2, "softmax")]
    walk = pel.walk(pel.Network(3, layers, seed=1, precision="float64"), X, Y)
    line = next(s for s in walk.statements if s.parts[0] == "∂C/∂b^{(1)}")
    assert line.parts[1] == "Σ_{j} δ_{j}^{(1)}"
    assert line.value == pytest.approx(walk.trace.dZ[1][0].sum(), rel=1e-13)


def test_frozen_layers_do_not_change():
    recipe = pel.Recipe(optimizer=pel.SGD(0.1), frozen=(1,))
    walk = pel.walk(network(), X, Y, recipe=recipe)
    lines = [
        line for line in walk.sections[-2].lines if line.statements[0].parts[0].endswith("^{(1)}")
    ]
    assert lines
    assert all(line.remark == "frozen" for line in lines)
    assert all(line.statements[1].value == 0 for line in lines)


def test_means_show_the_largest_parts_and_the_rest():
    walk = pel.walk(network(), X, Y)
    for line in walk.sections[-1].lines[1:]:
        mean = line.statements[0]
        assert mean.parts[1].endswith("[4 more])/7")


def about(**recipe):
    walk = pel.walk(network(), X, Y, recipe=pel.Recipe(**recipe))
    return next(s.about for s in walk.sections if s.title == "Weights and biases")


def test_what_makes_the_step_is_said():
    """The optimizer, what it remembers, and all that its formula does not show."""
    assert about(optimizer=pel.SGD(0.5)) == (
        "One step by this example alone: sgd, learning rate η = 0.5"
    )
    assert "first step, so m̂ = g and v̂ = g²" in about(optimizer=pel.Adam())
    assert "which is its schedule's first" in about(optimizer=pel.SGD(pel.Cosine(0.1)))
    limits = about(optimizer=pel.SGD(0.1), clip_value=2.0, clip_norm=0.1, max_norm=1.0)
    assert "g no further from 0 than 2" in limits
    assert "all g together cut to length 0.1" in limits
    assert "weights into a unit cut to their limit" in limits
    assert "dropout and noise left out" in about(dropout=0.5)
    n_inputs = network().architecture.n_inputs
    distorted = about(augment=pel.Augment((1, n_inputs), flip=True))
    assert "the picture as it is, not distorted" in distorted
    assert "targets smoothed by 0.1" in about(label_smoothing=0.1)


def test_penalties_join_the_gradient_by_a_formula():
    recipe = pel.Recipe(optimizer=pel.SGD(0.1), l2=0.3, l1=0.2)
    walk = pel.walk(network(), X, Y, recipe=recipe)
    line = next(s for s in walk.sections if s.title == "Weights and biases").lines[0]
    derivative, g, change, new = line.statements
    assert g.parts[:2] == ("g", "∂C/∂w + λ w + λ₁ sign w")
    w = new.value - change.value
    assert g.value == pytest.approx(derivative.value + 0.3 * w + 0.2 * np.sign(w), rel=1e-12)


def test_steps_too_small_to_change_a_weight_are_shown():
    tiny = network()
    walk = pel.walk(tiny, X, Y, recipe=pel.Recipe(optimizer=pel.SGD(1e-18)))
    assert all(s.value != 0 for s in walk.statements if s.parts[0] == "Δw")


def test_a_batch_of_one_is_not_told_twice():
    last = pel.walk(network(), X[:1], Y[:1]).sections[-1]
    assert (last.title, last.lines) == ("The batch: 1 example", ())
