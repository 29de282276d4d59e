"""The cells of one column, whatever holds them: as numbers, as texts, and what is missing of them.

They are an array, ``Coded`` texts, or a series of a frame through narwhals.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.data.table import Coded
from pellucid.errors import DataError

SECOND = 1e6  # microseconds
EPOCH = datetime(1970, 1, 1)
MOMENTS = date, time, timedelta
TEXTS = str, bytes, int, float, np.bool_, np.integer, np.floating, *MOMENTS


def at_once(cells: Any) -> Array | None:
    """Return cells that are numbers or moments already, float64 with NaN; None for others."""
    if isinstance(cells, Coded):
        return None
    if isinstance(cells, np.ndarray):
        kind = cells.dtype.kind
        if kind not in "mM":
            return cells.astype(np.float64) if kind in "biuf" else None
        moments = cells.astype(f"{kind}8[us]")
        return np.where(np.isnat(moments), np.nan, moments.astype(np.float64) / SECOND)
    import narwhals.stable.v2 as nw

    kind = cells.dtype
    if kind.is_numeric() or kind == nw.Boolean:
        return np.asarray(cells.cast(nw.Float64).to_numpy())
    if kind == nw.Date:
        cells = cells.cast(nw.Datetime("us"))
    elif kind not in (nw.Datetime, nw.Duration):
        return None
    passed = cells.dt.total_microseconds() if kind == nw.Duration else cells.dt.timestamp("us")
    return np.asarray(passed.cast(nw.Float64).to_numpy()) / SECOND


def are_moments(cells: Any) -> bool:
    """Return whether cells are dates or times by their type."""
    if isinstance(cells, Coded):
        return False
    if isinstance(cells, np.ndarray):
        return cells.dtype.kind in "mM"
    import narwhals.stable.v2 as nw

    return cells.dtype in (nw.Date, nw.Datetime, nw.Duration)


def are_booleans(cells: Any) -> bool:
    """Return whether cells are true and false by their type."""
    if isinstance(cells, Coded | np.ndarray):
        return isinstance(cells, np.ndarray) and cells.dtype.kind == "b"
    import narwhals.stable.v2 as nw

    return bool(cells.dtype == nw.Boolean)


def are_categories(cells: Any) -> bool:
    """Return whether a frame says that a column is one of categories."""
    if isinstance(cells, Coded | np.ndarray):
        return False
    import narwhals.stable.v2 as nw

    return cells.dtype in (nw.Categorical, nw.Enum)


def coded(name: str, cells: Any) -> Coded:
    """Return any cells as texts, each kept once: 1.0 is the same as 1.

    Raises
    ------
    DataError
        Cells that are no texts, such as lists.
    """
    if isinstance(cells, Coded):
        return cells
    objects = objects_of(cells)
    there = np.flatnonzero(~missing_of(objects))
    if not are_categories(cells):
        check_texts(name, objects[there])
    texts = [text_of(value) for value in objects[there]]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    codes = np.full(len(objects), -1, np.int32)
    codes[there] = [places[text] for text in texts]
    return Coded(tuple(places), codes)


def objects_of(cells: Any) -> Array:
    """Return a column of whatever it holds."""
    if isinstance(cells, Coded):
        return cells.texts()
    values = cells if isinstance(cells, np.ndarray) else cells.to_list()
    return np.array([*values, None], object)[:-1]  # None: so that lists make no second dimension


def missing_of(objects: Array) -> Array:
    """Return where nothing stands."""
    found = (type(value) is not str and is_missing(value) for value in objects)
    return np.fromiter(found, bool, len(objects))


def is_missing(value: Any) -> bool:
    """Return whether an object says nothing: None, NaN, and what pandas has for them."""
    # pandas' NA is no number that could be compared with itself, and NaN is not equal to itself.
    named = value is None or type(value).__name__ in ("NAType", "NaTType")
    return named or (isinstance(value, float | np.floating) and bool(value != value))


def are_numbers(there: Array) -> bool:
    """Return whether all of these objects can be read as numbers."""
    try:
        as_numbers(there)
    except (TypeError, ValueError):
        return False
    return True


def as_numbers(there: Array) -> Array:
    """Return objects as numbers; of dates and times the seconds since 1970 or since midnight."""
    if all(isinstance(value, MOMENTS) for value in there):
        return np.array([seconds_of(value) for value in there], np.float64)
    return there.astype(np.float64)


def seconds_of(moment: Any) -> float:
    """Return the seconds from 1970 to a moment, since midnight to a time, or of a span."""
    if isinstance(moment, time):
        return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / SECOND
    if isinstance(moment, timedelta):
        return moment.total_seconds()
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    offset = moment.utcoffset() or timedelta(0)
    return float((moment.replace(tzinfo=None) - offset - EPOCH).total_seconds())


def check_texts(name: str, there: Array) -> None:
    """Refuse what is neither a number nor a text."""
    for value in there:
        if not isinstance(value, TEXTS):
            raise DataError(
                f"column {name!r}: expected numbers or texts (argument must be a string or a "
                f"number), got {value!r}. Make columns of what it holds, or leave it out."
            )


def text_of(value: Any) -> str:
    """Return a category as text; 1.0 is the same as 1."""
    if type(value) is str:
        return value
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if whole else str(value)
