"""Photographs in the terminal: in their colours where it shows them, by shades elsewhere."""

import sys

import numpy as np
from rich.color import Color, ColorSystem
from rich.console import Console

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat

SHADES = " ░▒▓█"
PLAIN_SHADES = " .+*#"  # where the output cannot show the others
UPPER_HALF = "▀"  # in the colour of one pixel, on that of the pixel below
SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
    "windows": ColorSystem.WINDOWS,
}


def photograph(row: Array, image: ImageFormat, width: int = 28) -> str:
    """Return a photograph as lines of characters, at most `width` wide.

    Two pixels to a character where standard output is a terminal that shows colours; elsewhere
    light is what covers much, as on a dark screen.
    """
    system = Console().color_system if can_show(UPPER_HALF) else None
    pixels = _resized(row, image, width)
    if system is None:
        return _in_shades(pixels)
    return _in_colours(pixels, SYSTEMS[system])


def shades_here() -> str:
    """Return characters that cover more and more, of those that the output can show."""
    return SHADES if can_show(SHADES) else PLAIN_SHADES


def can_show(text: str) -> bool:
    """Return whether standard output has these characters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _resized(row: Array, image: ImageFormat, width: int) -> Array:
    """An even number of lines of pixels, (height, columns, 3), from 0 to 255."""
    from PIL import Image

    pixels = np.rint(row.reshape(image.height, image.width, -1) * (255.0 / image.maximum))
    colours = np.broadcast_to(pixels, (image.height, image.width, 3)).astype(np.uint8)
    columns = image.width * max(width // image.width, 1) if image.width <= width else width
    lines = max(2 * round(columns * image.height / image.width / 2), 2)
    method = Image.Resampling.BOX
    return np.asarray(Image.fromarray(colours).resize((columns, lines), method))


def _in_colours(pixels: Array, system: ColorSystem) -> str:
    lines = []
    for upper, lower in zip(pixels[::2].tolist(), pixels[1::2].tolist(), strict=True):
        cells = [_cell(u, l, system) for u, l in zip(upper, lower, strict=True)]
        lines.append("".join(cells) + "\x1b[0m")
    return "\n".join(lines)


def _cell(upper: list[int], lower: list[int], system: ColorSystem) -> str:
    codes = [
        *Color.from_rgb(*upper).downgrade(system).get_ansi_codes(foreground=True),
        *Color.from_rgb(*lower).downgrade(system).get_ansi_codes(foreground=False),
    ]
    return f"\x1b[{';'.join(codes)}m{UPPER_HALF}"


def _in_shades(pixels: Array) -> str:
    """Two lines of pixels to a line, since a character is about twice as high as wide."""
    shades = shades_here()
    grey = pixels.mean(axis=2).reshape(len(pixels) // 2, 2, -1).mean(axis=1) / 255
    levels = np.minimum((grey * len(shades)).astype(int), len(shades) - 1)
    return "\n".join("".join(shades[level] for level in line).rstrip() for line in levels)
