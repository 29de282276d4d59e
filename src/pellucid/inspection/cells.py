"""From a name of the literature to the cell of an array that holds its number."""

import re
from typing import NamedTuple

from pellucid.errors import DataError
from pellucid.inspection.notation import LETTERS, Notation, notation_of
from pellucid.network.architecture import Architecture
from pellucid.network.gradient_check import HasParameters
from pellucid.network.layer import short


class Cell(NamedTuple):
    """Where a name's number lies: ``W[1][0, 2]``, ``A[2][:, 1]``."""

    kind: str  # "W", "b", "Z", "A" or "delta"
    layer: int  # the array's own number: of the layer that a weight leads to
    place: tuple[int, ...]  # (from, to) of a weight, (unit,) otherwise

    def __str__(self) -> str:
        rows = "" if self.kind in "Wb" else ":, "
        return f"{self.kind}[{self.layer}][{rows}{', '.join(map(str, self.place))}]"


_NAME = re.compile(
    r"(?P<symbol>W̃|[A-Za-zδθ]+)_\{?(?P<ends>[a-z]?\d+(?:[, ]+[a-z]?\d+)?)\}?"
    r"(?:\^[\{(]*(?:(?P<source>\d+)→)?(?P<layer>\d+)[\})]*)?"
)


def architecture_of(of: HasParameters | Architecture) -> Architecture:
    """Return the architecture of a network, or an architecture itself.

    Raises
    ------
    DataError
        Neither.
    """
    found = of if isinstance(of, Architecture) else getattr(of, "architecture", None)
    if not isinstance(found, Architecture):
        raise DataError(f"expected a network or its architecture, got {short(of)}.")
    return found


def cell(name: str, notation: str, architecture: HasParameters | Architecture) -> Cell:
    """Return where the number lies that a name of the literature stands for.

    Parameters
    ----------
    name : str
        Such as "w_{2,3}^2", "w_31", "z_1^2", "W_i1,j3", "θ_j2"; braces and parentheses may be
        left out. A weight without a layer leads to the first one that has neurons.
    notation : str
        A row of NOTATIONS.
    architecture : Architecture, or the network itself

    Raises
    ------
    DataError
        No such name in this notation, or no such unit or weight in the network.

    Examples
    --------
    >>> import pellucid as pel
    >>> net = pel.Network(4, [pel.Dense(5, "tanh"), pel.Dense(4, "softmax")]).architecture
    >>> str(cell("w_{2,3}^2", "from_zero", net)), str(cell("w_31", "from_one", net))
    ('W[2][3, 2]', 'W[1][0, 2]')
    """
    row, architecture = notation_of(notation), architecture_of(architecture)
    name = str(name).strip().replace("W~", "W̃")
    found = _NAME.fullmatch(name)
    kinds = [kind for kind, symbol in row.symbols.items() if found and symbol == found["symbol"]]
    if found is None or not kinds:
        raise DataError(
            f"expected a name such as {_example(row)}, with one of the symbols "
            f"{', '.join(dict.fromkeys(row.symbols.values()))}, got {name!r}. {_shown(row.stated)}"
        )
    ends = _ends(found["ends"], beside=row.first == 1 and not row.lettered, weight="W" in kinds)
    if row.lettered:
        layers = [LETTERS.index(end[0]) if end[0] in LETTERS else -1 for end in ends]
        units = [int(end.lstrip("abcdefghijklmnopqrstuvwxyz") or -1) - row.first for end in ends]
        if row.source_first and len(ends) == 2:
            layers, units = layers[::-1], units[::-1]
        layer = layers[0]
    else:
        units = [int(end) - row.first for end in ends]
        default = 1 + row.first_layer if len(ends) == 2 else None
        if found["layer"] is None and default is None:
            raise DataError(f"{name!r} has no layer; expected one as in {_example(row)}.")
        layer = int(found["layer"] or default or 0) - row.first_layer
    return _checked(name, row, kinds, layer, units, architecture)


def _checked(
    name: str,
    row: Notation,
    kinds: list[str],
    layer: int,
    units: list[int],
    architecture: Architecture,
) -> Cell:
    least = 0 if kinds[0] == "A" else 1
    if not least <= layer <= architecture.n_layers:
        raise DataError(
            f"{name!r}: expected {row.layer(least)} to {row.layer(architecture.n_layers)}."
        )
    to, limit = units[0], architecture.units(layer) if layer == 0 else architecture.sums(layer)
    if "W" not in kinds:
        _expect(name, row, to, limit)
        return Cell(kinds[0], layer, (to,))
    if len(units) != 2:
        raise DataError(f"{name!r}: a weight has two ends, as in {_example(row)}.")
    source = architecture.inputs(layer)[-1]
    n_from = architecture.units(source)
    _expect(name, row, to, limit)
    if "b" in kinds and units[1] == n_from:  # the extra column
        return Cell("b", layer, (to,))
    _expect(name, row, units[1], n_from)
    mask = architecture.mask(source, layer)
    if mask is not None and not mask[units[1], to]:
        raise DataError(f"{name!r}: there is no such weight; the mask leaves it out.")
    return Cell("W", layer, (units[1], to))


def _expect(name: str, row: Notation, unit: int, n: int) -> None:
    if not 0 <= unit < n:
        raise DataError(
            f"{name!r}: expected units {row.first} to {n - 1 + row.first} there, "
            f"got {unit + row.first}."
        )


def _ends(text: str, *, beside: bool, weight: bool) -> list[str]:
    """The subscripts: "2,3" are two, and so is "31" where one-digit numbers stand side by side."""
    ends = re.split(r"[, ]+", text)
    if len(ends) == 1 and weight:
        letters = re.findall(r"[a-z]\d+", text)
        if len(letters) == 2:
            return letters
        if beside and len(text) == 2:
            return list(text)
    return ends


def _example(row: Notation) -> str:
    return {"sums": "W_i1,j3 or θ_j2", "from_one": "w_31^2 or z_1^2"}.get(
        row.name, f"{row.symbols['W']}_2,3^2 or a_1^1"
    )


def _shown(stated: str) -> str:
    return stated.replace("{", "").replace("}", "")
