"""Bars and pixels are the attributions, and the bars sum to what is said."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import pellucid as pel
from pellucid.data.dataset import ImageFormat
from pellucid.views.attributions import plot_attribution
from pellucid.views.style import THEMES

X = np.random.default_rng(0).normal(size=(5, 12))
IMAGE = ImageFormat(3, 4, maximum=2)


def network():
    return pel.Network(12, [pel.Dense(6, "tanh"), pel.Dense(3, "softmax")], seed=0)


def widths(ax):
    return [bar.get_width() for bar in ax.patches]


@pytest.mark.parametrize("theme", THEMES)
def test_the_largest_first_and_the_rest_summed(theme):
    found = pel.attribution(network(), X)
    names = [f"column {j}" for j in range(12)]
    ax = plot_attribution(found, example=2, names=names, row=X[2], most=4, theme=theme)
    order = np.argsort(-np.abs(found.values[2]))
    np.testing.assert_allclose(widths(ax)[:4], found.values[2][order[:4]])
    assert sum(widths(ax)) == pytest.approx(found.F[2] - found.F_baseline[2])
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels[0] == f"column {order[0]} = {X[2, order[0]]:.3g}".replace("-", "−")
    assert labels[-1] == "8 more"
    said = f"output {found.outputs[2]}: {found.F[2]:.3g}, at the baseline {found.F_baseline[2]:.3g}"
    assert ax.get_title() == said
    for bar in ax.patches:
        expected = THEMES[theme].positive if bar.get_width() > 0 else THEMES[theme].negative
        assert bar.get_facecolor()[:3] == pytest.approx(to_rgb(expected))


def test_slopes_have_no_sum():
    found = pel.attribution(network(), X, method="gradient")
    ax = plot_attribution(found, example=0, most=4)
    assert len(widths(ax)) == 4
    assert ax.get_title() == f"output {found.outputs[0]}: {found.F[0]:.3g}"
    assert ax.get_xlabel() == "slope of the output"


def test_over_all_examples_sizes_are_drawn():
    found = pel.attribution(network(), X, of="sum")
    ax = plot_attribution(found, most=12)
    np.testing.assert_allclose(widths(ax), np.sort(found.mean_size)[::-1])
    assert ax.get_title() == "5 examples"
    assert ax.get_xlabel() == "contribution to the output's weighted sum, mean size"


def test_each_output_can_be_asked_for():
    found = pel.attribution(network(), X, output="each")
    chosen = plot_attribution(found, example=1, most=12)
    k = int(found.F[1].argmax())
    assert sum(widths(chosen)) == pytest.approx(found.values[1, k].sum())
    asked = plot_attribution(found, example=1, output=(k + 1) % 3, most=12)
    assert sum(widths(asked)) == pytest.approx(found.values[1, (k + 1) % 3].sum())
    every = plot_attribution(found, output=2, most=12)
    np.testing.assert_allclose(sum(widths(every)), np.abs(found.values[:, 2]).mean(0).sum())
    assert every.get_title() == "output 2, 5 examples"


def test_of_predicted_outputs_those_examples_count_that_have_it():
    found = pel.attribution(network(), X, output=[0, 1, 0, 1, 0])
    ax = plot_attribution(found, output=0, most=12)
    np.testing.assert_allclose(sum(widths(ax)), np.abs(found.values[::2]).mean(0).sum())
    assert ax.get_title() == "output 0, 3 examples"


def test_numbers_beside_bars_are_inside_the_axes():
    found = pel.attribution(network(), X)
    ax = plot_attribution(found, example=2)
    ax.figure.draw_without_rendering()
    for text in ax.texts:
        assert ax.bbox.x0 <= text.get_window_extent().x0
        assert text.get_window_extent().x1 <= ax.bbox.x1


def test_pixels():
    found, row = pel.attribution(network(), X), np.tile([0.0, 2.0], 6)
    ax = plot_attribution(found, example=3, image=IMAGE, row=row, theme="dark")
    (picture,) = ax.get_images()
    np.testing.assert_allclose(picture.get_array(), found.values[3].reshape(3, 4))
    low, high = picture.get_clim()
    assert -low == high == np.abs(found.values[3]).max()
    assert len(ax.collections) == 1  # the example's outline
    mean = plot_attribution(found, image=IMAGE)
    np.testing.assert_allclose(mean.get_images()[0].get_array(), found.mean_size.reshape(3, 4))
    assert mean.get_images()[0].get_clim()[0] == 0


def test_what_does_not_fit_is_refused():
    found = pel.attribution(network(), X, output=1)
    with pytest.raises(pel.DataError, match="example: expected 0 to 4, got 5"):
        plot_attribution(found, example=5)
    with pytest.raises(pel.DataError, match="one that was explained there, 1; got 0"):
        plot_attribution(found, example=0, output=0)
    with pytest.raises(pel.DataError, match="names: expected 12, one a column, got 1"):
        plot_attribution(found, example=0, names=["x"])
    with pytest.raises(pel.DataError, match="row: expected 12 numbers"):
        plot_attribution(found, example=0, row=[1.0])
    with pytest.raises(pel.DataError, match="image: expected 12 numbers, one a column, got 2 × 2"):
        plot_attribution(found, example=0, image=ImageFormat(2, 2, 1))
    with pytest.raises(pel.RecipeError, match="most: expected a whole number of at least 1, got 0"):
        plot_attribution(found, example=0, most=0)


@pytest.mark.parametrize("theme", THEMES)
def test_what_the_colours_of_a_pixel_did_is_summed(theme):
    colour = ImageFormat(2, 2, 255, "whole", 3)
    found = pel.attribution(network(), X)
    ax = plot_attribution(found, example=1, image=colour, theme=theme)
    (picture,) = ax.get_images()
    pixels = found.values[1].reshape(2, 2, 3).sum(axis=2)
    np.testing.assert_allclose(picture.get_array(), pixels)
    assert picture.get_clim() == pytest.approx((-abs(pixels).max(), abs(pixels).max()))


def test_a_photograph_lies_faint_below_and_is_seen_where_little_was_done():
    colour = ImageFormat(2, 2, 255, "whole", 3)
    found, row = pel.attribution(network(), X), np.arange(12) * 20
    below, above = plot_attribution(found, example=1, image=colour, row=row).get_images()
    np.testing.assert_allclose(below.get_array(), row.reshape(2, 2, 3).mean(axis=2))
    assert below.cmap.name == "gray"
    pixels = np.abs(found.values[1].reshape(2, 2, 3).sum(axis=2))
    np.testing.assert_allclose(above.get_alpha(), pixels / pixels.max())


def test_a_format_of_other_pictures_is_refused():
    with pytest.raises(pel.DataError, match="expected 12 numbers, one a column, got 3 × 4 × 3"):
        plot_attribution(
            pel.attribution(network(), X), example=0, image=ImageFormat(3, 4, 255, "whole", 3)
        )
