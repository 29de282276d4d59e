"""What the characters of a CSV file mean: its records and cells, and how numbers are spelled.

RFC 4180, where it speaks, and what files do beyond it: any line end (CR LF, LF or CR), the last one
perhaps missing; blank lines, which are passed over; blanks around a cell, which are not part of it
unless they are quoted; quotes within an unquoted cell, which are letters.
``native/csv_chunk.cpp`` states the same again, for speed; a test holds the two together.
"""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from pellucid.arrays import Array

LONGEST = 1 << 20  # characters of a cell
WIDEST = 100_000  # columns
MISSING = frozenset(b"|?|NA|N/A|NaN|nan|null|NULL|None|-|.".split(b"|"))  # signs of no number
_INFINITE = re.compile(rb"[+-]?inf(?:inity)?", re.IGNORECASE)
_NUMBERS = {
    decimal: re.compile(rb"[+-]?(?:\d+%b?\d*|%b\d+)(?:[eE][+-]?\d+)?" % (point, point))
    for decimal, point in ((".", rb"\."), (",", b","))
}


class Fault(IntEnum):
    """What can be wrong in a file; those up to AFTER_QUOTE are numbered as in the core."""

    RAGGED = 1
    NUL = 2
    HUGE_CELL = 3
    UNCLOSED = 4
    AFTER_QUOTE = 5
    INFINITE = 6
    WIDE = 7


class CsvProblem(Exception):
    """A file that cannot be read: the fault, its place in the bytes, its column, cells found."""

    def __init__(self, fault: Fault, place: int, column: int, got: int = 0) -> None:
        super().__init__(fault.name)
        self.fault, self.place, self.column, self.got = fault, place, column, got


class Cell(NamedTuple):
    """What stands in a cell, without its quotes."""

    content: bytes
    quoted: bool


class Record(NamedTuple):
    """The cells of a record, and where each and the next record begin."""

    cells: list[Cell]
    begins: list[int]
    end: int


class RawTexts(NamedTuple):
    """A column of texts, not decoded yet: each once, and the code of each row (−1: missing).

    All texts are joined to one; each ends where the next begins, the last where all end.
    """

    joined: bytes
    begins: list[int]
    codes: Array

    @property
    def values(self) -> list[bytes]:
        """The different texts."""
        return [self.joined[a:b] for a, b in pairwise(self.begins)]

    def decoded(self, encoding: str) -> list[str]:
        """Return the different texts as such.

        Raises
        ------
        UnicodeDecodeError
            For the one that is not in this encoding.
        """
        if self.joined.isascii():  # much the quicker way
            text = self.joined.decode("ascii")
            return [text[a:b] for a, b in pairwise(self.begins)]
        return [value.decode(encoding) for value in self.values]


def raw_texts(values: Iterable[bytes], codes: Array) -> RawTexts:
    """Return a column of texts."""
    texts = list(values)
    return RawTexts(b"".join(texts), [0, *accumulate(map(len, texts))], codes)


class Records(NamedTuple):
    """The columns of a file, and all as one matrix where all are of numbers."""

    cells: list[Array | RawTexts]
    matrix: Array | None


def as_number(content: bytes, decimal: str) -> float | None:
    """Return the number that is spelled: infinite if it says so, or is too large; or None."""
    if _NUMBERS[decimal].fullmatch(content):
        return float(content if decimal == "." else content.replace(b",", b"."))
    if _INFINITE.fullmatch(content):
        return float(content)
    return None


def is_missing_text(cell: Cell) -> bool:
    """Whether a cell of a column of texts holds none: empty, or ``?`` without quotes."""
    return not cell.content or (cell.content == b"?" and not cell.quoted)


def records(data: bytes, begin: int, separator: str) -> Iterator[Record]:
    """Yield the records from a place on; a space as separator stands for any number of blanks.

    Raises
    ------
    CsvProblem
    """
    while begin < len(data):
        record = _record(data, begin, separator)
        begin = record.end
        if record.cells:
            yield record


def _record(data: bytes, at: int, separator: str) -> Record:
    cells: list[Cell] = []
    begins: list[int] = []
    while True:
        cell, tail = _cell(data, at, len(cells), separator)
        ends = tail[1] != separator.encode() and tail[1] is not None
        nothing = ends and not cell.content and not cell.quoted
        if not nothing or (cells and separator != " "):
            cells.append(cell)
            begins.append(at)
        at = tail.end()
        if ends:
            return Record(cells, begins, at)
        if len(cells) > WIDEST:
            raise CsvProblem(Fault.WIDE, at, len(cells))


def _cell(data: bytes, at: int, column: int, separator: str) -> tuple[Cell, re.Match[bytes]]:
    """Return a cell, and the match of what ends it: a separator (or None), a line end, nothing."""
    is_for = _patterns(separator)
    opened = is_for.opened.match(data, at)
    match = is_for.quoted.match(data, opened.end()) if opened else is_for.plain.match(data, at)
    end = match.end() if match else len(data)
    nul = data.find(b"\0", at, end)
    if nul >= 0 and (not opened or nul - at <= LONGEST):
        raise CsvProblem(Fault.NUL, nul, column)
    tail = is_for.tail.match(data, end)
    if end - at > LONGEST or (tail and match and not opened and tail.start(1) - at > LONGEST):
        raise CsvProblem(Fault.HUGE_CELL, at, column)
    if not match:
        raise CsvProblem(Fault.UNCLOSED, opened.end() - 1 if opened else at, column)
    if not tail:
        raise CsvProblem(Fault.AFTER_QUOTE, end, column)
    if opened:
        return Cell(match[1].replace(b'""', b'"'), True), tail
    return Cell(match[1].strip(b" " if separator == "\t" else b" \t"), False), tail


class _Patterns(NamedTuple):
    opened: re.Pattern[bytes]
    quoted: re.Pattern[bytes]
    plain: re.Pattern[bytes]
    tail: re.Pattern[bytes]


@cache
def _patterns(separator: str) -> _Patterns:
    sign = re.escape(separator.encode())
    blank = b" " if separator == "\t" else b"[ \\t]"
    quoted = rb'([^"]*+(?:""[^"]*+)*+)"'
    if separator == " ":
        plain, tail = rb"[ \t]*([^ \t\r\n]*+)", rb"[ \t]*(\r\n?|\n|\Z)|[ \t]+"
    else:
        plain, tail = rb"([^%b\r\n]*+)" % sign, rb"%b*(%b|\r\n?|\n|\Z)" % (blank, sign)
    return _Patterns(*map(re.compile, (blank + b'*"', quoted, plain, tail)))
