"""What the columns of a table are to a model, so that tables as they are go in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Inputs
from pellucid.data import cells as of
from pellucid.data.cache import Report, silent
from pellucid.data.columns import Column, read
from pellucid.data.encode import Encoding, Raw
from pellucid.data.table import Table
from pellucid.errors import DataError


@dataclass(frozen=True)
class TableFormat:
    """What the columns of a table are to a model.

    Parameters
    ----------
    encoding : Encoding or Raw
        How columns become inputs.
    target : tuple of str
        The names of the columns that are predicted.
    task : {"classes", "numbers", "labels"}
    """

    encoding: Encoding | Raw
    target: tuple[str, ...]
    task: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is looked at, in the order in which it is."""
        return self.encoding.columns

    def inputs(self, table: Table, file: str = "the table", report: Report = silent) -> Inputs:
        """Return the inputs (n, n_inputs) that a table's rows are.

        Columns may stand in any order, and others may be there. Categories that are new count as
        none of those that are known.

        Raises
        ------
        DataError
            A column is missing, or holds something else than where the model was trained.
        """
        chosen = self._chosen(table, file)
        _tell_new(chosen, self.columns, report)
        return self.encoding.inputs(read(chosen, self.columns))

    def _chosen(self, table: Table, file: str) -> Table:
        names = tuple(column.name for column in self.columns)
        missing = [name for name in names if name not in set(table.names)]
        if not missing:
            return table.select(names)
        if len(table.names) == len(names) and _are_places(table.names):
            return Table(names, table.cells, table.matrix)  # without a header: by their places
        raise DataError(
            f"{file}: expected the column{'s' * (len(missing) > 1)} {listed(missing)}, which the "
            f"model looks at; the table has {listed(table.names)}. Add what is missing; cells may "
            "be empty."
        )


def _tell_new(table: Table, columns: Sequence[Column], report: Report) -> None:
    """Say which categories nothing is known of."""
    for column, cells in zip(columns, table.cells, strict=True):
        if column.values is None:
            continue
        texts = of.coded(column.name, cells)
        known, used = set(column.values), np.unique(texts.codes[texts.codes >= 0])
        new = [texts.values[code] for code in used if texts.values[code] not in known]
        if new:
            report(f"column {column.name!r}: {listed(new)} not seen in training, counted as none")


def _are_places(names: Sequence[str]) -> bool:
    return all(name == f"x{j}" for j, name in enumerate(names))


def listed(names: Sequence[str]) -> str:
    """Return names one after the other, the first of them where there are many."""
    shown = ", ".join(map(repr, names[:12]))
    return shown if len(names) <= 12 else f"{shown}, … {len(names):,} in all"
