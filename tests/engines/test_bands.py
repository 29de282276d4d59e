"""Rows of weights that a mask leaves out altogether are not worked out; nothing else changes."""

import numpy as np
import pytest

import pellucid as pel

RNG = np.random.default_rng(0)
SIDE = 40
X = RNG.normal(size=(70, SIDE * SIDE))
Y = RNG.integers(0, 3, 70)


def masked():
    """Squares of 4 × 4 pixels with wide gaps between their lines; some sums see nothing."""
    mask = np.zeros((SIDE, SIDE, 9, 30), bool)
    for square in range(9):
        top, left = 18 * (square // 3), 18 * (square % 3)
        mask[top : top + 4, left : left + 4, square] = True
    mask = mask.reshape(SIDE * SIDE, 270)
    mask[:, 128:192] = False
    mask[100, 200] = mask[1599, 0] = True
    return mask


def after(engine, optimizer, precision="float64", **recipe):
    mask = masked()
    layers = [pel.Dense(mask.shape[1], "tanh", masks={0: mask}), pel.Dense(3, "softmax")]
    network = pel.Network(SIDE * SIDE, layers, seed=2, precision=precision)
    pel.train(network, X, Y, batch_size=16, epochs=2, optimizer=optimizer, engine=engine, **recipe)
    assert (network.weights[1][~mask] == 0).all()
    return network


@pytest.mark.parametrize(
    ("optimizer", "recipe"),
    [
        (pel.SGD(0.1), {}),
        (pel.SGD(0.1), {"l2": 1e-3, "clip_value": 0.01}),
        (pel.AdamW(0.01), {"average": 0.9}),
        (pel.Nesterov(0.05), {"clip_norm": 0.5}),  # the generic tier
        (pel.Adam(0.01), {"input_dropout": 0.2, "max_norm": 0.8}),
    ],
)
@pytest.mark.parametrize("threads", [1, 2])
def test_both_engines_train_alike(optimizer, recipe, threads):
    native = after("native", optimizer, threads=threads, **recipe)
    reference = after("reference", optimizer, **recipe)
    np.testing.assert_allclose(native.parameters, reference.parameters, rtol=1e-9, atol=1e-11)


def test_one_weight_far_from_the_others_is_trained():
    first, last = (
        after(
            "native",
            pel.SGD(
                0.1,
            ),
            seed=3,
        ).weights[1]
        for _ in range(2)
    )
    fresh = pel.Network(
        SIDE * SIDE,
        [pel.Dense(270, "tanh", masks={0: masked()}), pel.Dense(3, "softmax")],
        seed=2,
        precision="float64",
    ).weights[1]
    assert (first == last).all()
    assert (first[[100, 1599], [200, 0]] != fresh[[100, 1599], [200, 0]]).all()


def test_predictions_are_those_of_the_same_weights_without_a_mask():
    network = after("native", pel.Adam(0.01), "float32")
    whole = pel.Network(SIDE * SIDE, [pel.Dense(270, "tanh"), pel.Dense(3, "softmax")], seed=0)
    whole.parameters[...] = network.parameters
    assert (whole.predict(X) == network.predict(X)).all()


def test_what_is_written_where_there_is_no_weight_does_not_count():
    network, other = (after("native", pel.Adam(0.01)) for _ in range(2))
    other.weights[1][~masked()] = 7.0
    assert (other.predict(X) == network.predict(X)).all()
    pel.train(other, X, Y, epochs=1)
    assert (other.weights[1][~masked()] == 0).all()
