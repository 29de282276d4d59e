"""Which columns of a table are looked at: not what numbers its rows; and pixels, as pictures."""

import re
from collections.abc import Sequence

import numpy as np

from pellucid.arrays import Array
from pellucid.data import cells as of
from pellucid.data.cache import Report
from pellucid.data.columns import Column, counts_rows
from pellucid.data.dataset import ImageFormat
from pellucid.data.reading import Reading
from pellucid.data.table import Table
from pellucid.data.table_format import listed
from pellucid.errors import DataError

NAMES_OF_ROWS = ("", "id", "index", "row", "rownames", "rowid", "unnamed: 0", "column 1", "key")
LEAST_PIXELS = 64  # a square of 8 × 8


def names_of_inputs(table: Table, reading: Reading, report: Report) -> tuple[str, ...]:
    """Return the columns to look at: neither target nor group, nor what only numbers the rows.

    Raises
    ------
    DataError
        None is left.
    """
    apart = {*reading.target, reading.group}
    counting = [
        name
        for name, cells in zip(table.names, table.cells, strict=True)
        if name not in apart and name not in reading.kinds and numbers_rows(name, cells)
    ]
    if counting:
        report(f"left out, since it only numbers the rows: {listed(counting)}")
    left_out = {*apart, *counting}
    found = tuple(name for name in table.names if name not in left_out)
    if not found:
        raise DataError(f"expected a column to predict from, got only {listed(table.names)}.")
    return found


def numbers_rows(name: str, cells: object) -> bool:
    """Return whether whole numbers do nothing but number the rows, by their name and themselves."""
    plain = name.strip().lower()
    if plain not in NAMES_OF_ROWS and not plain.endswith(("_id", " id")):
        return False
    numbers = of.at_once(cells)
    if numbers is None or len(numbers) < 2 or np.isnan(numbers).any():
        return False
    different = len(np.unique(numbers)) == len(numbers)
    return different and (counts_rows(numbers) or bool((numbers == np.rint(numbers)).all()))


def image_of(columns: Sequence[Column], rows: Array) -> ImageFormat | None:
    """Return the format of pictures, where columns are the pixels of one: a square of bytes."""
    side = round(len(columns) ** 0.5)
    plain = all(column.kind == "number" for column in columns)
    numbered = len({re.sub(r"\d+", "", column.name) for column in columns}) == 1
    if side * side != len(columns) or len(columns) < LEAST_PIXELS or not (plain and numbered):
        return None
    if rows.dtype != np.uint8:
        whole = rows.min() >= 0 and rows.max() <= 255 and bool((rows == np.rint(rows)).all())
        if not whole:  # also where some are missing
            return None
    largest = next(limit for limit in (1, 16, 255) if rows.max() <= limit)
    return ImageFormat(side, side, largest, "mass" if side == 28 else "box")
