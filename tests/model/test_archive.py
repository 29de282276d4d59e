import contextlib
import json
import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as save_tensors

from pellucid import Dense, FileError, Model, ModelFileError, Network, load, load_model, train
from pellucid.data.columns import columns_of
from pellucid.data.dataset import ImageFormat
from pellucid.data.encode import Raw
from pellucid.data.table_format import TableFormat
from pellucid.data.target import Scaling
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES
from pellucid.equations.normalization import NORMS
from pellucid.files import decode, encode
from pellucid.model.archive import save, sealed

STORED = Path(__file__).parent / "data" / "version-1.safetensors"


def masked():
    """A network with everything that a file can hold."""
    layers = [
        Dense(3, "tanh", bias="layer", norm="batch", masks={0: ("110", "011")}),
        Dense(2, "softmax", inputs=(0, 1)),
    ]
    return Network(2, layers, seed=5, scale=(0.5, 2.0), shift=(0.25, -1.0))


def same(model, other):
    """Whether two models are equal to the last bit."""
    mine, yours = model.network, other.network
    return (
        mine.architecture == yours.architecture
        and mine.parameters.dtype == yours.parameters.dtype
        and mine.parameters.tobytes() == yours.parameters.tobytes()
        and mine.buffers.tobytes() == yours.buffers.tobytes()
        and model == replace(other, network=mine)
    )


@pytest.fixture
def stored(tmp_path):
    """A small model and its file, to be damaged."""
    path = tmp_path / "model.safetensors"
    model = Model(masked(), ("no", "yes"), ImageFormat(1, 2, 16, "box"), "cross_entropy")
    save(model, path)
    return model, path


def parts(path):
    """The tensors and metadata of a file, without the digest."""
    tensors, metadata = decode(path.read_bytes(), path)
    del metadata["digest"]
    return {name: tensor.copy() for name, tensor in tensors.items()}, metadata


def write(path, tensors, metadata):
    """Write a file whose digest is right, whatever it holds."""
    path.write_bytes(encode(tensors, sealed(tensors, metadata)))


@st.composite
def models(draw):
    n_inputs, n_layers = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    hidden = sorted(set(ACTIVATIONS) - {"softmax"})
    units, layers = [n_inputs], []
    for number in range(1, n_layers + 1):
        units.append(draw(st.integers(1, 4)))
        sources = {number - 1} | draw(st.sets(st.integers(0, number - 1)))
        names = hidden if number < n_layers else sorted(ACTIVATIONS)
        activation = draw(st.sampled_from(names))
        pieces = draw(st.integers(2, 3)) if ACTIVATIONS[activation].grouped else 1
        sums = units[-1] * pieces
        masks = {
            k: draw(
                st.lists(
                    st.text("01", min_size=sums, max_size=sums),
                    min_size=units[k],
                    max_size=units[k],
                )
            )
            for k in draw(st.sets(st.sampled_from(sorted(sources))))
        }
        layers.append(
            Dense(
                units[-1],
                activation,
                inputs=tuple(sorted(sources)) if draw(st.booleans()) or len(sources) > 1 else None,
                bias=draw(st.sampled_from(["neuron", "layer", "none"])),
                norm=draw(st.sampled_from(sorted(NORMS))),
                masks=masks,
                pieces=pieces,
            )
        )
    numbers = st.floats(-1e3, 1e3, allow_subnormal=False)
    scaling = st.one_of(numbers, st.lists(numbers, min_size=n_inputs, max_size=n_inputs))
    network = Network(
        n_inputs,
        layers,
        seed=draw(st.integers(0, 9)),
        precision=draw(st.sampled_from(["float32", "float64"])),
        scale=draw(scaling),
        shift=draw(scaling),
    )
    network.buffers[...] = np.abs(np.random.default_rng(0).normal(size=network.buffers.shape))
    n_classes = max(units[-1], 2)
    names = st.lists(st.text(max_size=9), min_size=n_classes, max_size=n_classes).map(tuple)
    return Model(
        network,
        draw(st.none() | names),
        draw(st.none() | st.just(ImageFormat(n_inputs, 1, 7, "box", 1))),
        draw(st.none() | st.sampled_from([*sorted(LOSSES), "huber:0.5", "quantile:0.1,0.9"])),
        draw(st.none() | st.just(TableFormat(Raw(columns_of(np.eye(n_inputs))), ("y",), "labels"))),
        draw(st.none() | st.just(Scaling((0.1,), (1 / 3,)))),
    )


@settings(deadline=None, max_examples=60)
@given(model=models())
def test_every_model_comes_back_to_the_last_bit(tmp_path_factory, model):
    path = tmp_path_factory.mktemp("archive") / "m.safetensors"
    save(model, path)
    again = load_model(path)
    assert same(model, again)
    X = np.random.default_rng(1).normal(size=(3, model.network.architecture.n_inputs))
    assert np.array_equal(model.network.predict(X), load(path).predict(X), equal_nan=True)
    assert again.network.parameters.flags.writeable


def test_arrays_in_columns_are_not_scrambled(tmp_path):
    network = Network(3, [Dense(4, "identity")], precision="float64")
    weights = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    network.weights[1] = weights
    tensors, metadata = {"weights.0.1": weights, "bias.1": np.zeros(4)}, {}
    network.save(tmp_path / "m.safetensors")
    _, metadata = parts(tmp_path / "m.safetensors")
    write(tmp_path / "columns.safetensors", tensors, metadata)
    for name in ("m", "columns"):
        assert np.array_equal(load(tmp_path / f"{name}.safetensors").weights[1], weights)


def test_a_trained_network_with_running_averages_predicts_the_same(tmp_path, blobs):
    network = Network(2, [Dense(4, norm="batch"), Dense(3, "softmax")])
    train(network, *blobs, epochs=2, engine="reference")
    network.save(tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors")
    assert np.array_equal(again.buffers, network.buffers)
    assert np.array_equal(again.predict(blobs[0]), network.predict(blobs[0]))


def test_a_file_of_version_1_is_read_for_ever():
    """The bytes were written once, by the first version; so were these predictions."""
    model = load_model(STORED)
    assert model.network.architecture == masked().architecture
    assert model.classes == ("no", "yes")
    assert model.image == ImageFormat(1, 2, 16, "box")
    assert model.loss == "cross_entropy"
    expected = json.loads(STORED.with_suffix(".json").read_text())
    found = model.network.predict(np.array(expected["X"]))
    np.testing.assert_allclose(found, expected["P"], rtol=1e-5)


def test_every_truncation_is_one_clear_error(stored):
    _, path = stored
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(ModelFileError, match=r"damaged"):
            load_model(path)


def test_every_flipped_bit_is_an_error_or_harmless(stored):
    model, path = stored
    content = path.read_bytes()
    random = np.random.default_rng(0)
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << int(random.integers(8))
        path.write_bytes(changed)
        with contextlib.suppress(ModelFileError):
            assert same(load_model(path), model), place


def test_bytes_added_at_the_end_are_refused(stored):
    _, path = stored
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ModelFileError, match="1 bytes are left over"):
        load_model(path)


def test_a_file_of_another_program_is_refused(tmp_path):
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(save_tensors({"weights.0.1": np.zeros((2, 2), np.float32)}))
    with pytest.raises(ModelFileError, match="expected a file of the format pellucid.model"):
        load_model(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n" * 20, b"{}" * 99])
def test_something_else_altogether_is_refused(tmp_path, content):
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="is damaged or was not written by Pellucid"):
        load(path)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("m['version'] = 3", "up to version 2, got 3. Install a newer Pellucid"),
        ("m['version'] = 0", "up to version 2, got 0"),
        ("m['version'] = True", "up to version 2, got True"),
        ("m['format'] = 'pellucid.checkpoint'", "expected a file of the format pellucid.model"),
        ("m['author'] = 'me'", "expected the entries"),
        ("del m['classes']", "expected the entries"),
        ("m['architecture']['extra'] = 1", "expected a table with"),
        ("m['architecture']['layers'][0]['extra'] = 1", "expected a layer"),
        ("m['architecture']['layers'][0]['units'] = -1", "at least 1"),
        ("m['architecture']['layers'][0]['activation'] = 'magic'", "expected one of"),
        ("m['architecture']['layers'] = 'none'", "not a table with layers"),
        ("m['architecture']['layers'][0]['units'] = 1 << 40", "is damaged"),
        ("m['architecture']['n_inputs'] = 1 << 29", "is damaged"),
        ("m['architecture'] = None", "not a table with layers"),
        ("m['loss'] = 'magic'", "expected one of"),
        ("m['loss'] = ['mse']", "is damaged"),
        ("m['classes'] = 'ab'", "class names are not texts"),
        ("m['classes'] = ['a', 1]", "class names are not texts"),
        ("m['classes'] = ['a']", "expected 2 class names"),
        ("m['classes'] = ['a', 'b' * 2000]", "class names are not texts"),
        ("m['image'] = {'height': 2}", "expected the entries"),
        ("m['image'] = {**m['image'], 'height': 3}", "expected pictures of 2 numbers"),
        ("m['image'] = {**m['image'], 'height': 'x'}", "is damaged"),
        ("m['image'] = {**m['image'], 'maximum': 0}", "is damaged"),
        ("m['image'] = {**m['image'], 'centring': 'left'}", "is damaged"),
        ("m['image'] = {**m['image'], 'channels': 2}", "is damaged"),
        ("m['image'] = {**m['image'], 'height': -1, 'width': -2}", "is damaged"),
        ("m['table'] = {}", "is damaged"),
        ("m['scaling'] = {'center': [0.0], 'spread': [0.0]}", "targets are not scaled"),
        ("m['scaling'] = {'center': [0.0] * 3, 'spread': [1.0] * 3}", "a scaling of the 2 outputs"),
        ("t['weights.0.1'][0, 2] = 1", "a weight that its mask leaves out is not 0"),
        ("t['weights.0.1'][0, 0] = np.nan", "not finite"),
        ("t['variance.1'][0] = np.inf", "not finite"),
        ("t['mask.0.1'][0, 0] = 2", "masks?: expected|expected a mask"),
        ("t['mask.0.9'] = t['mask.0.1']", "mask for layer 9, which does not exist"),
        ("t['mask.x'] = t['mask.0.1']", "is damaged"),
        ("t['mask.1.1'] = t['mask.0.1']", "expected masks for its inputs"),
        ("t['scale'][0] = np.inf", "expected one finite number"),
        ("t['scale'] = np.ones(3)", "expected one finite number, or 2 of them"),
        ("t['bias.1'] = t['bias.1'][None]", r"expected float32 of shape \(1,\)"),
        ("t['bias.1'] = t['bias.1'].astype(np.float64)", "expected float32 of shape"),
        ("t['weights.0.1'] = t['weights.0.1'].T.copy()", r"expected float32 of shape \(2, 3\)"),
        ("del t['bias.2']", "its tensors are not those of its architecture"),
        ("t['weights.9.9'] = np.zeros(1)", "its tensors are not those of its architecture"),
    ],
)
def test_content_that_does_not_fit_is_refused_with_its_reason(stored, how, message):
    _, path = stored
    tensors, metadata = parts(path)
    exec(how, {"t": tensors, "m": metadata, "np": np})
    write(path, tensors, metadata)
    with pytest.raises(ModelFileError, match=message) as problem:
        load_model(path)
    assert str(path) in str(problem.value)


def test_what_a_file_claims_takes_no_memory(stored):
    """Layers of a thousand million weights that the file does not bring."""
    _, path = stored
    tensors, metadata = parts(path)
    metadata["architecture"]["layers"][0]["units"] = 1 << 28
    write(path, tensors, metadata)
    assert peak(path) < 1 << 20


def test_reading_takes_about_twice_the_size_of_the_file(tmp_path):
    path = tmp_path / "large.safetensors"
    Network(1000, [Dense(1000), Dense(10, "softmax")]).save(path)
    assert peak(path) < 2.5 * path.stat().st_size + (1 << 20)


def peak(path):
    """The most memory that was held while a file was read, or refused."""
    tracemalloc.start()
    try:
        load_model(path)
    except ModelFileError:
        pass
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return most


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileError, match="no such file or directory"):
        load(tmp_path / "none.safetensors")
    with pytest.raises(FileError, match="is a directory"):
        load(tmp_path)


def test_what_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.safetensors"
    network = Network(2, [Dense(1)])
    network.save(path)
    before = path.read_bytes()
    shutil.copy(path, tmp_path / "file")
    with pytest.raises(FileError, match="name another folder"):
        network.save(tmp_path / "file" / "model.safetensors")
    with pytest.raises(FileError, match="The folder does not exist"):
        network.save(tmp_path / "none" / "model.safetensors")
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "model.safetensors"]
