"""From the column to predict to what a network learns: codes of classes, or numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data import cells as of
from pellucid.data.columns import TRUTHS
from pellucid.data.table import Cells, Coded, Table
from pellucid.errors import DataError

FEW = 20  # different whole numbers up to which they are taken for classes
MOST = 1000  # classes


class Target(NamedTuple):
    """What is to be predicted.

    Attributes
    ----------
    task : {"classes", "numbers", "labels"}
    Y : (n,) int32 or (n, m) float64
        Codes of classes; or numbers, of labels 0 and 1.
    classes : tuple of str or None
        The name of each code.
    """

    task: str
    Y: Array
    classes: tuple[str, ...] | None


@dataclass(frozen=True)
class Scaling:
    """How numbers to predict, in the user's units, become what a network learns.

    Parameters
    ----------
    center, spread : tuple of float
        Of each target: the network learns (y − center) / spread.
    """

    center: tuple[float, ...]
    spread: tuple[float, ...]

    def apply(self, Y: Array) -> Array:
        """Return targets (n, m) as the network learns them."""
        return (Y - np.array(self.center)) / np.array(self.spread)

    def restored(self, P: Array) -> Array:
        """Return predictions in the user's units, (n, m) or, of several levels, (n, m · levels)."""
        levels = P.shape[1] // len(self.center)
        center, spread = (np.repeat(each, levels) for each in (self.center, self.spread))
        return P * spread + center


def scaling_of(Y: Array) -> Scaling:
    """Return the scaling that brings targets (n, m) to mean 0 and deviation 1."""
    spread = [float(s) if s > 0 and np.isfinite(s) else 1.0 for s in Y.std(axis=0)]
    return Scaling(tuple(Y.mean(axis=0).tolist()), tuple(spread))


def target_of(table: Table, names: Sequence[str], task: str | None = None) -> Target:
    """Return what some columns of a table, in which nothing is missing, are as a target.

    One column of texts are classes, as are whole numbers of which there are few different ones;
    other numbers are numbers. Several columns are numbers or, where they say yes and no
    only, labels.

    Raises
    ------
    DataError
        A target that is none, or a task that does not suit it.
    """
    cells = [table.column(name) for name in names]
    found = task or _task(cells)
    if found == "classes":
        if len(names) > 1:
            raise DataError(
                f"expected one column of classes to predict, got {len(names)}: "
                f"{', '.join(names)}. Several columns are numbers, or labels of yes and no."
            )
        return _classes(names[0], cells[0])
    each = _labels if found == "labels" else _numbers
    Y = np.column_stack([each(name, column) for name, column in zip(names, cells, strict=True)])
    return Target(found, Y, None)


def codes_of(name: str, cells: Cells, classes: Sequence[str]) -> Array:
    """Return the codes that a model has for the classes in a column.

    Raises
    ------
    DataError
        A class that the model does not know.
    """
    places = {value: code for code, value in enumerate(classes)}
    texts = _as_texts(name, cells)
    found = np.array([places.get(value, -1) for value in texts.values], np.int32)[texts.codes]
    for row in np.flatnonzero(found < 0)[:1]:
        raise DataError(
            f"column {name!r}: expected the classes that the model was trained on "
            f"({', '.join(classes[:10])}{', …' * (len(classes) > 10)}), got "
            f"{texts.values[texts.codes[row]]!r} in row {row}, counted from 0."
        )
    return found


def numbers_of(table: Table, names: Sequence[str], task: str) -> Array:
    """Return columns of numbers or labels as targets (n, m)."""
    each = _labels if task == "labels" else _numbers
    return np.column_stack([each(name, table.column(name)) for name in names])


def missing_of(cells: Cells) -> Array:
    """Return where nothing stands."""
    if isinstance(cells, Coded):
        return cells.codes < 0
    numbers = of.at_once(cells)
    return of.missing_of(of.objects_of(cells)) if numbers is None else np.isnan(numbers)


def _task(cells: Sequence[Cells]) -> str:
    if len(cells) > 1:
        return "labels" if all(map(_is_yes_or_no, cells)) else "numbers"
    numbers = of.at_once(cells[0])
    if numbers is None or of.are_booleans(cells[0]):
        return "classes"
    n_different = len(np.unique(numbers))
    whole = bool((numbers == np.rint(numbers)).all())
    return "classes" if whole and n_different <= min(FEW, len(numbers) // 2) else "numbers"


def _is_yes_or_no(cells: Cells) -> bool:
    numbers = of.at_once(cells)
    if numbers is not None:
        return bool(((numbers == 0) | (numbers == 1)).all())
    return {value.lower() for value in of.coded("", cells).values} in TRUTHS


def _as_texts(name: str, cells: Cells) -> Coded:
    """Numbers are written as people write them: 3, not 3.0."""
    numbers = None if of.are_moments(cells) or of.are_booleans(cells) else of.at_once(cells)
    return of.coded(name, cells if numbers is None else numbers)


def _classes(name: str, cells: Cells) -> Target:
    texts = _as_texts(name, cells)
    used = np.unique(texts.codes)
    values = [texts.values[code] for code in used]
    n = len(texts)
    if len(values) > MOST or (len(values) > FEW and len(values) > n // 2):
        raise DataError(
            f"column {name!r}: expected classes to predict, got {len(values):,} different values "
            f"in {n:,} rows, as {values[0]!r}: too many for classes. Name another column, or, if "
            "they are quantities, say so (task numbers)."
        )
    order = sorted(range(len(values)), key=lambda i: _in_order(values[i]))
    places = np.zeros(len(texts.values), np.int32)
    places[used[order]] = np.arange(len(used), dtype=np.int32)
    return Target("classes", places[texts.codes], tuple(values[i] for i in order))


def _in_order(value: str) -> tuple[int, float, str]:
    """Numbers by size, and then texts."""
    try:
        return 0, float(value), value
    except ValueError:
        return 1, 0.0, value


def _numbers(name: str, cells: Cells) -> Array:
    numbers = of.at_once(cells)
    if numbers is None:
        texts = of.coded(name, cells)
        objects = texts.texts()
        if not of.are_numbers(objects):
            row = next(i for i in range(len(texts)) if not of.are_numbers(objects[i : i + 1]))
            raise DataError(
                f"column {name!r}: expected numbers to predict, got {objects[row]!r} in row {row}, "
                "counted from 0. Name another column, or one alone, which may have classes."
            )
        numbers = of.as_numbers(objects)
    if not np.isfinite(numbers).all():
        raise DataError(f"column {name!r}: expected finite numbers to predict, got infinity.")
    return numbers


def _labels(name: str, cells: Cells) -> Array:
    if not _is_yes_or_no(cells):
        raise DataError(
            f"column {name!r}: expected a label, 0 and 1 or yes and no, got other values. "
            "Leave the task out, or name other columns."
        )
    numbers = of.at_once(cells)
    if numbers is not None:
        return numbers
    texts = of.coded(name, cells)
    yes = [value.lower() in ("true", "yes", "t", "y", "on") for value in texts.values]
    return np.array(yes, np.float64)[texts.codes]
