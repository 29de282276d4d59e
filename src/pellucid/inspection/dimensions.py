"""Do the shapes fit? Every equation with the shapes of its arrays, for a batch and one example."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS
from pellucid.model.network import Network
from pellucid.network.passes import Gradient, Tape, backward, forward, views
from pellucid.network.segments import buffer_segments, parameter_segments

BATCH = 3  # rows that are really carried through; shown as n


class Equation(NamedTuple):
    """An equation of one layer with its shapes."""

    equation: str  # for rows, as everywhere here
    batch: str  # shapes for n examples in rows
    column_equation: str  # for one example as a column, as most books have it
    example: str
    holds: bool


@dataclass(frozen=True)
class DimensionCheck:
    """All equations of a network with their shapes. Printing it shows the table."""

    rows: tuple[Equation, ...]

    @property
    def holds(self) -> bool:
        """Whether all shapes fit."""
        return all(row.holds for row in self.rows)

    def __str__(self) -> str:
        titles = ("a batch of n, in rows", "shapes", "one example, a column", "shapes")
        table = [titles, *(row[:4] for row in self.rows)]
        widths = [max(len(row[i]) for row in table) for i in range(4)]
        lines = [
            "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        ]
        return "\n".join([*lines, "all shapes fit" if self.holds else "SHAPES DO NOT FIT"])

    def markdown(self) -> str:
        """Return the table in Markdown."""
        titles = ("a batch of n, in rows", "shapes", "one example, a column", "shapes")
        lines = [titles, ("---",) * 4, *(row[:4] for row in self.rows)]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)

    def as_dict(self) -> dict[str, object]:
        """Return the table as plain data."""
        return {"rows": [row._asdict() for row in self.rows], "holds": self.holds}


def dimension_check(network: Network) -> DimensionCheck:
    """Carry a few rows through `network` and back, and compare the shapes of what really came.

    Where units have no derivative (step, sign), only forward.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(784, [pel.Dense(30, "sigmoid"), pel.Dense(10, "softmax")])
    >>> check = pel.dimension_check(network)
    >>> check.rows[0].equation, check.rows[0].batch
    ('Z[1] = A[0] W[1] + b[1]', '(n × 784)(784 × 30) + (30) = (n × 30)')
    >>> check.rows[0].column_equation, check.rows[0].example
    ('z¹ = W¹ a⁰ + b¹', '(30 × 784)(784 × 1) + (30 × 1) = (30 × 1)')
    """
    architecture = network.architecture
    named = views(network.parameters, parameter_segments(architecture))
    held = views(network.buffers, buffer_segments(architecture))
    A0 = np.zeros((BATCH, architecture.n_inputs), network.parameters.dtype)
    tape = forward(architecture, named, A0, buffers=held)
    L = architecture.n_layers
    rows = [row for l in range(1, L + 1) for row in _forward(network, tape, l)]
    if all(ACTIVATIONS[layer.activation].backward for layer in architecture.layers):
        back = backward(architecture, named, tape, np.ones_like(tape.N[L]))
        rows += [row for l in range(L, 0, -1) for row in _backward(network, tape, back, l)]
    return DimensionCheck(tuple(rows))


def _forward(network: Network, tape: Tape, l: int) -> Iterator[Equation]:
    architecture, Z = network.architecture, tape.Z[l]
    layer, inputs = architecture.layer(l), architecture.inputs(l)
    products = [(tape.A[k], network.weights[k, l]) for k in inputs]
    terms = [f"A[{k}] {_w(l, k, inputs)}" for k in inputs]
    columns = [
        f"{_raised('W', l) if len(inputs) == 1 else f'W{_up(k)}→{_up(l)}'} {_raised('a', k)}"
        for k in inputs
    ]
    batch = [f"{_rows(A)}{_fixed(W)}" for A, W in products]
    example = [f"{_fixed(W.T)}({W.shape[0]} × 1)" for _, W in products]
    holds = all(A.shape[1] == W.shape[0] and W.shape[1] == Z.shape[1] for A, W in products)
    if layer.bias != "none":
        b = network.biases[l]
        terms.append(f"b[{l}]")
        columns.append(_raised("b", l))
        batch.append(f"({b.shape[0]})")
        example.append(f"({b.shape[0]} × 1)" if b.shape[0] > 1 else "(1)")
        holds &= b.shape[0] in (1, Z.shape[1])
    yield Equation(
        f"Z[{l}] = {' + '.join(terms)}",
        f"{' + '.join(batch)} = {_rows(Z)}",
        f"{_raised('z', l)} = {' + '.join(columns)}",
        f"{' + '.join(example)} = {_column(Z)}",
        holds,
    )
    A, N = tape.A[l], tape.N[l]
    inner = "N" if layer.norm != "none" else "Z"
    if layer.norm != "none":
        same = N.shape == Z.shape
        name = f"N[{l}] = {layer.norm} norm of Z[{l}]"
        yield Equation(name, _rows(N), f"{_raised('n', l)} of {_raised('z', l)}", _column(N), same)
    fits = A.shape == (len(Z), layer.units) and N.shape[1] == layer.sums
    name, small = f"A[{l}] = {layer.activation}({inner}[{l}])", inner.lower()
    yield Equation(
        name,
        _rows(A)
        if A.shape == N.shape
        else f"largest of each {layer.pieces} in {_rows(N)} = {_rows(A)}",
        f"{_raised('a', l)} = f({_raised(small, l)})",
        _column(A),
        fits,
    )


def _backward(network: Network, tape: Tape, back: Gradient, l: int) -> Iterator[Equation]:
    architecture, dZ = network.architecture, back.dZ[l]
    layer, inputs = architecture.layer(l), architecture.inputs(l)
    if l < architecture.n_layers:
        yield _from_above(network, back, l)
        dA = back.dA[l]
        yield Equation(
            f"dZ[{l}] = dA[{l}] ⊙ f′",
            f"{_rows(dA)} ⊙ {_rows(dZ)} = {_rows(dZ)}" if dA.shape == dZ.shape else _rows(dZ),
            f"{_raised('δ', l)} = ∂C/∂{_raised('a', l)} ⊙ f′",
            f"{_column(dA)} ⊙ {_column(dZ)} = {_column(dZ)}",
            dA.shape[1] == layer.units and dZ.shape == tape.Z[l].shape,
        )
    else:
        yield Equation(
            f"dZ[{l}] = (P − Y)/n, or by the chain rule",
            _rows(dZ),
            f"{_raised('δ', l)} = a − y, or by the chain rule",
            _column(dZ),
            dZ.shape == tape.Z[l].shape,
        )
    for k in inputs:
        A, dW = tape.A[k], back.parameters[f"weights.{k}.{l}"]
        yield Equation(
            f"d{_w(l, k, inputs)} = A[{k}]ᵀ dZ[{l}]",
            f"({A.shape[1]} × n){_rows(dZ)} = {_fixed(dW)}",
            f"∂C/∂{_raised('W', l)} = {_raised('δ', l)} {_raised('a', k)}ᵀ",
            f"{_column(dZ)}(1 × {A.shape[1]}) = {_fixed(dW.T)}",
            dW.shape == (A.shape[1], dZ.shape[1]) == network.weights[k, l].shape,
        )
    if layer.bias != "none":
        db = back.parameters[f"bias.{l}"]
        yield Equation(
            f"db[{l}] = Σ rows of dZ[{l}]",
            f"Σ {_rows(dZ)} = ({db.shape[0]})",
            f"∂C/∂{_raised('b', l)} = {_raised('δ', l)}",
            _column(dZ) if db.shape[0] == dZ.shape[1] else f"Σ {_column(dZ)} = (1)",
            db.shape == network.biases[l].shape,
        )


def _from_above(network: Network, back: Gradient, l: int) -> Equation:
    """dA[l], from all layers that layer l feeds."""
    architecture, dA = network.architecture, back.dA[l]
    fed = [to for k, to in architecture.connections if k == l]
    terms = [f"dZ[{to}] {_w(to, l, architecture.inputs(to))}ᵀ" for to in fed]
    columns = [f"{_raised('W', to)}ᵀ {_raised('δ', to)}" for to in fed]
    weights = {to: network.weights[l, to] for to in fed}
    return Equation(
        f"dA[{l}] = {' + '.join(terms)}",
        f"{' + '.join(f'{_rows(back.dZ[to])}{_fixed(W.T)}' for to, W in weights.items())}"
        f" = {_rows(dA)}",
        f"∂C/∂{_raised('a', l)} = {' + '.join(columns)}",
        f"{' + '.join(f'{_fixed(W)}{_column(back.dZ[to])}' for to, W in weights.items())}"
        f" = {_column(dA)}",
        all(W.shape == (dA.shape[1], back.dZ[to].shape[1]) for to, W in weights.items()),
    )


def _w(l: int, k: int, inputs: tuple[int, ...]) -> str:
    return f"W[{l}]" if len(inputs) == 1 else f"W[{k}, {l}]"


def _rows(array: Array) -> str:
    return f"(n × {array.shape[1]})"


def _column(array: Array) -> str:
    return f"({array.shape[1]} × 1)"


def _fixed(array: Array) -> str:
    return f"({array.shape[0]} × {array.shape[1]})"


def _raised(symbol: str, l: int) -> str:
    return symbol + _up(l)


def _up(l: int) -> str:
    return str(l).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
