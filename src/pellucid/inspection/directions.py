"""Directions in the space of parameters, and the path that training takes through it."""

from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.random import INSPECTION, normal, words
from pellucid.errors import ArchitectureError, DataError
from pellucid.inspection.cells import cell
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.segments import parameter_segments
from pellucid.training.run import Run


def place_of(network: Network, name: str, *index: int) -> int:
    """Return where a parameter is in the flat vector.

    Parameters
    ----------
    name : str
        Of a segment: "weights.0.1" from layer 0 to layer 1, "bias.2", "gain.1", "shift.1".
    index : int
        In its array: unit and sum for weights, sum for the others.

    Raises
    ------
    ArchitectureError
        There is none, or it is masked.

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> place_of(Network(2, [Dense(3), Dense(1)]), "weights.0.1", 1, 2)
    5
    """
    segments = {segment.name: segment for segment in network.segments}
    if name not in segments:
        raise ArchitectureError(f"expected one of {', '.join(segments)}, got {name!r}.")
    segment = segments[name]
    shape = segment.shape
    fits = len(index) == len(shape) and all(0 <= i < n for i, n in zip(index, shape, strict=False))
    if not fits:
        raise ArchitectureError(f"{name}: expected an index into shape {shape}, got {index}.")
    place = segment.offset + int(np.ravel_multi_index(index, shape))
    if not existing(network.architecture)[place]:
        raise ArchitectureError(f"{name}: the mask leaves no weight at {index}.")
    return place


def place_at(network: Network, at: int | str) -> int:
    """Return a place of the flat vector, or that of the parameter with a name such as "w_2,3^1".

    Raises
    ------
    DataError
        There is none, or it is masked.
    """
    if isinstance(at, str):
        found = cell(at, "from_zero", network.architecture)
        if found.kind not in ("W", "b"):
            raise DataError(f"expected the name of a weight or a bias, got {at!r}.")
        source = f"{network.architecture.inputs(found.layer)[-1]}."
        if found.kind == "W":
            return place_of(network, f"weights.{source}{found.layer}", *found.place)
        shared = network.architecture.layer(found.layer).bias == "layer"
        return place_of(network, f"bias.{found.layer}", *((0,) if shared else found.place))
    n = len(network.parameters)
    if not isinstance(at, int | np.integer) or not 0 <= at < n:
        raise DataError(
            f"expected a parameter's place, 0 to {n - 1}, or its name, such as w_0,1^1; got {at!r}."
        )
    if not existing(network.architecture)[at]:
        raise DataError(f"{name_of(network, int(at))}: the mask leaves no weight there.")
    return int(at)


def name_of(network: Network, place: int) -> str:
    """Return the name of the parameter at a place of the flat vector, as "weights.0.1[1, 2]"."""
    segment = next(s for s in network.segments if s.offset <= place < s.stop)
    index = np.unravel_index(place - segment.offset, segment.shape)
    return f"{segment.name}[{', '.join(str(int(i)) for i in index)}]"


def existing(architecture: Architecture) -> Array:
    """Return which parameters there are, (n_parameters,) bool: all but masked weights."""
    segments = parameter_segments(architecture)
    found = np.ones(segments[-1].stop, bool)
    for segment in segments:
        mask = None
        if segment.source is not None:
            mask = architecture.mask(segment.source, segment.layer)
        if mask is not None:
            segment.view(found)[...] = mask
    return found


def along(network: Network, place: int) -> Array:
    """Return the direction in which one parameter grows by 1 and the others stay."""
    direction = np.zeros(len(network.parameters))
    direction[place] = 1.0
    return direction


def random_direction(network: Network, seed: int = 0) -> Array:
    """Return a random direction in which each neuron moves by as much as its weights are long.

    Drawn from N(0, 1), then the weights into each neuron, of all its connections together, are
    brought to the length that the neuron's weights have. Without that a surface says more about
    the size of the weights than about the cost, because relu networks and normalized ones stay the
    same when weights are scaled. Biases, gains, shifts and masked weights do not move.

    Parameters
    ----------
    seed : int
        Another number, another direction.

    Returns
    -------
    direction : (n_parameters,) float64

    References
    ----------
    Li et al. 2018, Visualizing the loss landscape of neural nets: filter normalization.
    """
    architecture, segments = network.architecture, network.segments
    direction = np.zeros(len(network.parameters))
    for index, segment in enumerate(segments):
        if segment.kind == "weights":
            n = segment.size
            raw = words(seed, INSPECTION, n + n % 2, epoch=1, layer=index)
            segment.view(direction)[...] = normal(raw)[:n].reshape(segment.shape)
    direction *= existing(architecture)
    for l in range(1, architecture.n_layers + 1):
        mine = [s for s in segments if s.kind == "weights" and s.layer == l]
        drawn, own = (
            np.sqrt(sum((s.view(v).astype(float) ** 2).sum(0) for s in mine))
            for v in (direction, network.parameters)
        )
        for segment in mine:
            segment.view(direction)[...] *= own / np.where(drawn > 0, drawn, 1.0)
    return direction


def follow(run: Run) -> Array:
    """Carry a run out, and return the parameters it went through, (m, n_parameters) float64.

    The first are those it began with; then there are those at each event, every epoch or, with
    ``start(…, every=k)``, every k steps; an event that changes nothing adds nothing. Memory is m
    times the network's.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(1, [pel.Dense(1, "identity")])
    >>> follow(pel.start(network, [[1.0], [2.0]], [1.0, 2.0], epochs=3)).shape
    (4, 2)
    """
    path: list[Array] = []
    for _ in run:
        now = run.network.parameters.astype(np.float64)
        if not path or not np.array_equal(now, path[-1]):
            path.append(now)
    return np.array(path)


@dataclass(frozen=True)
class Principal:
    """The plane in which a path moves most. ``principal_directions`` makes one.

    Attributes
    ----------
    first, second : (n_parameters,)
        Of length 1, at right angles; the first has the larger share.
    shares : (2,)
        Which share of the path's squared distances from its end lies along each. Whatever else is
        not to be seen in the plane.
    origin : (n_parameters,)
        The path's end.
    """

    first: Array
    second: Array
    shares: Array
    origin: Array


def principal_directions(path: Array) -> Principal:
    """Return the two directions that show most of a path of training, seen from its end.

    Parameters
    ----------
    path : (m, n_parameters)
        At least three points, as ``follow`` returns them.

    Raises
    ------
    DataError
        All points are on one line: there is no plane.

    References
    ----------
    Li et al. 2018, §7: the principal components of the matrix of differences from the last point.
    """
    path = np.asarray(path, np.float64)
    if path.ndim != 2 or len(path) < 3:
        raise DataError(
            f"path: expected at least 3 points in rows, got shape {path.shape}. Follow a run for "
            "longer, or more closely with start(…, every=1)."
        )
    _, sizes, rows = np.linalg.svd(path[:-1] - path[-1], full_matrices=False)
    if not sizes[1:2].sum() > 1e-12 * sizes[0]:
        raise DataError("path: expected points in a plane, but all are on one line.")
    largest = np.abs(rows[:2]).argmax(1)  # whose sign is chosen, because the SVD leaves it open
    rows = rows[:2] * np.where(rows[[0, 1], largest] < 0, -1.0, 1.0)[:, None]
    return Principal(rows[0], rows[1], sizes[:2] ** 2 / (sizes**2).sum(), path[-1].copy())
