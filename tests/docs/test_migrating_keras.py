"""What the page for those who come from elsewhere says of Keras.

Where it says that two things are the same, both are trained from the same weights on all examples.
"""

import os

import numpy as np
import pytest

import pellucid as pel
from pellucid.plan.examples import as_examples
from pellucid.training.parts import hold_out

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of Keras' about NumPy
]

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)), RNG.normal(size=(40, 3))
BITS, CODES = (Y > 0).astype(float), Y.argmax(axis=1)
ONE_HOT = pel.one_hot(CODES, 3).astype(float)
WEIGHTS = RNG.uniform(0.5, 3, 40)
STEPS = 20
# What Keras calculates in float64 passes through a few float32 numbers.
KERAS = 2e-6
OUTPUTS = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}


@pytest.fixture
def keras():
    """Keras on torch, in double precision."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    keras.config.set_floatx("float64")
    keras.utils.set_random_seed(0)
    yield keras
    keras.config.set_floatx("float32")


def network_for(loss):
    layers = [pel.Dense(5, "tanh"), pel.Dense(3, OUTPUTS.get(loss, "identity"))]
    return pel.Network(4, layers, precision="float64")


def apart(
    keras,
    theirs,
    ours,
    *,
    loss="mse",
    their_loss="mse",
    targets=Y,
    weights=None,
    dense=None,
    **more,
):
    """How far both are apart in the end: the largest difference of a weight or bias.

    `theirs` and `ours` are optimizers, `dense` goes to Keras' layers and `more` to our training.
    """
    layers = ((5, "tanh"), (3, OUTPUTS.get(loss, "linear")))
    model = keras.Sequential(
        [keras.Input((4,)), *(keras.layers.Dense(n, f, **(dense or {})) for n, f in layers)]
    )
    model.compile(theirs, their_loss)
    network = network_for(loss)
    for l, layer in enumerate(model.layers, start=1):
        network.weights[l], network.biases[l] = layer.get_weights()
    model.fit(X, targets, batch_size=40, epochs=STEPS, sample_weight=weights, verbose=0)
    more |= {"loss": loss, "optimizer": ours, "sample_weight": weights}
    pel.train(network, X, targets, batch_size="all", epochs=STEPS, **more)
    return max(
        np.abs(theirs - ours).max()
        for l, layer in enumerate(model.layers, start=1)
        for theirs, ours in zip(
            layer.get_weights(), (network.weights[l], network.biases[l]), strict=True
        )
    )


def test_optimizers(keras):
    of = keras.optimizers
    schedule = of.schedules.CosineDecay(0.1, STEPS)
    tiny = 1e-30  # so that it does not matter where ε stands
    for theirs, ours in (
        (of.SGD(0.1), pel.SGD(0.1)),
        (of.SGD(0.1, momentum=0.9), pel.Momentum(0.1, 0.9)),
        (of.SGD(0.1, momentum=0.9, nesterov=True), pel.Nesterov(0.1, 0.9)),
        (of.SGD(schedule), pel.SGD(pel.Cosine(0.1))),
        (of.SGD(schedule, momentum=0.9), pel.Momentum(pel.Cosine(0.1), 0.9)),
        (of.Adam(0.01, epsilon=tiny), pel.Adam(0.01, epsilon=tiny)),
    ):
        assert apart(keras, theirs, ours) < KERAS, ours
    assert apart(keras, of.SGD(0.1, global_clipnorm=0.1), pel.SGD(0.1), clip_norm=0.1) < KERAS
    assert apart(keras, of.SGD(0.1, clipvalue=0.01), pel.SGD(0.1), clip_value=0.01) < KERAS
    assert apart(keras, of.SGD(0.1, clipnorm=0.1), pel.SGD(0.1), clip_norm=0.1) > 0.01
    decay = {"epsilon": tiny, "weight_decay": 0.1}
    assert apart(keras, of.AdamW(0.01, **decay), pel.AdamW(0.01, **decay)) > 1e-4
    weights_only = of.AdamW(0.01, **decay)
    weights_only.exclude_from_weight_decay(var_names=["bias"])
    assert apart(keras, weights_only, pel.AdamW(0.01, **decay)) < KERAS


def test_losses(keras):
    of, rate = keras.losses, keras.optimizers.SGD
    for loss, targets, theirs in (
        ("mse", Y, "mse"),
        ("mae", Y, "mae"),
        ("huber:0.5", Y, of.Huber(0.5)),
        ("cross_entropy", CODES, "sparse_categorical_crossentropy"),
        ("cross_entropy", ONE_HOT, "categorical_crossentropy"),
    ):
        both = {"loss": loss, "targets": targets, "their_loss": theirs}
        assert apart(keras, rate(0.1), pel.SGD(0.1), **both) < KERAS, loss
    smooth = of.CategoricalCrossentropy(label_smoothing=0.1)
    both = {"loss": "cross_entropy", "targets": ONE_HOT, "their_loss": smooth}
    assert apart(keras, rate(0.1), pel.SGD(0.1), label_smoothing=0.1, **both) < KERAS


def test_means(keras):
    """Over the outputs, of bits; over the number of examples, of weighted ones."""
    rate, bits = keras.optimizers.SGD, {"loss": "binary_cross_entropy", "targets": BITS}
    bits["their_loss"] = "binary_crossentropy"
    assert apart(keras, rate(0.3), pel.SGD(0.1), **bits) < KERAS  # three outputs
    assert apart(keras, rate(0.1), pel.SGD(0.1), **bits) > 1e-3
    mean = WEIGHTS.mean()
    assert apart(keras, rate(0.1), pel.SGD(0.1 * mean), weights=WEIGHTS) < KERAS
    assert apart(keras, rate(0.1), pel.SGD(0.1), weights=WEIGHTS) > 1e-3


def test_penalties_and_limits(keras):
    of, sgd = keras.regularizers, keras.optimizers.SGD
    dense = {"kernel_regularizer": of.L2(0.01)}
    assert apart(keras, sgd(0.1), pel.SGD(0.1), l2=0.02, dense=dense) < KERAS
    assert apart(keras, sgd(0.1), pel.SGD(0.1), l2=0.01, dense=dense) > 1e-4
    dense = {"kernel_regularizer": of.L1(0.01)}
    assert apart(keras, sgd(0.1), pel.SGD(0.1), l1=0.01, dense=dense) < KERAS
    dense = {"kernel_constraint": keras.constraints.MaxNorm(0.8)}
    assert apart(keras, sgd(0.1), pel.SGD(0.1), max_norm=0.8, dense=dense) < 1e-5
    assert apart(keras, sgd(0.1), pel.SGD(0.1), dense=dense) > 1e-3


def test_activations(keras):
    z = np.linspace(-3, 3, 61)[:, None]

    def ours(name):
        network = pel.Network(1, [pel.Dense(1, name)], precision="float64", initial="constant:1")
        return network.predict(z)

    same = ["relu", "tanh", "sigmoid", "elu", "selu", "gelu", "silu", "softplus", "softsign"]
    for theirs, name in [
        *zip(same, same, strict=True),
        ("linear", "identity"),
        ("exponential", "exp"),
    ]:
        found = keras.ops.convert_to_numpy(keras.activations.get(theirs)(z))
        np.testing.assert_allclose(found, ours(name), atol=1e-7, err_msg=name)
    leaky = keras.ops.convert_to_numpy(keras.activations.leaky_relu(z))
    assert (leaky[0], ours("leaky_relu")[0]) == pytest.approx((-0.6, -0.03))


def test_dropout_is_the_share_left_out(keras):
    """Of an output that is the sum of inputs · mask, the mean of (output − 1)² is p / (1 − p)."""
    ones, p = np.ones((4000, 1)), 0.2
    expected = pytest.approx(p / (1 - p), rel=0.15)
    start = {"kernel_initializer": "ones"}
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dropout(p), keras.layers.Dense(1, **start)]
    )
    model.compile(keras.optimizers.SGD(0.0), "mse")
    assert model.fit(ones, ones, verbose=0).history["loss"][0] == expected
    network = pel.Network(1, [pel.Dense(1, "identity")], initial="constant:1")
    run = pel.start(network, ones, ones, optimizer=pel.SGD(0.0), input_dropout=p, epochs=1)
    (cost,) = [event.record.cost for event in run if isinstance(event, pel.EpochEnded)]
    assert cost == expected


def fit_still(keras, model, **numbers):
    """A fit that changes nothing."""
    model.compile(keras.optimizers.SGD(0.0), "mse")
    return model.fit(X, Y, verbose=0, **numbers).history


def sorted_classes():
    """Twenty examples of one class, then twenty of another."""
    architecture = pel.Architecture(4, [pel.Dense(2, "softmax")])
    return as_examples(architecture, "cross_entropy", X, np.repeat([0, 1], 20))


def test_held_out_part_and_early_stopping(keras):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    losses = fit_still(keras, model, validation_split=0.25)["val_loss"]
    assert losses == pytest.approx([model.evaluate(X[30:], Y[30:], verbose=0)])
    stop = keras.callbacks.EarlyStopping(patience=4)
    history = fit_still(keras, model, validation_split=0.25, epochs=30, callbacks=[stop])
    assert len(history["loss"]) == 1 + 4
    assert not stop.restore_best_weights
    network = pel.Network(4, [pel.Dense(3, "identity")])
    run = pel.start(network, X, Y, optimizer=pel.SGD(0.0), validation=0.25, patience=4, epochs=30)
    costs = [event.record for event in run if isinstance(event, pel.EpochEnded)]
    assert len(costs) == 1 + 4
    last = ((network.predict(X[30:]) - Y[30:]) ** 2).mean()
    assert costs[0].validation_cost != pytest.approx(last, rel=1e-3)
    held_out = hold_out(network, run.plan.recipe, sorted_classes(), 0.25)[1]
    assert np.bincount(held_out.Y).tolist() == [5, 5]


def test_defaults(keras):
    of = keras.optimizers
    assert (of.Adam().epsilon, of.AdamW().weight_decay) == (1e-7, 0.004)
    assert (pel.Adam().epsilon, pel.AdamW().weight_decay) == (1e-8, 0.01)
    assert of.SGD().get_config()["learning_rate"] == pytest.approx(0.01)
    assert pel.SGD().learning_rate == 0.1
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    assert len(fit_still(keras, model)["loss"]) == 1
    assert pel.Recipe().epochs == 10
    kernel, bias = keras.Sequential([keras.Input((90,)), keras.layers.Dense(60)]).get_weights()
    assert 0.95 * np.sqrt(6 / 150) < np.abs(kernel).max() < np.sqrt(6 / 150)
    assert not bias.any()
    weight = keras.Variable(np.zeros(1))
    of.Adam(1.0, epsilon=0.1).apply([keras.ops.ones(1)], [weight])  # beside √v
    moved = -keras.ops.convert_to_numpy(weight).item()
    assert moved == pytest.approx(1 / (1 + 0.1 / np.sqrt(0.001)), rel=1e-4)


def test_batch_normalization(keras):
    """Its averages keep 0.99 and take the biased variance; what it predicts can be carried over."""
    dense, norm = keras.layers.Dense(5), keras.layers.BatchNormalization()
    layers = [dense, norm, keras.layers.Activation("tanh"), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    Z = dense.get_weights()[1] + X @ dense.get_weights()[0]
    fit_still(keras, model, batch_size=40)
    gain, shift, mean, variance = norm.get_weights()
    np.testing.assert_allclose(mean, 0.01 * Z.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(variance, 0.99 + 0.01 * Z.var(axis=0), rtol=1e-6)
    assert norm.epsilon == 0.001

    gain, shift = RNG.normal(size=(2, 5))
    norm.set_weights([gain, shift, mean, variance])
    network = pel.Network(
        4, [pel.Dense(5, "tanh", norm="batch"), pel.Dense(3, "identity")], precision="float64"
    )
    for l, layer in enumerate((dense, layers[-1]), start=1):
        network.weights[l], network.biases[l] = layer.get_weights()
    named = {segment.name: segment.view(network.parameters) for segment in network.segments}
    named["gain.1"][:], named["shift.1"][:] = gain, shift
    network.buffers[:] = [*mean, *(variance + 0.001 - 0.00001)]
    np.testing.assert_allclose(network.predict(X), model.predict(X, verbose=0), atol=1e-6)
