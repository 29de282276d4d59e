"""What a walk looks at: one example, how things are named, and which units are shown.

Wide layers are shortened: some units, and of each sum the largest terms and the sum of the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Array
from pellucid.inspection.cells import Cell
from pellucid.inspection.expressions import factor, number, put_in, total
from pellucid.inspection.notation import Notation
from pellucid.inspection.traced import Trace
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense

FEW_UNITS, FEW_TERMS = 4, 6  # up to which all are shown
DEEP = 3  # layers beyond which less of each is shown


@dataclass(frozen=True)
class Scene:
    """One example's trace and the way it is told."""

    trace: Trace
    notation: Notation
    shown: dict[int, tuple[int, ...]]  # the sums of each layer that are shown
    asked: tuple[Cell, ...]  # names that were asked for
    terms: int  # of a long sum
    digits: int

    @property
    def architecture(self) -> Architecture:
        """The network's."""
        return self.trace.architecture

    def layer(self, l: int) -> Dense:
        """Layer l, from 1."""
        return self.architecture.layer(l)

    def n(self, value: float) -> str:
        """A number alone."""
        return number(float(value), self.digits)

    def f(self, value: float) -> str:
        """A number in a product."""
        return factor(float(value), self.digits)

    def sum_of(
        self, left: Array, right: Array, names: Sequence[str], beside: Sequence[float] = ()
    ) -> str:
        """Σ left · right, then what is added to it, with numbers.

        Of many the largest terms, each with its index (`names` are those of all), and the rest.
        """
        products = left * right
        some = largest(products, self.terms)
        terms = [f"{self.f(left[i])}·{self.f(right[i])}" for i in some]
        if len(some) < len(products):
            terms = [f"{term} [{names[i]}]" for term, i in zip(terms, some, strict=True)]
            terms.append(self.rest(products, some))
        return total([*terms, *(self.n(value) for value in beside)])

    def rest(self, terms: Array, some: Sequence[int]) -> str:
        """The sum of all but some terms, and how many they are."""
        left = np.delete(terms, some)
        return f"{self.n(left.sum())} [{len(left)} more]"

    def named(self, formula: str) -> str:
        """A formula of a, z, w and b in the symbols of the notation."""
        symbols = self.notation.symbols
        return put_in(formula, {kind.lower(): symbols[kind] for kind in ("A", "Z", "W")})

    def bias_name(self, l: int, s: int) -> str:
        """The bias of a sum; one for the whole layer has no subscript."""
        if self.layer(l).bias == "layer" and not self.notation.bias_as_weight:
            return self.notation.whole(self.notation.symbols["b"], l)
        n_sources = sum(self.architecture.units(k) for k in self.architecture.inputs(l))
        return self.notation.bias(l, s, n_sources)

    def bias(self, l: int, s: int) -> float:
        """Its value."""
        b = self.trace.b[l]
        return float(b[s if len(b) > 1 else 0])

    def own(self, kind: str, l: int, s: int) -> float:
        """The gain or shift of a sum, from the parameters; its mean or variance, from buffers."""
        trace = self.trace
        if kind in ("gain", "shift"):
            return float(trace.named[f"{kind}.{l}"][s])
        held = (trace.tape.mean if kind == "mean" else trace.tape.variance)[l]
        return float(held[s] if self.layer(l).norm == "batch" else held[0, 0])

    @property
    def brief(self) -> bool:
        """Whether not everything is shown, so that lines should be short too."""
        shown = sum(len(sums) for sums in self.shown.values())
        every = sum(layer.sums for layer in self.architecture.layers)
        return shown < every or self.architecture.n_inputs > FEW_UNITS

    def consumers(self, l: int) -> list[int]:
        """The layers that layer l feeds."""
        return [to for k, to in self.architecture.connections if k == l]

    def skips(self, l: int) -> bool:
        """Whether layer l is fed by anything but the layer before it alone."""
        return self.architecture.inputs(l) != (l - 1,)

    def weights_shown(self, l: int, k: int, s: int) -> list[int]:
        """Of the weights from layer k into sum s of layer l, the units that the shown come from."""
        gradient = self.trace.A[k][0] * self.trace.dZ[l][0, s]
        mask = self.architecture.mask(k, l)
        existing = np.arange(len(gradient)) if mask is None else np.flatnonzero(mask[:, s])
        few = len(existing) <= FEW_UNITS
        n = len(existing) if few else (2 if self.architecture.n_layers <= DEEP else 1)
        some = [int(existing[i]) for i in largest(gradient[existing], n, all_up_to=0)[:n]]
        extra = [
            c.place[0] for c in self.asked if c.kind == "W" and c.layer == l and c.place[1] == s
        ]
        return sorted({*some, *(i for i in extra if k == self.architecture.inputs(l)[-1])})


def largest(values: Array, n: int, all_up_to: int = FEW_TERMS) -> list[int]:
    """Return where the n largest of `values` are, by size and the largest first.

    Of few, where all are, in their order; a single one is never left out.
    """
    if len(values) <= max(all_up_to, n + 1):
        return list(range(len(values)))
    sizes = np.nan_to_num(np.abs(values), nan=np.inf)
    return [int(i) for i in np.argsort(-sizes, kind="stable")[:n]]


def units_shown(
    trace: Trace, units: int | None, asked: Iterable[Cell]
) -> dict[int, tuple[int, ...]]:
    """Choose the sums of each layer that are shown: of wide layers those of the largest delta.

    Of the output, first that of the largest target.
    """
    architecture, shown = trace.architecture, {}
    wanted = units or (2 if architecture.n_layers <= DEEP else 1)
    for l in range(1, architecture.n_layers + 1):
        pieces, n = architecture.layer(l).pieces, architecture.units(l)
        sizes = np.abs(trace.dZ[l][0]).reshape(n, pieces).max(axis=1)
        if l == architecture.n_layers and wanted > 0:
            sizes[int(trace.Y[0].argmax())] = np.inf
        few = n <= max(FEW_UNITS, wanted)
        chosen = set(range(n)) if few else set(largest(sizes, wanted, all_up_to=0)[:wanted])
        for cell in asked:
            if cell.layer == l and cell.kind != "W":
                chosen.add(cell.place[0] if cell.kind == "A" else cell.place[0] // pieces)
            if cell.layer == l and cell.kind == "W":
                chosen.add(cell.place[1] // pieces)
        shown[l] = tuple(u * pieces + p for u in sorted(chosen) for p in range(pieces))
    return shown
