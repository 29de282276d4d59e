"""How photographs are to be read: from flags, from ``run.json``, from a model that was trained."""

from typing import Any

from pellucid.data.dataset import Dataset
from pellucid.data.pictures import PictureOptions, size_of
from pellucid.errors import ModelFileError, RecipeError
from pellucid.model.model import Model

FLAGS = ("size", "colour", "damaged")


def asked_for(given: dict[str, Any]) -> PictureOptions:
    """Return what the flags --size, --colour and --damaged ask for.

    Raises
    ------
    RecipeError
        Words or sizes that are none.
    """
    size = given.get("size")
    return PictureOptions(
        None if size is None else size_of(size),
        given.get("colour"),
        given.get("damaged") or "stop",
    )


def check_of_use(given: dict[str, Any], dataset: Dataset) -> None:
    """Raise where a flag is about photographs and the data are none.

    Raises
    ------
    RecipeError
    """
    asked = [name for name in FLAGS if given.get(name) is not None]
    if asked and (dataset.image is None or dataset.image.centring != "whole"):
        raise RecipeError(
            f"{asked[0]}: expected a folder of pictures, which {dataset.name} is not. "
            f"Leave out --{asked[0]}."
        )


def recorded(options: PictureOptions) -> dict[str, Any]:
    """Return the options as run.json keeps them."""
    return {
        "size": None if options.size is None else list(options.size),
        "colour": options.colour,
        "damaged": options.damaged,
    }


def as_recorded(record: dict[str, Any]) -> PictureOptions:
    """Return the options of a run; those of older runs are the ordinary ones.

    Raises
    ------
    ModelFileError
        Not what ``recorded`` has written.
    """
    try:
        found = record.get("pictures") or {}
        size = found.get("size")
        pair = None if size is None else (int(size[0]), int(size[1]))
        return PictureOptions(pair, found.get("colour"), found.get("damaged", "stop"))
    except (TypeError, ValueError, LookupError, AttributeError) as problem:
        raise ModelFileError(f"run.json is damaged: pictures: {problem} Train anew.") from None


def as_trained(model: Model, damaged: str = "stop") -> PictureOptions:
    """Return how photographs are read for a model: as those that it was trained on."""
    image = model.image
    if image is None or image.centring != "whole":
        return PictureOptions(damaged=damaged)
    colour = "grey" if image.channels == 1 else "rgb"
    return PictureOptions((image.height, image.width), colour, damaged)
