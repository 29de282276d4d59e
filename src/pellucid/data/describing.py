"""What was found in a table, in lines for people: each column, its kind, what it holds."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data import cells as of
from pellucid.data.columns import Column, columns_of, read
from pellucid.data.dates import said
from pellucid.data.encode import fit_encoding
from pellucid.data.sifting import numbers_rows
from pellucid.data.table import Table
from pellucid.data.table_format import TableFormat
from pellucid.data.target import Target

SHOWN = 30  # columns that are told one by one
NAME = 32  # characters of a name
LARGEST = 5  # classes that are told with their shares


class Described(NamedTuple):
    """A column: its name, its kind or part, and what it holds."""

    name: str
    kind: str
    what: str


def described(
    table: Table, format: TableFormat, rows: Array, target: Target | None
) -> list[Described]:
    """Return what each column of a table is to a model, in the table's order.

    Parameters
    ----------
    table : Table
    format : TableFormat
        What was found in it.
    rows : (n, n_columns)
        What ``read`` made of the columns that are looked at.
    target : Target, optional
        Of these rows.
    """
    places = {column.name: j for j, column in enumerate(format.columns)}
    out = set(getattr(format.encoding, "left_out", ()))
    found = []
    for name in table.names:
        if name in places:
            j = places[name]
            found.append(_input(format.columns[j], rows[:, j], name in out))
        elif target is not None and name in format.target:
            found.append(Described(name, "target", _target(target, format.target.index(name))))
        else:
            found.append(Described(name, "left out", "not looked at"))
    return found


def overview(table: Table) -> list[Described]:
    """Return what the columns of a table are, where nothing is to be predicted yet."""
    columns = columns_of(table)
    rows = read(table, columns)
    format = TableFormat(fit_encoding(columns, rows), (), "numbers")
    return [
        Described(each.name, "left out", "it only numbers the rows")
        if numbers_rows(each.name, cells)
        else each
        for each, cells in zip(described(table, format, rows, None), table.cells, strict=True)
    ]


def lines_of(columns: Sequence[Described]) -> list[str]:
    """Return lines for people; where there are many columns, how many there are of each kind."""
    if len(columns) > SHOWN:
        kinds = Counter(column.kind for column in columns)
        return [", ".join(f"{n:,} {_plural(kind, n)}" for kind, n in kinds.most_common())]
    names = [_short(column.name) for column in columns]
    wide = max(map(len, names))
    return [
        f"  {name:<{wide}}  {column.kind:<10}  {column.what}".rstrip()
        for name, column in zip(names, columns, strict=True)
    ]


def _target(target: Target, j: int) -> str:
    if target.classes is None:
        low, high = target.Y[:, j].min(), target.Y[:, j].max()
        return f"{target.task}, {_number(low)} to {_number(high)}"
    shares = np.bincount(target.Y, minlength=len(target.classes)) / len(target.Y)
    said = [f"{_short(target.classes[k])} {shares[k]:.1%}" for k in np.argsort(-shares)[:LARGEST]]
    more = ", …" if len(shares) > LARGEST else ""
    return f"{len(shares):,} classes: {', '.join(said)}{more}".replace("%", " %")


def _input(column: Column, cells: Array, is_left_out: bool) -> Described:
    there = cells[~np.isnan(cells)] if cells.dtype.kind == "f" else cells
    n_missing = len(cells) - len(there)
    missing = f"{n_missing:,} missing" if n_missing else ""
    if is_left_out:
        return Described(column.name, "left out", _why(column, len(there), n_missing))
    holds = _values(column) if column.values is not None else _range(column, there)
    return Described(column.name, column.kind, ", ".join(filter(None, [holds, missing])))


def _why(column: Column, n_there: int, n_missing: int) -> str:
    if n_there == 0 and column.kind != "identifier":
        return "nothing in it"
    if column.kind == "identifier" or len(column.values or ()) > 1:
        return "another one in nearly each row, which says nothing of other rows"
    return "the same in every row" + (", or missing" if n_missing else "")


def _values(column: Column) -> str:
    values = column.values or ()
    if len(values) <= 3:
        return ", ".join(map(_short, values))
    return f"{len(values):,} values"


def _range(column: Column, there: Array) -> str:
    low, high = float(there.min()), float(there.max())
    if column.kind == "date":
        return f"{said(low)} to {said(high)}"
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    whole = float(value).is_integer() and abs(value) < 1e12
    return f"{int(value):,}" if whole else f"{value:.6g}"


def _short(name: str) -> str:
    text = of.text_of(name)
    return text if len(text) <= NAME else f"{text[: NAME - 1]}…"


def _plural(kind: str, n: int) -> str:
    if n == 1 or kind == "left out":
        return kind
    return {"category": "categories"}.get(kind, f"{kind}s")
