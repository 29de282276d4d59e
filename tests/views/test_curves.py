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


def test_errors_of_another_number_of_values_are_refused():
    with pytest.raises(
        pel.DataError, match="a: expected an error, or a row of them, for each of 3"
    ):
        plot_sweep([1, 2, 3], {"a": [1, 2]}, xlabel="x")


def test_epochs_are_marked_by_whole_round_numbers():
    network = pel.Network(1, [pel.Dense(1, "identity")], seed=0)
    for epochs, steps in ((1, {0}), (3, {1}), (60, {10}), (100, {20})):
        ax = plot_history(pel.train(network, [[1.0], [2.0]], [1.0, 2.0], epochs=epochs))
        low, high = ax.get_xlim()
        ticks = [tick for tick in ax.get_xticks() if low <= tick <= high]
        assert set(np.diff(ticks) if len(ticks) > 1 else [0]) == steps


def test_numbers_below_one_are_plain_on_a_logarithmic_axis():
    ax = plot_sweep([1, 2], {"a": [0.15, 6.0]}, xlabel="x", log=("y",))
    ax.figure.draw_without_rendering()
    shown = {text.get_text() for text in ax.yaxis.get_ticklabels(which="both")}
    assert {"0.2", "0.6", "1", "2"} <= shown
