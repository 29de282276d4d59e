import contextlib
import runpy
import tracemalloc
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import (
    Augment,
    Dense,
    FileError,
    ModelFileError,
    Network,
    load,
    resume,
    start,
)
from pellucid.files import decode, encode
from pellucid.model.archive import sealed
from pellucid.plan.state import Best, Snapshot, State
from pellucid.training.checkpoints import load_checkpoint, save_checkpoint
from tests.training.runs import RUNS, begin

KILL = Path(__file__).with_name("kill.py")


def flat(value):
    """The fields of a state as plain comparable data."""
    if isinstance(value, Snapshot | Best | State):
        return {item.name: flat(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    return repr(value)


def test_every_field_comes_back(blobs, tmp_path):
    run = begin(blobs, RUNS["early"], "reference", norm="batch")
    for event in run:
        if getattr(event, "step", 0) == 8:
            break
    run.set_rate(0.02)
    run.save(tmp_path / "c")
    found = load_checkpoint(tmp_path / "c")
    assert found.plan == run.plan
    assert flat(found.state) == flat(run.state)
    state = run.state
    assert state.best is not None
    assert (state.step, state.epoch, state.position) == (8, 2, 2)
    assert state.rate_scale != 1
    assert state.cost_sum > 0
    assert state.history
    assert state.fingerprint
    assert not np.array_equal(state.epoch_start.parameters, state.parameters)


def test_arrays_that_were_read_can_be_written(blobs, tmp_path):
    run = begin(blobs, RUNS["sgd"], "reference")
    run.save(tmp_path / "c")
    state = load_checkpoint(tmp_path / "c").state
    for array in (state.parameters, state.buffers, state.slots, state.epoch_start.parameters):
        assert array.flags.writeable


def test_every_truncation_is_one_clear_error(stored):
    _, path = stored
    content = path.read_bytes()
    for length in [*range(0, len(content), 23), len(content) - 1]:
        path.write_bytes(content[:length])
        with pytest.raises(ModelFileError, match="damaged"):
            load_checkpoint(path)


def test_flipped_bits_are_an_error_or_harmless(stored):
    run, path = stored
    content = path.read_bytes()
    random = np.random.default_rng(0)
    for place in random.choice(len(content), 1500, replace=False):
        changed = bytearray(content)
        changed[place] ^= 1 << int(random.integers(8))
        path.write_bytes(changed)
        with contextlib.suppress(ModelFileError):
            assert flat(load_checkpoint(path).state) == flat(run.state)


@settings(deadline=None, max_examples=100)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "c"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="is damaged or was not written by Pellucid"):
        load_checkpoint(path)


def test_models_and_checkpoints_are_not_taken_for_each_other(stored, blobs):
    run, path = stored
    with pytest.raises(ModelFileError, match="expected a file of the format pellucid.model"):
        load(path)
    run.network.save(path)
    with pytest.raises(ModelFileError, match="expected a file of the format pellucid.checkpoint"):
        resume(path, *blobs)


@pytest.mark.parametrize(
    "how",
    [
        "m['version'] = 5",
        "m['version'] = 1",
        "m['extra'] = 1",
        "del m['recipe']",
        "m['recipe']['loss'] = 'magic'",
        "m['recipe']['extra'] = 1",
        "m['recipe']['optimizer'] = {'name': 'adam', 'rate': 1}",
        "m['recipe']['seed'] = -1",
        "m['recipe']['precision'] = 'float64'",
        "m['recipe']['frozen'] = [1, 2]",
        "m['recipe']['dropout'] = 'x'",
        "m['n_examples'] = 0",
        "m['n_examples'] = 1.5",
        "m['n_examples'] = True",
        "m['state'] = None",
        "m['state']['extra'] = 0",
        "m['state']['step'] = -1",
        "m['state']['step'] = 1.0",
        "m['state']['position'] = 4",
        "m['state']['rate_scale'] = -0.5",
        "m['state']['window'] = 25",
        "m['state']['window'] = -24",
        "m['state']['engine'] = 3",
        "m['best'] = None",
        "m['best'] = {'epoch': 0, 'judged': 1.0}",
        "m['best'] = {'epoch': 1, 'judged': 'low'}",
        "m['best'] = {'epoch': 1, 'cost': 1.0}",
        "m['recipe']['metrics'] = ['f1']",
        "m['recipe']['average'] = 0.5",
        "m['recipe']['optimizer'] = {'name': 'lbfgs'}",
        "m['architecture']['layers'][0]['units'] = 5",
        "m['architecture']['layers'][0]['norm'] = 'none'",
        "t['parameters'] = t['parameters'][:-1]",
        "t['parameters'][0] = np.nan",
        "t['slots'] = t['slots'][:1]",
        "t['slots'][0, 0] = np.inf",
        "t['buffers'] = t['buffers'].astype(np.float64)",
        "t['epoch_start.parameters'] = t['parameters'][None]",
        "t['best.parameters'] = t['parameters'][:1]",
        "t['history'] = t['history'][:, :3]",
        "t['history'] = t['history'].reshape(-1)",
        "t['history'][0, 0] = np.nan",
        "t['more'] = t['history']",
        "del t['history']",
    ],
)
def test_content_that_does_not_fit_is_refused(stored, how):
    """With a digest that is right: the content itself is judged."""
    _, path = stored
    tensors, metadata = decode(path.read_bytes(), path)
    tensors = {name: tensor.copy() for name, tensor in tensors.items()}
    del metadata["digest"]
    exec(how, {"t": tensors, "m": metadata, "np": np})
    path.write_bytes(encode(tensors, sealed(tensors, metadata)))
    with pytest.raises(ModelFileError) as problem:
        load_checkpoint(path)
    assert str(path) in str(problem.value)


@pytest.mark.parametrize("version", [2, 3])
def test_checkpoints_from_before_augmenting_are_read(stored, version):
    """As they were written: nothing of it in the recipe, and in version 2 of skipped zeros."""
    run, path = stored
    tensors, metadata = decode(path.read_bytes(), path)
    del metadata["digest"], metadata["recipe"]["augment"]
    if version == 2:
        del metadata["state"]["skips_zeros"]
    metadata["version"] = version
    path.write_bytes(encode(tensors, sealed(tensors, metadata)))
    found = load_checkpoint(path)
    assert found.plan == run.plan
    assert flat(found.state) == flat(run.state)


def test_augmenting_comes_back(blobs, tmp_path):
    augment = Augment((1, 2), shift=0.5, elastic=(1.0, 0.5), noise=0.1)
    run = start(Network(2, [Dense(3, "softmax")]), *blobs, augment=augment)
    run.save(tmp_path / "c")
    assert load_checkpoint(tmp_path / "c").plan.recipe.augment == augment


def peak(path):
    """The most memory that was held while a checkpoint was read, or refused."""
    tracemalloc.start()
    try:
        load_checkpoint(path)
    except ModelFileError:
        pass
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return most


def test_reading_takes_about_twice_the_size_of_the_file(tmp_path):
    X = np.zeros((4, 500), np.float32)
    large = Network(500, [Dense(500), Dense(2, "softmax")])
    run = start(large, X, [0, 1, 0, 1], epochs=2, patience=2, engine="reference")
    list(run)
    path = tmp_path / "c"
    run.save(path)
    assert path.stat().st_size > 6 * 4 * 250_000
    assert peak(path) < 2.2 * path.stat().st_size + (1 << 20)


@pytest.mark.parametrize("how", ["units", "n_examples", "header"])
def test_what_a_checkpoint_claims_takes_no_memory(stored, how):
    _, path = stored
    content = path.read_bytes()
    tensors, metadata = decode(content, path)
    del metadata["digest"]
    if how == "units":
        metadata["architecture"]["layers"][1] |= {"units": 1 << 28}
    else:
        metadata["n_examples"] = 1 << 60
    content = encode(tensors, sealed(tensors, metadata))
    if how == "header":
        content = (1 << 40).to_bytes(8, "little") + content[8:]
    path.write_bytes(content)
    assert peak(path) < 1 << 20


def test_what_cannot_be_written_leaves_the_old_checkpoint(stored):
    run, path = stored
    before = path.read_bytes()
    (path.parent / "file").write_text("in the way")
    for target in (path.parent / "file" / "c", path.parent / "none" / "c", path.parent):
        with pytest.raises(FileError, match="cannot write"):
            save_checkpoint(run.plan, run.state, target)
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == [path.name, "file"]


def test_runs_that_are_killed_go_on_to_the_same_end():
    """Twenty real kills; ``python tests/training/kill.py --kills 200`` does more."""
    tally = runpy.run_path(str(KILL))["campaign"](20)
    assert tally.kills >= 20
    assert tally.while_writing > 0
    assert tally.inside_an_epoch > 0
    assert tally.resumed_again > 0
