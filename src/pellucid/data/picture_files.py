"""Which pictures there are, and of which class each is: folders of them, and lists of paths.

They are only looked for here; ``picture_rows.py`` opens them.
"""

import csv
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.decoding import shown
from pellucid.data.idx import is_idx_name
from pellucid.errors import DataError, FileError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif")
PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("test", "testing"), "test"),
    **dict.fromkeys(("val", "valid", "validation"), "validation"),
}
SYSTEM = {"thumbs.db", "desktop.ini", "__macosx"}  # beside what begins with a dot
HEAD = 1 << 16  # bytes by which a list of pictures is known


class Pictures(NamedTuple):
    """Pictures of a part, in order, and the code of each one's class."""

    paths: tuple[Path, ...]
    codes: Array  # int32


@dataclass(frozen=True)
class Listing:
    """The pictures of a data set.

    Attributes
    ----------
    classes : tuple of str
        In natural order: "2" comes before "10".
    parts : dict of Pictures
        "train", and "test" and "validation" where they are there.
    ignored : int
        Hidden files, files of the system, and what lies beside the folders of classes.
    """

    classes: tuple[str, ...]
    parts: dict[str, Pictures]
    ignored: int


def is_picture_folder(folder: Path) -> bool:
    """Return whether a folder has sub-folders, as pictures sorted by class have, and no IDX."""
    try:
        folders, files, _ = _entries(folder)
    except (FileError, ValueError):  # ValueError: a zero character in the name
        return False
    return bool(folders) and not any(is_idx_name(file) for file in files)


def is_picture_list(path: Path) -> bool:
    """Return whether a file is a table of two columns, of which the first names pictures."""
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return False
    try:
        with path.open("rb") as file:
            lines = file.read(HEAD).decode("utf-8-sig", "replace").splitlines()[:2]
    except (OSError, ValueError):
        return False
    last = next(csv.reader(lines[-1:], delimiter=_separator(lines)), [])
    return len(last) == 2 and last[0].lower().endswith(SUFFIXES)


def list_folder(folder: Path) -> Listing:
    """Find the pictures of a folder with a sub-folder for each class, or of train/ and test/.

    Files are in the order of their names, class by class; deeper folders belong to the class
    that they lie in. Links to folders are followed, but not round in circles.

    Raises
    ------
    DataError
        No class, or one without pictures.
    FileError
        A folder cannot be read.
    """
    folders, files, ignored = _entries(folder)
    ignored += len(files)
    names = {path.name.lower() for path in folders}
    if not names <= set(PARTS) or not {"train", "training"} & names:
        return _listing(folder, {"train": folders}, ignored)
    by_part: dict[str, list[Path]] = {}
    for part in folders:
        classes, files, left = _entries(part)
        ignored += left + len(files)
        by_part.setdefault(PARTS[part.name.lower()], []).extend(classes)
    return _listing(folder, by_part, ignored)


def _listing(folder: Path, by_part: dict[str, list[Path]], ignored: int) -> Listing:
    """Gather what lies in the folders of classes."""
    classes = _natural({shown(path.name) for path in by_part["train"]})
    if not classes:
        raise DataError(
            f"{shown(folder)}: expected a sub-folder for each class with its pictures, or train/ "
            "and test/ with such sub-folders, got none. Sort the pictures into sub-folders."
        )
    places = {name: code for code, name in enumerate(classes)}
    parts: dict[str, Pictures] = {}
    for part, folders in by_part.items():
        found: list[tuple[int, Path]] = []
        for path in folders:
            inside, left = _class(path, places)
            ignored += left
            found += [(places[shown(path.name)], file) for file in inside]
        found.sort()
        if found:
            codes = np.array([code for code, _ in found], np.int32)
            parts[part] = Pictures(tuple(path for _, path in found), codes)
    return Listing(classes, parts, ignored)


def _class(folder: Path, places: dict[str, int]) -> tuple[list[Path], int]:
    """The files of a class, which has to be one that is trained on, and how many were ignored."""
    name = shown(folder.name)
    if name not in places:
        known = ", ".join(list(places)[:8]) + (", …" if len(places) > 8 else "")
        raise DataError(
            f"{shown(folder)}: expected a class that is trained on ({known}), got {name!r}. "
            "Give pictures of it to train on, or remove the folder."
        )
    found, ignored = _files(folder)
    if not found:
        raise DataError(
            f"{shown(folder)}: expected pictures of the class {name!r}, got none. "
            "Add some, or remove the folder."
        )
    return found, ignored


def read_list(path: Path) -> Listing:
    """Read a table of two columns: paths, absolute or from the table's folder, and classes.

    A first line whose first cell names no picture is a heading.

    Raises
    ------
    DataError
        Another number of columns, an empty cell, no pictures; which line.
    FileError
        The file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError as problem:
        raise FileError(f"cannot read {shown(path)}: {problem.strerror}. Check the name.") from None
    lines = text.splitlines()
    try:
        rows = list(csv.reader(lines, delimiter=_separator(lines)))
    except csv.Error as problem:
        raise DataError(f"{shown(path)}: expected a table of two columns ({problem}).") from None
    paths: list[Path] = []
    labels: list[str] = []
    for number, row in enumerate(rows, start=1):
        if not row or (number == 1 and not row[0].lower().endswith(SUFFIXES)):
            continue
        if len(row) != 2 or not row[0].strip() or not row[1].strip() or "\0" in row[0]:
            raise DataError(
                f"{shown(path)}, line {number}: expected the path of a picture and its class, got "
                f"{len(row)} cells, {row[:3]!r}. Correct the line."
            )
        paths.append(path.parent / row[0].strip())
        labels.append(shown(row[1].strip()))
    if not paths:
        raise DataError(f"{shown(path)}: expected a line for each picture, got none.")
    classes = _natural(set(labels))
    places = {name: code for code, name in enumerate(classes)}
    codes = np.array([places[label] for label in labels], np.int32)
    return Listing(classes, {"train": Pictures(tuple(paths), codes)}, 0)


def _separator(lines: list[str]) -> str:
    """The one that the last of the first two lines has; a comma where it has none."""
    line = re.sub(r'"[^"]*"', "", lines[:2][-1] if lines else "")
    return max(",;\t", key=line.count)


def _entries(folder: Path) -> tuple[list[Path], list[Path], int]:
    """The folders and the files in a folder, and how many of the system's were left out."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir()) for entry in entries]
    except OSError as problem:
        raise FileError(
            f"cannot read the folder {shown(folder)}: {(problem.strerror or '').lower()}. "
            "See that you may read it."
        ) from None
    kept = [(folder / name, is_folder) for name, is_folder in found if not _is_system(name)]
    folders = [path for path, is_folder in kept if is_folder]
    return folders, [path for path, is_folder in kept if not is_folder], len(found) - len(kept)


def pictures_below(folder: Path) -> list[Path]:
    """Return all pictures in a folder and those in it, in natural order of their names."""
    found = [path for path in _files(folder)[0] if path.suffix.lower() in SUFFIXES]
    return sorted(found, key=lambda path: _natural_key(str(path)))


def _is_system(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM


def _files(top: Path) -> tuple[list[Path], int]:
    """All files below a folder; a link back to a folder above is left out and counted."""
    waiting: list[tuple[Path, frozenset[tuple[int, int]]]] = [(top, frozenset())]
    found: list[Path] = []
    ignored = 0
    while waiting:
        folder, above = waiting.pop()
        status = folder.stat()
        here = (status.st_dev, status.st_ino)
        if here in above:
            ignored += 1
            continue
        folders, files, left = _entries(folder)
        found += files
        ignored += left
        waiting += [(path, above | {here}) for path in folders]
    return found, ignored


def _natural(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=_natural_key))


def _natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Numbers within names by their size, before letters; the rest as it is written."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", name)
    return [_piece_key(piece) for piece in pieces], name


def _piece_key(piece: str) -> tuple[int, int, str]:
    digits = piece.lstrip("0")
    return (0, len(digits), digits) if piece[0] in "0123456789" else (1, 0, piece)
