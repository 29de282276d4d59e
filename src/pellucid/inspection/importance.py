"""Which weights matter: ranked by derivative or by contribution, each checked by a real nudge."""

from dataclasses import dataclass
from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array
from pellucid.errors import RecipeError
from pellucid.inspection.costs import Cost, cost_of
from pellucid.inspection.expressions import plain
from pellucid.inspection.notation import notation_of
from pellucid.model.network import Network
from pellucid.network.segments import Segment

RANKINGS = {"gradient": "|∂C/∂w|", "contribution": "mean |a w|"}


WIDTH = 100  # columns of a table


class RankedWeight(NamedTuple):
    """One weight, and what the cost does when it is changed.

    Layers are numbered from 1, the input is layer 0; units and sums are numbered from 0. A layer
    has one sum a unit, but for maxout, where those of unit j are j · pieces ….
    """

    source: int  # the layer it comes from
    unit: int  # in that layer
    layer: int  # the layer it leads to
    sum: int  # in that layer
    weight: float
    derivative: float  # ∂C/∂w
    contribution: float  # the mean of |a w| over the examples
    predicted: float  # nudge · ∂C/∂w: by how much the cost should change
    real: float  # (C(w + nudge) − C(w − nudge)) / 2: by how much it does
    removed: float  # C(w = 0) − C: the change when the connection is cut


@dataclass(frozen=True)
class Ranking:
    """The weights that matter most, the first one most. ``what_matters`` makes one.

    Attributes
    ----------
    by : str
        "gradient" or "contribution".
    loss : str
    cost : float
        At the weights as they are.
    n_examples, n_weights : int
        How many examples the cost is of, and how many weights there are to choose from; masked
        ones do not exist.
    nudge : float
        By how much each weight was moved, up and down.
    rows : tuple of RankedWeight
    """

    by: str
    loss: str
    cost: float
    n_examples: int
    n_weights: int
    nudge: float
    rows: tuple[RankedWeight, ...]
    notation: str = "from_zero"

    @property
    def worst(self) -> float:
        """The largest difference between a derivative and what the nudge found in its place."""
        gaps = [abs(row.real - row.predicted) for row in self.rows]
        return max(gaps, default=0.0) / self.nudge

    def name(self, row: RankedWeight) -> str:
        """Return the weight's name in the notation."""
        names, skips = notation_of(self.notation), row.source != row.layer - 1
        return plain(names.weight(row.layer, row.source, row.unit, row.sum, skips=skips))

    def __str__(self) -> str:
        width = max([8, *(len(self.name(row)) for row in self.rows)]) + 2
        lines = [
            f"{len(self.rows)} of {self.n_weights} weights, by {RANKINGS[self.by]}; "
            f"{self.loss} {self.cost:.6g} over {self.n_examples} examples",
            f"change of the cost: predicted and real for w ± {self.nudge:g}; removed for w = 0",
            f"{'':>{width}}{'weight':>12}{'∂C/∂w':>12}{'mean |a w|':>12}"
            f"{'predicted':>14}{'real':>14}{'removed':>12}",
        ]
        for row in self.rows:
            lines.append(
                f"{self.name(row):>{width}}"
                f"{row.weight:>12.5g}{row.derivative:>12.5g}{row.contribution:>12.5g}"
                f"{row.predicted:>14.6g}{row.real:>14.6g}{row.removed:>12.5g}"
            )
        return "\n".join([*lines, *wrap(plain(notation_of(self.notation).stated), WIDTH)])

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {
            "by": self.by,
            "loss": self.loss,
            "cost": self.cost,
            "n_examples": self.n_examples,
            "n_weights": self.n_weights,
            "nudge": self.nudge,
            "rows": [{"name": self.name(row), **row._asdict()} for row in self.rows],
        }


def what_matters(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    loss: str | None = None,
    *,
    by: str = "gradient",
    n: int = 10,
    nudge: float = 1e-4,
    notation: str = "from_zero",
    sample_weight: npt.ArrayLike | None = None,
) -> Ranking:
    """Rank the weights of `network`, and check each by changing it and calculating the cost.

    Parameters
    ----------
    network : Network
        Not changed. Calculated in float64 and as for predicting.
    X, Y : the examples, as ``train`` takes them
    loss : str, optional
        By default the one whose link the output is.
    by : {"gradient", "contribution"}
        ``|∂C/∂w|``, how much the cost changes with the weight; or the mean of ``|a w|`` over the
        examples, how much the weight puts into its sum. The two need not agree: a large
        contribution that comes to every example alike may be worth nothing, and a weight of 0
        contributes nothing whatever its derivative.
    n : int
        How many weights to return.
    nudge : float
        By how much to change each of them. Where a unit's kink (relu at 0) lies within it, the
        change is not what the derivative says; that is no mistake.
    notation : str
        A row of ``pellucid.inspection.notation.NOTATIONS``, for names.
    sample_weight : (n,), optional

    Returns
    -------
    Ranking
        Printing it shows a table.

    Raises
    ------
    DataError, RecipeError

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(1, "identity")], precision="float64")
    >>> network.weights[1] = [[3.0], [1.0]]
    >>> row = what_matters(network, [[1, 0], [0, 1]], [0, 0], "mse", n=1).rows[0]
    >>> row.unit, row.derivative, row.contribution, row.removed
    (0, 3.0, 1.5, -4.5)
    """
    _check(by, n, nudge)
    notation_of(notation)  # what is unknown is said before the work
    cost = cost_of(network, X, Y, loss, sample_weight)
    derivatives, contributions = cost.gradient(cost.start), contributions_of(cost)
    places = _existing_weights(cost)
    keys = np.abs(derivatives) if by == "gradient" else contributions
    chosen = places[np.argsort(-keys[places], kind="stable")[:n]]
    base = cost(cost.start)
    rows = tuple(
        _nudged(cost, base, int(place), derivatives[place], contributions[place], nudge)
        for place in chosen
    )
    counts = len(cost.examples), len(places)
    return Ranking(by, cost.loss, base, *counts, float(nudge), rows, notation)


def contributions_of(cost: Cost) -> Array:
    """Return the mean of |a w| over the examples for each weight, laid out like the parameters.

    An example counts as much as in the cost. Biases, gains and shifts stand at 0.
    """
    means: dict[int, Array] = {}
    for rows, tape in cost.passes(cost.start):
        for k, A in enumerate(tape.A[:-1]):
            means[k] = means.get(k, 0.0) + cost.shares[rows] @ np.abs(A)
    found = np.zeros(len(cost.start))
    for segment in _weight_segments(cost):
        assert segment.source is not None
        W = segment.view(cost.start)
        segment.view(found)[...] = means[segment.source][:, None] * np.abs(W)
    return found


def _check(by: str, n: int, nudge: float) -> None:
    if by not in RANKINGS:
        raise RecipeError(f"by: expected one of {', '.join(RANKINGS)}, got {by!r}.")
    if not isinstance(n, int) or n < 1:
        raise RecipeError(f"n: expected how many weights to return, at least 1, got {n!r}.")
    if not (np.isfinite(nudge) and nudge > 0):
        raise RecipeError(f"nudge: expected a small number above 0 such as 1e-4, got {nudge!r}.")


def _weight_segments(cost: Cost) -> list[Segment]:
    return [segment for segment in cost.segments if segment.kind == "weights"]


def _existing_weights(cost: Cost) -> Array:
    """The places of all weights in the vector, without masked ones."""
    found = []
    for segment in _weight_segments(cost):
        mask = cost.architecture.mask(segment.source or 0, segment.layer)
        places = np.arange(segment.offset, segment.stop)
        found.append(places if mask is None else places[mask.ravel()])
    return np.concatenate(found)


def _nudged(
    cost: Cost, base: float, place: int, derivative: float, contribution: float, nudge: float
) -> RankedWeight:
    """One row: where the weight is, and the cost with it moved up, moved down, and cut."""
    segment = next(s for s in cost.segments if s.offset <= place < s.stop)
    i, j = np.unravel_index(place - segment.offset, segment.shape)
    w = float(cost.start[place])

    def at(value: float) -> float:
        moved = cost.start.copy()
        moved[place] = value
        return cost(moved)

    return RankedWeight(
        source=segment.source or 0,
        unit=int(i),
        layer=segment.layer,
        sum=int(j),
        weight=w,
        derivative=float(derivative),
        contribution=float(contribution),
        predicted=float(nudge * derivative),
        real=(at(w + nudge) - at(w - nudge)) / 2,
        removed=at(0.0) - base,
    )
