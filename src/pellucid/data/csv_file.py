"""CSV files as tables: what is not given is found, and what is wrong is said with its line."""

from collections.abc import Collection
from pathlib import Path

from pellucid.compiled import core
from pellucid.data import csv_native, csv_python
from pellucid.data.cache import Report, silent
from pellucid.data.csv_cache import SMALLEST, keep_table, kept_table, key_of
from pellucid.data.csv_cells import CsvProblem, RawTexts, Records
from pellucid.data.csv_dialect import Dialect, check_separator
from pellucid.data.csv_source import Given, Source, content_of, decoded, open_source, said
from pellucid.data.table import Coded, Table
from pellucid.errors import DataError, FileError, UnsupportedError


def read_csv(
    path: Path,
    *,
    separator: str | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    decimal: str | None = None,
    as_text: Collection[str] = (),
    keep: bool = True,
    report: Report = silent,
) -> tuple[Table, Dialect]:
    """Return the table in a CSV file, plain or packed by gzip, and how the file is written.

    A column is of numbers (float64, NaN where one is missing) if each of its cells is a number or
    a sign of a missing one: nothing, ``?``, ``NA``, ``N/A``, ``NaN``, ``nan``, ``null``, ``NULL``,
    ``None``, ``-`` or ``.``. A table of nothing but whole numbers from 0 to 255 is one of bytes
    (uint8). Every other column is of texts, in which only nothing and an unquoted ``?`` are
    missing: the country NA and the category None stay. Numbers are decimal, with an exponent
    perhaps, and rounded as by ``float()``; 1_000, 0x10 and 5 % are texts. An infinity among
    numbers is an error: no network learns from it, and it mostly comes from a division by zero.

    Parameters
    ----------
    path : Path
    separator : str, optional
        One character; a space stands for any number of spaces and tabs.
    encoding : str, optional
        As Python names it. Otherwise that of a byte order mark; UTF-8 if the file is in it;
        Windows-1252.
    header : bool, optional
        Whether the first record holds names; without a header columns are x0, x1, …
    decimal : "." or ",", optional
    as_text : collection of str
        Names of columns that are read as texts whatever they hold: 007 stays 007. One that the
        file does not have is passed over: a table to predict for may lack some.
    keep : bool
        Whether the table of a file above 1 MB is kept in the cache, from which it opens at once
        while the file's content stays the same. Arrays from there are read-only.
    report : callable
        Told in a sentence what could not be kept.

    Raises
    ------
    DataError
        Damaged, empty, with rows of unequal length, names that stand twice, an infinity in a
        column of numbers, or anything else that would have to be guessed; with line and column.
    FileError
        The file cannot be read.
    """
    given = Given(separator, encoding, header, decimal, tuple(as_text))
    check_separator(separator, decimal)
    content = content_of(path)
    if not keep or len(content) < SMALLEST:
        return _read(path, content, given)
    key = key_of(content, repr(given))
    kept = kept_table(key)
    if kept is None:
        kept = _read(path, content, given)
        try:
            keep_table(key, *kept)
        except FileError as problem:
            report(f"{path.name} will be read anew the next time: {problem}")
    return kept


def _read(path: Path, content: bytes, given: Given) -> tuple[Table, Dialect]:
    source = open_source(path, content, given)
    names, dialect = source.names, source.dialect
    as_text = {j for j, name in enumerate(names) if name in given.as_text}
    read_records = csv_native.read_records if _is_core_here() else csv_python.read_records
    rows = source.data, source.begin
    try:
        found = read_records(*rows, dialect.separator, dialect.decimal, len(names), as_text)
    except CsvProblem as problem:
        raise said(source, problem) from None
    return _table(source, found)


def _is_core_here() -> bool:
    try:
        core()
    except UnsupportedError:
        return False
    return True


def _table(source: Source, found: Records) -> tuple[Table, Dialect]:
    """Decode all texts; only now it may turn out how."""
    source, texts = decoded(source, [c for c in found.cells if isinstance(c, RawTexts)])
    values = map(tuple, texts)
    cells = tuple(
        Coded(next(values), c.codes) if isinstance(c, RawTexts) else c for c in found.cells
    )
    table = Table(source.names, cells, found.matrix)
    if len(table) == 0:
        raise DataError(f"{source.path}: expected rows below the header, got none.")
    return table, source.dialect
