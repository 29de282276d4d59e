"""A CSV file opened: unpacked, its dialect and its columns' names known; and its faults said."""

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pellucid.data.csv_cells import (
    LONGEST,
    WIDEST,
    CsvProblem,
    Fault,
    RawTexts,
    raw_texts,
    records,
)
from pellucid.data.csv_dialect import (
    Dialect,
    as_plain,
    find_decimal,
    find_encoding,
    find_header,
    find_separator,
)
from pellucid.data.opening import check_expansion, open_file
from pellucid.errors import DataError, FileError

_PIECE = 1 << 20


class Given(NamedTuple):
    """What the user says of a file; None where it is to be found."""

    separator: str | None
    encoding: str | None
    header: bool | None
    decimal: str | None
    as_text: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A file's bytes, where its rows begin in them, how it is written, and its columns' names.

    `encoding` is that of `data`, which may be another one than the file's; `certain` whether it
    was seen or given, since nothing may have stood there but ASCII.
    """

    path: Path
    data: bytes
    begin: int
    dialect: Dialect
    encoding: str
    certain: bool
    names: tuple[str, ...] = ()


def content_of(path: Path) -> bytes:
    """Return the bytes of a file as they lie on the disk."""
    with open_file(path) as file:
        try:
            return file.read()
        except OSError as problem:
            raise FileError(f"cannot read {path}: {problem}.") from problem


def open_source(path: Path, content: bytes, given: Given) -> Source:
    """Return what can be known of a file before its rows are read.

    Raises
    ------
    DataError
    """
    packed = content.startswith(b"\x1f\x8b")
    if packed:
        content = _unpacked(path, content)
    encoding, certain = find_encoding(content, given.encoding)
    try:
        data, begin, plain = as_plain(content, encoding)
    except UnicodeError as problem:
        raise DataError(f"{path}: expected {encoding}, but {problem}. Give its encoding.") from None
    if not re.compile(rb"[^ \t\r\n]").search(data, begin):
        raise DataError(f"{path}: expected a table, got an empty file.")
    separator = given.separator or find_separator(data, begin, given.decimal)
    decimal = given.decimal or find_decimal(data, begin, separator)
    header = given.header
    if header is None:
        header = find_header(data, begin, separator, decimal)
    dialect = Dialect(encoding, separator, decimal, header, packed)
    return _named(Source(path, data, begin, dialect, plain, certain))


def _unpacked(path: Path, content: bytes) -> bytes:
    body = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            while piece := stream.read(_PIECE):
                body += piece
                check_expansion(path, len(content), len(body))
    except (EOFError, OSError, zlib.error) as problem:
        raise DataError(f"{path}: its gzip packing is damaged ({problem}).") from None
    return bytes(body)


def _named(source: Source) -> Source:
    """Read the names of the columns; rows begin after them."""
    try:
        first = next(records(source.data, source.begin, source.dialect.separator))
    except CsvProblem as problem:
        raise said(source, problem) from None
    if len(first.cells) > WIDEST:
        raise said(source, CsvProblem(Fault.WIDE, source.begin, 0))
    if not source.dialect.header:
        return replace(source, names=tuple(f"x{j}" for j in range(len(first.cells))))
    found = raw_texts((cell.content for cell in first.cells), np.arange(len(first.cells)))
    source, (cells,) = decoded(source, [found])
    names = tuple(cell or f"column {j}" for j, cell in enumerate(cells, 1))
    _check_names(source, names)
    return replace(source, names=names, begin=first.end)


def _check_names(source: Source, names: tuple[str, ...]) -> None:
    twice = next((name for name, n in Counter(names).items() if n > 1), None)
    if twice is not None:
        one = names.index(twice)
        other = names.index(twice, one + 1)
        raise DataError(
            f"{source.path}: columns {one + 1} and {other + 1} are both called {twice!r}. Rename "
            "one of them, or say that there is no header."
        )


def decoded(source: Source, columns: Sequence[RawTexts]) -> tuple[Source, list[list[str]]]:
    """Return the texts of columns, and the file, whose encoding may be known only now.

    Raises
    ------
    DataError
        One is not in the file's encoding.
    """
    try:
        return source, [column.decoded(source.encoding) for column in columns]
    except UnicodeDecodeError as problem:
        if not source.certain:
            dialect = replace(source.dialect, encoding="cp1252")
            source = replace(source, dialect=dialect, encoding="cp1252", certain=True)
            return decoded(source, columns)
        line = line_of(source.data, source.data.find(problem.object))
        raise DataError(
            f"{source.path}: line {line}: expected {source.encoding}, got the byte "
            f"{problem.object[problem.start]:#04x} in {bytes(problem.object[:40])!r}. Give the "
            "encoding of the file, such as 'windows-1252' or 'latin-1'."
        ) from None


def line_of(data: bytes, place: int) -> int:
    """Return in which line of a file a place is, from 1 on."""
    before = data[: max(place, 0)]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")


def said(source: Source, problem: CsvProblem) -> DataError:
    """Return a problem as the user reads it."""
    where = f"{source.path}: line {line_of(source.data, problem.place)}"
    name = source.names[problem.column : problem.column + 1]
    column = f"{where}, column {problem.column + 1}" + "".join(f" ({n!r})" for n in name)
    match problem.fault:
        case Fault.RAGGED:
            return DataError(
                f"{where}: expected {len(source.names)} cells, as in the "
                f"{'header' if source.dialect.header else 'first line'}, got {problem.got}. Cells "
                f"were separated by {source.dialect.separator!r}."
            )
        case Fault.NUL:
            return DataError(
                f"{column}: expected text, got a zero byte. This is no text file, or one in "
                "UTF-16 without a mark: then give encoding='utf-16-le'."
            )
        case Fault.HUGE_CELL:
            return DataError(
                f"{column}: expected at most {LONGEST:,} bytes in a cell, got more. Perhaps a "
                "quote is never closed."
            )
        case Fault.UNCLOSED:
            return DataError(f"{column}: a quote is opened here and never closed.")
        case Fault.AFTER_QUOTE:
            return DataError(
                f"{column}: expected a separator or the line's end after the closing quote. Within "
                'quotes write "" for a quote.'
            )
        case Fault.INFINITE:
            return DataError(
                f"{column}: expected finite numbers, got an infinity, or one beyond 1.8e308. Leave "
                "the cell empty, or read the column as text."
            )
    return DataError(f"{where}: expected at most {WIDEST:,} columns, got more.")
