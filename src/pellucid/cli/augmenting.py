"""From a text such as "shift:2,rotate:15,flip" to how the pictures of a data set are distorted."""

from typing import Any

from pellucid.data.dataset import ImageFormat
from pellucid.equations.augmenting import Augment
from pellucid.errors import DataError, RecipeError
from pellucid.plan.recipe_json import augment_from_json

# Ready-made sets. Handwriting: after Ciresan and others 2010, who turn by 15° and scale by 15 to
# 20 %, elastic with σ 5 to 6 and α 36 to 38. Photographs: what CIFAR-10 is usually trained with.
SETS = {
    "digits": "rotate:15,scale:0.15,elastic:5:37",
    "photos": "flip,crop:{crop}",
}
PADDING = 8  # a photograph is padded by an eighth of its shorter side, 4 pixels of 32
NUMBERS = ("shift", "rotate", "shear", "scale", "noise")
FORM = (
    'expected one of digits, photos, or some of "shift:2,rotate:15,shear:15,scale:0.15,'
    'elastic:4:34,noise:0.05,flip,crop:4,fill:edge"'
)


def augment_of(asked: Any, image: ImageFormat | None, name: str) -> Augment:
    """Return what a text, or a table of a configuration file, asks for.

    Shape, largest value and what lies outside are those of the data's pictures: 0 around ink, the
    nearest pixel for photographs.

    Raises
    ------
    DataError
        The data are no pictures.
    RecipeError
        Something that is not understood or does not fit.
    """
    if image is None:
        raise DataError(
            f"augment: expected pictures, which can be distorted, but {name} has none. Leave out "
            "--augment, or use --input-noise, which suits any numbers."
        )
    table = _parsed(asked, image) if isinstance(asked, str) else asked
    if not isinstance(table, dict):
        raise RecipeError(f"augment: {FORM}, or a table of them, got {asked!r}.")
    fill = "edge" if image.centring == "whole" else "paper"
    shape = (image.height, image.width, *((3,) if image.channels == 3 else ()))
    return augment_from_json({"fill": fill, "maximum": image.maximum, "shape": shape} | table)


def _parsed(text: str, image: ImageFormat) -> dict[str, Any]:
    """The table that a text stands for; what comes later goes before what a set has."""
    words = [word.strip() for word in text.split(",")]
    if words[0] in SETS:
        crop = max(1, min(image.height, image.width) // PADDING)
        words[:1] = SETS[words[0]].format(crop=crop).split(",")
    return dict(_entry(word) for word in words)


def _entry(word: str) -> tuple[str, Any]:
    name, *numbers = word.split(":")
    try:
        if name == "flip" and not numbers:
            return name, True
        if name == "fill" and len(numbers) == 1:
            return name, numbers[0]
        if name == "crop" and len(numbers) == 1:
            return name, int(numbers[0])
        if name in NUMBERS and len(numbers) == 1:
            return name, float(numbers[0])
        if name == "elastic" and len(numbers) == 2:
            return name, (float(numbers[0]), float(numbers[1]))
    except ValueError:
        pass
    raise RecipeError(f"augment: {FORM}, got {word!r}.")
