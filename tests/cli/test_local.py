"""From ``--local`` to layers."""

import pytest

import pellucid as pel
from pellucid import ArchitectureError, DataError, RecipeError
from pellucid.cli.local import local_layers_of
from pellucid.data.dataset import ImageFormat

PHOTO = ImageFormat(32, 40, centring="whole", channels=3)
ALIKE = {"activation": "silu", "norm": "batch", "bias": "neuron", "pieces": 1}


def test_each_word_is_a_layer():
    found = local_layers_of("8:4:16, 3:2:40", PHOTO, "a", ALIKE)
    assert found == pel.local_layers((32, 40, 3), [(8, 4, 16), (3, 2, 40)], "silu", norm="batch")
    assert [layer.units for layer in found] == [7 * 9 * 16, 3 * 4 * 40]


def test_data_without_pictures_are_refused():
    with pytest.raises(DataError, match="whose pixels have neighbours, but wine has none"):
        local_layers_of("8:4:16", None, "wine", ALIKE)


@pytest.mark.parametrize("text", ["8", "8:4", "8:4:16:2", "8:4:many", "8:4:16,"])
def test_what_is_not_understood_is_said(text):
    with pytest.raises(RecipeError, match="expected .side:step:neurons. as in .8:4:16."):
        local_layers_of(text, PHOTO, "a", ALIKE)


def test_squares_that_do_not_fit_are_said():
    with pytest.raises(ArchitectureError, match="fit into 32 × 40, got a side of 33"):
        local_layers_of("33:1:1", PHOTO, "a", ALIKE)


def test_none_is_none():
    assert local_layers_of("none", PHOTO, "a", ALIKE) == []
    assert local_layers_of("", None, "a", ALIKE) == []
