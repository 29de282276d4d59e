"""CSV records read without the core: the same columns, more slowly.

Not with Python's module csv, which does not tell ``"?"`` from ``?``, nor ``" a"`` from `` a``.
"""

from array import array
from collections.abc import Collection

import numpy as np

from pellucid.arrays import Array
from pellucid.data.csv_cells import (
    MISSING,
    Cell,
    CsvProblem,
    Fault,
    RawTexts,
    Records,
    as_number,
    is_missing_text,
    raw_texts,
    records,
)


class _Column:
    """The cells of a column: each once, where it first stands, and the code of each row."""

    def __init__(self) -> None:
        self.known: dict[Cell, int] = {}
        self.places: list[int] = []
        self.codes = array("i")

    def add(self, cell: Cell, place: int) -> None:
        code = self.known.setdefault(cell, len(self.places))
        if code == len(self.places):
            self.places.append(place)
        self.codes.append(code)


def read_records(
    data: bytes, begin: int, separator: str, decimal: str, n_columns: int, as_text: Collection[int]
) -> Records:
    """Return the columns of the records from `begin` on; `as_text` names columns of texts.

    Raises
    ------
    CsvProblem
    """
    columns = [_Column() for _ in range(n_columns)]
    for record in records(data, begin, separator):
        if len(record.cells) != n_columns:
            raise CsvProblem(Fault.RAGGED, record.begins[0], 0, len(record.cells))
        for column, cell, place in zip(columns, record.cells, record.begins, strict=True):
            column.add(cell, place)
    numbers = {
        j: found
        for j, column in enumerate(columns)
        if j not in as_text and (found := _numbers(column, decimal)) is not None
    }
    _check_finite(columns, numbers)
    cells = [
        numbers[j][column.codes] if j in numbers else _texts(column)
        for j, column in enumerate(columns)
    ]
    if len(numbers) < n_columns:
        return Records(cells, None)
    matrix = _narrowest(np.stack([numbers[j][columns[j].codes] for j in range(n_columns)], axis=1))
    return Records(list(matrix.T), matrix)


def _numbers(column: _Column, decimal: str) -> Array | None:
    """The number of each code, NaN for a sign of none; None where a cell is neither."""
    found = []
    for content, _ in column.known:
        number = as_number(content, decimal)
        if number is None and content not in MISSING:
            return None
        found.append(np.nan if number is None else number)
    return np.array(found, np.float64)


def _check_finite(columns: list[_Column], numbers: dict[int, Array]) -> None:
    infinite = [
        (columns[j].places[code], j)
        for j, found in numbers.items()
        for code in np.flatnonzero(np.isinf(found))[:1]
    ]
    if infinite:
        raise CsvProblem(Fault.INFINITE, *min(infinite))


def _texts(column: _Column) -> RawTexts:
    values: dict[bytes, int] = {}
    renamed = [
        -1 if is_missing_text(cell) else values.setdefault(cell.content, len(values))
        for cell in column.known
    ]
    return raw_texts(values, np.array(renamed, np.int32)[column.codes])


def _narrowest(matrix: Array) -> Array:
    """Bytes, if these are whole numbers from 0 to 255 and no zero has a sign."""
    inside = bool(((matrix >= 0) & (matrix <= 255)).all()) and not np.signbit(matrix).any()
    narrow = matrix.astype(np.uint8) if inside else matrix
    return narrow if np.array_equal(narrow, matrix) else matrix
