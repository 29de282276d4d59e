"""How a table becomes inputs, as nodes of ONNX: what ``Encoding.apply`` does after ``read``.

All is calculated in float64 and rounded to float32 at the end, as there, whatever the table is in.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pellucid.data.encode import FAR, TAME, Encoding
from pellucid.export.onnx_graph import Graph

FLOAT32, BOOLEAN, FLOAT64 = 1, 9, 11  # as the operator Cast counts types
# The operators of ONNX for learning on tables; the first version that tells texts of numbers.
LEARNING, VERSION = "ai.onnx.ml", 2
# What is missing and booleans, as Python writes them: the numbers that they stand for.
WORDS = {"": "nan", "None": "nan", "<NA>": "nan", "NaT": "nan", "True": "1", "False": "0"}


class Given(NamedTuple):
    """A value that holds some of a table's columns: one of them, or several side by side.

    Attributes
    ----------
    name : str
        A value (n, n_columns) of the graph, of numbers of any type, booleans or texts.
    columns : tuple of int
        Their places in the table.
    texts : bool
    """

    name: str
    columns: tuple[int, ...]
    texts: bool


def write_encoding(graph: Graph, encoding: Encoding, given: Sequence[Given]) -> str:
    """Write down how a table becomes inputs; return their name, float32 (n, n_inputs).

    Numbers may come as numbers, NaN where one is missing, as booleans, or as texts, in which
    ``WORDS`` are known. Categories come as texts; each that was no category counts as missing.
    Infinity, which Python refuses, is the farthest that a number can be.

    Parameters
    ----------
    graph : Graph
        Of float64.
    encoding : Encoding
    given : sequence of Given
        Every column of the encoding is in one of them.
    """
    parts = []
    if encoding.numbers:
        parts.append(_scaled(graph, encoding, write_numbers(graph, given, encoding.numbers)))
    if encoding.missing:
        missing = graph.node("IsNaN", write_numbers(graph, given, encoding.missing))
        parts.append(graph.node("Cast", missing, attributes={"to": FLOAT32}))
    for j, places in encoding.categories:
        values = encoding.columns[j].values or ()
        parts.append(_ones(graph, _column(graph, given, j), [values[place] for place in places]))
    return _side_by_side(graph, parts) if parts else _zeros(graph, given[0].name)


def write_numbers(graph: Graph, given: Sequence[Given], columns: Sequence[int]) -> str:
    """Write down columns of numbers side by side, in that order; return their name, float64."""
    parts: list[str] = []
    order: list[int] = []
    for value in given:
        inside = set(value.columns)
        if there := [j for j in columns if j in inside]:
            taken = _taken(graph, value.name, value.columns, there)
            cells = _as_numbers(graph, taken) if value.texts else taken
            parts.append(graph.node("Cast", cells, attributes={"to": FLOAT64}))
            order += there
    return _taken(graph, _side_by_side(graph, parts), order, columns)


def _scaled(graph: Graph, encoding: Encoding, x: str) -> str:
    """z / √(1 + (z/3)²) of z = (x − center) / spread; 0 where x is missing."""
    center = graph.constant(np.array(encoding.center))
    x = graph.node("Where", graph.node("IsNaN", x), center, x)
    spread = graph.constant(np.array(encoding.spread))
    z = graph.node("Div", graph.node("Sub", x, center), spread)
    z = graph.node("Max", graph.node("Min", z, FAR), -FAR)
    part = graph.node("Div", z, TAME)
    root = graph.node("Sqrt", graph.node("Add", 1.0, graph.node("Mul", part, part)))
    tame = graph.node("Div", z, root)
    return graph.node("Cast", tame, attributes={"to": FLOAT32})


def _as_numbers(graph: Graph, texts: str) -> str:
    """Texts with numbers in the place of words, so that all of them can be made numbers."""
    words, numbers = list(WORDS), list(WORDS.values())
    is_word = {"keys_strings": words, "values_floats": [1.0] * len(words), "default_float": 0.0}
    found = graph.node("LabelEncoder", texts, attributes=is_word, domain=LEARNING)
    found = graph.node("Cast", found, attributes={"to": BOOLEAN})
    meaning = {"keys_strings": words, "values_strings": numbers, "default_string": ""}
    number = graph.node("LabelEncoder", texts, attributes=meaning, domain=LEARNING)
    return graph.node("Where", found, number, texts)


def _ones(graph: Graph, texts: str, values: list[str]) -> str:
    """An input for each value, 1 where the text (n, 1) is that; other texts have 0 in all."""
    found = {"cats_strings": values, "zeros": 1}
    each = graph.node("OneHotEncoder", texts, attributes=found, domain=LEARNING)  # (n, 1, …)
    shape = graph.constant(np.array([0, len(values)]))  # 0: as many rows as there are
    return graph.node("Reshape", each, shape)


def _zeros(graph: Graph, rows: str) -> str:
    """A network has an input, also where no column says anything."""
    shape = graph.node("Shape", rows)
    n = graph.node("Gather", shape, graph.constant(np.array([0])), attributes={"axis": 0})
    one = graph.constant(np.array([1]))
    return graph.node("ConstantOfShape", graph.node("Concat", n, one, attributes={"axis": 0}))


def _column(graph: Graph, given: Sequence[Given], j: int) -> str:
    """One column (n, 1) as it came."""
    value = next(value for value in given if j in value.columns)
    return _taken(graph, value.name, value.columns, [j])


def _taken(graph: Graph, value: str, there: Sequence[int], wanted: Sequence[int]) -> str:
    """Some of the columns that are there, in the order that is wanted."""
    if tuple(there) == tuple(wanted):
        return value
    place = {j: k for k, j in enumerate(there)}
    places = graph.constant(np.array([place[j] for j in wanted]))
    return graph.node("Gather", value, places, attributes={"axis": 1})


def _side_by_side(graph: Graph, parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else graph.node("Concat", *parts, attributes={"axis": 1})
