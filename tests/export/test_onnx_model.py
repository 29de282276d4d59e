"""Networks as models of ONNX: what onnx's checker and onnxruntime say of them."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pellucid as pel
from pellucid.arrays import PRECISIONS
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.normalization import NORMS
from pellucid.export.onnx_model import OPSET, graph_of, to_onnx
from tests.engines.strategies import OUTPUTS, architectures
from tests.export.reading import carry_out

CLOSE = {"float32": 1e-6, "float64": 1e-12}
# What its output layer is given, what is before it, how inputs are scaled.
KINDS = {
    "plain": {},
    "one layer": {"hidden": ()},
    "skip": {"inputs": (0, 1)},
    "one bias a layer": {"bias": "layer"},
    "no bias": {"bias": "none"},
    "mask": {"masks": {1: np.eye(5, 2)}},
    "batch norm": {"hidden": (pel.Dense(5, "tanh", norm="batch"),), "norm": "batch"},
    "layer norm": {"hidden": (pel.Dense(5, "tanh", norm="layer"),)},
    "scaled": {"scale": 1 / 255, "shift": (0.0, 0.5, -0.5)},
}


def network_of(kind, precision):
    """A network with a layer of that kind, whose numbers are all drawn."""
    given = dict(KINDS[kind])
    hidden = given.pop("hidden", (pel.Dense(5, "tanh"),))
    scaling = {name: given.pop(name) for name in ("scale", "shift") if name in given}
    layers = (*hidden, pel.Dense(2, "identity", **given))
    return drawn(pel.Network(3, layers, precision=precision, **scaling))


def drawn(network, seed=0):
    """The same network, with biases, gains and running averages that are not at their first."""
    random = np.random.default_rng(seed)
    network.parameters[:] += (network.parameters != 0) * random.normal(
        0, 0.1, network.parameters.shape
    )
    for bias in network.biases.values():
        bias[...] = random.normal(size=bias.shape)
    network.buffers[:] = random.uniform(0.5, 2.0, network.buffers.shape)
    return network


@pytest.fixture(scope="module")
def run():
    """Check a model of ONNX in full and carry it out, on one thread."""
    import onnx
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1

    def check_and_run(model, *batches):
        onnx.checker.check_model(model, full_check=True)
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        found = [session.run(["P"], {"X": X})[0] for X in batches]
        return found[0] if len(batches) == 1 else found

    return check_and_run


def test_the_input_is_x_and_the_prediction_p():
    network = network_of("skip", "float64")
    X = np.random.default_rng(0).normal(size=(7, 3))
    values = carry_out(graph_of(network), X)
    np.testing.assert_allclose(values["P"], network.predict(X), rtol=1e-12)


def test_the_graph_has_the_weights_as_they_were():
    network = network_of("plain", "float64")
    X = np.random.default_rng(0).normal(size=(7, 3))
    before, graph = network.predict(X), graph_of(network)
    network.parameters[:] = 0.0
    np.testing.assert_allclose(carry_out(graph, X)["P"], before, rtol=1e-12)


def test_what_is_no_network_is_told_the_way():
    model = pel.MLPRegressor()
    with pytest.raises(pel.DataError, match=r"got MLPRegressor.*converted by skl2onnx\.to_onnx"):
        to_onnx(model)


def test_without_onnx_the_error_names_the_extra():
    script = (
        "import sys; sys.modules['onnx'] = None\n"  # Python's way to say: not to be had
        "import pellucid as pel\n"
        "try:\n"
        "    pel.to_onnx(pel.Network(1, [pel.Dense(1)]))\n"
        "except pel.UnsupportedError as problem:\n"
        "    print(problem)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == (
        "to_onnx: expected the package onnx, which is not installed. Install it with: "
        "pip install 'pellucid[onnx]'\n"
    ), done.stderr


@pytest.mark.peers
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_in_onnxruntime(run, name, precision):
    pieces = 3 if ACTIVATIONS[name].grouped else 1
    network = drawn(pel.Network(4, [pel.Dense(6, name, pieces=pieces)], precision=precision))
    X = np.random.default_rng(1).normal(size=(1000, 4)).astype(precision)
    found = run(to_onnx(network), X)
    close = CLOSE[precision]
    assert found.dtype == precision
    np.testing.assert_allclose(found, network.predict(X), rtol=close, atol=close)


@pytest.mark.peers
@pytest.mark.parametrize("name", ["step", "sign"])
def test_jumps_are_on_the_same_side_at_zero(run, name):
    network = pel.Network(2, [pel.Dense(3, name, bias="none")])
    assert (run(to_onnx(network), np.zeros((1, 2), np.float32)) == network.predict([[0, 0]])).all()


@pytest.mark.peers
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_layer_in_onnxruntime(run, kind, precision):
    network = network_of(kind, precision)
    X = np.random.default_rng(1).normal(size=(1000, 3)).astype(precision)
    close = CLOSE[precision]
    found = run(to_onnx(network), X, X[:1], X[:0])
    assert [P.shape for P in found] == [(1000, 2), (1, 2), (0, 2)]
    for P, rows in zip(found, (X, X[:1]), strict=False):
        np.testing.assert_allclose(P, network.predict(rows), rtol=close, atol=close)


@pytest.mark.peers
@given(st.sampled_from(OUTPUTS).flatmap(architectures))
@settings(deadline=None, max_examples=60)
def test_any_network_in_onnxruntime(run, architecture):
    """In float64: of a norm over few units, several layers deep, float32 keeps too few digits."""
    network = drawn(
        pel.Network(
            architecture.n_inputs,
            architecture.layers,
            scale=architecture.scale,
            shift=architecture.shift,
            precision="float64",
        )
    )
    X = np.random.default_rng(1).normal(size=(20, architecture.n_inputs))
    expected = network.predict(X)
    close = 1e-11 * max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(run(to_onnx(network), X), expected, rtol=0, atol=close)


@pytest.mark.peers
@pytest.mark.parametrize("norm", NORMS)
def test_shapes_are_known_for_any_number_of_rows(norm):
    import onnx

    layers = [pel.Dense(4, "maxout", norm=norm, pieces=2), pel.Dense(3, "gelu", inputs=(0, 1))]
    for precision in PRECISIONS:
        model = to_onnx(pel.Network(2, layers, precision=precision, scale=2.0))
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
        shapes = {
            value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
            for value in inferred.graph.value_info
        }
        made = {name for node in model.graph.node for name in node.output} - {"P"}
        assert made <= set(shapes)
        assert shapes["Z.1"] == ["n", 8]
        assert shapes["A.1"] == ["n", 4]
        assert {shape[0] for shape in shapes.values() if shape} == {"n"}


@pytest.mark.peers
def test_every_later_version_reads_the_same(run):
    """Operators whose meaning or arguments changed since are not used."""
    import onnx

    latest = min(onnx.defs.onnx_opset_version(), 22)  # what onnxruntime promises may lag behind
    for name, row in ACTIVATIONS.items():
        for precision in PRECISIONS:
            layers = [
                pel.Dense(
                    3, name if name != "softmax" else "tanh", norm=norm, pieces=1 + row.grouped
                )
                for norm in NORMS
            ]
            if name == "softmax":
                layers[-1] = pel.Dense(3, "softmax")
            network = pel.Network(3, layers, precision=precision)
            X = np.random.default_rng(0).normal(size=(5, 3)).astype(precision)
            model = to_onnx(network)
            first = run(model, X)
            for version in range(OPSET + 1, latest + 1):
                model.opset_import[0].version = version
                np.testing.assert_allclose(run(model, X), first, rtol=1e-6, err_msg=str(version))


@pytest.mark.peers
def test_no_earlier_version_has_the_operators(run):
    import onnx

    model = to_onnx(pel.Network(1, [pel.Dense(1, "gelu")]))
    model.opset_import[0].version = OPSET - 1
    with pytest.raises(onnx.checker.ValidationError, match="Erf"):
        run(model, np.zeros((1, 1), np.float32))


@pytest.mark.peers
def test_a_file_read_back_is_the_same_model(tmp_path):
    import onnx

    model = to_onnx(network_of("batch norm", "float32"))
    (tmp_path / "network.onnx").write_bytes(model.SerializeToString())
    assert onnx.load(tmp_path / "network.onnx") == model
    assert model.producer_name == "pellucid"
