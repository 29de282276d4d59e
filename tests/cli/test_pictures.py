import numpy as np
import pytest

from pellucid.cli.pictures import as_recorded, as_trained, asked_for, check_of_use, recorded
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.pictures import PictureOptions
from pellucid.errors import ModelFileError, RecipeError
from pellucid.model.model import Model
from pellucid.model.network import Network
from pellucid.network.layer import Dense

GIVEN = {"size": "40x30", "colour": "grey", "damaged": "leave-out"}
OPTIONS = PictureOptions((30, 40), "grey", "leave-out")


def test_flags_are_options_and_without_them_the_ordinary_ones():
    assert asked_for(GIVEN) == OPTIONS
    assert asked_for({}) == asked_for(dict.fromkeys(GIVEN)) == PictureOptions()
    with pytest.raises(RecipeError, match="size"):
        asked_for({"size": "large"})


@pytest.mark.parametrize("options", [OPTIONS, PictureOptions()])
def test_what_is_recorded_is_read_again(options):
    assert as_recorded({"pictures": recorded(options)}) == options


def test_runs_without_a_record_of_it_are_ordinary():
    assert as_recorded({}) == PictureOptions()


@pytest.mark.parametrize(
    "pictures", ["a", {"size": [1]}, {"size": ["x", 2]}, {"colour": "red"}, {"size": [0, 0]}, [1]]
)
def test_a_damaged_record_is_said(pictures):
    with pytest.raises(ModelFileError, match=r"run\.json is damaged: pictures"):
        as_recorded({"pictures": pictures})


def test_flags_about_photographs_are_refused_for_other_data():
    part = Part(np.zeros((2, 4), np.uint8), np.zeros(2, np.int32))
    whole = Dataset("a", part, None, ("0",), ImageFormat(2, 2, 255, "whole"), "Made here.")
    check_of_use(GIVEN, whole)
    for image in (None, ImageFormat(2, 2)):
        other = Dataset("a", part, None, ("0",), image, "Made here.")
        check_of_use({"size": None}, other)
        with pytest.raises(RecipeError, match="colour: expected a folder of pictures, which a is"):
            check_of_use({"colour": "grey"}, other)


def test_a_model_says_how_its_pictures_are_read():
    network = Network(18, [Dense(2, "softmax")])
    photographs = Model(network, image=ImageFormat(2, 3, 255, "whole", 3))
    assert as_trained(photographs, "leave-out") == PictureOptions((2, 3), "rgb", "leave-out")
    grey = Model(Network(6, [Dense(2, "softmax")]), image=ImageFormat(2, 3, 255, "whole"))
    assert as_trained(grey) == PictureOptions((2, 3), "grey")
    ink = Model(Network(6, [Dense(2, "softmax")]), image=ImageFormat(2, 3))
    assert as_trained(ink) == as_trained(Model(network)) == PictureOptions()
