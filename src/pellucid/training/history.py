"""The record of a run: what each epoch brought, and why it ended."""

from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Array
from pellucid.plan.state import EpochRecord


@dataclass(frozen=True)
class Start:
    """One of several networks that were trained from different seeds."""

    seed: int
    judged: float  # by what they were compared, the lower the better
    cost: float  # over the validation part, or without one over the training part
    score: float
    epochs: int
    reason: str
    seconds: float
    kept: bool

    def __str__(self) -> str:
        mark, plural = "  kept" if self.kept else "", "" if self.epochs == 1 else "s"
        return (
            f"start {self.seed}: cost {self.cost:.6g}, score {self.score:.4f}, "
            f"{self.epochs} epoch{plural}, {self.reason}, {self.seconds:.2f} s{mark}"
        )


@dataclass(frozen=True)
class History:
    """What ``pellucid.train`` returns.

    Attributes
    ----------
    epochs : tuple of EpochRecord
        Cost, validation cost and score, learning rate and time of each epoch.
    reason : str
        Why the run stopped: a key of ``pellucid.training.stopping.REASONS``.
    sentence : str
        The same with the number it was judged by.
    score : str
        What the validation score is: accuracy or r2.
    engine : str
        The engine and instruction set that ran.
    seconds : float
    best_epoch : int or None
        The epoch whose weights the network holds, where early stopping was asked for.
    metrics : tuple of str
        The names of each epoch's metrics.
    starts : tuple of Start
        Every network that was trained, where there were several starts; the kept one is marked.
    """

    epochs: tuple[EpochRecord, ...]
    reason: str
    sentence: str
    score: str
    engine: str
    seconds: float
    best_epoch: int | None = None
    metrics: tuple[str, ...] = ()
    starts: tuple[Start, ...] = ()

    def column(self, name: str) -> Array:
        """Return one number of every epoch, such as ``column("validation_cost")`` or a metric."""
        if name in self.metrics:
            place = self.metrics.index(name)
            return np.array([record.metrics[place] for record in self.epochs])
        return np.array([getattr(record, name) for record in self.epochs])

    @property
    def costs(self) -> Array:
        """The mean cost of each epoch's steps."""
        return self.column("cost")

    def __str__(self) -> str:
        names = ("epoch", "cost", "validation", self.score, *self.metrics, "seconds")
        lines = ["".join(f"{name:>{_width(name)}}" for name in names)]
        for r in self.epochs:
            numbers = (
                r.epoch,
                r.cost,
                r.validation_cost,
                r.validation_score,
                *r.metrics,
                r.seconds,
            )
            lines.append("".join(map(_cell, names, numbers)))
        lines += [str(start) for start in self.starts]
        return "\n".join([*lines, f"{self.sentence} ({self.engine})"])


DIGITS = {"epoch": 0, "cost": 6, "validation": 6, "seconds": 2}  # after the point; else 4


def _width(name: str) -> int:
    return {"epoch": 5, "seconds": 9}.get(name, max(len(name) + 2, 12))


def _cell(name: str, number: float) -> str:
    return f"{number:>{_width(name)}.{DIGITS.get(name, 4)}f}"
