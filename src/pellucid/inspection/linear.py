"""What layers without non-linearity come to: one matrix and one bias."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array
from pellucid.equations.normalization import NORMS
from pellucid.errors import UnsupportedError
from pellucid.inspection.agreement import largest_difference, rows_for
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import views
from pellucid.network.segments import buffer_segments, parameter_segments

SMALL = 100  # numbers up to which a matrix is printed


class Affine(NamedTuple):
    """N[l] = Σ A[k] weights[k] + bias: a layer's sums, its normalization worked in."""

    weights: dict[int, Array]  # (units of k, sums), by the layer k that they come from
    bias: Array  # (sums,)


@dataclass(frozen=True)
class Collapsed:
    """A network of linear layers as one matrix: P = f(X M + b). ``collapse`` makes one.

    Attributes
    ----------
    network : Network
        One layer, in float64, that predicts the same.
    M : (n_inputs, n_out)
        The product of all the weights, with the scale of the inputs. An output of maxout has a
        column for each of its pieces.
    b : (n_out,)
        What the biases, and the shift of the inputs, come to.
    activation : str
        f, that of the output: identity where the network is linear as a whole.
    n_layers, n_parameters : int
        How many there were.
    difference : float
        The largest difference between the predictions of both, calculated in float64.
    n_rows : int
        On how many rows they were compared.
    """

    network: Network
    n_layers: int
    n_parameters: int
    difference: float
    n_rows: int

    @property
    def M(self) -> Array:
        """The one matrix."""
        return self.network.weights[1]

    @property
    def b(self) -> Array:
        """The one bias."""
        return self.network.biases[1]

    @property
    def activation(self) -> str:
        """The output's activation."""
        return self.network.architecture.layers[-1].activation

    def __str__(self) -> str:
        inner = "X M + b"
        P = inner if self.activation == "identity" else f"{self.activation}({inner})"
        lines = [f"P = {P} with M {self.M.shape} and b {self.b.shape}: {self.n_layers} layers as 1"]
        if self.M.size <= SMALL:
            lines += [f"M = {np.array2string(self.M, prefix='M = ', precision=6)}"]
            lines += [f"b = {np.array2string(self.b, prefix='b = ', precision=6)}"]
        lines += [
            f"{self.network.n_parameters} parameters in the place of {self.n_parameters}",
            f"largest difference of predictions on {self.n_rows} rows: {self.difference:.1e}",
        ]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {
            "M": self.M.tolist(),
            "b": self.b.tolist(),
            "activation": self.activation,
            "n_layers": self.n_layers,
            "n_parameters": self.n_parameters,
            "difference": self.difference,
            "n_rows": self.n_rows,
        }


def collapse(network: Network, X: npt.ArrayLike | None = None, *, seed: int = 0) -> Collapsed:
    """Return the one matrix and the one bias that a network of linear layers comes to.

    A linear layer is one of identity units. Skip connections, masks, the scale and shift of the
    inputs and batch normalization by its running averages are linear too, layer normalization is
    not. The output's activation may be anything.

    Parameters
    ----------
    network : Network
        Not changed.
    X : (n, n_inputs), optional
        Rows to compare predictions on; by default 1000 drawn from `seed`.

    Raises
    ------
    UnsupportedError
        A layer is not linear.

    Examples
    --------
    >>> network = Network(2, [Dense(2, "identity"), Dense(1, "identity")], precision="float64")
    >>> network.weights[1], network.weights[2] = [[1, 2], [3, 5]], [[1], [-1]]
    >>> print(collapse(network).M.tolist())
    [[-1.0], [-2.0]]
    """
    architecture, output = network.architecture, network.architecture.layers[-1]
    _check_linear(architecture)
    one = Dense(output.units, output.activation, pieces=output.pieces)
    made = Network(architecture.n_inputs, [one], precision="float64")
    made.weights[1], made.biases[1] = _product(network)
    rows = rows_for(architecture, X, seed)
    difference = largest_difference(network, made, rows[:])
    return Collapsed(made, architecture.n_layers, network.n_parameters, difference, len(rows))


def is_linear(layer: Dense) -> bool:
    """Whether a layer's activations are an affine function of what feeds it."""
    return layer.activation == "identity" and layer.norm != "layer"


def affine_of(network: Network, l: int) -> Affine:
    """Return what layer l does before its activation function, in float64.

    Raises
    ------
    UnsupportedError
        It has layer normalization.
    """
    factor, offset = normalization_of(network, l)
    weights = {k: network.weights[k, l] * factor for k in network.architecture.inputs(l)}
    return Affine(weights, bias_of(network, l) * factor + offset)


def bias_of(network: Network, l: int) -> Array:
    """Return what is added to each weighted sum of layer l, (sums,) in float64."""
    own = 0.0 if network.architecture.layer(l).bias == "none" else network.biases[l]
    return np.zeros(network.architecture.sums(l)) + own


def normalization_of(network: Network, l: int) -> tuple[Array, Array]:
    """Return what normalization is for a layer that predicts: N = Z · factor + offset.

    Raises
    ------
    UnsupportedError
        It is layer normalization, which divides by what depends on the example.
    """
    architecture, layer = network.architecture, network.architecture.layer(l)
    norm, one = NORMS[layer.norm], np.ones(layer.sums)
    if norm is None:
        return one, np.zeros(layer.sums)
    if norm.fixed is None or norm.fixed_backward is None:
        raise UnsupportedError(
            f"layer {l}: {layer.norm} normalization is no matrix, because it divides each "
            "example's sums by their own deviation. Expected none, or batch normalization."
        )
    named = views(network.parameters.astype(np.float64), parameter_segments(architecture))
    held = views(network.buffers.astype(np.float64), buffer_segments(architecture))
    gain, shift = named[f"gain.{l}"], named[f"shift.{l}"]
    mean, variance = held[f"mean.{l}"], held[f"variance.{l}"]
    factor = norm.fixed_backward(one[None], one[None], mean, variance, gain, np)[0][0]
    return factor, norm.fixed(0.0 * one, gain, shift, mean, variance, np)


def _product(network: Network) -> tuple[Array, Array]:
    """M and b: what each layer is of A[0], layer by layer, and then of X."""
    architecture = network.architecture
    of_input: dict[int, tuple[Array, Array]] = {}
    for l in range(1, architecture.n_layers + 1):
        weights, b = affine_of(network, l)
        M = np.zeros((architecture.n_inputs, architecture.sums(l)))
        for k, W in weights.items():
            M = M + (of_input[k][0] @ W if k > 0 else W)
            b = b + (of_input[k][1] @ W if k > 0 else 0.0)
        of_input[l] = M, b
    M, b = of_input[architecture.n_layers]
    scale, shift = (np.asarray(v) for v in (architecture.scale, architecture.shift))
    each = np.broadcast_to(shift, architecture.n_inputs)
    return np.reshape(scale, (-1, 1)) * M, b + each @ M


def _check_linear(architecture: Architecture) -> None:
    hidden = range(1, architecture.n_layers)
    curved = [l for l in hidden if not is_linear(architecture.layer(l))]
    if curved:
        first = architecture.layer(curved[0])
        what = first.activation if first.activation != "identity" else "layer normalization"
        raise UnsupportedError(
            f"expected identity units in every hidden layer, so that the network is one matrix; "
            f"got {what} in layer {curved[0]}. merge(network) works those layers that are linear "
            "into the ones they feed."
        )
