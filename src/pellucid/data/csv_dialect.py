"""How a CSV file is written: encoding, separator, decimal sign, header; found, and said.

All of it is found from the first and the last 64 KiB, and all of it can be given instead.
"""

import codecs
import re
from dataclasses import dataclass

from pellucid.data.csv_cells import MISSING, Cell, CsvProblem, as_number, records
from pellucid.errors import DataError

SAMPLE = 1 << 16  # bytes at the beginning, and at the end
_CELLS = 5000  # that are looked at one by one
_LINES = 20
_NAMES = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}
_MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
# In which bytes of ASCII, such as commas, quotes and digits, stand for nothing else.
_PLAIN = ("utf-8", "cp1252", "iso8859-1", "ascii")


@dataclass(frozen=True)
class Dialect:
    """How a file is written.

    Parameters
    ----------
    encoding : str
        Python's name of it, such as "utf-8" or "cp1252".
    separator : str
        Between cells; a space stands for any number of spaces and tabs.
    decimal : "." or ","
    header : bool
        Whether the first record holds the names of the columns.
    packed : bool
        Whether the file is packed by gzip.
    """

    encoding: str
    separator: str
    decimal: str
    header: bool
    packed: bool = False

    def __str__(self) -> str:
        separated = _SEPARATORS.get(self.separator, repr(self.separator))
        return ", ".join(
            [
                f"{separated}-separated",
                _NAMES.get(self.encoding, self.encoding),
                "with a header" if self.header else "without a header",
                *(["decimal comma"] if self.decimal == "," else []),
                *(["packed by gzip"] if self.packed else []),
            ]
        )


def find_encoding(data: bytes, given: str | None) -> tuple[str, bool]:
    """Return Python's name of the encoding, and whether it is certain.

    It is not where nothing but ASCII has been seen.

    Raises
    ------
    DataError
        `given` is the name of no encoding.
    """
    if given is not None:
        try:
            "x".encode(given)  # refused where it is no encoding of texts
            return codecs.lookup(given).name, True
        except (LookupError, ValueError):
            raise DataError(
                f"encoding: expected a name such as 'utf-8' or 'windows-1252', got {given!r}."
            ) from None
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding, True
    head, tail = data[:SAMPLE], data[-SAMPLE:].lstrip(bytes(range(0x80, 0xC0)))
    if head.isascii() and data[-SAMPLE:].isascii():
        return "utf-8", False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # whose last letter may be cut
        tail.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", True
    return "utf-8", True


def as_plain(data: bytes, encoding: str) -> tuple[bytes, int, str]:
    """Return the data so that they can be read byte by byte, where they begin, and their encoding.

    Raises
    ------
    UnicodeDecodeError
    """
    if encoding in _PLAIN:
        marked = encoding == "utf-8" and data.startswith(codecs.BOM_UTF8)
        return data, len(codecs.BOM_UTF8) if marked else 0, encoding
    text = data.decode(encoding)
    return text.removeprefix("\ufeff").encode(), 0, "utf-8"


def check_separator(separator: str | None, decimal: str | None) -> None:
    """Refuse what cannot separate cells.

    Raises
    ------
    DataError
    """
    if separator is not None and not re.fullmatch(r"[ -~\t]", separator):
        raise DataError(f"separator: expected one character such as ',' or ';', got {separator!r}.")
    if separator is not None and re.fullmatch(r"[\w\"+.-]", separator):
        raise DataError(f"separator: {separator!r} can be part of a cell. Give another one.")
    if decimal not in (None, ".", ","):
        raise DataError(f"decimal: expected '.' or ',', got {decimal!r}.")
    if decimal == "," and separator == ",":
        raise DataError("expected a separator other than the decimal sign, got a comma as both.")


def find_separator(data: bytes, begin: int, decimal: str | None) -> str:
    """Return the separator that cuts the first lines into equally many cells.

    Where several do, the one that makes more of them numbers, then the one that makes more cells.
    A comma where none does: a single column.
    """
    sample = data[begin : begin + SAMPLE]
    lines = re.split(rb"[\r\n]+", re.sub(rb'"[^"]*"', b'"', sample).strip(b"\r\n"))
    if len(sample) == SAMPLE and len(lines) > 1:
        del lines[-1]  # which is not whole
    scores: list[tuple[float, float, int, int, str]] = []
    for separator in ",;\t|":
        if separator != decimal and (score := _consistency(lines, separator)):
            scores.append((*score, -len(scores), separator))
    of_numbers = _numbers_between_blanks(lines)
    decimal_commas = of_numbers == 1 and all(score[-1] == "," for score in scores)
    if decimal_commas or (of_numbers and not scores):
        scores.append((1.0, of_numbers, 0, 0, " "))
    return max(scores)[-1] if scores else "," if decimal != "," else ";"


def _numbers_between_blanks(lines: list[bytes]) -> float:
    """Which part of the columns that blanks make are of numbers below the first line.

    0 if the lines are of unequal length, or of one cell.
    """
    rows = [line.split() for line in lines if line.strip()]
    if len({len(cells) for cells in rows}) != 1 or len(rows[0]) < 2:
        return 0.0
    columns = list(zip(*rows[:_LINES], strict=True))
    return sum(all(map(_is_number, column[1:])) for column in columns) / len(columns)


def _consistency(lines: list[bytes], separator: str) -> tuple[float, float, int] | None:
    sign = separator.encode()
    counts = [line.count(sign) for line in lines if line.strip()]
    if not counts or counts[0] == 0:
        return None
    cells = [cell.strip() for line in lines[:_LINES] for cell in line.split(sign)[:_CELLS]]
    numbers = sum(
        as_number(c, ".") is not None or separator != "," and _is_number(c) for c in cells
    )
    return counts.count(counts[0]) / len(counts), numbers / len(cells), counts[0]


def _is_number(content: bytes) -> bool:
    return as_number(content, ".") is not None or as_number(content, ",") is not None


def find_decimal(data: bytes, begin: int, separator: str) -> str:
    """Return a comma where numbers are written with one, and none with a point."""
    if separator == ",":
        return "."
    sign = rb" \t" if separator == " " else re.escape(separator.encode())
    sample = data[begin : begin + SAMPLE] + b"\n" + data[max(begin, len(data) - SAMPLE) :]
    number = rb'(?:^|[\r\n"%b])[ ]*[+-]?\d*%b\d+(?:[eE][+-]?\d+)?[ ]*(?=$|[\r\n"%b])'
    commas, points = (re.search(number % (sign, dot, sign), sample) for dot in (b",", rb"\."))
    return "," if commas and not points else "."


def find_header(data: bytes, begin: int, separator: str, decimal: str) -> bool:
    """Whether the first record names the columns.

    Not if it holds a number, or a sign of none, in each column that holds numbers below. Where no
    column does: not if each of its cells stands again in its column.
    """
    first, *rest = _first_records(data, begin, separator) or [[]]
    rest = [cells for cells in rest if len(cells) == len(first)]
    columns = list(zip(*rest, strict=True)) if rest else [()] * len(first)
    if not rest:
        return not all(_numeric(cell, decimal) is not False for cell in first)
    numeric = [
        any(_numeric(cell, decimal) for cell in column)
        and all(_numeric(cell, decimal) is not False for cell in column)
        for column in columns
    ]
    if any(numeric):
        return any(
            _numeric(cell, decimal) is False
            for cell, is_ in zip(first, numeric, strict=True)
            if is_
        )
    return not all(cell in column for cell, column in zip(first, columns, strict=True))


def _numeric(cell: Cell, decimal: str) -> bool | None:
    """Whether a cell is a number; None where it is a sign of none."""
    if cell.content in MISSING:
        return None
    return as_number(cell.content, decimal) is not None


def _first_records(data: bytes, begin: int, separator: str) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    n_cells = 0
    try:
        for record in records(data, begin, separator):
            found.append(record.cells)
            n_cells += len(record.cells)
            if n_cells > _CELLS and len(found) > 2 or len(found) > _LINES:
                break
    except CsvProblem:
        pass  # which is said when all is read
    return found
