"""A network as people hold it: an architecture and the numbers that make it a particular one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.arrays import PRECISIONS, Array, as_inputs
from pellucid.engines.forward import Forward, Predictor, forward_of
from pellucid.engines.native import checked_threads
from pellucid.errors import ArchitectureError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import (
    Segment,
    Views,
    initial_buffers,
    initial_parameters,
    parameter_segments,
)


class Network:
    """A dense feed-forward network.

    Parameters
    ----------
    n_inputs : int
        How many numbers an example has.
    layers : sequence of Dense
        From the first hidden layer to the output; without hidden layers it is linear or logistic
        regression.
    seed : int
        What the first weights are drawn from.
    initial : str or sequence of str, optional
        How they are drawn: a row of ``pellucid.equations.initial.INITIALS``, whose size may follow
        a colon as in "uniform:0.1"; or one for each layer. By default as suits each layer's
        activation.
    precision : {"float32", "float64"}
    scale, shift : float or sequence of float
        The network sees X · scale + shift.

    Attributes
    ----------
    architecture : Architecture
    parameters : ndarray, shape (n_parameters,)
        All weights and biases, one after the other. Changing it changes the network.
    buffers : ndarray
        What belongs to the network but is not learnt: running means and variances.
    weights, biases : views
        ``weights[l]`` (n_from, n_to) or ``weights[k, l]``, ``biases[l]``; writable.

    Examples
    --------
    >>> network = Network(2, [Dense(3, "tanh"), Dense(1, "sigmoid")], seed=0)
    >>> network.predict([[0.0, 1.0]]).shape
    (1, 1)
    """

    def __init__(
        self,
        n_inputs: int,
        layers: Sequence[Dense],
        *,
        seed: int = 0,
        initial: str | Sequence[str] | None = None,
        precision: str = "float32",
        scale: float | Sequence[float] = 1.0,
        shift: float | Sequence[float] = 0.0,
    ) -> None:
        if precision not in PRECISIONS:
            raise ArchitectureError(
                f"precision: expected one of {', '.join(PRECISIONS)}, got {precision!r}."
            )
        architecture = Architecture(
            n_inputs,
            tuple(layers),
            scale if isinstance(scale, int | float) else tuple(scale),
            shift if isinstance(shift, int | float) else tuple(shift),
        )
        parameters = initial_parameters(architecture, seed, initial, precision)
        self._hold(architecture, parameters, initial_buffers(architecture, precision), initial)

    @classmethod
    def from_arrays(
        cls, architecture: Architecture, parameters: Array, buffers: Array
    ) -> "Network":
        """Return a network that holds these vectors themselves, not copies."""
        network = cls.__new__(cls)
        network._hold(architecture, parameters, buffers)
        return network

    def _hold(
        self,
        architecture: Architecture,
        parameters: Array,
        buffers: Array,
        initial: str | Sequence[str] | None = None,
    ) -> None:
        self.architecture = architecture
        self._initial = initial
        self.parameters = parameters
        self.buffers = buffers
        self._forward: Forward | None = None  # made when it is first needed
        segments = self.segments
        self._n_parameters = sum(segment.size for segment in segments)
        self.weights = Views(parameters, segments, "weights")
        self.biases = Views(parameters, segments, "bias")

    def __repr__(self) -> str:
        a = self.architecture
        layers = ", ".join(repr(layer) for layer in a.layers)
        extra = "" if self.precision == "float32" else f", precision={self.precision!r}"
        extra += "" if a.scale == 1.0 else f", scale={a.scale!r}"
        extra += "" if a.shift == 0.0 else f", shift={a.shift!r}"
        return f"Network({a.n_inputs}, [{layers}]{extra})"

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The layout of `parameters`."""
        return parameter_segments(self.architecture)

    @property
    def n_parameters(self) -> int:
        """How many weights, biases, gains and shifts there are; what masks leave out is none."""
        return len(self.parameters) - self.architecture.n_left_out

    @property
    def precision(self) -> str:
        """float32 or float64."""
        return str(self.parameters.dtype)

    def copy(self) -> "Network":
        """Return a network with the same numbers that changes on its own."""
        return Network.from_arrays(self.architecture, self.parameters.copy(), self.buffers.copy())

    def redrawn(self, seed: int) -> "Network":
        """Return a network like this one with first weights drawn anew, in the same way."""
        parameters = initial_parameters(self.architecture, seed, self._initial, self.precision)
        buffers = initial_buffers(self.architecture, self.precision)
        network = Network.from_arrays(self.architecture, parameters, buffers)
        network._initial = self._initial
        return network

    def predict(self, X: npt.ArrayLike, *, threads: int | None = None) -> Array:
        """Return the activations of the output, A[L], for each row of `X`.

        Parameters
        ----------
        X : (n, n_inputs)
        threads : int, optional
            At most so many, and at most as many as there are cores, which is the default. The
            result does not depend on it.

        Returns
        -------
        P : (n, n_out)
            Numbers; probabilities where the output is sigmoid or softmax.

        Raises
        ------
        DataError
            `X` does not fit the network or is not finite.
        RecipeError
            `threads` is not a whole number of at least 1.
        """
        rows = as_inputs(X, self.architecture.n_inputs)
        at_most = checked_threads(threads)
        return self._forward_now().predict(rows, self.parameters, self.buffers, at_most)

    def predictor(self) -> Predictor:
        """Return a function that predicts one row at a time, for where each microsecond counts.

        It has the network's weights as they are now, and answers in one array that it uses again
        and again; it allocates nothing. Make one predictor a thread: those that shared one would
        read each other's answers.

        Examples
        --------
        >>> import numpy as np
        >>> predict = Network(2, [Dense(1, "sigmoid")], seed=0).predictor()
        >>> predict(np.zeros(2, np.float32)).shape
        (1,)
        """
        return self._forward_now().predictor(self.parameters, self.buffers)

    def _forward_now(self) -> Forward:
        self.check()
        if self._forward is None:
            self._forward = forward_of(self.architecture, self.parameters.dtype)
        return self._forward

    def check(self) -> None:
        """Check that `parameters` is still a vector of the architecture's.

        Raises
        ------
        ArchitectureError
            It was replaced by something else.
        """
        n, given = self._n_parameters, self.parameters
        vector = isinstance(given, np.ndarray) and given.shape == (n,)
        if not vector or given.dtype.name not in PRECISIONS:
            raise ArchitectureError(
                f"parameters: expected a vector of {n} numbers of type {' or '.join(PRECISIONS)}, "
                f"got shape {np.shape(given)}, {getattr(given, 'dtype', type(given).__name__)}. "
                "Write into it with network.parameters[:] = ..."
            )

    def __getstate__(self) -> tuple[Any, ...]:
        return self.architecture, self.parameters, self.buffers, self._initial

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._hold(*state)  # whose views are into the vectors that have come

    def save(self, path: str | Path) -> None:
        """Write the network to one ``.safetensors`` file, whole or not at all."""
        from pellucid.model.archive import save
        from pellucid.model.model import Model

        save(Model(self), Path(path))
