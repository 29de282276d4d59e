"""Histograms hold every value of a layer, and say what is dead or saturated."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import StepPatch

import pellucid as pel
from pellucid.views.histograms import plot_activation_histograms, plot_histograms
from pellucid.views.style import THEMES


@pytest.fixture(scope="module")
def followed(blobs):
    network = pel.Network(2, [pel.Dense(20, "tanh"), pel.Dense(3, "softmax")], seed=0)
    run = pel.start(network, *blobs, epochs=6, optimizer=pel.Adam(0.01))
    return network, pel.follow(run)


def words(ax):
    """What is said of each layer."""
    return [text.get_text() for text in ax.texts if text.get_text().startswith("layer")]


def test_a_column_of_ink_for_each_epoch(followed):
    network, path = followed
    ax = plot_histograms(network, path, layer=1)
    (picture,) = ax.get_images()
    shares = picture.get_array()
    assert shares.shape == (10, 7)
    assert set(shares.sum(axis=0)) == {40}
    median, low, high = (line.get_ydata() for line in ax.get_lines())
    for k, parameters in enumerate(path):
        values = network.segments[0].view(parameters)
        assert median[k] == pytest.approx(np.median(values))
        assert ((values >= low[k]) & (values <= high[k])).mean() == pytest.approx(0.9, abs=0.03)
    assert ax.get_title() == "layer 1: 40 weights"
    assert ax.get_xlabel() == "epoch"


def test_few_values_have_a_line_each(followed):
    network, path = followed
    ax = plot_histograms(network, path, kind="biases", layer=2, xlabel="step", theme="dark")
    found = np.stack([line.get_ydata() for line in ax.get_lines()], axis=1)
    np.testing.assert_array_equal(found, path[:, -3:])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "bias")


def test_one_row_is_a_histogram(followed):
    network, _ = followed
    ax = plot_histograms(network, network.parameters)
    assert sum(bar.get_height() for bar in ax.patches) == 100
    assert ax.get_title() == "all layers: 100 weights"


def test_masked_weights_are_left_out_and_skips_taken_in():
    layers = [pel.Dense(3, masks={0: ["101", "010"]}), pel.Dense(2, inputs=(0, 1))]
    network = pel.Network(2, layers, seed=0)
    assert plot_histograms(network, network.parameters, layer=1).get_title() == "layer 1: 3 weights"
    ax = plot_histograms(network, network.parameters, layer=2)
    assert ax.get_title() == "layer 2: 10 weights"


def test_long_paths_and_values_that_do_not_change():
    network = pel.Network(4, [pel.Dense(5)])
    path = np.tile(np.ones(25), (1000, 1))
    ax = plot_histograms(network, path)
    (picture,) = ax.get_images()
    assert picture.get_array().shape == (10, 300)
    assert picture.get_extent()[:2] == [-0.5, 999.5]
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("theme", THEMES)
def test_each_layer_has_its_histogram(blobs, theme):
    layers = [pel.Dense(6, "tanh"), pel.Dense(5, "relu"), pel.Dense(3, "softmax")]
    network = pel.Network(2, layers, seed=0)
    trace = pel.trace(network, *blobs)
    ax = plot_activation_histograms(trace, bins=20, theme=theme)
    ridges = [patch for patch in ax.patches if isinstance(patch, StepPatch) and patch.get_fill()]
    assert len(ridges) == 3
    for l, ridge in enumerate(ridges, start=1):
        heights = ridge.get_data().values + l
        A = trace.A[l][trace.A[l] != 0]
        counts, _ = np.histogram(A, 20, (min(0, A.min()), A.max()))
        np.testing.assert_allclose(heights / heights.max(), counts / counts.max(), atol=1e-6)
    assert ridges[0].get_facecolor()[:3] == pytest.approx(to_rgb(THEMES[theme].series[0]))
    zeros = 100 * (trace.A[2] == 0).mean()
    assert words(ax)[1].endswith(f"{zeros:.0f} % are 0")


def test_dead_and_saturated_units_are_told():
    network = pel.Network(1, [pel.Dense(4, "relu"), pel.Dense(2, "sigmoid")])
    network.weights[1] = np.array([[1.0, 1.0, 1.0, -1.0]])
    network.biases[1] = np.array([0.0, -9.0, -9.0, 0.0])
    network.weights[2] = np.ones((4, 2))
    network.biases[2] = np.array([0.0, 50.0])
    ax = plot_activation_histograms(pel.trace(network, [[1.0], [2.0]], [[1, 1], [1, 1]]))
    assert words(ax) == [
        "layer 1: 4 relu, 3 dead, 75 % are 0",
        "layer 2: 2 sigmoid, 50 % saturated",
    ]


def test_activations_that_are_all_0():
    network = pel.Network(1, [pel.Dense(2, "relu"), pel.Dense(1)], seed=0)
    network.parameters[:] = 0
    ax = plot_activation_histograms(pel.trace(network, [[1.0]], [1.0]))
    assert words(ax)[0] == "layer 1: 2 relu, 2 dead, 100 % are 0"
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("size", [(3.2, 2.4), (6.4, 3.0)])
def test_nothing_overlaps(blobs, size):
    from matplotlib import pyplot as plt

    layers = [*(pel.Dense(6, name) for name in ("tanh", "relu", "sigmoid"))]
    network = pel.Network(2, [*layers, pel.Dense(3, "softmax")], seed=0)
    _, ax = plt.subplots(figsize=size, layout="constrained")
    plot_activation_histograms(pel.trace(network, *blobs), ax=ax)
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    overlaps = [(i, j) for j in range(len(boxes)) for i in range(j) if boxes[i].overlaps(boxes[j])]
    assert overlaps == []
    page = ax.figure.bbox
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 for box in boxes)


def test_what_does_not_fit_is_refused(followed):
    network, path = followed
    with pytest.raises(pel.DataError, match="path: expected rows of 123 parameters"):
        plot_histograms(network, path[:, 1:])
    with pytest.raises(pel.DataError, match="kind: expected weights or biases, got 'gains'"):
        plot_histograms(network, path, kind="gains")
    with pytest.raises(pel.DataError, match="layer: expected one with weights, from 1 to 2, got 3"):
        plot_histograms(network, path, layer=3)
    bare = pel.Network(1, [pel.Dense(1, bias="none")])
    with pytest.raises(pel.DataError, match="expected one with biases"):
        plot_histograms(bare, bare.parameters, kind="biases")
    trace = pel.trace(network, [[0, 1]], [0])
    with pytest.raises(pel.DataError, match="bins: expected a whole number of at least 2, got 1"):
        plot_activation_histograms(trace, bins=1)
