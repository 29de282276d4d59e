"""The names that the literature gives to neurons, weights and derivatives, in its notations.

Arrays count from 0 and hold ``W[from, to]``; books write w_{to,from}, from 0 or from 1, with the
input as layer 0 or 1, or letters i, j, k for the nodes of a layer. Which convention a name
follows is always said (``stated``).
"""

from dataclasses import dataclass

from pellucid.errors import RecipeError

LETTERS = "ijklmnpqrstuvw"  # of the nodes of layers, the input first; o looks like 0
INDICES = "ijkmqrstuvh"  # without l, n and p, which stand for something else where numbers tell


@dataclass(frozen=True)
class Notation:
    """A convention for names.

    Parameters
    ----------
    first : int
        What units are counted from.
    first_layer : int
        The number of the input.
    lettered : bool
        Whether layers are told by letters of their nodes instead of numbers.
    symbols : mapping from kind to symbol
    stated : str
        The convention in a sentence.
    source_first : bool
        Whether a weight is written w_{from to}.
    bias_as_weight : bool
        Whether biases are a last column of the weights.
    """

    name: str
    first: int
    first_layer: int
    lettered: bool
    symbols: dict[str, str]
    stated: str
    source_first: bool = False
    bias_as_weight: bool = False

    def unit(self, kind: str, layer: int, unit: int) -> str:
        """Name the activation "A", weighted sum "Z", bias "b" or "delta" of a unit."""
        return self._named(self.symbols[kind], layer, self._unit(layer, unit))

    def weight(self, layer: int, source: int, origin: int, to: int, *, skips: bool = False) -> str:
        """Name the weight from unit `origin` of layer `source` to unit `to` of `layer`.

        `skips` where the layer has other inputs too: then both layers are named.
        """
        ends = [self._unit(layer, to), self._unit(source, origin)]
        if self.source_first:
            ends.reverse()
        # Only numbers of one digit stand side by side, as in w_31.
        beside = self.first == 1 and not self.lettered and all(len(end) == 1 for end in ends)
        above = f"{self._layer(source)}→{self._layer(layer)}" if skips else self._layer(layer)
        name = f"{self.symbols['W']}_{{{('' if beside else ',').join(ends)}}}"
        return name if self.lettered else f"{name}^{{({above})}}"

    def bias(self, layer: int, unit: int, n_sources: int) -> str:
        """Name the bias of a unit that `n_sources` units feed."""
        if self.bias_as_weight:
            return self.weight(layer, layer - 1, n_sources, unit)
        return self.unit("b", layer, unit)

    def every(self, kind: str, layer: int) -> str:
        """Name a quantity of any unit of a layer, for formulas: a_{n}^{(1)}."""
        return self._named(self.symbols[kind], layer, self.letter(layer))

    def every_weight(
        self, layer: int, source: int, *, to: str = "", origin: str = "", skips: bool = False
    ) -> str:
        """Name any weight between two layers; `to` or `origin` may be a certain unit's text."""
        ends = [to or self.letter(layer), origin or self.letter(source)]
        if self.source_first:
            ends.reverse()
        above = f"{self._layer(source)}→{self._layer(layer)}" if skips else self._layer(layer)
        name = f"{self.symbols['W']}_{{{','.join(ends)}}}"
        return name if self.lettered else f"{name}^{{({above})}}"

    def letter(self, layer: int) -> str:
        """The running index of the units of a layer."""
        letters = LETTERS if self.lettered else INDICES
        return letters[layer % len(letters)]

    def subscript(self, layer: int, unit: int) -> str:
        """Write a unit as it stands below: 2, or j3."""
        return self._unit(layer, unit)

    def layer(self, layer: int) -> str:
        """What the layer is called in a sentence."""
        if self.lettered:
            return f"layer {self.letter(layer).upper()}"
        return f"layer {layer + self.first_layer}"

    def whole(self, symbol: str, layer: int, source: int | None = None) -> str:
        """Name an array of a whole layer, W^{(2)}, or of the connection from another: W^{(0→2)}."""
        ends = [self._layer(end) for end in (source, layer) if end is not None]
        text = "→".join(ends)
        return f"{symbol}_{{{text}}}" if self.lettered else f"{symbol}^{{({text})}}"

    def _named(self, symbol: str, layer: int, unit: str) -> str:
        name = f"{symbol}_{{{unit}}}"
        return name if self.lettered else f"{name}^{{({self._layer(layer)})}}"

    def _unit(self, layer: int, unit: int) -> str:
        number = str(unit + self.first)
        return self.letter(layer) + number if self.lettered else number

    def _layer(self, layer: int) -> str:
        return self.letter(layer).upper() if self.lettered else str(layer + self.first_layer)


_COMMON = {"A": "a", "Z": "z", "W": "w", "b": "b", "delta": "δ"}

NOTATIONS = {
    "from_zero": Notation(
        "from_zero",
        first=0,
        first_layer=0,
        lettered=False,
        symbols=_COMMON,
        stated="a_{j}^{(l)} is unit j of layer l and w_{to,from}^{(l)} leads to layer l; "
        "units and layers are counted from 0, the input is layer 0.",
    ),
    "from_one": Notation(
        "from_one",
        first=1,
        first_layer=1,
        lettered=False,
        symbols=_COMMON,
        stated="a_{j}^{(l)} is unit j of layer l and w_{to from}^{(l)} leads to layer l; "
        "units and layers are counted from 1, the input is layer 1.",
    ),
    "sums": Notation(
        "sums",
        first=1,
        first_layer=0,
        lettered=True,
        symbols={"A": "O", "Z": "x", "W": "W", "b": "θ", "delta": "δ"},
        source_first=True,
        stated="O_{j2} is the output of node 2 of layer J and x_{j2} its weighted sum; W_{i1,j2} "
        "leads from node 1 of layer I to it, and its bias θ_{j2} is the weight from a node whose "
        "output is always 1. Layers are I (the input), J, K and so on; nodes are counted from 1.",
    ),
    "matrix": Notation(
        "matrix",
        first=0,
        first_layer=0,
        lettered=False,
        symbols={"A": "a", "Z": "z", "W": "W̃", "b": "W̃", "delta": "δ"},
        stated="z^{(l)} = W̃^{(l)} ã^{(l−1)}; W̃_{to,from}^{(l)} has the biases as an extra last "
        "column, ã an extra last 1; counted from 0, the input is layer 0.",
        bias_as_weight=True,
    ),
}


def notation_of(name: str) -> Notation:
    """Return the row of NOTATIONS that `name` names.

    Raises
    ------
    RecipeError
    """
    if name not in NOTATIONS:
        raise RecipeError(f"notation: expected one of {', '.join(NOTATIONS)}, got {name!r}.")
    return NOTATIONS[name]
