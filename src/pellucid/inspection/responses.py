"""What neurons make of one or two inputs while the others stay: boundaries and responses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array, Inputs, as_inputs
from pellucid.equations.metrics import chosen
from pellucid.errors import RecipeError
from pellucid.inspection.agreement import in_float64
from pellucid.model.network import Network
from pellucid.network.passes import CHUNK, forward, scale_inputs, views
from pellucid.network.segments import buffer_segments


@dataclass(frozen=True)
class Response:
    """Activations of a layer over one or two inputs. ``boundary`` and ``response`` make one.

    Attributes
    ----------
    layer : int
    inputs : tuple of int
        Which input columns change.
    axes : tuple of (n_k,)
        The values that each of them takes.
    at : (n_inputs,)
        The values of the others.
    values : (n_0, units) or (n_0, n_1, units)
        ``values[i, j]`` at axes[0][i] and axes[1][j]. For one unit there is no last axis.
    """

    layer: int
    inputs: tuple[int, ...]
    axes: tuple[Array, ...]
    at: Array
    values: Array

    @property
    def classes(self) -> Array:
        """The class that is chosen at each point: the largest, or of a single one ½ and above."""
        n_points = tuple(len(axis) for axis in self.axes)
        found: Array = chosen(self.values.reshape(int(np.prod(n_points)), -1)).reshape(n_points)
        return found


def boundary(
    network: Network,
    X: npt.ArrayLike,
    inputs: Sequence[int] | None = None,
    *,
    at: npt.ArrayLike | None = None,
    spans: Sequence[tuple[float, float]] | None = None,
    n: int = 100,
) -> Response:
    """Calculate predictions over two inputs; where ``classes`` changes is the boundary.

    Parameters
    ----------
    network : Network
        Not changed. Calculated in float64.
    X : (n, n_inputs)
        Examples, of which the means and the spans are taken that are not given.
    inputs : two of int, optional
        Which columns change, by default the first two; one makes a line.
    at : (n_inputs,), optional
        Values of the others; by default their means.
    spans : pairs of float, optional
        From where to where each goes; by default as far as the examples and a tenth more.
    n : int
        How many values each takes.

    Raises
    ------
    DataError, RecipeError

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> network = Network(2, [Dense(1, "sigmoid")], precision="float64")
    >>> network.weights[1] = [[1.0], [-1.0]]
    >>> boundary(network, [[0, 0], [1, 1]], n=3).classes.tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    last = network.architecture.n_layers
    return response(network, X, last, None, inputs, at=at, spans=spans, n=n)


def response(
    network: Network,
    X: npt.ArrayLike,
    layer: int,
    unit: int | None = None,
    inputs: Sequence[int] | None = None,
    *,
    at: npt.ArrayLike | None = None,
    spans: Sequence[tuple[float, float]] | None = None,
    n: int = 100,
) -> Response:
    """Calculate the activations of a layer, or of one unit, along one input or over two.

    Parameters
    ----------
    network : Network
        Not changed. Calculated in float64.
    X : (n, n_inputs)
        Examples, of which the means and the spans are taken that are not given.
    layer : int
        1 … L.
    unit : int, optional
        One of its units; by default all.
    inputs, at, spans, n
        As for ``boundary``.

    Raises
    ------
    DataError, RecipeError

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> network = Network(1, [Dense(2, "relu"), Dense(1)], precision="float64")
    >>> network.weights[1] = [[1.0, -1.0]]
    >>> response(network, [[-1], [1]], 1, 0, [0], spans=[(-1, 1)], n=3).values.tolist()
    [0.0, 0.0, 1.0]
    """
    inputs = range(min(2, network.architecture.n_inputs)) if inputs is None else inputs
    _check(network, layer, unit, inputs, n)
    rows = as_inputs(X, network.architecture.n_inputs)
    low, mean, high = _seen(rows)
    fixed = mean if at is None else as_inputs(np.atleast_2d(np.asarray(at)), len(mean), "at")[:][0]
    chosen_spans = [_span(low[i], high[i]) for i in inputs] if spans is None else list(spans)
    if len(chosen_spans) != len(inputs):
        raise RecipeError(f"spans: expected a pair for each of the inputs, got {spans}.")
    axes = tuple(np.linspace(*span, n) for span in chosen_spans)
    fixed = np.asarray(fixed, np.float64)
    values = _over(network, layer, tuple(inputs), axes, fixed)
    values = values.reshape(*(n for _ in inputs), -1)
    return Response(
        layer, tuple(inputs), axes, fixed, values if unit is None else values[..., unit]
    )


def _check(network: Network, layer: int, unit: int | None, inputs: Sequence[int], n: int) -> None:
    architecture = network.architecture
    if not isinstance(layer, int) or not 1 <= layer <= architecture.n_layers:
        raise RecipeError(f"layer: expected 1 to {architecture.n_layers}, got {layer!r}.")
    if unit is not None and not 0 <= unit < architecture.units(layer):
        raise RecipeError(
            f"unit: expected 0 to {architecture.units(layer) - 1}, as layer {layer} has, "
            f"got {unit!r}."
        )
    fits = all(0 <= i < architecture.n_inputs for i in inputs)
    if len(inputs) not in (1, 2) or len(set(inputs)) != len(inputs) or not fits:
        raise RecipeError(
            f"inputs: expected one or two different columns, 0 to {architecture.n_inputs - 1}, "
            f"got {list(inputs)}."
        )
    if not isinstance(n, int) or n < 2:
        raise RecipeError(f"n: expected a whole number of at least 2, got {n!r}.")


def _seen(rows: Inputs) -> tuple[Array, Array, Array]:
    """The smallest, the mean and the largest value of each column."""
    parts = (rows[begin : begin + CHUNK] for begin in range(0, len(rows), CHUNK))
    each = [(part.min(0), part.sum(0, dtype=np.float64), part.max(0)) for part in parts]
    low, total, high = (np.array(found, np.float64) for found in zip(*each, strict=True))
    return low.min(0), total.sum(0) / len(rows), high.max(0)


def _span(low: float, high: float) -> tuple[float, float]:
    margin = 0.1 * (high - low) if high > low else 1.0
    return low - margin, high + margin


def _over(
    network: Network, layer: int, inputs: tuple[int, ...], axes: tuple[Array, ...], at: Array
) -> Array:
    """Activations (points, units), the rows made and carried forward some at a time."""
    held = in_float64(network)
    parameters, buffers = (
        views(held.parameters, held.segments),
        views(held.buffers, buffer_segments(held.architecture)),
    )
    lengths = [len(axis) for axis in axes]
    found = []
    for begin in range(0, int(np.prod(lengths)), CHUNK):
        points = np.arange(begin, min(begin + CHUNK, int(np.prod(lengths))))
        rows = np.tile(at, (len(points), 1))
        for column, axis, place in zip(
            inputs, axes, np.unravel_index(points, lengths), strict=True
        ):
            rows[:, column] = axis[place]
        A0 = scale_inputs(held.architecture, rows, np.float64)
        with np.errstate(all="ignore"):
            tape = forward(held.architecture, parameters, A0, buffers=buffers)
        found.append(tape.A[layer])
    return np.concatenate(found)
