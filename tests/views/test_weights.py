"""Weights and activations as pictures."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import pellucid as pel
from pellucid.data.dataset import ImageFormat
from pellucid.views.weights import plot_activations, plot_ink, plot_signed, plot_unit_weights

IMAGE = ImageFormat(2, 3, maximum=16)


def network():
    return pel.Network(6, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], seed=0)


def test_a_units_weights_stand_where_their_pixels_do():
    made = network()
    ax = plot_unit_weights(made, 1, IMAGE)
    (picture,) = ax.get_images()
    np.testing.assert_array_equal(picture.get_array(), made.weights[1][:, 1].reshape(2, 3))
    low, high = picture.get_clim()
    assert -low == high == abs(made.weights[1][:, 1]).max()


def test_ink_goes_from_paper_to_the_maximum():
    (picture,) = plot_ink(np.arange(6), IMAGE, theme="dark").get_images()
    assert picture.get_clim() == (0, 16)
    assert picture.get_array().tolist() == [[0, 1, 2], [3, 4, 5]]


def test_activations_have_a_row_for_each_layer():
    made = network()
    trace = pel.trace(made, np.ones((2, 6)), [0, 1])
    ax = plot_activations(trace, example=1)
    for l, picture in enumerate(ax.get_images(), start=1):
        A = trace.A[l][1]
        np.testing.assert_allclose(picture.get_array()[0], A / abs(A).max(), rtol=1e-6)
    assert [text.get_text().partition(",")[0] for text in ax.get_yticklabels()] == [
        *("layer 1: 4 tanh", "layer 2: 2 softmax")
    ]


def test_layers_of_few_units_have_their_numbers():
    made = network()
    trace = pel.trace(made, np.ones((2, 6)), [0, 1])
    texts = [text.get_text() for text in plot_activations(trace, theme="dark").texts]
    A = [*trace.A[1][0], *trace.A[2][0]]
    assert texts[::2] == [f"{a:.2f}".replace("-", "−") for a in A]
    assert texts[1::2] == ["0", "1", "2", "3", "0", "1"]
    wide = pel.Network(6, [pel.Dense(40, "tanh"), pel.Dense(1, "identity")], seed=0)
    wide.biases[2] = [1000.0]
    ax = plot_activations(pel.trace(wide, np.ones((1, 6)), [0.0]))
    assert [text.get_text() for text in ax.texts] == ["1000", "0"]


def test_what_does_not_fit_is_refused():
    trace = pel.trace(network(), np.ones((2, 6)), [0, 1])
    with pytest.raises(pel.DataError, match="example: expected 0 to 1, got 2"):
        plot_activations(trace, example=2)
    with pytest.raises(pel.DataError, match="one of its units, got layer 1, unit 9"):
        plot_unit_weights(network(), 9, IMAGE)
    with pytest.raises(pel.DataError, match="got layer 2, unit 0"):
        plot_unit_weights(network(), 0, IMAGE, layer=2)
    with pytest.raises(pel.DataError, match="expected 2 × 3 finite numbers, one a pixel"):
        plot_signed(np.ones(5), IMAGE)


def test_pictures_of_nothing_and_of_lists():
    assert plot_signed(np.zeros(6), IMAGE).get_title() == "±0"
    assert plot_signed([1, -2, 3, 4, 5, 6], IMAGE).get_title() == "±6"
    for draw in (plot_signed, plot_ink):
        with pytest.raises(pel.DataError, match="finite"):
            draw(np.full(6, np.nan), IMAGE)
        with pytest.raises(pel.DataError, match=r"got shape \(5,\)"):
            draw(np.ones(5), IMAGE)


def test_numbers_are_left_out_of_cells_that_are_too_small():
    layers = [pel.Dense(12, "tanh")]
    trace = pel.trace(pel.Network(2, layers, seed=0), np.ones((1, 2)), np.ones((1, 12)), "mse")
    said = [t.get_text() for t in plot_activations(trace, ax=Figure((2, 1)).add_subplot()).texts]
    assert [text for text in said if text] == [str(j) for j in range(12)]


COLOUR = ImageFormat(2, 3, 255, "whole", 3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_have_three_panels_on_one_scale(theme):
    values = np.arange(18.0) - 5
    ax = plot_signed(values, COLOUR, theme=theme)
    (picture,) = ax.get_images()
    drawn = picture.get_array()
    red, green, blue = (values.reshape(2, 3, 3)[..., k] for k in range(3))
    np.testing.assert_array_equal(drawn[:, 0:3], red)
    np.testing.assert_array_equal(drawn[:, 4:7], green)
    np.testing.assert_array_equal(drawn[:, 8:11], blue)
    assert np.ma.getmaskarray(drawn)[:, [3, 7]].all()
    assert drawn.count() == 18
    assert picture.get_clim() == (-12, 12)
    names = {text.get_text(): text.xy[0] for text in ax.texts}
    assert names == {"red": 1, "green": 5, "blue": 9}


def test_names_of_panels_are_left_out_where_there_is_no_room():
    assert not plot_signed(np.ones(18), COLOUR, ax=Figure((1, 1)).add_subplot()).texts


def test_weights_from_colours_stand_where_their_pixels_do():
    made = pel.Network(18, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], seed=0)
    (picture,) = plot_unit_weights(made, 1, COLOUR).get_images()
    assert picture.get_array()[1, 4] == made.weights[1][3 * 3 + 1, 1]  # second line, green


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photographs_look_the_same_in_both_themes(theme):
    (picture,) = plot_ink(np.arange(18) * 15, COLOUR, theme=theme).get_images()
    np.testing.assert_allclose(picture.get_array(), np.arange(18).reshape(2, 3, 3) * 15 / 255)
    (grey,) = plot_ink(np.arange(6), ImageFormat(2, 3, 255, "whole"), theme=theme).get_images()
    assert grey.cmap.name == "gray"
    assert grey.get_clim() == (0, 255)
    with pytest.raises(pel.DataError, match="expected 2 × 3 × 3 finite numbers, three a pixel"):
        plot_ink(np.ones(6), COLOUR)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_unit_that_sees_a_part_has_the_picture_framed(channels):
    image = ImageFormat(6, 8, 255, "whole", channels)
    local = pel.local_layers(image.shape, [(3, 3, 1)])
    framed = pel.plot_unit_weights(pel.Network(image.n_values, local, seed=0), 4, image)
    boxes = [patch.get_bbox().bounds for patch in framed.patches]
    assert [(y, width, height) for _, y, width, height in boxes] == [(-0.5, 8, 6)] * channels
    whole = pel.Network(image.n_values, [pel.Dense(9)], seed=0)
    assert not pel.plot_unit_weights(whole, 4, image).patches
