"""Files of tables: which are, and reading them."""

import importlib
from collections.abc import Sequence
from pathlib import Path

from pellucid.data.amounts import with_amounts
from pellucid.data.cache import Report, silent
from pellucid.data.columns import as_table
from pellucid.data.csv_file import read_csv
from pellucid.data.opening import open_file
from pellucid.data.reading import Reading
from pellucid.data.table import Table
from pellucid.data.table_format import listed
from pellucid.errors import DataError, PellucidError, UnsupportedError

TEXTS = (".csv", ".tsv", ".tab", ".txt", ".data")
ARROW = {".parquet": "pyarrow.parquet", ".feather": "pyarrow.feather", ".arrow": "pyarrow.feather"}


def is_table(path: Path) -> bool:
    """Return whether a file is one of a table, by its name; .gz may follow."""
    return _suffix(path) in (*TEXTS, *ARROW)


def read_table(
    path: Path, reading: Reading, as_text: Sequence[str] = (), report: Report = silent
) -> tuple[Table, str]:
    """Return the table in a file, and a sentence about how it was read.

    Parameters
    ----------
    path : Path
        CSV and its like, or Parquet, Feather.
    reading : Reading
        What was said of the file.
    as_text : sequence of str
        Columns whose cells are texts, whatever they look like.

    Raises
    ------
    DataError
        Damaged, or no table.
    FileError
        The file cannot be read.
    UnsupportedError
        Parquet, where pyarrow is not installed.
    """
    if _suffix(path) in ARROW:
        return _read_arrow(path), f"{path.name} ({_suffix(path)[1:].capitalize()})"
    said = {name for name, kind in reading.kinds.items() if kind in ("category", "boolean")}
    texts = sorted({*said, *as_text})
    table, dialect = read_csv(
        path,
        separator=reading.separator,
        encoding=reading.encoding,
        decimal=reading.decimal,
        header=reading.header,
        as_text=texts,
        report=report,
    )
    table, amounts = with_amounts(table, dialect.decimal, texts)
    also = f", amounts in {listed(amounts)}" if amounts else ""
    return table, f"{path.name} ({dialect}{also})"


def _suffix(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _read_arrow(path: Path) -> Table:
    open_file(path).close()  # which says what is wrong with the name
    try:
        module = importlib.import_module(ARROW[_suffix(path)])
    except ModuleNotFoundError:
        raise UnsupportedError(
            f"{path}: reading {_suffix(path)[1:]} files needs pyarrow, not installed here. Install "
            "it with: pip install 'pellucid[data]', or save the table as CSV."
        ) from None
    try:
        frame = module.read_table(str(path))
        frame.validate(full=True)  # texts that are none, places outside of what they point into
        if frame.num_rows == 0 or frame.num_columns == 0:
            raise DataError(f"{path}: expected rows and columns, got {frame.shape}.")
        return as_table(frame)
    except PellucidError:
        raise
    except Exception as problem:  # pyarrow raises nearly every kind on damaged files
        reason = " ".join(str(problem).split())[:120]
        raise DataError(f"{path}: expected a table, but it is damaged ({reason}).") from None
