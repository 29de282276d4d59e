"""A model: a network and what its numbers mean, so that raw data can go in and answers come out."""

import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.columns import as_table, is_frame
from pellucid.data.dataset import ImageFormat
from pellucid.data.table import Table
from pellucid.data.table_format import TableFormat, listed
from pellucid.data.target import Scaling
from pellucid.equations.losses import loss_of
from pellucid.errors import ArchitectureError, DataError
from pellucid.model.network import Network


def _warn(said: str) -> None:
    """Say something about a frame to whoever handed it over."""
    warnings.warn(said, UserWarning, stacklevel=5)


class Answer(NamedTuple):
    """What a model says of one example."""

    text: str  # the class name, or the numbers
    probability: float | None  # of that class, where the outputs are probabilities
    outputs: tuple[float, ...]


@dataclass(frozen=True)
class Model:
    """A network with the names of its classes and the format of its pictures.

    Parameters
    ----------
    network : Network
    classes : sequence of str, optional
        What the outputs stand for, in order; two names for a single sigmoid output.
    image : ImageFormat, optional
        How a picture becomes a row of inputs.
    loss : str, optional
        What it was trained for, so that its cost can be told.
    table : TableFormat, optional
        What the columns of a table are to it.
    scaling : Scaling, optional
        How the numbers that it predicts become those of its answers.
    """

    network: Network
    classes: tuple[str, ...] | None = None
    image: ImageFormat | None = None
    loss: str | None = None
    table: TableFormat | None = None
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        if self.loss is not None:
            loss_of(self.loss)
        architecture = self.network.architecture
        expected = 2 if architecture.n_outputs == 1 else architecture.n_outputs
        if self.classes is not None and len(self.classes) != expected:
            raise ArchitectureError(
                f"expected {expected} class names, one for each output, got {len(self.classes)}."
            )
        image = self.image
        if image is not None and image.n_values != architecture.n_inputs:
            raise ArchitectureError(
                f"expected pictures of {architecture.n_inputs} numbers, one for each input, "
                f"got {image.height} × {image.width} pixels of {image.channels}."
            )

        table, scaling = self.table, self.scaling
        if table is not None and table.encoding.n_inputs != architecture.n_inputs:
            raise ArchitectureError(
                f"expected a table that makes {architecture.n_inputs} inputs, got one of "
                f"{table.encoding.n_inputs}."
            )
        if scaling is not None and architecture.n_outputs % len(scaling.center):
            raise ArchitectureError(
                f"expected a scaling of the {architecture.n_outputs} outputs, got one of "
                f"{len(scaling.center)} numbers."
            )

    def inputs(self, X: Any) -> Any:
        """Return what the network takes of `X`: of a frame or ``Table``, its encoding.

        Columns may stand in any order, and others may be there. What is no table stays as it is.

        Raises
        ------
        DataError
            A column is missing, or holds something else than where the model was trained.
        """
        if self.table is None:
            return X
        if isinstance(X, Table) or is_frame(X):
            table = X if isinstance(X, Table) else as_table(X)
            return self.table.inputs(table, report=_warn)
        n = self.table.encoding.n_inputs
        if np.ndim(X) != 2 or np.shape(X)[1] != n:
            names = listed([column.name for column in self.table.columns])
            raise DataError(
                f"X: expected a frame with the columns {names}, or its {n} encoded inputs, got "
                f"{type(X).__name__} of shape {np.shape(X)}."
            )
        return X

    def outputs(self, X: Any) -> Array:
        """Return what the network says of each row of `X`, in the user's units, (n, n_out).

        `X` is a frame, a table, or inputs (n, n_inputs).
        """
        P = self.network.predict(self.inputs(X)).astype(np.float64)
        return P if self.scaling is None else self.scaling.restored(P)

    def predict(self, X: Any) -> Array:
        """Return the class of each row of `X` as a text, (n,), or the numbers, (n, n_out).

        `X` is a frame, a table, or inputs (n, n_inputs). ``answers`` says how sure it is.

        Examples
        --------
        >>> import pellucid as pel
        >>> network = pel.Network(1, [pel.Dense(2, "softmax", bias="none")])
        >>> network.weights[1] = [[-1.0, 1.0]]
        >>> pel.Model(network, classes=("low", "high")).predict([[-2.0], [2.0]]).tolist()
        ['low', 'high']
        """
        P = self.outputs(X)
        return (
            P if self.classes is None else np.array([self._answer(row).text for row in P], object)
        )

    def answers(self, X: Any) -> list[Answer]:
        """Return what the model says of each row of `X`, and how sure it is; see ``predict``."""
        return [self._answer(row) for row in self.outputs(X)]

    @property
    def _signs(self) -> bool:
        """Whether a single output tells two classes apart by its sign."""
        return self.loss is not None and loss_of(self.loss).targets == "signs"

    def _answer(self, row: Array) -> Answer:
        outputs = tuple(row.tolist())
        if self.classes is None:
            return Answer(", ".join(f"{value:.6g}" for value in outputs), None, outputs)
        if len(outputs) == 1:
            boundary = 0.0 if self._signs else 0.5
            winner, probability = int(outputs[0] >= boundary), max(outputs[0], 1 - outputs[0])
        else:
            winner = int(row.argmax())
            probability = outputs[winner]
        bounded = self.network.architecture.layers[-1].activation in ("softmax", "sigmoid")
        return Answer(self.classes[winner], probability if bounded else None, outputs)
