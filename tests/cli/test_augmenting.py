"""From texts and tables to augmenting."""

import pytest

from pellucid import Augment, DataError, RecipeError
from pellucid.cli.augmenting import augment_of
from pellucid.data.dataset import ImageFormat

INK = ImageFormat(28, 28)
PHOTO = ImageFormat(32, 40, centring="whole", channels=3)


def test_each_word_is_an_entry():
    text = "shift:2, rotate:15,shear:10,scale:0.15,elastic:4:34,noise:0.05,flip,crop:4"
    assert augment_of(text, INK, "a") == Augment(
        *((28, 28), 2.0, 15.0, 10.0, 0.15, (4.0, 34.0), 0.05, True, 4),
        maximum=255,
    )


def test_the_data_say_what_lies_outside():
    assert augment_of("flip", INK, "a").fill == "paper"
    photo = augment_of("flip", PHOTO, "a")
    assert (photo.fill, photo.shape) == ("edge", (32, 40, 3))
    assert augment_of("flip,fill:paper", PHOTO, "a").fill == "paper"
    assert augment_of("shift:1", ImageFormat(8, 8, maximum=16), "a").maximum == 16


def test_ready_made_sets_and_what_is_added_to_them():
    digits = augment_of("digits", INK, "a")
    assert digits == Augment((28, 28), rotate=15.0, scale=0.15, elastic=(5.0, 37.0), maximum=255.0)
    more = augment_of("digits,rotate:5,shift:1", INK, "a")
    assert (more.rotate, more.shift, more.elastic) == (5.0, 1.0, (5.0, 37.0))
    photos = augment_of("photos", PHOTO, "a")
    assert (photos.flip, photos.crop) == (True, 4)
    assert augment_of("photos", ImageFormat(3, 9, centring="whole"), "a").crop == 1


def test_tables_are_taken_too():
    asked = {"shift": 2, "elastic": [4, 34]}
    assert augment_of(asked, INK, "a") == Augment(
        (28, 28), shift=2.0, elastic=(4.0, 34.0), maximum=255
    )


@pytest.mark.parametrize(
    "word",
    ["", "spin:3", "shift", "shift:1:2", "shift:far", "flip:1", "crop:1.5", "elastic:4", "fill"],
)
def test_what_is_not_understood_is_said(word):
    with pytest.raises(RecipeError, match=f"expected one of digits, photos, .* got '{word}'"):
        augment_of(f"noise:0.1,{word}", INK, "a")


def test_what_does_not_fit_is_said():
    with pytest.raises(RecipeError, match="shift: expected a number from 0 to 28, got 99"):
        augment_of("shift:99", INK, "a")
    with pytest.raises(RecipeError, match="got turn"):
        augment_of({"turn": 3}, INK, "a")
    with pytest.raises(RecipeError, match="or a table of them, got 3"):
        augment_of(3, INK, "a")
    with pytest.raises(DataError, match="expected pictures, .* but houses has none. Leave out"):
        augment_of("flip", None, "houses")
