"""Pictures one after the other, in a file that any browser plays."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pellucid.errors import RecipeError
from pellucid.files import write_atomically

if TYPE_CHECKING:
    from PIL.Image import Image

Draw = Callable[[int], None]  # what has to be changed for a point
HOLD = 2000  # milliseconds that the last picture stays


def sheet() -> Figure:
    """A figure that no window shows."""
    return Figure(figsize=(6.0, 4.5), dpi=90, layout="constrained")


def save_film(
    figure: Figure, draw: Draw, n_points: int, path: Path, *, frames: int, fps: float
) -> Path:
    """Write what a sheet looks like at points from the first to the last, as a GIF.

    Raises
    ------
    RecipeError, FileError
    """
    if not isinstance(frames, int) or frames < 2:
        raise RecipeError(f"frames: expected a whole number of at least 2, got {frames!r}.")
    if not 0 < fps <= 50:  # browsers slow down what is faster
        raise RecipeError(f"fps: expected a number above 0 and up to 50, got {fps!r}.")
    if path.suffix.lower() != ".gif":
        raise RecipeError(f"path: expected a name that ends in .gif, got {path}.")
    shown = np.unique(np.linspace(0, n_points - 1, frames).round().astype(int))
    canvas = FigureCanvasAgg(figure)
    pictures = [_picture(canvas, draw, int(k)) for k in shown]
    palette = pictures[-1].quantize()  # it has all colours that the others have
    first, *rest = [_indexed(picture, palette) for picture in pictures]
    page = BytesIO()
    times = [round(1000 / fps)] * (len(pictures) - 1) + [HOLD]
    first.save(page, "GIF", save_all=True, append_images=rest, duration=times, loop=0)
    write_atomically(path, page.getvalue())
    return path


def _indexed(picture: "Image", palette: "Image") -> "Image":
    """A picture in the colours of a palette, but for the paper, which stays what it is."""
    from PIL import Image

    pixels = np.asarray(picture)
    places = np.array(picture.quantize(palette=palette, dither=Image.Dither.NONE))
    paper = int(places[0, 0])
    places[(pixels == pixels[0, 0]).all(axis=2)] = paper
    colours = palette.getpalette() or []
    colours[3 * paper : 3 * paper + 3] = pixels[0, 0].tolist()
    found = Image.fromarray(places)
    found.putpalette(colours)  # from shades of grey to places in it
    return found


def _picture(canvas: FigureCanvasAgg, draw: Draw, k: int) -> "Image":
    from PIL import Image

    draw(k)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    return Image.fromarray(pixels[..., :3])
