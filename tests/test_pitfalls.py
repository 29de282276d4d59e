"""What goes wrong for everybody once: a clear error or a right result, and nothing lost."""

import subprocess

import numpy as np
import pytest

from pellucid import (
    SGD,
    Adam,
    ArchitectureError,
    DataError,
    Dense,
    DivergedError,
    FileError,
    ModelFileError,
    Momentum,
    Network,
    PellucidError,
    load,
    start,
    train,
)


def classifier():
    return Network(2, [Dense(4, "relu"), Dense(3, "softmax")])


def clear(problem):
    """Whether a message says what was expected or cannot be, and ends as a sentence."""
    text = str(problem)
    return len(text) > 30 and text.rstrip().endswith((".", "inputs")) and text.count("\n") == 0


def refused(done, code=1):
    """Whether a command failed with one line and no traceback."""
    return (
        done.code == code and done.out == "" and done.err.splitlines()[-1].startswith("pellucid: ")
    )


# A learning rate far too large


@pytest.mark.parametrize("optimizer", [SGD(1e6), Momentum(1e6), Adam(1e6)])
@pytest.mark.parametrize("output", ["softmax", "identity"])
def test_a_huge_rate_diverges_clearly_or_leaves_a_usable_network(blobs, engine, optimizer, output):
    X, Y = blobs
    n = Network(2, [Dense(4, "relu"), Dense(3, output)])
    before = n.parameters.copy()
    Y = Y if output == "softmax" else np.eye(3)[Y]
    try:
        history = train(n, X, Y, optimizer=optimizer, epochs=3, engine=engine)
    except DivergedError as problem:
        ended = str(problem)
        assert np.array_equal(n.parameters, before) or "epoch 1)" not in ended
    else:
        ended = "Lower the learning rate"
        assert np.isfinite(history.costs).all()
    assert "Lower the learning rate" in ended
    assert np.isfinite(n.parameters).all()
    assert np.isfinite(n.predict(X)).all()


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_huge_rate_on_the_command_line(cli, optimizer, tables, engine):
    words = ["--optimizer", optimizer, "--learning-rate", 1e6, "--engine", engine, "--json"]
    done = cli("train", "numbers.npz", *words)
    assert done.code == 0 or refused(done)
    assert (done.code == 0) == (len(done.out) > 0)
    if done.code == 0:
        assert done.json["train.cost"] is not None


# Values that are not numbers


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_named_by_row_and_column(blobs, value):
    X, Y = blobs[0].copy(), blobs[1]
    X[7, 1] = value
    n = classifier()
    before = n.parameters.copy()
    for use in (lambda: train(n, X, Y), lambda: n.predict(X)):
        with pytest.raises(DataError, match=rf"got {value} in row 7, column 1 \(1 such") as problem:
            use()
        assert clear(problem.value)
    numbers = np.ones((90, 1))
    numbers[3] = value
    with pytest.raises(DataError, match="row 3"):
        train(Network(2, [Dense(1, "identity")]), blobs[0], numbers)
    assert np.array_equal(n.parameters, before)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["X", "Y"])
def test_values_that_are_not_finite_in_a_file(cli, tables, name, value):
    arrays = dict(np.load(tables / "numbers.npz"))
    arrays[name].reshape(-1)[0] = value
    np.savez(tables / "bad.npz", **arrays)
    done = cli("train", "bad.npz")
    assert refused(done)
    assert "expected finite numbers" in done.err
    assert not (tables / "runs").exists()


# Labels, shapes, amounts


@pytest.mark.parametrize("label", [3, -1, 1.5, 1e300])
def test_labels_out_of_range_are_named_by_row(blobs, label):
    Y = blobs[1].astype(float)
    Y[5] = label
    with pytest.raises(DataError, match=r"expected class codes 0 to 2.*in row 5") as problem:
        train(classifier(), blobs[0], Y)
    assert clear(problem.value)


@pytest.mark.parametrize(
    ("X", "Y"),
    [
        (np.zeros((4, 3)), [0, 1, 2, 0]),
        (np.zeros((4, 2)), [0, 1, 2]),
        (np.zeros(4), [0, 1, 2, 0]),
        (np.zeros((4, 2, 1)), [0, 1, 2, 0]),
        (np.zeros((4, 2)), np.zeros((4, 2))),
        (np.zeros((4, 2)), np.zeros((4, 3, 1))),
        (np.zeros((0, 2)), []),
        (np.zeros((4, 0)), [0, 1, 2, 0]),
        (np.zeros((4, 2)), np.full((4, 3), 0.7)),
        ([[1, 2], [3]], [0, 1]),
        ([["a", "b"]], [0]),
        (None, [0]),
        (np.zeros((4, 2)), None),
        (np.zeros((4, 2)), ["a", "b", "c", "a"]),
        (np.zeros((4, 2), complex), [0, 1, 2, 0]),
        (np.array([[{}]], object), [0]),
    ],
)
def test_arrays_of_wrong_shapes_or_kinds_are_refused(X, Y):
    with pytest.raises(DataError, match="expect"):
        train(classifier(), X, Y)


def test_a_class_that_never_occurs_is_no_trouble(blobs, engine):
    X, Y = blobs
    n = classifier()
    train(n, X[Y < 2], Y[Y < 2], optimizer=Adam(0.05), epochs=20, engine=engine)
    assert set(n.predict(X[Y < 2]).argmax(1)) == {0, 1}


def test_one_example_is_learnt(engine):
    n = classifier()
    history = train(n, [[1.0, 2.0]], [2], optimizer=Adam(0.1), epochs=50, engine=engine)
    assert n.predict([[1.0, 2.0]]).argmax() == 2
    assert len(history.epochs) == 50


def test_one_example_cannot_be_divided():
    with pytest.raises(DataError, match="expected"):
        start(classifier(), [[1.0, 2.0]], [2], validation=0.1)


def test_one_class_alone_is_learnt(blobs, engine):
    n = Network(2, [Dense(1, "softmax")])
    history = train(n, blobs[0], np.zeros(90, int), epochs=2, engine=engine)
    assert history.costs.tolist() == [0.0, 0.0]
    assert (n.predict(blobs[0]) == 1).all()


def test_constant_inputs_give_the_shares_of_the_classes(engine):
    X, Y = np.full((90, 2), 7.0), np.array([0, 1, 2] * 30)
    n = classifier()
    train(n, X, Y, optimizer=Adam(0.05), batch_size=90, epochs=300, engine=engine)
    np.testing.assert_allclose(n.predict(X[:1]), [[1 / 3] * 3], atol=0.01)


@pytest.mark.parametrize("norm", ["none", "batch"])
def test_constant_inputs_and_batches_of_one(norm):
    n = Network(2, [Dense(3, norm=norm), Dense(3, "softmax")])
    train(n, np.ones((5, 2)), [0, 1, 2, 0, 1], batch_size=1, epochs=3)
    assert np.isfinite(n.predict(np.ones((1, 2)))).all()


def saved(tmp_path, X, Y):
    np.savez(tmp_path / "own.npz", X=X, Y=Y)


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        (np.zeros((4, 3)), [0, 1, 2], "one label for each example"),
        (np.zeros((0, 3)), np.zeros(0, int), "at least one example"),
        (np.zeros(4), [0, 1, 0, 1], "expected X of shape"),
        (np.zeros((4, 3)), np.zeros((4, 2, 2), int), "expected one label for each example"),
        (np.arange(300).reshape(100, 3), np.arange(100), "too many for classes"),
        (np.zeros((1, 3)), [0], "expected examples of at least two classes, got only '0'"),
        (np.zeros((9, 3)), [7] * 9, "expected examples of at least two classes, got only '7'"),
        (np.zeros((3, 3)), [0, 1, 2], "expected a class of two examples or more"),
    ],
)
def test_data_that_do_not_fit_on_the_command_line(cli, tmp_path, X, Y, message):
    saved(tmp_path, X, Y)
    done = cli("train", "own.npz")
    assert refused(done)
    assert message in done.err
    assert not (tmp_path / "runs").exists()


def test_one_example_on_the_command_line_without_validation(cli, tmp_path):
    saved(tmp_path, np.ones((1, 3)), np.array([2.5]))
    found = cli("train", "own.npz", "--validation", 0, "--epochs", 2, "--json").json
    assert found["train.examples"] == 1
    assert "test.cost" not in found


@pytest.mark.parametrize("value", [0, 255])
def test_constant_pixels_on_the_command_line(cli, tmp_path, value):
    pixels = np.full((40, 4, 4), value, np.uint8)
    saved(tmp_path, pixels, np.arange(40) % 2)
    assert 0.3 <= cli("train", "own.npz", "--json").json["test.accuracy"] <= 0.7


def test_a_constant_column_on_the_command_line(cli, tmp_path):
    """0.1 has no exact mean; were it scaled by the rounding error, the column would drown all."""
    X = np.random.default_rng(0).normal(size=(400, 3))
    X[:, 1] = 0.1
    saved(tmp_path, X, X[:, 0] - X[:, 2])
    words = ["--epochs", 30, "--learning-rate", 0.01]
    assert cli("train", "own.npz", *words, "--json").json["test.r2"] > 0.95


# Files and folders


def test_an_unknown_flag_proposes_a_known_one(cli):
    done = cli("train", "digits", "--epoch", 3)
    assert (done.code, done.out) == (2, "")
    assert "--epochs" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["train", "none.npz"],
        ["evaluate", "none", "digits"],
        ["predict", "none.safetensors", "digits"],
        ["train", "--resume", "none"],
    ],
    ids=" ".join,
)
def test_a_missing_file_is_named(cli, words):
    done = cli(*words)
    assert refused(done)
    assert "none" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("place", ["file", "file/runs", "file/a/b"])
def test_output_below_a_path_that_is_a_file(cli, tmp_path, place):
    (tmp_path / "file").write_text("precious")
    done = cli("train", "digits", "--epochs", 1, "--out", place)
    assert refused(done)
    assert "cannot make the folder" in done.err
    assert (tmp_path / "file").read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_saving_below_a_path_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("precious")
    with pytest.raises(FileError, match=r"A part of this path is a file: name another folder"):
        classifier().save(tmp_path / "file" / "m.safetensors")
    assert (tmp_path / "file").read_text() == "precious"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 KiB, mounted where the system lets us."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "pellucid", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode != 0:
        pytest.skip(f"mounting a disk is refused: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_leaves_the_old_model(small_disk):
    path = small_disk / "m.safetensors"
    small = classifier()
    small.save(path)
    before = path.read_bytes()
    large = Network(200, [Dense(100), Dense(3, "softmax")])
    with pytest.raises(FileError, match=r"no space left on device. Free some space") as problem:
        large.save(path)
    assert clear(problem.value)
    assert path.read_bytes() == before
    assert [entry.name for entry in small_disk.iterdir()] == ["m.safetensors"]
    assert np.array_equal(load(path).parameters, small.parameters)


def test_a_full_disk_leaves_the_old_checkpoint_and_the_run_can_go_on(small_disk, blobs):
    run = start(classifier(), *blobs, epochs=3)
    path = small_disk / "c"
    run.save(path)
    before = path.read_bytes()
    room = b"\0" * 4096
    with (small_disk / "ballast").open("wb", buffering=0) as ballast:
        try:
            while ballast.write(room):
                pass
        except OSError:
            room = b""
    assert room == b""
    events = iter(run)
    next(events), next(events)
    with pytest.raises(FileError, match="Free some space"):
        run.save(path)
    assert path.read_bytes() == before
    (small_disk / "ballast").unlink()
    run.save(path)
    assert path.read_bytes() != before
    assert list(events)[-1].reason == "epochs"


def test_a_full_disk_on_the_command_line(cli, small_disk):
    done = cli("train", "digits", "--out", small_disk / "runs")
    assert refused(done)
    assert "no space left on device" in done.err
    assert "Traceback" not in done.err


def test_half_a_model_file(cli, tmp_path):
    path = tmp_path / "half.safetensors"
    classifier().save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    before = path.read_bytes()
    with pytest.raises(ModelFileError, match="Copy the file again") as problem:
        load(path)
    assert clear(problem.value)
    for words in (["evaluate", path, "digits"], ["predict", path, "digits"]):
        assert refused(cli(*words))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "make",
    [
        lambda: Network(0, [Dense(1)]),
        lambda: Network(2, []),
        lambda: Network(2, [Dense(0)]),
        lambda: Network(2, [Dense(2.5)]),
        lambda: Network(2, [Dense(2, "softmax"), Dense(1)]),
        lambda: Network(2, [Dense(2, "magic")]),
        lambda: Network(2, [Dense(1 << 30), Dense(1 << 30)]),
    ],
)
def test_networks_that_cannot_exist(make):
    with pytest.raises(ArchitectureError, match="expected|softmax is for outputs") as problem:
        make()
    assert isinstance(problem.value, PellucidError)
    assert isinstance(problem.value, ValueError)
