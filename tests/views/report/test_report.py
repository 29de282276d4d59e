"""The report says what the run was, in numbers that can be worked out again; and is one file."""

import numpy as np
import pytest
from scipy import sparse

import pellucid as pel
from tests.views.report.reading import Read, accuracy, diabetes_run, digits_run, is_offline

SECTIONS = [
    "Data",
    "Network",
    "Training",
    "Results",
    "Worst examples",
    "Doctor",
    "Inside",
    "One example, forward and back",
    "How to reproduce it",
]


def written(tmp_path, run, **more):
    path = pel.write_report(tmp_path / "report.html", run, **more)
    assert path.stat().st_size < 2_000_000
    read = Read(path.read_text(encoding="utf-8"))
    assert is_offline(read)
    assert read.titles[1:] == SECTIONS
    return read


def test_digits_as_pictures(tmp_path):
    run, (X, Y) = digits_run()
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    model = pel.Model(run.network, names, pel.ImageFormat(8, 8, 1), "cross_entropy")
    read = written(tmp_path, run, test=(X, Y), model=model, name="Digits", source="From a book.")
    right = int(accuracy(run, X, Y) * len(Y) + 0.5)
    assert read.titles[0] == "Digits"
    assert f"{right:,} of 400 test examples are right" in read.text
    assert f"{100 * right / 400:.2f} %" in read.cells
    assert "From a book." in read.text
    for name in names:
        assert name in read.alts
    P = run.network.predict(X)
    losses = np.where(P.argmax(1) == Y, 0, -np.log(P[np.arange(len(Y)), Y]))
    worst = losses.argmax()
    assert f"{names[Y[worst]]}, taken for {names[P[worst].argmax()]}" in read.alts
    assert len(read.pictures) > 2 * 10  # each in light and dark


def test_numbers(tmp_path):
    run, (X, Y) = diabetes_run()
    read = written(tmp_path, run, test=(X, Y))
    P = run.network.predict(X)[:, 0]
    r2 = 1 - ((P - Y) ** 2).sum() / ((Y - Y.mean()) ** 2).sum()
    assert f"R2 over {len(Y)} test examples: {r2:.5g}" in read.text
    row = int(np.argmax((P - Y) ** 2))
    assert f"Row {row} of the test part, the one with the largest loss" in read.text


def test_quantiles(tmp_path):
    run, test = diabetes_run("quantile:0.1,0.5,0.9", 3)
    read = written(tmp_path, run, test=test)
    assert "below 0.9" in read.cells
    assert any("order of the median" in alt for alt in read.alts)


def test_two_classes_by_one_output_and_sparse_inputs(tmp_path):
    X = np.random.default_rng(0).integers(0, 2, (60, 5)).astype(float)
    Y = X[:, :1] * X[:, 1:2]
    run = pel.start(pel.Network(5, [pel.Dense(1, "sigmoid")]), sparse.csr_array(X), Y, epochs=2)
    list(run)
    read = written(tmp_path, run)
    right = int(((run.network.predict(X) >= 0.5) == Y).sum())
    assert f"{right} of 60 training examples are right" in read.text


def test_several_labels(tmp_path):
    X = np.random.default_rng(0).normal(size=(50, 4))
    run = pel.start(pel.Network(4, [pel.Dense(3, "sigmoid")]), X, (X[:, :3] > 0) * 1.0, epochs=2)
    list(run)
    assert "label accuracy" in written(tmp_path, run).cells


def test_a_solver_one_epoch_and_no_hidden_layer(tmp_path):
    X = np.linspace(-1, 1, 20)[:, None]
    network = pel.Network(1, [pel.Dense(1, "identity")])
    run = pel.start(network, X, 2 * X, optimizer=pel.LBFGS(), epochs=1)
    list(run)
    written(tmp_path, run)


def test_starts_are_listed(tmp_path):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    network = pel.Network(2, [pel.Dense(2, "tanh"), pel.Dense(2, "softmax")], seed=0)
    run = pel.start(network, X, [0, 1, 1, 0], epochs=2)
    list(run)
    history = pel.train(network, X, [0, 1, 1, 0], epochs=2, starts=3)
    assert written(tmp_path, run, history=history).cells.count("kept") == 1


def test_a_run_that_has_not_begun_is_refused(tmp_path):
    run = pel.start(pel.Network(1, [pel.Dense(1, "identity")]), [[1.0]], [1.0])
    with pytest.raises(pel.RecipeError, match="carried out, got one that has not begun"):
        pel.write_report(tmp_path / "report.html", run)
    assert list(tmp_path.iterdir()) == []


def test_the_same_run_gives_the_same_page(tmp_path):
    run, test = digits_run(100, 2)
    one, other = (pel.write_report(tmp_path / name, run, test=test) for name in ("a", "b"))
    assert one.read_bytes() == other.read_bytes()
