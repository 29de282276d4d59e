"""Predicting, apart from any run: in the core where it is here, else by the reference passes."""

import os
from typing import Any, Protocol

import numpy as np

from pellucid.arrays import Array, Inputs, as_inputs
from pellucid.compiled import core
from pellucid.engines.flatten import flattened
from pellucid.engines.native import (
    GRAIN,
    core_inputs,
    core_targets,
    default_threads,
    in_blocks,
    joined,
    missing_rows,
)
from pellucid.errors import DataError, UnsupportedError
from pellucid.network.architecture import Architecture
from pellucid.network.passes import losses, predictions, views
from pellucid.network.segments import buffer_segments, parameter_segments
from pellucid.plan.examples import Examples, mostly_zeros, target_rows
from pellucid.rows import StoredRows


class Predictor(Protocol):
    """Predicts one row after another, as quickly as a call can be."""

    def __call__(self, row: Array, /) -> Array:
        """Return the activations of the output (n_out,) for one row (n_inputs,).

        Parameters
        ----------
        row : (n_inputs,) ndarray of uint8, float32 or float64, contiguous

        Returns
        -------
        P : (n_out,)
            The same array at each call: copy what is to be kept, and make one predictor a thread.

        Raises
        ------
        DataError
            Not such a row, or not finite.
        """


class Forward(Protocol):
    """An architecture that predicts with whatever parameters it is given."""

    def predict(
        self, X: Inputs, parameters: Array, buffers: Array, threads: int | None = None
    ) -> Array:
        """Return predictions (n, n_out) for checked inputs (n, n_inputs).

        With at most so many threads (None: as many as ``default_threads`` says).
        """

    def losses(
        self,
        loss: str,
        examples: Examples,
        parameters: Array,
        buffers: Array,
        threads: int | None = None,
    ) -> tuple[Array, Array]:
        """Return predictions and each example's loss (n,)."""

    def predictor(self, parameters: Array, buffers: Array) -> Predictor:
        """Return what predicts single rows with a copy of these parameters."""


def forward_of(architecture: Architecture, dtype: Any, loss: str | None = None) -> Forward:
    """Return the quickest that is here and has what the network, and the loss, ask for."""
    try:
        able = missing_rows(architecture, loss) is None
    except UnsupportedError:
        able = False
    return NativeForward(architecture, dtype) if able else ReferenceForward(architecture, dtype)


class NativeForward:
    """Predicts in the compiled core."""

    def __init__(self, architecture: Architecture, dtype: Any) -> None:
        native = core()
        self._architecture = architecture
        double = np.dtype(dtype) == np.float64
        self._forward = native.Forward64 if double else native.Forward32
        self._predictor = native.Predictor64 if double else native.Predictor32
        # By loss, whether zeros are left out, threads, and process: where one forks while another
        # thread predicts, the child finds what that thread was at work with, locked for good.
        self._ready: dict[tuple[str, bool, int, int], Any] = {}

    def predict(
        self, X: Inputs, parameters: Array, buffers: Array, threads: int | None = None
    ) -> Array:
        """Return predictions; see ``Forward``."""
        if isinstance(X, StoredRows):
            parts = [self.predict(X[rows], parameters, buffers, threads) for rows in X.blocks()]
            return np.concatenate(parts)
        found: Array = self._for("mse", X, threads).predict(*core_inputs(X), parameters, buffers)
        return found

    def losses(
        self,
        loss: str,
        examples: Examples,
        parameters: Array,
        buffers: Array,
        threads: int | None = None,
    ) -> tuple[Array, Array]:
        """Return predictions and losses; see ``Forward``."""
        if isinstance(examples.X, StoredRows):
            parts = in_blocks(examples)
            return joined(self.losses(loss, part, parameters, buffers, threads) for part in parts)
        X, Y = core_inputs(examples.X), core_targets(examples.Y)
        P, found = self._for(loss, examples.X, threads).losses(*X, Y, parameters, buffers)
        return P, found

    def _for(self, loss: str, X: Inputs, threads: int | None) -> Any:
        skips, threads = mostly_zeros(self._architecture, X), threads or default_threads()
        key = loss, skips, threads, os.getpid()
        if key not in self._ready:
            self._ready[key] = self._forward(
                plan=flattened(self._architecture, loss),
                instruction_set=core().instruction_sets()[0],
                threads=threads,
                grain=GRAIN,
                skips_zeros=skips,
            )
        return self._ready[key]

    def predictor(self, parameters: Array, buffers: Array) -> Predictor:
        """Return what predicts single rows; see ``Forward``."""
        found: Predictor = self._predictor(
            plan=flattened(self._architecture),
            parameters=parameters,
            buffers=buffers,
            instruction_set=core().instruction_sets()[0],
            skips_zeros=not np.any(self._architecture.shift),
            error=DataError,
        )
        return found


class ReferenceForward:
    """Predicts by the equations as they stand."""

    def __init__(self, architecture: Architecture, dtype: Any) -> None:
        self._architecture, self._dtype = architecture, dtype

    def predict(
        self, X: Inputs, parameters: Array, buffers: Array, threads: int | None = None
    ) -> Array:
        """Return predictions; see ``Forward``. One thread is used, whatever `threads` says."""
        named = views(parameters, parameter_segments(self._architecture))
        running = views(buffers, buffer_segments(self._architecture))
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            found = predictions(self._architecture, named, running, X, self._dtype)
            return np.concatenate([tape.P for _, tape in found])

    def losses(
        self,
        loss: str,
        examples: Examples,
        parameters: Array,
        buffers: Array,
        threads: int | None = None,
    ) -> tuple[Array, Array]:
        """Return predictions and losses; see ``Forward``."""
        a = self._architecture
        named = views(parameters, parameter_segments(a))
        running = views(buffers, buffer_segments(a))
        P, found = [], []
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            for rows, tape in predictions(a, named, running, examples.X, self._dtype):
                P.append(tape.P)
                Y = target_rows(examples.Y[rows], a.n_outputs, self._dtype)
                found.append(losses(loss, a, tape, Y))
        return np.concatenate(P), np.concatenate(found)

    def predictor(self, parameters: Array, buffers: Array) -> Predictor:
        """Return what predicts single rows; see ``Forward``."""
        parameters, buffers = parameters.copy(), buffers.copy()

        def predict(row: Array, /) -> Array:
            if not isinstance(row, np.ndarray) or row.ndim != 1:
                raise DataError("row: expected a NumPy vector. For several rows use predict.")
            X = as_inputs(row[None], self._architecture.n_inputs, "row")
            P: Array = self.predict(X, parameters, buffers)[0]
            return P

        return predict
