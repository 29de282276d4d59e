"""Tables in text files, by Python's csv module."""

import csv
import gzip
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np

from pellucid.data.table import Cells, Coded, Table
from pellucid.errors import DataError

MISSING = ("", "?", "NA", "NaN", "nan", "null")


def read_csv(
    path: Path,
    *,
    separator: str | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    decimal: str | None = None,
    as_text: Collection[str] = (),
    report: Callable[[str], None] | None = None,
) -> tuple[Table, str]:
    """Return the table in a text file, and how it was read."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding=encoding or "utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=separator or ",") if row]
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:
        raise DataError(f"{path}: expected a header and rows of as many cells each.")
    names = tuple(name.strip() for name in rows[0])
    columns = zip(*rows[1:], strict=True)
    cells = [_cells(column, name in as_text) for name, column in zip(names, columns, strict=True)]
    return Table(names, tuple(cells)), "comma-separated"


def _cells(column: tuple[str, ...], is_text: bool) -> Cells:
    texts = [text.strip() for text in column]
    if not is_text:
        try:
            return np.array([np.nan if t in MISSING else float(t) for t in texts])
        except ValueError:
            pass
    places = {
        text: j for j, text in enumerate(dict.fromkeys(t for t in texts if t not in ("", "?")))
    }
    return Coded(tuple(places), np.array([places.get(text, -1) for text in texts], np.int32))
