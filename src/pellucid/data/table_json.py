"""What a table is to a model, to and from JSON with a closed vocabulary."""

import math
from typing import Any

from pellucid.data.columns import KINDS, Column
from pellucid.data.encode import Encoding, Raw
from pellucid.data.reading import TASKS
from pellucid.data.table_format import TableFormat
from pellucid.data.target import Scaling

TABLE = {"columns", "encoding", "target", "task"}
COLUMN = {"name", "values", "kind", "form"}
ENCODING = {"numbers", "center", "spread", "missing", "categories"}


def table_to_json(table: TableFormat) -> dict[str, Any]:
    """Return what a table is to a model as plain data; numbers come back to the last bit."""
    encoding = table.encoding
    scaled = isinstance(encoding, Encoding)
    return {
        "columns": [vars(column) for column in encoding.columns],
        "encoding": {name: getattr(encoding, name) for name in sorted(ENCODING)}
        if scaled
        else None,
        "target": table.target,
        "task": table.task,
    }


def table_from_json(data: Any) -> TableFormat:
    """Return what a table is to a model again.

    Raises
    ------
    ValueError
        What is missing, unknown, of another type, or does not fit together.
    """
    _expect(data, TABLE)
    columns = tuple(_column(entry) for entry in _list(data["columns"]))
    encoding = Raw(columns) if data["encoding"] is None else _encoding(columns, data["encoding"])
    target = tuple(map(_text, _list(data["target"])))
    if data["task"] not in TASKS or not target:
        raise ValueError(f"it predicts {target} as {data['task']!r}")
    return TableFormat(encoding, target, data["task"])


def scaling_from_json(data: Any) -> Scaling:
    """Return how predicted numbers are scaled again.

    Raises
    ------
    ValueError
        As above.
    """
    _expect(data, {"center", "spread"})
    center, spread = (tuple(map(_number, _list(data[name]))) for name in ("center", "spread"))
    if len(center) != len(spread) or not center or 0 in spread:
        raise ValueError("its targets are not scaled one by one")
    return Scaling(center, spread)


def _encoding(columns: tuple[Column, ...], data: Any) -> Encoding:
    _expect(data, ENCODING)
    numbers, missing = (_places(data[name], len(columns)) for name in ("numbers", "missing"))
    center, spread = (tuple(map(_number, _list(data[name]))) for name in ("center", "spread"))
    if not len(numbers) == len(center) == len(spread) or 0 in spread:
        raise ValueError("its columns of numbers are not scaled one by one")
    categories = []
    for j, places in _list(data["categories"]):
        values = columns[_places([j], len(columns))[0]].values or ()
        categories.append((j, _places(places, len(values))))
    return Encoding(columns, numbers, center, spread, missing, tuple(categories))


def _column(data: Any) -> Column:
    _expect(data, COLUMN)
    values = None if data["values"] is None else tuple(map(_text, _list(data["values"])))
    form = None if data["form"] is None else _text(data["form"])
    if data["kind"] not in KINDS or (values is not None and len(set(values)) < len(values)):
        raise ValueError(f"the column {data['name']!r} is of no known kind")
    return Column(_text(data["name"]), values, data["kind"], form)


def _expect(data: Any, entries: set[str]) -> None:
    if not isinstance(data, dict) or set(data) != entries:
        raise ValueError(f"expected the entries {', '.join(sorted(entries))} of its table")


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise ValueError(f"expected a list, got {data!r}")
    return data


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise ValueError(f"expected a text, got {data!r}")
    return data


def _number(data: Any) -> float:
    if type(data) not in (int, float) or not math.isfinite(data):
        raise ValueError(f"expected a finite number, got {data!r}")
    return float(data)


def _places(data: Any, n: int) -> tuple[int, ...]:
    """Places in something of length n, each once."""
    places = _list(data)
    if not all(type(place) is int and 0 <= place < n for place in places):
        raise ValueError(f"expected places from 0 to {n - 1}, got {places!r:.100}")
    if len(set(places)) < len(places):
        raise ValueError(f"a place stands twice in {places!r:.100}")
    return tuple(places)
