"""A walk by hand, a walk through wide networks, and what a walk says of any network."""

import math
import re

import numpy as np
import pytest

import pellucid as pel
from pellucid.inspection.expressions import FORMATS
from pellucid.inspection.layouts import WIDTH
from pellucid.inspection.notation import NOTATIONS

PAGE = 66  # lines of plain text on a sheet of A4


def small():
    """2-2-1, sigmoid everywhere, with numbers for a pocket calculator."""
    layers = [pel.Dense(2, "sigmoid"), pel.Dense(1, "sigmoid")]
    network = pel.Network(2, layers, precision="float64")
    network.weights[1] = [[0.1, -0.2], [0.3, 0.4]]  # from, to
    network.biases[1] = [0.5, -0.6]
    network.weights[2] = [[0.7], [-0.8]]
    network.biases[2] = [0.9]
    return network


def test_2_2_1_by_hand(capsys):
    """Each number once more, by a formula on one line, and printed."""
    x0, x1, y, rate = 1.0, 2.0, 1.0, 0.5
    sigma = lambda z: 1 / (1 + math.exp(-z))  # noqa: E731
    by_hand = {
        "z_{0}^{(1)}": (z0 := 0.1 * x0 + 0.3 * x1 + 0.5),
        "a_{0}^{(1)}": (a0 := sigma(z0)),
        "z_{1}^{(1)}": (z1 := -0.2 * x0 + 0.4 * x1 - 0.6),
        "a_{1}^{(1)}": (a1 := sigma(z1)),
        "z_{0}^{(2)}": (z := 0.7 * a0 - 0.8 * a1 + 0.9),
        "a_{0}^{(2)}": (a := sigma(z)),
        "C": -(y * math.log(a) + (1 - y) * math.log(1 - a)),
        "∂C/∂a_{0}^{(2)}": (dA := -y / a + (1 - y) / (1 - a)),
        "δ_{0}^{(2)}": (d := dA * a * (1 - a)),
        "δ_{0}^{(2)}, fused": a - y,
        "∂C/∂a_{0}^{(1)}": (dA0 := 0.7 * d),
        "δ_{0}^{(1)}": (d0 := dA0 * a0 * (1 - a0)),
        "∂C/∂a_{1}^{(1)}": (dA1 := -0.8 * d),
        "δ_{1}^{(1)}": (d1 := dA1 * a1 * (1 - a1)),
        "∂C/∂w_{0,0}^{(2)}": d * a0,
        "∂C/∂w_{0,1}^{(2)}": d * a1,
        "∂C/∂b_{0}^{(2)}": d,
        "∂C/∂w_{0,0}^{(1)}": d0 * x0,
        "∂C/∂w_{0,1}^{(1)}": d0 * x1,
        "∂C/∂b_{0}^{(1)}": d0,
        "∂C/∂w_{1,0}^{(1)}": d1 * x0,
        "∂C/∂w_{1,1}^{(1)}": d1 * x1,
        "∂C/∂b_{1}^{(1)}": d1,
    }
    walk = pel.walk(small(), [[x0, x1]], [[y]], optimizer=pel.SGD(rate))
    print()  # noqa: T201
    for name, value in by_hand.items():
        print(f"{name:<22} {value:.15g}")  # noqa: T201
        assert walk.value(name) == pytest.approx(value, rel=1e-13, abs=1e-16), name
    print(walk)  # noqa: T201
    steps = [s for s in walk.statements if s.parts[0] == "Δw"]
    assert steps[0].value == pytest.approx(-rate * d * a0, rel=1e-12)
    new = [s for s in walk.statements if s.parts[0] == "new w"]
    assert new[0].value == pytest.approx(0.7 - rate * d * a0, rel=1e-12)
    assert "by hand" not in capsys.readouterr().err


def test_the_text_for_2_2_1():
    """The whole sheet, as a reader sees it."""
    text = str(pel.walk(small(), [[1, 2], [0, 1]], [[1], [0]], optimizer=pel.SGD(0.5)))
    for line in (
        "z_0^(1) = Σ_i w_0,i^(1) a_i^(0) + b_0^(1) = 0.1·1 + 0.3·2 + 0.5 = 1.2",
        "a_0^(1) = sigmoid(z_0^(1)) = 1 / (1 + exp(−1.2)) = 0.7685",
        "C = −Σ (y log p + (1 − y) log(1 − p)) = −(1 log 0.7385 + (1 − 1) log(1 − 0.7385)) = 0.303",
        "∂C/∂a_0^(2) = −y/a + (1 − y)/(1 − a) = −1/0.7385 + (1 − 1)/(1 − 0.7385) = −1.354",
        "a′ = 0.7385 (1 − 0.7385) = 0.1931; δ_0^(2) = ∂C/∂a_0^(2) · a′ = (−1.354)·0.1931 = −0.2615",
        "δ_0^(2), fused = a_0^(2) − y = 0.7385 − 1 = −0.2615",
        "∂C/∂a_0^(1) = Σ_k w_k,0^(2) δ_k^(2) = 0.7·(−0.2615) = −0.1831",
        "∂C/∂w_0,0^(2) = δ_0^(2) a_0^(1) = (−0.2615)·0.7685 = −0.201",
        "Δw = −η ∂C/∂w = −0.5·(−0.201) = 0.1005",
        "new w = 0.7 + 0.1005 = 0.8005",
    ):
        assert line in " ".join(text.split()), line


@pytest.mark.parametrize(
    ("output", "loss"),
    [("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy"), ("exp", "poisson")],
)
@pytest.mark.parametrize("seed", range(5))
def test_the_unfused_product_is_the_fused_delta(output, loss, seed):
    random = np.random.default_rng(seed)
    layers = [pel.Dense(3, "tanh"), pel.Dense(4, output)]
    network = pel.Network(2, layers, seed=seed, precision="float64")
    Y = random.integers(0, 4, (1,)) if output == "softmax" else random.integers(0, 2, (1, 4))
    walk = pel.walk(network, random.normal(size=(1, 2)), Y, loss=loss)
    deltas = [
        s for s in walk.statements if s.parts[0].startswith("δ_") and s.parts[0].endswith("(2)}")
    ]
    fused = [s for s in walk.statements if s.parts[0].endswith("fused")]
    assert len(deltas) == len(fused) == 4
    for product, other in zip(deltas, fused, strict=True):
        assert product.value == pytest.approx(other.value, rel=1e-12, abs=1e-15)
        assert (
            other.value
            == walk.trace.P[0, deltas.index(product)] - walk.trace.Y[0, deltas.index(product)]
        )


def test_a_certain_wrong_answer_shows_why_the_fused_form_exists():
    network = pel.Network(1, [pel.Dense(1, "sigmoid")], precision="float64")
    network.weights[1] = [[1000.0]]
    network.biases[1] = [0.0]
    text = str(pel.walk(network, [[1.0]], [[0.0]]))
    assert (
        "no value, as a factor has none or infinity meets 0: only the fused form below has one"
        in " ".join(text.split())
    )
    assert "δ_0^(1), fused = a_0^(1) − y = 1 − 0 = 1" in text


@pytest.mark.parametrize("sizes", [(784, 30, 10), (784, 2500, 2000, 1500, 1000, 500, 10)])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_wide_networks_fit_a_page(sizes, notation):
    layers = [pel.Dense(n, "sigmoid") for n in sizes[1:-1]]
    network = pel.Network(sizes[0], [*layers, pel.Dense(10, "softmax")], seed=1, scale=1 / 255)
    random = np.random.default_rng(0)
    X = random.integers(0, 256, (32, 784)).astype(np.uint8)
    X[random.random((32, 784)) < 0.8] = 0
    walk = pel.walk(network, X, random.integers(0, 10, 32), row=7, notation=notation)
    lines = str(walk).splitlines()
    assert len(lines) <= PAGE
    assert max(map(len, lines)) <= WIDTH


def numbers_of(text):
    """The value of a sum as it is written, with the sum of the rest in it."""
    text = text.replace("−", "-").replace("·10^{", "e").replace("}", "").replace("·", "*")
    text = re.sub(r" \[[^]]*\]", "", text)
    return eval(text, {"__builtins__": {}})


def test_shortened_sums_are_right():
    """The terms written out and the rest come to the result, in as many digits as are shown."""
    layers = [pel.Dense(40, "tanh"), pel.Dense(30, "tanh"), pel.Dense(10, "softmax")]
    network = pel.Network(50, layers, seed=2, precision="float64")
    X, Y = np.random.default_rng(3).normal(size=(4, 50)), [1, 2, 3, 4]
    walk = pel.walk(network, X, Y, row=2, digits=15)
    sums = [s for s in walk.statements if s.parts[0].startswith("z_")]
    sums += [
        s for s in walk.statements if s.parts[0].startswith("∂C/∂a") and "(3)" not in s.parts[0]
    ]
    assert len(sums) > 8
    for statement in sums:
        assert numbers_of(statement.parts[2]) == pytest.approx(
            statement.value, rel=1e-10, abs=1e-13
        )
    assert any("more]" in s.parts[2] for s in sums)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_format_has_every_statement(form, notation):
    walk = pel.walk(small(), [[1, 2], [0, 1]], [[1], [0]], notation=notation)
    text = walk.formatted(form)
    assert len(walk.statements) > 40
    squeezed = "".join(text.split())
    for statement in walk.statements:
        assert "".join(FORMATS[form](statement.parts[-1]).strip("$").split()) in squeezed


def test_names_follow_the_notation():
    one = str(pel.walk(small(), [[1, 2]], [[1]], notation="from_one"))
    assert "z_1^(2) = Σ_i w_1,i^(2) a_i^(1) + b_1^(2) = 0.1·1 + 0.3·2 + 0.5 = 1.2" in one
    assert "∂C/∂w_12^(2) = δ_1^(2) a_2^(1)" in one
    sums = str(pel.walk(small(), [[1, 2]], [[1]], notation="sums"))
    assert "x_j1 = Σ_i W_i,j1 O_i + θ_j1 = 0.1·1 + 0.3·2 + 0.5 = 1.2" in sums
    assert "∂C/∂θ_j1 = δ_j1" in sums
    assert "Δθ = " in sums
    matrix = str(pel.walk(small(), [[1, 2]], [[1]], notation="matrix"))
    assert "z_0^(1) = Σ_i W̃_0,i^(1) ã_i^(0) = 0.1·1 + 0.3·2 + 0.5 = 1.2" in matrix
    assert "∂C/∂W̃_0,2^(1) = δ_0^(1)" in matrix


def test_the_batch_is_the_mean_of_its_examples():
    X, Y = np.random.default_rng(0).normal(size=(5, 2)), [[1], [0], [0], [1], [1]]
    walk = pel.walk(small(), X, Y, row=3, optimizer=pel.SGD(0.5))
    gradient = pel.trace(small(), X, Y).gradient
    last = walk.sections[-1]
    assert last.title == "The batch: 5 examples"
    cost, weight = last.lines[0].statements[0], last.lines[1].statements[0]
    assert cost.value == pytest.approx(pel.trace(small(), X, Y).cost, rel=1e-14)
    assert weight.parts[0] == "∂C/∂w_{0,0}^{(2)}"
    assert weight.value == pytest.approx(gradient[6], rel=1e-13)
    trained = small()
    pel.train(trained, X, Y, optimizer=pel.SGD(0.5), epochs=1, batch_size="all", engine="reference")
    assert last.lines[1].statements[2].value == pytest.approx(trained.parameters[6], rel=1e-13)


def test_sample_weights_count_in_the_mean():
    X, Y, weights = [[1, 2], [0, 1], [2, 0]], [[1], [0], [1]], [1.0, 0.0, 3.0]
    walk = pel.walk(small(), X, Y, sample_weight=weights)
    assert walk.batch.cost == pel.trace(small(), X, Y, sample_weight=weights).cost
    assert walk.sections[-1].lines[0].statements[0].value == pytest.approx(walk.batch.cost)
    assert "weighted" in walk.sections[-1].about


@pytest.mark.parametrize(
    "recipe",
    [
        pel.Recipe(loss="binary_cross_entropy", optimizer=pel.Adam(0.01)),
        pel.Recipe(loss="binary_cross_entropy", optimizer=pel.Momentum(0.1), l2=0.3, l1=0.1),
        pel.Recipe(loss="half_sse", optimizer=pel.SGD(1.0), clip_norm=0.01),
        pel.Recipe(loss="binary_cross_entropy", optimizer=pel.RMSprop(), label_smoothing=0.2),
        pel.Recipe(loss="mse", optimizer=pel.SGD(1.0), frozen=(1,), rate_factors={2: 0.5}),
        pel.Recipe(loss="mae", optimizer=pel.SGD(pel.Cosine(0.3)), max_norm=0.5),
    ],
)
def test_the_step_is_that_of_training(recipe):
    """Whatever the recipe: the new weights are those of a first step of the reference engine."""
    X, Y = np.random.default_rng(0).normal(size=(5, 2)), [[1], [0], [0], [1], [1]]
    walk = pel.walk(small(), X, Y, recipe=recipe)
    given = {name: getattr(recipe, name) for name in recipe.__dataclass_fields__}
    for name in ("precision", "batch_size", "epochs"):
        given.pop(name)
    trained = small()
    pel.train(trained, X, Y, **given, batch_size="all", epochs=1, engine="reference")
    new = [s.value for s in walk.sections[-1].lines[1].statements if s.parts[0] == "new w"]
    assert new == [pytest.approx(trained.parameters[6], rel=1e-12)]


def test_a_solver_has_no_step_to_show():
    recipe = pel.Recipe(loss="half_sse", optimizer=pel.LBFGS())
    text = str(pel.walk(small(), [[1, 2], [0, 1]], [[1], [0]], recipe=recipe))
    assert "lbfgs chooses its steps itself" in text
    assert "Δw" not in text


def test_focus_shows_what_is_asked_for():
    network = pel.Network(50, [pel.Dense(40, "tanh"), pel.Dense(10, "softmax")], seed=2)
    X, Y = np.random.default_rng(3).normal(size=(1, 50)), [1]
    told = str(pel.walk(network, X, Y))
    unit = next(u for u in range(40) if f"a_{u}^(1)" not in told)
    walk = pel.walk(network, X, Y, focus=[f"a_{unit}^1", f"w_{{{unit},33}}^1"])
    assert walk.value(f"δ_{{{unit}}}^{{(1)}}") == walk.trace.dZ[1][0, unit]
    gradient = walk.trace.dW[1][33, unit]
    assert walk.value(f"∂C/∂w_{{{unit},33}}^{{(1)}}") == gradient


@pytest.mark.parametrize(
    "layers",
    [
        [pel.Dense(3, "relu"), pel.Dense(2, "softmax", inputs=(0, 1))],
        [pel.Dense(3, "maxout", pieces=2), pel.Dense(2, "softmax")],
        [pel.Dense(3, "tanh", norm="batch"), pel.Dense(2, "softmax", norm="batch")],
        [pel.Dense(3, "gelu", norm="layer"), pel.Dense(2, "softmax", norm="layer")],
        [pel.Dense(3, "silu", bias="layer"), pel.Dense(2, "softmax", bias="none")],
        [pel.Dense(3, "elu", masks={0: ["110", "011"]}), pel.Dense(2, "softmax")],
    ],
)
def test_any_network_is_walked_through(layers):
    """Each delta that is told is the trace's, also where it is a product of factors shown."""
    network = pel.Network(2, layers, seed=1, precision="float64")
    network.buffers[...] = np.random.default_rng(0).uniform(0.5, 2, network.buffers.shape)
    X, Y = np.random.default_rng(1).normal(size=(3, 2)), [0, 1, 1]
    walk = pel.walk(network, X, Y, row=1)
    for l in (1, 2):
        for s in range(network.architecture.sums(l)):
            told = walk.value(f"δ_{{{s}}}^{{({l})}}")
            assert told == pytest.approx(walk.trace.dZ[l][0, s], rel=1e-12, abs=1e-15)
            assert walk.value(f"z_{{{s}}}^{{({l})}}") == walk.trace.Z[l][0, s]
    for form in FORMATS:
        assert walk.formatted(form)


def test_integer_pixels_and_rows_from_the_end():
    network = pel.Network(4, [pel.Dense(2, "softmax")], scale=1 / 255)
    X = np.array([[0, 255, 0, 0], [255, 0, 0, 51]], np.uint8)
    text = str(pel.walk(network, X, [0, 1], row=-1))
    assert text.startswith("Example 1 through 4-2.")
    assert "·0.2" in text


def test_what_does_not_fit_is_refused():
    network = small()
    with pytest.raises(pel.DataError, match="row: expected a whole number from 0 to 0, got 3"):
        pel.walk(network, [[1, 2]], [[1]], row=3)
    with pytest.raises(pel.RecipeError, match="notation: expected one of"):
        pel.walk(network, [[1, 2]], [[1]], notation="greek")
    with pytest.raises(pel.RecipeError, match="got both"):
        pel.walk(network, [[1, 2]], [[1]], loss="mse", recipe=pel.Recipe(loss="mse"))
    with pytest.raises(pel.RecipeError, match="format: expected one of text"):
        pel.walk(network, [[1, 2]], [[1]]).formatted("pdf")
    with pytest.raises(pel.DataError, match="expected a name on the left"):
        pel.walk(network, [[1, 2]], [[1]]).value("z_9")
