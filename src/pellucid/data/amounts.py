"""Numbers that are written for people: 1,234.50, $12, 45 %."""

import re
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from pellucid.arrays import Array
from pellucid.data.csv_cells import MISSING
from pellucid.data.table import Cells, Coded, Table

SIGNS = "$€£¥₹%"
# What parts thousands, beside the comma or point that is no decimal mark: Swiss and blank ones.
PARTERS = "'’ \u00a0\u202f"


def with_amounts(table: Table, decimal: str, as_text: Collection[str]) -> tuple[Table, list[str]]:
    """Return a table in which columns of amounts are numbers, and the names of these columns.

    A column is one of amounts if each of its texts is a number, with thousands parted or not, in
    one way, beside one and the same sign of a currency or of per cent, or nothing. The sign is left
    out: 45 % is 45. Digits that begin with 0, as of telephones, are no amounts.

    Parameters
    ----------
    table : Table
    decimal : "." or ","
        The decimal mark of its file.
    as_text : collection of str
        Columns that stay texts.
    """
    cells: list[Cells] = []
    names = []
    for name, column in zip(table.names, table.cells, strict=True):
        numbers = None
        if isinstance(column, Coded) and name not in as_text:
            numbers = _amounts(column, decimal)
        cells.append(column if numbers is None else numbers)
        names += [] if numbers is None else [name]
    return replace(table, cells=tuple(cells)), names


def _amounts(column: Coded, decimal: str) -> Array | None:
    pattern = _pattern(decimal)
    found: list[float] = []
    signs, parters = set(), set()
    for text in column.values:
        if text.encode() in MISSING:
            found.append(np.nan)
            continue
        match = pattern.fullmatch(text.strip())
        if match is None:
            return None
        found.append(_number(match))
        signs |= {match["before"], match["after"]} - {None}
        parters |= {match["parter"]} - {None}
    one_way = len(signs) <= 1 and len(parters) <= 1
    if not one_way or not signs | parters:  # whoever read plain numbers has left them texts
        return None
    return np.array([*found, np.nan])[column.codes]


def _number(match: re.Match[str]) -> float:
    whole = match["whole"].replace(match["parter"] or ",", "")
    number = float(f"{whole}.{match['rest'] or 0}")
    return -number if match["minus"] else number


def _pattern(decimal: str) -> re.Pattern[str]:
    parters = PARTERS + (".", ",")[decimal == "."]
    sign = f"[{re.escape(SIGNS)}]"
    return re.compile(
        rf"(?P<minus>[-−])?\+?(?P<before>{sign})?\s?"
        rf"(?!0[0-9])(?P<whole>[0-9]{{1,3}}(?:(?P<parter>[{parters}])[0-9]{{3}})(?:(?P=parter)[0-9]{{3}})*|[0-9]+)"
        rf"(?:{re.escape(decimal)}(?P<rest>[0-9]+))?\s?(?P<after>{sign})?"
    )
