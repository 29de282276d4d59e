"""Curves hold the numbers of histories and sweeps."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.views.curves import plot_history, plot_sweep


@pytest.fixture(scope="module")
def history(blobs):
    network = pel.Network(2, [pel.Dense(5, "tanh"), pel.Dense(3, "softmax")], seed=0)
    return pel.train(network, *blobs, epochs=9, validation=0.2, patience=4)


def test_costs_and_the_reason_of_stopping(history):
    ax = plot_history(history, log=True)
    training, validation, kept = ax.get_lines()
    np.testing.assert_array_equal(training.get_ydata(), history.costs)
    np.testing.assert_array_equal(validation.get_ydata(), history.column("validation_cost"))
    assert set(kept.get_xdata()) == {history.best_epoch}
    assert ax.get_title() == history.sentence
    assert ax.get_yscale() == "log"
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["training", "validation"]


def test_without_validation_there_is_one_line(blobs):
    network = pel.Network(2, [pel.Dense(3, "softmax")], seed=0)
    ax = plot_history(pel.train(network, *blobs, epochs=3), theme="dark")
    assert len(ax.get_lines()) == 1
    assert ax.get_legend() is None


def test_sweeps_show_medians_and_bands():
    errors = {"one": [3.0, 2.0, 1.0], "repeated": [[1, 2, 9], [1, 1, 1], [0, 4, 5]]}
    ax = plot_sweep([1, 10, 100], errors, xlabel="width", log="x")
    one, repeated = ax.get_lines()
    assert one.get_ydata().tolist() == [3, 2, 1]
    assert repeated.get_ydata().tolist() == [2, 1, 4]
    assert len(ax.collections) == 1
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("width", "error")
