"""CSV records read by the core, on all processors."""

import os
from collections.abc import Collection
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.compiled import core
from pellucid.data.csv_cells import CsvProblem, Fault, RawTexts, Records

SAMPLE = 1 << 18  # bytes from which kinds of columns are guessed
_SKIPPED, _NUMBER, _TEXT = range(3)


def read_records(
    data: bytes, begin: int, separator: str, decimal: str, n_columns: int, as_text: Collection[int]
) -> Records:
    """Return the columns of the records from `begin` on; `as_text` names columns of texts.

    Which columns are of numbers is guessed from the first of them. Where a later cell shows that
    a guess was wrong, these columns are read once more, as texts.

    Raises
    ------
    CsvProblem
    UnsupportedError
        The core was not built.
    """
    kinds = np.full(n_columns, _NUMBER, np.uint8)
    kinds[list(as_text)] = _TEXT
    sample = data.rfind(b"\n", begin, begin + SAMPLE) + 1
    if begin < sample < len(data):
        # A cut within quotes makes it unreadable: then nothing is guessed.
        problem, parts = _read(memoryview(data)[:sample], begin, separator, decimal, kinds)
        kinds[(kinds == _NUMBER) & (parts[3] > 0 if problem is None else False)] = _TEXT
    problem, parts = _read(data, begin, separator, decimal, kinds)
    if problem is not None:
        fault, place, column, got = problem
        raise CsvProblem(Fault(fault), place, column, got)
    wrong = (kinds == _NUMBER) & (parts[3] > 0)
    _check_finite(parts[4], (kinds == _NUMBER) & ~wrong)
    texts = _texts(parts, kinds)
    if wrong.any():
        again = np.where(wrong, _TEXT, _SKIPPED).astype(np.uint8)
        texts |= _texts(_read(data, begin, separator, decimal, again)[1], again)
    return _together(parts[0], np.flatnonzero(kinds == _NUMBER), texts, n_columns)


def _read(data: Any, begin: int, separator: str, decimal: str, kinds: Array) -> Any:
    return core().read_csv(data, begin, separator, decimal, kinds, _processors())


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_finite(infinite: Array, numbers: Array) -> None:
    found = [(int(infinite[j]), int(j)) for j in np.flatnonzero(numbers & (infinite >= 0))]
    if found:
        raise CsvProblem(Fault.INFINITE, *min(found))


def _texts(parts: Any, kinds: Array) -> dict[int, RawTexts]:
    """The columns of texts by their place."""
    found = {}
    for i, j in enumerate(np.flatnonzero(kinds == _TEXT)):
        joined, begins = parts[2][i]
        found[int(j)] = RawTexts(joined, begins.tolist(), np.ascontiguousarray(parts[1][:, i]))
    return found


def _together(numbers: Array, places: Array, texts: dict[int, RawTexts], n_columns: int) -> Records:
    if not texts:
        return Records(list(numbers.T), numbers)
    right = [i for i, j in enumerate(places) if int(j) not in texts]
    if len(right) < len(places):
        numbers = numbers[:, right]
    columns = dict(zip((int(places[i]) for i in right), numbers.T, strict=True))
    return Records([texts[j] if j in texts else columns[j] for j in range(n_columns)], None)
