"""A table as it was read: columns of numbers and columns of texts, each with its name.

What a column means, number or category, is decided in ``columns.py``.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Array
from pellucid.errors import DataError


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of texts, each kept once.

    Parameters
    ----------
    values : tuple of str
        The different texts, in the order in which they first stand in the column.
    codes : (n,) int32
        Places in `values`; −1 where nothing stands.
    """

    values: tuple[str, ...]
    codes: Array

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def take(self, rows: Array | slice) -> "Coded":
        """Return some of the rows; `values` stay as they are."""
        return Coded(self.values, self.codes[rows])

    def texts(self) -> Array:
        """Return the column as objects, str or None."""
        return np.array([*self.values, None], object)[self.codes]


Cells = Array | Coded


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length.

    Parameters
    ----------
    names : tuple of str
        Of the columns, each another one.
    cells : tuple of Array or Coded
        Of each column: numbers (n,), uint8 or float64 with NaN where one is missing; or texts.
    matrix : (n, n_columns), optional
        The cells as one array, of which those are the columns, where all of them are numbers.

    Raises
    ------
    DataError
        Two columns of the same name, or of different lengths.
    """

    names: tuple[str, ...]
    cells: tuple[Cells, ...]
    matrix: Array | None = None

    def __post_init__(self) -> None:
        if len(set(self.names)) < len(self.names):
            twice = next(name for name, n in Counter(self.names).items() if n > 1)
            raise DataError(f"expected another name for each column, got {twice!r} twice.")
        if len({len(cells) for cells in self.cells}) > 1 or len(self.names) != len(self.cells):
            raise DataError("expected columns of the same length, and a name for each.")

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.cells[0]) if self.cells else 0

    def column(self, name: str) -> Cells:
        """Return the cells of a column that is there."""
        return self.cells[self.names.index(name)]

    def take(self, rows: Array | slice) -> "Table":
        """Return some of the rows."""
        if self.matrix is not None:
            matrix = self.matrix[rows]
            return Table(self.names, tuple(matrix.T), matrix)
        cells = (c.take(rows) if isinstance(c, Coded) else c[rows] for c in self.cells)
        return Table(self.names, tuple(cells))

    def select(self, names: tuple[str, ...]) -> "Table":
        """Return some of the columns, in this order."""
        places = [self.names.index(name) for name in names]
        matrix = None if self.matrix is None else self.matrix[:, places]
        return Table(names, tuple(self.cells[j] for j in places), matrix)
