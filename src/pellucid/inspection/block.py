"""The whole network as one state and one matrix of couplings, all neurons updated at once.

Layers are a way to arrange neurons. Without them there is one vector of everybody's activation,
s, one matrix of who listens to whom, K, and one rule, s ← f(s K), as in a network whose neurons
may listen to each other in any way; a feed-forward network's K is triangular.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array, as_inputs, as_values
from pellucid.errors import DataError
from pellucid.inspection.linear import affine_of
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.passes import CHUNK, activate, scale_inputs


@dataclass(frozen=True)
class BlockForm:
    """A network as s ← f(s K). ``block_form`` makes one.

    The state is one row: the scaled inputs A[0], the activations A[1] … A[L], and a 1, from which
    the biases come. Inputs and the 1 are coupled to themselves alone, by 1, and so stay as they
    are. After L updates, whatever the state of the other neurons was before, each layer has its
    right activations: layer l has them after l, because what feeds it no longer changes.

    Attributes
    ----------
    architecture : Architecture
    K : scipy.sparse.csr_array, (n_state, n_sums)
        ``K[i, j]`` is the weight by which j listens to i, normalization by running averages worked
        in. It is square but for maxout, whose neurons have several sums. ``K.toarray()`` is the
        matrix with its zeros.
    units : mapping from layer to slice
        Where each layer is in the state.
    sums : mapping from layer to slice
        Where its sums are in s K.
    """

    architecture: Architecture
    K: Any
    units: Mapping[int, slice]
    sums: Mapping[int, slice]

    @property
    def n_state(self) -> int:
        """How many numbers the state has: all neurons, and the 1."""
        return int(self.K.shape[0])

    @property
    def activations(self) -> tuple[str, ...]:
        """The activation function of each number of the state; inputs and the 1 have identity."""
        layers = self.architecture.layers
        inputs = ("identity",) * self.architecture.n_inputs
        hidden = tuple(layer.activation for layer in layers for _ in range(layer.units))
        return (*inputs, *hidden, "identity")

    def start(self, X: npt.ArrayLike, hidden: npt.ArrayLike | None = None) -> Array:
        """Return first states, (n, n_state): inputs in place, the other neurons at 0 or `hidden`.

        Parameters
        ----------
        X : (n, n_inputs)
        hidden : (n, units of all layers), optional
        """
        rows = as_inputs(X, self.architecture.n_inputs)[:]
        s = np.zeros((len(rows), self.n_state))
        s[:, self.units[0]] = scale_inputs(self.architecture, rows, np.float64)
        s[:, -1] = 1.0
        if hidden is not None:
            others = as_values(hidden, "hidden")
            wanted = s[:, self.architecture.n_inputs : -1].shape
            if others.shape != wanted:
                raise DataError(
                    f"hidden: expected {wanted[0]} rows of {wanted[1]} numbers, one for each "
                    f"neuron of all layers, got shape {others.shape}."
                )
            s[:, self.architecture.n_inputs : -1] = others
        return s

    def update(self, s: Array) -> Array:
        """Return f(s K): every neuron hears the others as they were, (n, n_state)."""
        if np.ndim(s) != 2 or s.shape[1] != self.n_state:
            raise DataError(
                f"s: expected states of {self.n_state} numbers in rows, got shape {np.shape(s)}. "
                "start(X) makes them."
            )
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            S = s @ self.K
            parts = [S[:, self.sums[0]]]
            for l, layer in enumerate(self.architecture.layers, start=1):
                parts.append(activate(layer, S[:, self.sums[l]]))
        return np.concatenate([*parts, S[:, -1:]], axis=1)

    def run(self, X: npt.ArrayLike) -> Array:
        """Return predictions (n, n_out): those of the output after L updates from 0."""
        rows = as_inputs(X, self.architecture.n_inputs)
        found = []
        for begin in range(0, len(rows), CHUNK):
            s = self.start(rows[begin : begin + CHUNK])
            for _ in self.architecture.layers:
                s = self.update(s)
            found.append(s[:, self.units[self.architecture.n_layers]])
        return np.concatenate(found)

    def __str__(self) -> str:
        lines = [f"s ← f(s K), a state of {self.n_state} numbers, K {self.K.shape}"]
        for l, place in self.units.items():
            f = self.architecture.layer(l).activation if l > 0 else "identity, held"
            lines.append(f"{place.start:>6} … {place.stop - 1:<6}layer {l}: {f}")
        lines.append(f"{self.n_state - 1:>6}{'':9}1, for the biases")
        total = self.K.shape[0] * self.K.shape[1]
        lines.append(
            f"{self.K.nnz} of {total} couplings are not 0; after {self.architecture.n_layers} "
            "updates the output is the prediction"
        )
        return "\n".join(lines)


def block_form(network: Network) -> BlockForm:
    """Return a network as one state and one matrix of couplings, in float64.

    Parameters
    ----------
    network : Network
        Not changed.

    Raises
    ------
    UnsupportedError
        A layer has layer normalization, which is no coupling.

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> network = Network(2, [Dense(1, "tanh"), Dense(1, "identity", inputs=(0, 1))])
    >>> form = block_form(network)
    >>> form.K.shape, form.activations
    ((5, 5), ('identity', 'identity', 'tanh', 'identity', 'identity'))
    """
    architecture = network.architecture
    layers = range(1, architecture.n_layers + 1)
    units = _slices([architecture.units(l) for l in (0, *layers)])
    sums = _slices([architecture.n_inputs, *(architecture.sums(l) for l in layers)])
    return BlockForm(architecture, _couplings(network, units, sums), units, sums)


def _slices(sizes: list[int]) -> dict[int, slice]:
    ends = np.cumsum([0, *sizes]).tolist()
    return {l: slice(ends[l], ends[l + 1]) for l in range(len(sizes))}


def _couplings(network: Network, units: dict[int, slice], sums: dict[int, slice]) -> Any:
    """K, filled block by block: rows are whom one listens to, columns are who listens."""
    from scipy.sparse import block_array, csr_array, eye_array

    L = network.architecture.n_layers
    heights = [*(s.stop - s.start for s in units.values()), 1]
    widths = [*(s.stop - s.start for s in sums.values()), 1]
    blocks: list[list[Any]] = [[csr_array((h, w)) for w in widths] for h in heights]
    blocks[0][0], blocks[-1][-1] = eye_array(heights[0]), eye_array(1)
    for l in range(1, L + 1):
        weights, bias = affine_of(network, l)
        for k, W in weights.items():
            blocks[k][l] = csr_array(W)
        blocks[-1][l] = csr_array(bias[None])
    return block_array(blocks, format="csr")
