"""What ``pellucid datasets show`` prints and draws of a data set."""

from dataclasses import asdict
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.cli.drawing import bar, beside, picture
from pellucid.data.contents import ClassCount, Description, describe, groups, warnings_of
from pellucid.data.dataset import Dataset, ImageFormat
from pellucid.data.memory import bytes_said
from pellucid.errors import DataError, RecipeError, UnsupportedError
from pellucid.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 80
LISTED = 40  # classes
PHOTOGRAPH = 38  # characters, so that two stand beside one another
BAR = 20  # characters of the largest class
LONGEST = 24  # characters of a class's name
DISTORTED = 8  # examples, each of another class
KINDS = {".png": "Software", ".svg": "Date", ".pdf": "CreationDate"}  # what would differ in each


def figures(data: Dataset) -> dict[str, Any]:
    """Return all that is printed, as JSON has it."""
    found = describe(data)
    numbers = asdict(found)
    numbers["classes"] = _as_dicts(found.classes)
    numbers["targets"] = _as_dicts(found.targets)
    return {"name": data.name, "source": data.source, **numbers, "warnings": warnings_of(found)}


def _as_dicts(rows: tuple[Any, ...] | None) -> list[dict[str, Any]] | None:
    return None if rows is None else [row._asdict() for row in rows]


def shown(data: Dataset, seed: int) -> str:
    """Return a data set in words: parts, inputs, classes or numbers, and some pictures."""
    found = describe(data)
    blocks = ["\n".join([data.name, *wrap(data.source, WIDTH)]), _sizes(found)]
    if found.classes is not None:
        blocks.append(_balance(found.classes))
    if found.targets is not None:
        blocks.append(_spreads(found))
    blocks += ["\n".join(wrap(said, WIDTH)) for said in warnings_of(found)]
    if data.image is not None:
        blocks.append(_pictures(data, data.image, seed))
    return "\n\n".join(blocks)


def _sizes(found: Description) -> str:
    test = "none" if found.n_test is None else f"{found.n_test:,} examples"
    lines = [("training part", f"{found.n_train:,} examples"), ("test part", test)]
    numbers = f"{found.n_inputs:,} numbers"
    if found.image is not None:
        colours = "in colour" if found.image.channels == 3 else "grey"
        numbers += f": pictures of {found.image.height} x {found.image.width} pixels, {colours}"
    lines.append(("inputs", numbers))
    between = f"{found.least:.6g} to {found.most:.6g}, mean {found.mean:.6g}"
    constant = f"; {found.n_constant:,} always the same" if found.n_constant else ""
    missing = f"; {found.n_missing:,} missing" if found.n_missing else ""
    lines += [("", between + constant + missing), ("in memory", f"{bytes_said(found.n_bytes)}")]
    return "\n".join(f"{name:<15}{text}" for name, text in lines)


def _balance(classes: tuple[ClassCount, ...]) -> str:
    """A line a class, with a bar as long as it is large; of very many the first ones."""
    listed = classes[:LISTED]
    names = [row.name if len(row.name) <= LONGEST else row.name[:23] + "…" for row in listed]
    width = max(7, *map(len, names))
    most = max(row.train for row in classes)
    lines = [f"{'classes':<{width}}{'training':>11}{'share':>10}{'test':>10}"]
    for name, row in zip(names, listed, strict=True):
        test = "" if row.test is None else f"{row.test:,}"
        counts = f"{row.train:>11,}{100 * row.share:>8.1f} %{test:>10}"
        lines.append(f"{name:<{width}}{counts}   {bar(row.train / most, BAR)}")
    if more := classes[LISTED:]:
        sizes = [row.train for row in more]
        lines.append(f"and {len(more):,} more classes of {min(sizes):,} to {max(sizes):,} each")
    return "\n".join(lines)


def _spreads(found: Description) -> str:
    """Five numbers and the mean of each column of Y."""
    heads = ("least", "lower ¼", "median", "upper ¼", "most", "mean")
    lines = ["targets  " + "".join(f"{head:>11}" for head in heads)]
    for j, spread in enumerate((found.targets or ())[:LISTED]):
        lines.append(f"Y[{j}]".ljust(9) + "".join(f"{value:>11.5g}" for value in spread))
    return "\n".join(lines)


def _pictures(data: Dataset, image: ImageFormat, seed: int) -> str:
    """An example of each of the first classes, beside one another, under its class's name."""
    across = min(2 * image.width, 28) if image.width <= 28 else image.width
    if image.centring == "whole":
        across = min(across, PHOTOGRAPH)  # they are drawn smaller
    drawn = ""
    for group in groups(data.train.Y, data.classes, 1, seed)[: (WIDTH + 2) // (across + 2)]:
        for row in data.train.X[group.rows]:  # none of a class that is only in the test part
            block = f"{group.name[:across]}\n{picture(row, image, across)}"
            drawn = beside(drawn, block.split("\n"), gap=2) if drawn else block
    return drawn


def check_out(out: Path | None, augment: str | None) -> None:
    """Raise, before anything is read, where no picture could be written.

    Raises
    ------
    RecipeError
        A name that ends in something else, or nowhere to draw what was asked for.
    UnsupportedError
        Pictures are not installed.
    """
    if out is None:
        if augment is not None:
            raise RecipeError("augment: expected a picture to draw it in. Add --out augmented.png")
        return
    if out.suffix.lower() not in KINDS:
        raise RecipeError(f"out: expected a name ending in {', '.join(KINDS)}, got {out}.")
    if find_spec("matplotlib") is None:
        raise UnsupportedError(
            "out: expected matplotlib, which pictures need and which is not installed. Install it "
            "with: pip install 'pellucid[figures]'"
        )


def draw(data: Dataset, out: Path, seed: int, theme: str, augment: str | None = None) -> None:
    """Write the contact sheet of the training part, or how some of it is distorted.

    Raises
    ------
    DataError
        The data set holds no pictures.
    RecipeError
        A theme or distortions that nobody knows.
    """
    from matplotlib import pyplot as plt
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    if data.image is None:
        raise DataError(f"out: expected a data set of pictures, but {data.name} holds numbers.")
    ax = _drawn(data, data.image, seed, theme, augment)
    figure, content = ax.figure, BytesIO()
    assert isinstance(figure, Figure)
    # The same data give the same bytes: names inside are made from a fixed word, without a date.
    kind = out.suffix.lower()
    with rc_context({"svg.hashsalt": "pellucid"}):
        figure.savefig(content, format=kind[1:], dpi=100, metadata={KINDS[kind]: None})
    plt.close(figure)
    write_atomically(out, content.getvalue())


def _drawn(data: Dataset, image: ImageFormat, seed: int, theme: str, augment: str | None) -> "Axes":
    from pellucid.cli.augmenting import augment_of
    from pellucid.views.augmented import plot_augmented
    from pellucid.views.contact import plot_contact_sheet

    X, Y, classes = data.train.X, data.train.Y, data.classes
    if augment is None:
        return plot_contact_sheet(X, Y, image, classes=classes, seed=seed, theme=theme)
    asked = augment_of(augment, image, data.name)
    rows = np.concatenate([group.rows for group in groups(Y, classes, 1, seed)])[:DISTORTED]
    return plot_augmented(X[rows], image, asked, seed=seed, n=len(rows), theme=theme)
