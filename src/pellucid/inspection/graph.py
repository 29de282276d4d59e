"""Which derivative is made from which: the graph that backpropagation walks, and the chain rule.

Each node is a derivative of the cost by a whole layer's quantity; each edge says what it is
multiplied with on the way. What several nodes use is calculated once: that is backpropagation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pellucid.inspection.cells import Cell, architecture_of, cell
from pellucid.inspection.expressions import plain
from pellucid.inspection.notation import Notation, notation_of
from pellucid.network.architecture import Architecture
from pellucid.network.gradient_check import HasParameters

MANY = 16  # ways to the cost beyond which they are not all written out


class Node(NamedTuple):
    """A derivative of the cost."""

    name: str  # an expression such as ∂C/∂w^{(1)}
    kind: str  # "A", "Z", "W" or "b"
    layer: int  # the layer it belongs to; of weights, that which they lead to
    source: int | None = None  # of weights, the layer they come from


class Edge(NamedTuple):
    """`user` is made from `used`, times `factor`."""

    used: Node
    user: Node
    factor: str


@dataclass(frozen=True)
class DerivativeGraph:
    """Derivatives of the cost and what each is made from. Printing it lists them in order.

    Attributes
    ----------
    nodes : tuple of Node
        In the order in which backpropagation finds them.
    edges : tuple of Edge
    stated : str
        How things are named.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    stated: str

    def users(self, node: Node) -> tuple[Node, ...]:
        """The derivatives that are made from this one."""
        return tuple(edge.user for edge in self.edges if edge.used == node)

    def used_by(self, node: Node) -> tuple[Node, ...]:
        """The derivatives that this one is made from."""
        return tuple(edge.used for edge in self.edges if edge.user == node)

    @property
    def reused(self) -> tuple[Node, ...]:
        """What more than one derivative is made from, so that finding it once pays."""
        return tuple(node for node in self.nodes if len(self.users(node)) > 1)

    def __str__(self) -> str:
        lines = [plain(self.stated), ""]
        for node in self.nodes:
            made = [f"{e.used.name} · {e.factor}" for e in self.edges if e.user == node]
            lines.append(plain(f"{node.name} = {' + '.join(made) or 'from the loss itself'}"))
            users = self.users(node)
            if len(users) > 1:
                lines.append("    reused by " + plain(", ".join(u.name for u in users)))
        return "\n".join(lines)

    def mermaid(self) -> str:
        """Return the graph for Mermaid, which Markdown pages draw."""
        lines = ["flowchart RL"]
        lines += [f'  n{i}["{plain(node.name)}"]' for i, node in enumerate(self.nodes)]
        lines += [f'  n{a} -->|"{plain(factor)}"| n{b}' for a, b, factor in self._numbered()]
        return "\n".join(lines) + "\n"

    def graphviz(self) -> str:
        """Return the graph in Graphviz's language; ``dot -Tsvg`` draws it."""
        lines = ["digraph derivatives {", "  rankdir=RL; node [shape=box];"]
        lines += [f'  n{i} [label="{plain(node.name)}"];' for i, node in enumerate(self.nodes)]
        lines += [f'  n{a} -> n{b} [label="{plain(factor)}"];' for a, b, factor in self._numbered()]
        return "\n".join([*lines, "}"]) + "\n"

    def as_dict(self) -> dict[str, object]:
        """Return the graph as plain data."""
        return {
            "notation": self.stated,
            "nodes": [node._asdict() for node in self.nodes],
            "edges": [
                {"used": a, "user": b, "factor": factor} for a, b, factor in self._numbered()
            ],
            "reused": [self.nodes.index(node) for node in self.reused],
        }

    def _numbered(self) -> Iterator[tuple[int, int, str]]:
        place = {node: i for i, node in enumerate(self.nodes)}
        for edge in self.edges:
            yield place[edge.used], place[edge.user], edge.factor


def derivative_graph(
    architecture: HasParameters | Architecture, notation: str = "from_zero"
) -> DerivativeGraph:
    """Return which derivative of the cost is made from which, for any network.

    Parameters
    ----------
    architecture : Architecture, or the network itself
    notation : str
        A row of ``pellucid.inspection.notation.NOTATIONS``.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(3, "tanh"), pel.Dense(1, "sigmoid")])
    >>> graph = pel.derivative_graph(network.architecture)
    >>> len(graph.nodes), [node.name for node in graph.reused]
    (8, ['∂C/∂z^{(2)}', '∂C/∂z^{(1)}'])
    """
    architecture, names = architecture_of(architecture), notation_of(notation)
    nodes, edges = list[Node](), list[Edge]()
    sums: dict[int, Node] = {}
    for l in range(architecture.n_layers, 0, -1):
        a = _node(names, "A", l)
        nodes.append(a)
        for to in range(architecture.n_layers, l, -1):
            if l in architecture.inputs(to):
                factor = _ratio(_whole(names, "Z", to), _whole(names, "A", l))
                edges.append(Edge(sums[to], a, factor))
        z = sums[l] = _node(names, "Z", l)
        nodes.append(z)
        edges.append(Edge(a, z, _ratio(_whole(names, "A", l), _whole(names, "Z", l))))
        for k in architecture.inputs(l):
            w = _node(names, "W", l, k, skips=len(architecture.inputs(l)) > 1)
            nodes.append(w)
            edges.append(Edge(z, w, _ratio(_whole(names, "Z", l), w.name.partition("/∂")[2])))
        if architecture.layer(l).bias != "none":
            b = _node(names, "b", l)
            nodes.append(b)
            edges.append(Edge(z, b, _ratio(_whole(names, "Z", l), b.name.partition("/∂")[2])))
    return DerivativeGraph(tuple(nodes), tuple(edges), names.stated)


def chain_rule(
    architecture: HasParameters | Architecture, name: str, notation: str = "from_zero"
) -> str:
    """Return ∂C by any weight, bias, weighted sum or activation as the chain rule writes it.

    Between the layers of vectors the factors are matrices; with skip connections, the sum over
    all ways from the quantity to the cost.

    Parameters
    ----------
    architecture : Architecture, or the network itself
    name : str
        Such as "w_{2,3}^1" in the notation, for one weight; or "w^1", "z^2" for a whole layer's.
    notation : str

    Examples
    --------
    >>> import pellucid as pel
    >>> net = pel.Network(2, [pel.Dense(3, "tanh"), pel.Dense(1, "sigmoid")]).architecture
    >>> pel.chain_rule(net, "w_{2,1}^1")
    '∂C/∂w_2,1^(1) = ∂C/∂a^(2) · ∂a^(2)/∂z^(2) · ∂z^(2)/∂a_2^(1) · ∂a_2^(1)/∂z_2^(1) · a_1^(0)'
    """
    architecture, names = architecture_of(architecture), notation_of(notation)
    return plain(chain_expression(architecture, cell(name, notation, architecture), names))


def chain_expression(architecture: Architecture, at: Cell, names: Notation) -> str:
    """Return the chain rule for a cell as an expression."""
    l = at.layer
    unit = at.place[-1]
    pieces = architecture.layer(l).pieces if l > 0 else 1
    a, z = names.unit("A", l, unit // pieces), names.unit("Z", l, unit)
    if at.kind == "A":
        return f"{_ratio('C', a)} = {_to_cost(architecture, names, l, a)}"
    into = f"{_to_cost(architecture, names, l, a)} · {_ratio(a, z)}"
    if architecture.layer(l).activation == "softmax":
        whole = _whole(names, "A", l)
        into = f"{_ratio('C', whole)} · {_ratio(whole, z)}"
    if at.kind in ("Z", "delta"):
        return f"{_ratio('C', z)} = {into}"
    if at.kind == "b":
        n_sources = sum(architecture.units(k) for k in architecture.inputs(l))
        return f"{_ratio('C', names.bias(l, unit, n_sources))} = {into}"
    k = architecture.inputs(l)[-1]
    weight = names.weight(l, k, at.place[0], unit, skips=architecture.inputs(l) != (l - 1,))
    return f"{_ratio('C', weight)} = {into} · {names.unit('A', k, at.place[0])}"


def _to_cost(architecture: Architecture, names: Notation, l: int, a: str) -> str:
    """∂C/∂a of a unit of layer l: over every way to the output; of many, over the first step."""
    last = architecture.n_layers if _n_ways(architecture, l) <= MANY else l + 1
    ways = [" · ".join(way) for way in _ways(architecture, names, l, a, last)]
    return ways[0] if len(ways) == 1 else f"({' + '.join(ways)})"


def _n_ways(architecture: Architecture, l: int) -> int:
    """How many ways lead from layer l to the output."""
    ways = {architecture.n_layers: 1}
    for k in range(architecture.n_layers - 1, l - 1, -1):
        ways[k] = sum(n for to, n in ways.items() if k in architecture.inputs(to))
    return ways[l]


def _ways(
    architecture: Architecture, names: Notation, l: int, a: str, last: int
) -> Iterator[list[str]]:
    """Each way from layer l to the cost, or to layer `last` and beyond, as its factors."""
    if l >= last:
        yield [_ratio("C", a)]
        return
    for to in range(l + 1, architecture.n_layers + 1):
        if l in architecture.inputs(to):
            above, z = _whole(names, "A", to), _whole(names, "Z", to)
            for way in _ways(architecture, names, to, above, last):
                yield [*way, _ratio(above, z), _ratio(z, a)]


def _node(
    names: Notation, kind: str, layer: int, source: int | None = None, *, skips: bool = False
) -> Node:
    name = _whole(names, kind, layer)
    if skips and source is not None:
        name = names.whole(names.symbols[kind], layer, source)
    return Node(_ratio("C", name), kind, layer, source)


def _whole(names: Notation, kind: str, layer: int) -> str:
    return names.whole(names.symbols[kind], layer)


def _ratio(of: str, by: str) -> str:
    return f"∂{of}/∂{by}"
