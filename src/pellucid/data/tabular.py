"""From tables to data sets, and from other tables to what a model takes.

Kinds of columns and their encoding are found in the training part alone, and kept with the model,
so that tables as they are go in when it predicts.
"""

import difflib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array, Inputs, SparseRows
from pellucid.data import cells as of
from pellucid.data.cache import Report, silent
from pellucid.data.columns import columns_of, read
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.describing import described, lines_of
from pellucid.data.encode import Raw, fit_encoding
from pellucid.data.reading import Reading
from pellucid.data.sifting import image_of, names_of_inputs
from pellucid.data.split import Holding, split
from pellucid.data.table import Table
from pellucid.data.table_format import TableFormat, listed
from pellucid.data.target import Target, codes_of, missing_of, numbers_of, target_of
from pellucid.errors import DataError

TEST_FRACTION, TEST_SEED = 0.2, 0


class Known(NamedTuple):
    """What a model knows already of its tables."""

    format: TableFormat
    classes: tuple[str, ...] | None
    image: ImageFormat | None


def dataset_of(
    table: Table,
    reading: Reading,
    *,
    name: str,
    origin: str,
    test: Table | None = None,
    report: Report = silent,
    known: Known | None = None,
) -> Dataset:
    """Return the data set that a table is.

    Parameters
    ----------
    table, test : Table
        What to train on; without a part to test on, one row in five is taken.
    reading : Reading
        What to predict, and what was said of the columns.
    name, origin : str
        What to call it, and where it comes from, as the beginning of a sentence.
    known : Known, optional
        What a model knows of such tables, instead of what would be found in this one.

    Raises
    ------
    DataError
        No such column, nothing to predict, or columns that are not what was said of them.
    """
    _check_names(table, reading, name)
    columns_of(table.select(tuple(reading.kinds)), reading.kinds)  # which says where one is wrong
    table = _with_target(table, reading.target, report)
    whole = target_of(table, reading.target, reading.task)
    holding = _holding(table, reading)
    train, held, source = _divided(table, whole, holding, test is not None, origin)
    if known is None:
        known, X = _found(table, train, reading, whole, report)
    else:
        X = known.format.inputs(table, name, report)
    Y = whole.Y if known.classes is None else _codes(table, known.format, known.classes)
    parts = [Part(_take(X, rows), Y[rows]) for rows in (train, held) if rows is not None]
    if test is not None:
        parts.append(part_of(test, known.format, known.classes, f"{reading.test}", report))
    return Dataset(
        name,
        parts[0],
        parts[1] if len(parts) > 1 else None,
        known.classes,
        known.image,
        source,
        table=known.format,
        holding=None if holding is None else holding.take(train),
    )


def _found(
    table: Table, train: Array, reading: Reading, target: Target, report: Report
) -> tuple[Known, Inputs]:
    """What the rows to train on say of the columns; and all rows as inputs."""
    names = names_of_inputs(table, reading, report)
    kinds = {name: kind for name, kind in reading.kinds.items() if name in names}
    inputs = table.select(names)
    columns = columns_of(inputs.take(train), kinds)
    rows = read(inputs, columns)
    learnt = rows[train]
    image = None if kinds else image_of(columns, learnt)
    if image is not None:
        report(f"its columns are the pixels of pictures, {image.height} × {image.width}")
    encoding = fit_encoding(columns, learnt) if image is None else Raw(columns)
    format = TableFormat(encoding, reading.target, target.task)
    target = target._replace(Y=target.Y[train])
    for line in lines_of(described(table, format, learnt, target)):
        report(line)
    return Known(format, target.classes, image), encoding.inputs(rows)


def _take(X: Inputs, rows: Array) -> Inputs:
    return X.take(rows) if isinstance(X, SparseRows) else X[rows]


def _codes(table: Table, format: TableFormat, classes: Sequence[str]) -> Array:
    name = format.target[0]
    return codes_of(name, table.column(name), classes)


def part_of(
    table: Table,
    format: TableFormat,
    classes: Sequence[str] | None,
    file: str,
    report: Report = silent,
) -> Part:
    """Return the examples that a table's rows are to a model that is there already."""
    absent = [name for name in format.target if name not in table.names]
    if absent:
        raise DataError(
            f"{file}: expected the column {absent[0]!r}, the right answers to judge by, got "
            f"{listed(table.names)}. To predict, without judging, use: pellucid predict"
        )
    table = _with_target(table, format.target, report)
    if classes is None:
        Y = numbers_of(table, format.target, format.task)
    else:
        Y = _codes(table, format, classes)
    return Part(format.inputs(table, file, report), Y)


def _check_names(table: Table, reading: Reading, name: str) -> None:
    if not reading.target:
        raise DataError(
            f"{name} is a table: name the column to predict (--target). It has "
            f"{listed(table.names)}."
        )
    asked = {*reading.target, *reading.kinds, reading.group, reading.time} - {None}
    for column in sorted(map(str, asked)):
        if column not in table.names:
            near = [each for each in table.names if column.lower() in each.lower()]
            near = near or difflib.get_close_matches(column, table.names, 3)
            hint = f" Did you mean {' or '.join(map(repr, near[:3]))}?" if near else ""
            raise DataError(
                f"{name}: expected one of its columns, {listed(table.names)}, got {column!r}.{hint}"
            )
    if len(set(reading.target)) < len(reading.target):
        raise DataError(f"expected each column to predict once, got {listed(reading.target)}.")


def _with_target(table: Table, names: Sequence[str], report: Report) -> Table:
    """The rows of which it is known what is to be predicted."""
    missing = np.any([missing_of(table.column(name)) for name in names], axis=0)
    if not missing.any():
        return table
    if missing.all():
        raise DataError(f"column {names[0]!r}: expected answers to learn from, got none at all.")
    n = int(missing.sum())
    report(f"{n:,} row{'s' * (n > 1)} left out, where {listed(names)} is missing")
    return table.take(np.flatnonzero(~missing))


def _holding(table: Table, reading: Reading) -> Holding | None:
    """By what rows are held out."""
    if reading.group is not None:
        texts = of.coded(reading.group, table.column(reading.group))
        return Holding("group", texts.codes)
    if reading.time is None:
        return None
    chosen = table.select((reading.time,))
    column = columns_of(chosen)[0]
    keys = None if column.values is not None else read(chosen, [column])[:, 0].astype(np.float64)
    if keys is None or np.isnan(keys).any():
        raise DataError(
            f"column {reading.time!r}: expected a date or a number in every row to split by, got "
            f"{'texts' if keys is None else 'rows without'}. Split by another column."
        )
    return Holding("time", keys)


def _divided(
    table: Table, target: Target, holding: Holding | None, has_test: bool, origin: str
) -> tuple[Array, Array | None, str]:
    """Rows to train on, rows to test on, and a sentence about them."""
    n, classes = len(table), target.classes
    if has_test:
        return np.arange(n), None, f"{origin}, with a file to test on."
    if holding is None and (n < 2 or (classes is not None and np.bincount(target.Y).max() < 2)):
        return np.arange(n), None, f"{origin}, too few to set a test part aside."
    if holding is None:
        train, held = split(n if classes is None else target.Y, TEST_FRACTION, TEST_SEED)
        how = f"one row in five, drawn with seed {TEST_SEED}"
        how += "" if classes is None else ", in proportion to the classes"
    else:
        train, held = holding.split(TEST_FRACTION, TEST_SEED)
        share = f"{len(held):,} of {n:,} rows"
        latest = f"the latest, {share}"
        drawn = f"whole groups drawn with seed {TEST_SEED}, {share}"
        how = latest if holding.rule == "time" else drawn
    return train, held, f"{origin}, of which a part to test on was set aside: {how}."
