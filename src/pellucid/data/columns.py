"""Tables as they come, read into numbers: which columns are numbers and which are categories."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.errors import DataError

SECOND = 1e6  # microseconds
EPOCH = datetime(1970, 1, 1)
MOMENTS = date, time, timedelta
TEXTS = str, bytes, int, float, np.bool_, np.integer, np.floating, *MOMENTS


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
    values : tuple of str, optional
        The categories that there are, in order; None for numbers.
    """

    name: str
    values: tuple[str, ...] | None = None


def columns_of(X: Any) -> tuple[Column, ...]:
    """Find the columns of a table and their kinds.

    Parameters
    ----------
    X : ndarray (n, n_columns), or a frame of pandas, polars or another that narwhals knows
        Columns of numbers, booleans, dates and times are numbers, and so are texts and mixed
        objects where all of them can be read as such. Others are categories; what a frame calls
        categories always are.

    Raises
    ------
    DataError
        A column holds something else, such as lists.
    """
    return tuple(_column(name, cells) for name, cells in _each(X))


def read(X: Any, columns: Sequence[Column]) -> Array:
    """Return a table as numbers, (n, n_columns), in which categories are their places.

    What is missing is NaN, and so is a category that `columns` does not have. An array of numbers
    stays as it is, others become float64.

    Raises
    ------
    DataError
        Texts where numbers stood, or infinity; which column and row.
    """
    if _is_numeric(X) and all(column.values is None for column in columns):
        return X
    found = np.empty((len(X), len(columns)))
    for j, (column, (_, cells)) in enumerate(zip(columns, _each(X), strict=True)):
        found[:, j] = (
            _numbers(column.name, cells) if column.values is None else _places(column.values, cells)
        )
    return found


def is_frame(X: Any) -> bool:
    """Return whether `X` is a frame, whose columns have names and kinds of their own."""
    return hasattr(X, "columns") and hasattr(X, "shape") and not isinstance(X, np.ndarray)


def _is_numeric(X: Any) -> bool:
    return isinstance(X, np.ndarray) and X.dtype.kind in "biuf"


def _each(X: Any) -> Iterator[tuple[str, Any]]:
    """The columns with their names, as arrays or as narwhals' series."""
    if not is_frame(X):
        yield from ((f"x{j}", X[:, j]) for j in range(X.shape[1]))
        return
    import narwhals.stable.v2 as nw

    for series in nw.from_native(X, eager_only=True).iter_columns():
        yield str(series.name), series


def _column(name: str, cells: Any) -> Column:
    if _at_once(cells) is not None:
        return Column(name)
    objects = _objects(cells)
    there = objects[~_missing(objects)]
    if not _is_declared(cells):
        if len(there) and _are_numbers(there):
            return Column(name)
        _check_texts(name, there)
    return Column(name, tuple(sorted({_text(value) for value in there})))


def _at_once(cells: Any) -> Array | None:
    """A column of numbers or of moments, as float64 with NaN; None for others."""
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


def _objects(cells: Any) -> Array:
    """A column of whatever it holds."""
    values = cells if isinstance(cells, np.ndarray) else cells.to_list()
    return np.array([*values, None], object)[:-1]  # None: so that lists make no second dimension


def _is_declared(cells: Any) -> bool:
    """Whether a frame says that a column is one of categories."""
    if isinstance(cells, np.ndarray):
        return False
    import narwhals.stable.v2 as nw

    return cells.dtype in (nw.Categorical, nw.Enum)


def _are_numbers(there: Array) -> bool:
    try:
        _as_numbers(there)
    except (TypeError, ValueError):
        return False
    return True


def _as_numbers(there: Array) -> Array:
    """Objects as numbers; of dates and times the seconds since 1970 or since midnight."""
    if all(isinstance(value, MOMENTS) for value in there):
        return np.array([_seconds(value) for value in there], np.float64)
    return there.astype(np.float64)


def _seconds(moment: Any) -> float:
    if isinstance(moment, time):
        return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / SECOND
    if isinstance(moment, timedelta):
        return moment.total_seconds()
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    offset = moment.utcoffset() or timedelta(0)
    return float((moment.replace(tzinfo=None) - offset - EPOCH).total_seconds())


def _check_texts(name: str, there: Array) -> None:
    for value in there:
        if not isinstance(value, TEXTS):
            raise DataError(
                f"column {name!r}: expected numbers or texts (argument must be a string or a "
                f"number), got {value!r}. Make columns of what it holds, or leave it out."
            )


def _text(value: Any) -> str:
    """A category as text; 1.0 is the same as 1."""
    if type(value) is str:
        return value
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if whole else str(value)


def _missing(cells: Array) -> Array:
    found = (type(value) is not str and is_missing(value) for value in cells)
    return np.fromiter(found, bool, len(cells))


def is_missing(value: Any) -> bool:
    """Return whether an object says nothing: None, NaN, and what pandas has for them."""
    # pandas' NA is no number that could be compared with itself, and NaN is not equal to itself.
    named = value is None or type(value).__name__ in ("NAType", "NaTType")
    return named or (isinstance(value, float | np.floating) and bool(value != value))


def _numbers(name: str, cells: Any) -> Array:
    numbers = _at_once(cells)
    if numbers is None:
        objects = _objects(cells)
        there = np.flatnonzero(~_missing(objects))
        numbers = np.full(len(objects), np.nan)
        try:
            numbers[there] = _as_numbers(objects[there])
        except (TypeError, ValueError):
            row = next(i for i in there if not _are_numbers(objects[i : i + 1]))
            raise DataError(
                f"column {name!r}: expected numbers, as where the model was fitted, got "
                f"{objects[row]!r} in row {row}."
            ) from None
    infinite = np.flatnonzero(np.isinf(numbers))
    if len(infinite):
        raise DataError(
            f"column {name!r}: expected finite numbers, or NaN where one is missing, got infinity "
            f"in row {infinite[0]}."
        )
    return numbers


def _places(values: Sequence[str], cells: Any) -> Array:
    places = {value: place for place, value in enumerate(values)}
    objects = _objects(cells)
    found = [
        np.nan if none else places.get(_text(value), np.nan)
        for none, value in zip(_missing(objects), objects, strict=True)
    ]
    return np.array(found, np.float64)
