"""The cost as a landscape, in numbers: along one weight, or over two directions.

What these directions may be, and the path of training, is in ``directions.py``; what the network
makes of its inputs in ``responses.py``. Pictures are drawn elsewhere.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array
from pellucid.errors import DataError, RecipeError
from pellucid.inspection.costs import cost_of
from pellucid.inspection.directions import along, name_of, place_at
from pellucid.model.network import Network

SPAN = 1.0, 1.0  # how far to go on both sides


@dataclass(frozen=True)
class CostLine:
    """The cost along one parameter, and what gradient descent makes of it. ``cost_line`` makes one.

    Attributes
    ----------
    name : str
        Of the parameter, such as "weights.0.1[1, 2]".
    values : (n,)
        Of the parameter; the others stay as they are.
    costs : (n,)
    at, cost, slope : float
        Its value now, the cost there, and the derivative.
    rate : float
        η.
    next, next_cost : float
        The value after a step down along this parameter alone, at − η slope, and the cost there.
    """

    name: str
    values: Array
    costs: Array
    at: float
    cost: float
    slope: float
    rate: float
    next: float
    next_cost: float

    @property
    def tangent(self) -> Array:
        """The straight line that touches the costs where the parameter is now, (n,)."""
        found: Array = self.cost + self.slope * (self.values - self.at)
        return found

    @property
    def promised(self) -> float:
        """The cost after the step if it went along the tangent: cost − η slope²."""
        return self.cost - self.rate * self.slope**2


@dataclass(frozen=True)
class CostSurface:
    """The cost over two directions. ``cost_surface`` makes one.

    Attributes
    ----------
    u, v : (n_u,), (n_v,)
        How far to go along the first and the second direction.
    costs : (n_u, n_v)
        ``costs[i, j]`` at origin + u[i] first + v[j] second.
    origin, first, second : (n_parameters,)
    path : (m, 2)
        The points of a path that was given, as u and v: where they are nearest in the plane.
    path_costs : (m,)
        The costs at the points themselves, which are not in the plane.
    path_distances : (m,)
        How far from it they are.
    """

    u: Array
    v: Array
    costs: Array
    origin: Array
    first: Array
    second: Array
    path: Array
    path_costs: Array
    path_distances: Array


def cost_line(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    place: int | str,
    loss: str | None = None,
    *,
    span: tuple[float, float] | None = None,
    n: int = 101,
    rate: float = 0.1,
    sample_weight: npt.ArrayLike | None = None,
) -> CostLine:
    """Calculate the cost along one parameter, in float64, without penalty and dropout.

    Parameters
    ----------
    network : Network
        Not changed.
    X, Y : the examples, as ``train`` takes them
    place : int or str
        Of the parameter in the flat vector, or its name, counted from 0: "w_2,3^1", "b_0^2".
    loss : str, optional
        By default the one whose link the output is.
    span : (float, float), optional
        From which value of the parameter to which; by default from 1 below what it is to 1 above.
    n : int
        How many values.
    rate : float
        The learning rate of the step that is shown.

    Raises
    ------
    DataError, RecipeError

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> network = Network(1, [Dense(1, "identity")], initial="zeros", precision="float64")
    >>> line = cost_line(network, [[1.0]], [2.0], 0, "mse", n=3)
    >>> line.costs.tolist(), line.tangent.tolist(), line.next
    ([9.0, 4.0, 1.0], [8.0, 4.0, 0.0], 0.4)
    """
    cost = cost_of(network, X, Y, loss, sample_weight)
    place = place_at(network, place)
    at = float(cost.start[place])
    values = _axis("span", (at - SPAN[0], at + SPAN[1]) if span is None else span, n)
    slope = float(cost.gradient(cost.start)[place])

    def at_value(value: float) -> float:
        moved = cost.start.copy()
        moved[place] = value
        return cost(moved)

    after = at - rate * slope
    return CostLine(
        name_of(network, place),
        values,
        np.array([at_value(value) for value in values]),
        at,
        at_value(at),
        slope,
        float(rate),
        after,
        at_value(after),
    )


def cost_surface(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    first: int | str | Array,
    second: int | str | Array,
    loss: str | None = None,
    *,
    spans: tuple[tuple[float, float], tuple[float, float]] | None = None,
    n: int | tuple[int, int] = 25,
    origin: Array | None = None,
    path: Array | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> CostSurface:
    """Calculate the cost over two parameters or two directions, in float64, without penalty.

    Parameters
    ----------
    network : Network
        Not changed.
    X, Y : the examples, as ``train`` takes them
    first, second : int or (n_parameters,)
        The place of a parameter, or a direction, such as ``random_direction(network, 1)`` or the
        ``principal_directions(path)``.
    loss : str, optional
        By default the one whose link the output is.
    spans : two pairs of float, optional
        From where to where along each. By default wide enough to show the path with a tenth more
        on each side; without one from −1 to 1.
    n : int or two
        How many points along each. The cost is calculated at all their pairs, over all examples
        each time: a part of the data is often enough.
    origin : (n_parameters,), optional
        Where u = v = 0; by default the network's parameters.
    path : (m, n_parameters), optional
        Parameters during training, as ``follow`` returns them, to be shown in the plane.

    Raises
    ------
    DataError
        Directions that are along one line, or do not fit the network.
    RecipeError

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> network = Network(1, [Dense(1, "identity")], initial="zeros", precision="float64")
    >>> cost_surface(network, [[1.0]], [0.0], 0, 1, "mse", n=3).costs.tolist()
    [[4.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 4.0]]
    """
    cost = cost_of(network, X, Y, loss, sample_weight)
    ways = [_direction(network, way) for way in (first, second)]
    zero = cost.start if origin is None else _vector(network, origin, "origin")
    points = np.zeros((0, len(zero))) if path is None else np.atleast_2d(path).astype(np.float64)
    if points.shape[1] != len(zero):
        raise DataError(f"path: expected rows of {len(zero)} parameters, got shape {points.shape}.")
    projected, distances = _projected(points - zero, ways)
    counts = (n, n) if isinstance(n, int) else n
    chosen = spans or _around(projected)
    u, v = (_axis("spans", span, count) for span, count in zip(chosen, counts, strict=True))
    costs = [[cost(zero + a * ways[0] + b * ways[1]) for b in v] for a in u]
    path_costs = np.array([cost(point) for point in points])
    return CostSurface(
        u, v, np.array(costs), zero, ways[0], ways[1], projected, path_costs, distances
    )


def _axis(name: str, span: tuple[float, float], n: int) -> Array:
    low, high = float(span[0]), float(span[1])
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise RecipeError(f"{name}: expected a smaller and a larger number, got {span}.")
    if not isinstance(n, int) or n < 2:
        raise RecipeError(f"n: expected a whole number of at least 2, got {n!r}.")
    return np.linspace(low, high, n)


def _direction(network: Network, way: int | str | Array) -> Array:
    if isinstance(way, int | str | np.integer):
        return along(network, place_at(network, way))
    return _vector(network, way, "direction")


def _vector(network: Network, values: Array, name: str) -> Array:
    found = np.asarray(values, np.float64)
    if found.shape != network.parameters.shape or not np.isfinite(found).all():
        raise DataError(
            f"{name}: expected {len(network.parameters)} finite numbers, one for each parameter, "
            f"got shape {found.shape}."
        )
    return found


def _projected(points: Array, ways: list[Array]) -> tuple[Array, Array]:
    """Where points are nearest in the plane, (m, 2), and how far from it they are, (m,)."""
    plane = np.stack(ways)
    lengths = np.linalg.norm(plane, axis=1, keepdims=True)
    if not (lengths > 0).all() or np.linalg.matrix_rank(plane / lengths) < 2:
        raise DataError("expected two directions that differ, got one line, or a direction of 0.")
    found = np.linalg.lstsq(plane.T, points.T, rcond=None)[0].T
    return found, np.linalg.norm(points - found @ plane, axis=1)


def _around(path: Array) -> tuple[tuple[float, float], tuple[float, float]]:
    """Spans that hold a path, and 0."""
    if not len(path):
        return (-SPAN[0], SPAN[1]), (-SPAN[0], SPAN[1])
    shown = np.concatenate([path, np.zeros((1, 2))])
    low, high = shown.min(0), shown.max(0)
    margin = np.where(high > low, 0.1 * (high - low), SPAN[0])
    (a, b), (c, d) = zip(low - margin, high + margin, strict=True)
    return (float(a), float(b)), (float(c), float(d))
