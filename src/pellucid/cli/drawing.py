"""Pictures and tables made of characters: they need no terminal, and are at most 80 wide.

Ink is drawn by characters that cover more or less; photographs in ``photographs.py``.
"""

import re

import numpy as np

from pellucid.arrays import Array
from pellucid.cli.photographs import can_show, photograph, shades_here
from pellucid.data.dataset import ImageFormat

ESCAPES = re.compile("\x1b\\[[0-9;]*m")


def picture(row: Array, image: ImageFormat, width: int = 28) -> str:
    """Return a row of pixels as lines of characters, ink dark, about `width` wide at most.

    A photograph is drawn in its colours where the terminal shows them.
    """
    if image.centring == "whole":
        return photograph(row, image, width)
    pixels = row.reshape(image.height, image.width) / image.maximum
    # A character is about twice as high as wide.
    across = min(max(width // image.width, 1), 2)
    pixels = np.repeat(pixels, across, axis=1)
    down = max(round(2 / across), 1)
    rows = -(-image.height // down)
    padded = np.zeros((rows * down, pixels.shape[1]))
    padded[: image.height] = pixels
    grey = padded.reshape(rows, down, -1).mean(axis=1)
    shades = shades_here()
    levels = np.minimum((grey * len(shades)).astype(int), len(shades) - 1)
    inked = np.flatnonzero(levels.any(axis=1))
    if inked.size:
        levels = levels[inked[0] : inked[-1] + 1]  # empty lines above and below say nothing
    return "\n".join("".join(shades[level] for level in line).rstrip() for line in levels)


def beside(left: str, right: list[str], gap: int = 3) -> str:
    """Return `right`, line by line, to the right of `left`, in its middle."""
    lines = left.split("\n")
    width = max(_width(line) for line in lines) + gap
    top = max((len(lines) - len(right)) // 2, 0)
    lines += [""] * (top + len(right) - len(lines))
    for i, text in enumerate(right):
        line = lines[top + i]
        lines[top + i] = (line + " " * (width - _width(line)) + text).rstrip()
    return "\n".join(lines)


def _width(line: str) -> int:
    """How many characters are seen of a line: codes of colours are not."""
    return len(ESCAPES.sub("", line))


def bars(probabilities: Array, names: tuple[str, ...], at_most: int = 3) -> list[str]:
    """Return the largest outputs, one a line, each with a bar."""
    full, empty = ("█", "·") if can_show("█·") else ("#", ".")
    width = max(len(name) for name in names)
    lines = []
    for i in np.argsort(-probabilities, kind="stable")[:at_most]:
        filled = round(20 * float(np.clip(probabilities[i], 0, 1)))
        bar = full * filled + empty * (20 - filled)
        lines.append(f"{names[i]:>{width}}  {bar} {100 * float(probabilities[i]):5.1f} %")
    return lines


def confusion_table(table: Array, names: tuple[str, ...]) -> str | None:
    """Return the table of right and chosen classes, or None where it would be too wide."""
    cell = max(len(str(int(table.max()))), *(len(name) for name in names)) + 1
    margin = max(5, *(len(name) for name in names))
    if margin + cell * len(names) > 79:
        return None
    lines = [f"{'right':>{margin}} " + "chosen".center(cell * len(names)).rstrip()]
    lines.append(" " * margin + "".join(f"{name:>{cell}}" for name in names))
    for name, row in zip(names, table, strict=True):
        counts = "".join(f"{int(n) if n else '·' if can_show('·') else '.':>{cell}}" for n in row)
        lines.append(f"{name:>{margin}}{counts}")
    return "\n".join(lines)


def commonest_confusions(table: Array, names: tuple[str, ...], at_most: int = 5) -> list[str]:
    """Return the pairs of classes that are confused most often, a line each."""
    wrong = table.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:at_most]
    pairs = [divmod(int(i), len(table)) for i in order]
    return [f"{names[i]} taken for {names[j]}: {wrong[i, j]}" for i, j in pairs if wrong[i, j]]


def bar(share: float, width: int) -> str:
    """Return so much of a bar; what there is of something is never drawn as nothing."""
    filled = round(width * share) or int(share > 0)
    return ("█" if can_show("█") else "#") * filled
