"""Photographs sorted into folders, or named in a list, become a data set.

Which files there are, ``picture_files.py`` finds; ``picture_rows.py`` decodes them.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid.arrays import Array
from pellucid.data.assemble import TEST_FRACTION, TEST_SEED
from pellucid.data.cache import Report, silent
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.decoding import decode, shown
from pellucid.data.memory import bytes_said, fits
from pellucid.data.photographs import Size, is_coloured, size_said, upright_size
from pellucid.data.picture_files import Listing, Pictures, list_folder, read_list
from pellucid.data.picture_rows import Rows, Seen, each, read_rows, stop_at
from pellucid.data.split import Holding, split
from pellucid.errors import DataError, RecipeError

SIDE = 64  # pixels: larger pictures, and those of different sizes, are made so high and wide
LONGEST = 10_000  # pixels that a side may be asked for
SAMPLE = 64  # pictures whose colours are looked at

COLOURS, DAMAGED = ("grey", "rgb"), ("stop", "leave-out")


@dataclass(frozen=True)
class PictureOptions:
    """How photographs are to become rows.

    Parameters
    ----------
    size : (int, int), optional
        Height and width; by default their own, where all have one of at most 64 × 64, else 64 × 64.
    colour : {"grey", "rgb"}, optional
        By default as they are: with colour if any of a sample has some.
    damaged : {"stop", "leave-out"}
        What becomes of files that are damaged, too large or no pictures.

    Raises
    ------
    RecipeError
        Sizes below 1 or above 10,000, other words.
    """

    size: Size | None = None
    colour: str | None = None
    damaged: str = "stop"

    def __post_init__(self) -> None:
        if self.size is not None and not all(1 <= side <= LONGEST for side in self.size):
            raise RecipeError(f"size: expected sides from 1 to {LONGEST:,}, got {self.size}.")
        for name, known, value in (
            ("colour", COLOURS, self.colour or "grey"),
            ("damaged", DAMAGED, self.damaged),
        ):
            if value not in known:
                raise RecipeError(f"{name}: expected {' or '.join(known)}, got {value!r}.")


AS_THEY_ARE = PictureOptions()


def size_of(text: str) -> Size:
    """Return height and width from "32", a square, or "100x80", the width first.

    Raises
    ------
    RecipeError
    """
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) > 2 or not all(side.strip().isdecimal() for side in sides):
        raise RecipeError(f"size: expected a side such as 32, or width x height, got {text!r}.")
    width, height = int(sides[0]), int(sides[-1])
    return height, width


def read_pictures(
    path: Path,
    options: PictureOptions = AS_THEY_ARE,
    report: Report = silent,
    *,
    in_files: bool | None = None,
) -> Dataset:
    """Return the pictures of a folder, or of a list of paths and classes, as a data set.

    Where they bring no test part, one in five is set aside, in proportion to the classes. Rows of
    more than a quarter of the free memory are decoded into files and stay there; all parts are
    drawn picture by picture, so that they are the same wherever the rows are.

    Parameters
    ----------
    path : Path
        A folder with a sub-folder for each class; one with train/ and test/, and validation/, of
        such sub-folders; or a table of two columns, path and class.
    options : PictureOptions
    report : callable
    in_files : bool, optional
        Whether the rows stay in files, in the place of what the memory says.

    Raises
    ------
    DataError
        No pictures, a class without one, a damaged file; which, and how to go on.
    FileError
        A folder or a file cannot be read, or the cache not written.
    """
    path = path.resolve()  # so that the cache knows it by whatever name it is called
    listing = list_folder(path) if path.is_dir() else read_list(path)
    parts, tested = _with_test(listing)
    everything = [file for part in parts.values() for file in part.paths]
    format = _format(everything, options, report)
    n, w, h, c = len(everything), format.width, format.height, format.channels
    stays = not fits(n * format.n_values) if in_files is None else in_files
    report(
        f"{n:,} pictures of {w} × {h} × {c} bytes: {bytes_said(n * format.n_values)}"
        f"{', which stay in files' if stays else ''}"
    )
    damaged = options.damaged
    rows = {
        name: read_rows(f"{path} {name}", part.paths, format, damaged, report, in_files=stays)
        for name, part in parts.items()
    }
    made = {name: _part(part, rows[name]) for name, part in parts.items()}
    _check_classes(path, listing.classes, made["train"].Y)
    return Dataset(
        shown(path.name if path.is_dir() else path.stem),
        made["train"],
        made.get("test"),
        listing.classes,
        format,
        _source(path, listing, rows, format, _where(stays) + tested),
        holding=Holding("class", made["train"].Y) if stays else None,
        validation=made.get("validation"),
    )


def _with_test(listing: Listing) -> tuple[dict[str, Pictures], str]:
    """The parts, with a test part wherever there can be one, and how it was made."""
    train = listing.parts["train"]
    if "test" in listing.parts:
        return listing.parts, "with the test part they bring"
    if np.bincount(train.codes).max() < 2:
        return listing.parts, "too few to set a test part aside"
    kept, held = split(train.codes, TEST_FRACTION, TEST_SEED)
    parts = listing.parts | {"train": _take(train, kept), "test": _take(train, held)}
    return parts, (
        f"which bring no test part: one in five, drawn with seed {TEST_SEED}, in proportion to "
        "the classes, became the test part"
    )


def _where(stays: bool) -> str:
    """How rows that stay in files are held, as a part of a sentence."""
    if not stays:
        return ""
    return "left in files once they were decoded, whose parts are drawn picture by picture, "


def _take(pictures: Pictures, rows: Array) -> Pictures:
    return Pictures(tuple(pictures.paths[row] for row in rows), pictures.codes[rows])


def _part(pictures: Pictures, rows: Rows) -> Part:
    kept = np.setdiff1d(np.arange(len(pictures.codes)), list(rows.left_out))
    return Part(rows.X, pictures.codes[kept])


def _check_classes(path: Path, classes: tuple[str, ...], codes: Array) -> None:
    counts = np.bincount(codes, minlength=len(classes))
    if not counts.all():
        name = classes[int(counts.argmin())]
        raise DataError(
            f"{shown(path)}: expected pictures of the class {name!r} to train on, but all of its "
            "files are damaged. Give others, or remove the class."
        )


def _format(paths: Sequence[Path], options: PictureOptions, report: Report) -> ImageFormat:
    height, width = options.size or _common_size(paths, options.damaged)
    colour = options.colour or _common_colour(paths)
    return ImageFormat(height, width, 255, "whole", 1 if colour == "grey" else 3)


def _common_size(paths: Sequence[Path], damaged: str) -> Size:
    """The size that all pictures have, where it is not too large; only heads are read."""
    sizes: Counter[Size] = Counter()
    for block in each(paths, lambda path: decode(path, upright_size)):
        for found in block:
            if not isinstance(found, str):
                sizes[found] += 1
            elif damaged == "stop":
                raise stop_at(found)
    if len(sizes) == 1 and max(next(iter(sizes))) <= SIDE:
        return next(iter(sizes))
    return SIDE, SIDE


def _common_colour(paths: Sequence[Path]) -> str:
    """Whether any of a sample has colour; damaged ones will be met again."""
    sample = paths[:: max(1, len(paths) // SAMPLE)]
    found = [colour for block in each(sample, lambda p: decode(p, is_coloured)) for colour in block]
    return "rgb" if any(colour is True for colour in found) else "grey"


def _source(
    path: Path, listing: Listing, rows: dict[str, Rows], format: ImageFormat, tested: str
) -> str:
    """What was done, in a sentence."""
    n = sum(len(part.X) for part in rows.values())
    left_out = sum(len(part.left_out) for part in rows.values())
    kind = "the folder" if path.is_dir() else "the list"
    notes = [f"{left_out:,} damaged or foreign files left out"] if left_out else []
    notes += [f"{listing.ignored:,} other files ignored"] if listing.ignored else []
    about = f" ({', '.join(notes)})" if notes else ""
    resized = _resized([part.seen for part in rows.values()], format)
    colour = "grey" if format.channels == 1 else "colour"
    return (
        f"{n:,} pictures of {len(listing.classes)} classes from {kind} {shown(path.name)}{about}, "
        f"in {colour}, {resized}, {tested}."
    )


def _resized(seen: list[Seen], format: ImageFormat) -> str:
    wanted = size_said(format.height, format.width)
    if not any(part.resized for part in seen):
        return f"of {wanted} pixels"
    smallest = min((part.smallest for part in seen), key=math.prod)
    largest = max((part.largest for part in seen), key=math.prod)
    before = size_said(*smallest)
    if smallest != largest:
        before = f"{before} to {size_said(*largest)}"
    ends = ", their longer side cut at both ends" if any(part.cut for part in seen) else ""
    return f"resized from {before} to {wanted} pixels{ends}"
