"""A calculation written down as nodes and the constants they read, as ONNX has it: plain data.

Nothing here needs the package onnx. ``onnx_model.py`` makes a file of it, ``estimators/onnx.py``
puts it into a larger one.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array


class Node(NamedTuple):
    """One operator of ONNX, applied once; values go by name."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    domain: str = ""  # of the operator; "" for most

    def renamed(self, names: Mapping[str, str]) -> "Node":
        """Return it with other names for some values."""
        return self._replace(
            inputs=tuple(names.get(name, name) for name in self.inputs),
            outputs=tuple(names.get(name, name) for name in self.outputs),
        )


class Graph:
    """Nodes in the order in which they are carried out, and constants by name.

    Parameters
    ----------
    dtype : {"float32", "float64"}
        What is calculated in.

    Examples
    --------
    >>> graph = Graph("float32")
    >>> graph.node("Add", "X", 1.0)
    'Add.2'
    >>> graph.nodes[0].inputs, graph.constants["constant.1"]
    (('X', 'constant.1'), array(1., dtype=float32))
    """

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        self.nodes: list[Node] = []
        self.constants: dict[str, Array] = {}
        self._n_names = 0

    @property
    def double(self) -> bool:
        """Whether it calculates in float64, for which runtimes lack some operators."""
        return self.dtype == "float64"

    def constant(self, value: Array | float, name: str | None = None) -> str:
        """Keep numbers, in the precision of the graph, or texts and integers; return their name."""
        name = name or self._fresh("constant")
        array = np.asarray(value)
        self.constants[name] = array.astype(self.dtype) if array.dtype.kind == "f" else array
        return name

    def node(
        self,
        operator: str,
        *inputs: str | float,
        attributes: Mapping[str, Any] | None = None,
        n_outputs: int = 1,
        domain: str = "",
    ) -> str:
        """Apply an operator to values, by name, and to numbers; return what comes out, by name."""
        names = [x if isinstance(x, str) else self.constant(float(x)) for x in inputs]
        outputs = tuple(self._fresh(operator) for _ in range(n_outputs))
        self.nodes.append(Node(operator, tuple(names), outputs, attributes or {}, domain))
        return outputs[0]

    def rename(self, names: Mapping[str, str]) -> None:
        """Give values and constants other names, everywhere."""
        self.nodes = [node.renamed(names) for node in self.nodes]
        self.constants = {names.get(name, name): array for name, array in self.constants.items()}

    def _fresh(self, seed: str) -> str:
        self._n_names += 1
        return f"{seed}.{self._n_names}"
