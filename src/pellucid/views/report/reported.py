"""What a report is about: a run, the parts of its data with their judgements, a diagnosis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.arrays import Array, SparseRows
from pellucid.data.target import Scaling
from pellucid.equations.losses import loss_of
from pellucid.equations.metrics import chosen, is_share
from pellucid.evaluation.mistakes import Mistake, worst_mistakes
from pellucid.evaluation.report import Report
from pellucid.inspection.findings import Diagnosis
from pellucid.model.model import Model
from pellucid.plan.examples import Examples
from pellucid.training.history import History
from pellucid.training.run import Run

DIGITS, MOST_DECIMALS = 4, 7  # of numbers in a column


@dataclass(frozen=True, eq=False)
class Judged:
    """A part of the data and what the network makes of it."""

    name: str  # training, validation or test
    examples: Examples
    report: Report
    scaling: Scaling | None = None  # of numbers, which are shown as the user has them

    @property
    def P(self) -> Array:
        """Its predictions, (n, n_out)."""
        return self.report.predictions

    @property
    def Y(self) -> Array:
        """Its targets, in the units of the predictions."""
        Y = self.examples.Y
        return Y if self.scaling is None else self.scaling.restored(Y)


@dataclass(frozen=True, eq=False)
class Reported:
    """A run that is over, and what is to be said of it."""

    run: Run
    history: History
    model: Model
    parts: tuple[Judged, ...]  # the last is the one to judge by
    diagnosis: Diagnosis
    name: str
    source: str  # a sentence, or nothing
    command: str  # that trains it again, or nothing

    @property
    def last(self) -> Judged:
        """The part to judge by: the test part, else the validation part, else the training part."""
        return self.parts[-1]

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels of a quantile loss; else nothing."""
        row = loss_of(self.run.plan.recipe.loss)
        return row.numbers if row.constant == "levels" else ()

    @property
    def mistakes(self) -> list[Mistake]:
        """The examples of the part to judge by that are most wrongly taken for another class."""
        judged = self.last.report
        if self.model.classes is None or judged.losses is None:
            return []
        return worst_mistakes(judged.predictions, self.last.examples.Y, judged.losses, 24)

    @property
    def input_names(self) -> tuple[str, ...] | None:
        """What the inputs are, where they come from a table."""
        return None if self.model.table is None else self.model.table.encoding.names

    @property
    def example(self) -> int:
        """The row of the part to judge by that is walked: the one with the largest loss."""
        losses = self.last.report.losses
        return 0 if losses is None else int(np.argmax(losses))


def as_given(examples: Examples, loss: str) -> tuple[Any, Array, Array | None]:
    """Return X, Y and weights as a user would hand them over."""
    X, row = examples.X, loss_of(loss)
    # Examples repeat a target for each level of a quantile loss; it was given once.
    every = len(row.numbers) if row.constant == "levels" else 1
    Y = examples.Y if examples.Y.ndim == 1 else examples.Y[:, ::every]
    return X.tocsr() if isinstance(X, SparseRows) else X, Y, examples.weights


def codes(Y: Array) -> Array:
    """Return class codes (n,), whichever way the targets are written."""
    return Y if Y.ndim == 1 else chosen(Y)


def shown(name: str, value: float | None) -> str:
    """Return a score as people read it."""
    if value is None or not np.isfinite(value):
        return "–"
    return f"{100 * value:.2f} %" if is_share(name) else _minus(f"{value:.5g}")


def column(name: str, values: Sequence[float | None]) -> list[str]:
    """Return scores below each other, with as many decimals as show four digits of the least."""
    sizes = [abs(value) for value in values if value and np.isfinite(value)]
    decimals = DIGITS - 1 - int(np.floor(np.log10(min(sizes, default=1.0))))
    if is_share(name) or decimals > MOST_DECIMALS:
        return [shown(name, value) for value in values]
    return [
        _minus(f"{value:,.{max(decimals, 0)}f}")
        if value is not None and np.isfinite(value)
        else "–"
        for value in values
    ]


def number(value: float) -> str:
    """Return a number short enough for a table."""
    whole = abs(value) < 1e9 and value == int(value)
    return _minus(f"{int(value):,}" if whole else f"{value:.4g}")


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 120 else f"{seconds / 60:.3g} min"


def _minus(text: str) -> str:
    return text.replace("-", "−")
