"""Tables as they come, read into numbers: which columns are numbers and which are categories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.data import cells as of
from pellucid.data.dates import form_of, moment
from pellucid.data.table import Cells, Coded, Table
from pellucid.errors import DataError

KINDS = ("number", "category", "boolean", "date", "identifier")
TRUTHS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}, {"on", "off"})
COUNTED = 20  # rows from which whole numbers that count them are no coincidence


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
    values : tuple of str, optional
        The categories that there are, in order; None for numbers.
    kind : {"number", "category", "boolean", "date", "identifier"}, optional
        What it is called. Dates are numbers: seconds since 1970. An identifier is not read.
    form : str, optional
        Of dates that are texts; see ``pellucid.data.dates``.
    """

    name: str
    values: tuple[str, ...] | None = None
    kind: str = ""
    form: str | None = None

    def __post_init__(self) -> None:
        if not self.kind:
            kind = "number" if self.values is None else "category"
            object.__setattr__(self, "kind", kind)


def columns_of(X: Any, kinds: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """Find the columns of a table and their kinds.

    Parameters
    ----------
    X : ndarray (n, n_columns), Table, or a frame that narwhals knows, as pandas' and polars'
        Columns of numbers, booleans, dates and times are numbers, and so are texts and mixed
        objects where all of them can be read as such. Others are categories; what a frame calls
        categories always are.
    kinds : mapping of str to str, optional
        What some columns are, by name; one of KINDS.

    Raises
    ------
    DataError
        A column holds something else, such as lists; or a kind that does not suit it.
    """
    given = kinds or {}
    return tuple(
        _as_asked(name, cells, given[name]) if name in given else _column(name, cells)
        for name, cells in _each(X)
    )


def read(X: Any, columns: Sequence[Column]) -> Array:
    """Return a table as numbers, (n, n_columns), in which categories are their places.

    What is missing is NaN, and so is a category that `columns` does not have. An array of numbers
    stays as it is, others become float64.

    Raises
    ------
    DataError
        Texts where numbers stood, or infinity; which column and row.
    """
    matrix = X.matrix if isinstance(X, Table) else X if _is_numeric(X) else None
    if matrix is not None and all(_is_plain(column) for column in columns):
        return matrix
    found = np.empty((len(X), len(columns)))
    for j, (column, (_, cells)) in enumerate(zip(columns, _each(X), strict=True)):
        found[:, j] = _read(column, cells)
    return found


def is_frame(X: Any) -> bool:
    """Return whether `X` is a frame, whose columns have names and kinds of their own."""
    return hasattr(X, "columns") and hasattr(X, "shape") and not isinstance(X, np.ndarray)


def as_table(frame: Any) -> Table:
    """Return a frame's columns as a table; the cells are narwhals' series."""
    import narwhals.stable.v2 as nw

    series = list(nw.from_native(frame, eager_only=True).iter_columns())
    return Table(tuple(str(each.name) for each in series), tuple(series))


def _is_numeric(X: Any) -> bool:
    return isinstance(X, np.ndarray) and X.dtype.kind in "biuf"


def _is_plain(column: Column) -> bool:
    return column.values is None and column.kind in ("number", "boolean")


def _each(X: Any) -> Iterator[tuple[str, Any]]:
    """The columns with their names."""
    if isinstance(X, Table):
        yield from zip(X.names, X.cells, strict=True)
    elif not is_frame(X):
        yield from ((f"x{j}", X[:, j]) for j in range(X.shape[1]))
    else:
        import narwhals.stable.v2 as nw

        for series in nw.from_native(X, eager_only=True).iter_columns():
            yield str(series.name), series


def _column(name: str, cells: Cells) -> Column:
    numbers = of.at_once(cells)
    if numbers is not None:
        return Column(name, kind=_kind_of_numbers(cells, numbers))
    texts = _texts(name, cells)
    if texts is None:
        return Column(name)
    values = _values_in(texts)
    if not of.are_categories(cells):
        if values and of.are_numbers(np.array(values, object)):
            return Column(name)
        if (form := form_of(values)) is not None:
            return Column(name, kind="date", form=form)
    truth = {value.lower() for value in values} in TRUTHS
    return Column(name, values, "boolean" if truth else "category")


def _texts(name: str, cells: Any) -> Coded | None:
    """Cells as texts; None where they are objects that can be read as numbers."""
    if not isinstance(cells, Coded) and not of.are_categories(cells):
        objects = of.objects_of(cells)
        there = objects[~of.missing_of(objects)]
        if len(there) and of.are_numbers(there):
            return None
    return of.coded(name, cells)


def _kind_of_numbers(cells: Any, numbers: Array) -> str:
    if of.are_moments(cells):
        return "date"
    if of.are_booleans(cells):
        return "boolean"
    return "number"


def counts_rows(numbers: Array) -> bool:
    """Return whether numbers do nothing but count the rows, from 0, 1 or elsewhere."""
    return len(numbers) >= COUNTED and bool((np.diff(numbers.astype(np.float64)) == 1).all())


def _values_in(texts: Coded) -> tuple[str, ...]:
    """The texts that stand somewhere, in order."""
    used = np.unique(texts.codes[texts.codes >= 0])
    return tuple(sorted(texts.values[code] for code in used))


def _as_asked(name: str, cells: Any, kind: str) -> Column:
    """A column of the kind that the user says it is."""
    if kind not in KINDS:
        raise DataError(f"column {name!r}: expected one of {', '.join(KINDS)}, got {kind!r}.")
    if kind == "identifier":
        return Column(name, kind=kind)
    if kind in ("category", "boolean"):
        values = _values_in(of.coded(name, cells))
        if kind == "boolean" and len(values) > 2:
            raise DataError(
                f"column {name!r}: expected two values of a boolean, got {len(values)}: "
                f"{', '.join(values[:5])}. Make it a category."
            )
        return Column(name, values, kind)
    found = _column(name, cells)
    if found.values is None and (kind == "number" or found.kind == "date"):
        return Column(name, kind=kind, form=found.form)
    column = Column(name, kind=kind)
    if kind == "number":
        _read(column, cells)  # which says what is no number, and where
    raise DataError(
        f"column {name!r}: expected dates, as 2024-02-29 or 29.02.2024, all of them in the same "
        f"form, got {', '.join(list(found.values or ['numbers'])[:3])}. Make it a category."
    )


def _read(column: Column, cells: Any) -> Array:
    if column.kind == "identifier":
        return np.full(len(cells), np.nan)
    if column.values is not None:
        return _places(column, cells)
    if column.form is not None and of.at_once(cells) is None:
        return _moments(column, column.form, cells)
    return _numbers(column.name, cells)


def _numbers(name: str, cells: Any) -> Array:
    numbers = of.at_once(cells)
    if numbers is None:
        objects = of.objects_of(cells)
        there = np.flatnonzero(~of.missing_of(objects))
        numbers = np.full(len(objects), np.nan)
        try:
            numbers[there] = of.as_numbers(objects[there])
        except (TypeError, ValueError):
            row = next(i for i in there if not of.are_numbers(objects[i : i + 1]))
            raise DataError(
                f"column {name!r}: expected numbers, got {objects[row]!r} in row {row}, counted "
                "from 0. Correct the cell, or leave it empty."
            ) from None
    infinite = np.flatnonzero(np.isinf(numbers))
    if len(infinite):
        raise DataError(
            f"column {name!r}: expected finite numbers, or NaN where one is missing, got infinity "
            f"in row {infinite[0]}, counted from 0."
        )
    return numbers


def _places(column: Column, cells: Any) -> Array:
    places = {value: place for place, value in enumerate(column.values or ())}
    texts = of.coded(column.name, cells)
    found = [places.get(value, np.nan) for value in texts.values]
    return np.array([*found, np.nan], np.float64)[texts.codes]


def _moments(column: Column, form: str, cells: Any) -> Array:
    texts = of.coded(column.name, cells)
    found = [moment(text, form) for text in texts.values]
    none = [code for code, date in enumerate(found) if date is None]
    for row in np.flatnonzero(np.isin(texts.codes, none))[:1]:
        raise DataError(
            f"column {column.name!r}: expected dates in the form {form}, as in training, "
            f"got {texts.values[texts.codes[row]]!r} in row {row}, counted from 0."
        )
    seconds = [np.nan if s is None else s for s in (*found, None)]
    return np.array(seconds, np.float64)[texts.codes]
