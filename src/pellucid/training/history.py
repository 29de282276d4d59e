"""The record of a run: what each epoch brought, and why it ended."""

from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Array
from pellucid.plan.state import EpochRecord


@dataclass(frozen=True)
class History:
    """What ``pellucid.train`` returns.

    Attributes
    ----------
    epochs : tuple of EpochRecord
        Cost, validation cost and score, learning rate and time of each epoch.
    reason : str
        Why the run stopped: "epochs", "steps", "target cost", "converged", "diverged", "asked".
    sentence : str
        The same with the number it was judged by.
    score : str
        What the validation score is: accuracy or r2.
    engine : str
        The engine and instruction set that ran.
    seconds : float
    best_epoch : int or None
        The epoch whose weights the network holds, where early stopping was asked for.
    """

    epochs: tuple[EpochRecord, ...]
    reason: str
    sentence: str
    score: str
    engine: str
    seconds: float
    best_epoch: int | None = None

    def column(self, name: str) -> Array:
        """Return one number of every epoch, such as ``column("validation_cost")``."""
        return np.array([getattr(record, name) for record in self.epochs])

    @property
    def costs(self) -> Array:
        """The mean cost of each epoch's steps."""
        return self.column("cost")

    def __str__(self) -> str:
        lines = [f"{'epoch':>5}{'cost':>12}{'validation':>12}{self.score:>10}{'seconds':>9}"]
        lines += [
            f"{r.epoch:>5}{r.cost:>12.6f}{r.validation_cost:>12.6f}"
            f"{r.validation_score:>10.4f}{r.seconds:>9.2f}"
            for r in self.epochs
        ]
        return "\n".join([*lines, f"{self.sentence} ({self.engine})"])
