"""From ``--local 8:4:16,3:1:40`` to first layers that see a picture locally."""

from typing import Any

from pellucid.data.dataset import ImageFormat
from pellucid.errors import DataError, RecipeError
from pellucid.network.layer import Dense
from pellucid.network.local import local_layers


def local_layers_of(
    text: str, image: ImageFormat | None, name: str, alike: dict[str, Any]
) -> list[Dense]:
    """Return one layer for each ``side:step:units``, "none" for none.

    `alike` has the other arguments of Dense.

    Raises
    ------
    DataError
        The data are no pictures.
    RecipeError, ArchitectureError
        Numbers that are not understood, or squares that do not fit.
    """
    if text.strip().lower() in ("none", ""):
        return []
    if image is None:
        raise DataError(
            f"local: expected pictures, whose pixels have neighbours, but {name} has none. Leave "
            "out --local."
        )
    squares = [_square(word) for word in text.split(",")]
    return local_layers((image.height, image.width, image.channels), squares, **alike)


def _square(word: str) -> tuple[int, int, int]:
    try:
        side, step, units = (int(number) for number in word.split(":"))
    except ValueError:
        raise RecipeError(
            'local: expected "side:step:neurons" as in "8:4:16", or several with commas, '
            f"got {word!r}."
        ) from None
    return side, step, units
