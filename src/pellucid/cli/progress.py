"""Live progress of training on standard error: a bar in a terminal, plain lines elsewhere."""

import contextlib
import sys
from collections.abc import Iterator

from pellucid.cli.console import tell
from pellucid.equations.metrics import is_share
from pellucid.plan.plan import Plan
from pellucid.plan.recipe import COST
from pellucid.plan.state import EpochRecord

LINES_WHEN_PLAIN = 100  # at most so many lines of epochs where there is no terminal
HEADINGS = {"r2": "R²", "label_accuracy": "labels", "mean_absolute_error": "error"}


class Progress:
    """Shows epochs as they end; use it inside ``following``."""

    def __init__(
        self, plan: Plan, score: str, n_validation: int, first_step: int, seconds: float
    ) -> None:
        self._plan, self._n_validation = plan, n_validation
        self._last_step, self._last_seconds = first_step, seconds
        self._score, monitor = score, plan.recipe.monitor
        self._monitor = None if monitor in (COST, score) else monitor
        self._speed = 0.0
        self.bar: Bar | None = None

    def begin(self) -> None:
        """Write the heading, if there is anything left to do."""
        if self._last_step >= self._plan.total_steps:
            return
        columns = f"{'validation':>12}{heading(self._score):>11}" if self._n_validation else ""
        columns += f"{heading(self._monitor):>12}" if self._monitor else ""
        tell(f"{'epoch':>9}{'cost':>12}{columns}{'examples/s':>13}{'left':>9}")

    def epoch(self, record: EpochRecord, is_best: bool) -> None:
        """Write the line of an epoch."""
        last = record.epoch == self._plan.recipe.epochs
        sparse = max(self._plan.recipe.epochs // LINES_WHEN_PLAIN, 1)
        self._measure(record.step, record.seconds)
        if self.bar is None and not last and record.epoch % sparse:
            return
        figures = f"{short(record.cost):>12}"
        if self._n_validation:
            score = shown(self._score, record.validation_score)
            figures += f"{short(record.validation_cost):>12}{score:>11}"
        if self._monitor:
            place = self._plan.recipe.metrics.index(self._monitor)
            figures += f"{shown(self._monitor, record.metrics[place]):>12}"
        left = self._left(record.step)
        mark = " *" if is_best else ""
        done = f"{record.epoch}/{self._plan.recipe.epochs}"
        tell(f"{done:>9}{figures}{self._speed:>13,.0f}{left:>9}{mark}")

    def steps(self, step: int, epoch: int, cost: float) -> None:
        """Move the bar, in a terminal."""
        if self.bar is not None:
            self.bar.show(step, self._plan.total_steps, epoch, cost, self._left(step))

    def note(self, text: str) -> None:
        """Write a line that is worth one where there is no bar."""
        if self.bar is None:
            tell(text)

    def _measure(self, step: int, seconds: float) -> None:
        """Examples a second since the last epoch's end, judging included."""
        share = (step - self._last_step) / self._plan.steps_per_epoch
        elapsed = seconds - self._last_seconds
        if elapsed > 0:
            self._speed = share * self._plan.n_examples / elapsed
        self._last_step, self._last_seconds = step, seconds

    def _left(self, step: int) -> str:
        if not self._speed:
            return "?"
        steps = max(self._plan.total_steps - step, 0)
        seconds = round(steps * self._plan.batch_size / self._speed)
        if self._plan.recipe.seconds is not None:
            seconds = min(seconds, max(round(self._plan.recipe.seconds - self._last_seconds), 0))
        hours, rest = divmod(seconds, 3600)
        clock = f"{rest // 60}:{rest % 60:02d}"
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else clock


def heading(score: str) -> str:
    """Return the name of a score as it heads a column."""
    return HEADINGS.get(score, score)


def shown(score: str, value: float) -> str:
    """Return a score as it stands in a column."""
    return f"{100 * value:.2f} %" if is_share(score) else short(value)


def short(number: float) -> str:
    """Return a number that keeps to its column, however large."""
    return f"{number:.5f}" if abs(number) < 1e4 else f"{number:.3e}"


class Bar:
    """A line at the bottom of a terminal that is drawn over and over."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("cost {task.fields[cost]}"),
            TextColumn("{task.fields[left]} left"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("epoch 1", total=1, cost="?", left="?")
        self._progress.start()

    def show(self, step: int, total: int, epoch: int, cost: float, left: str) -> None:
        """Draw the bar anew."""
        self._progress.update(
            self._task,
            completed=step,
            total=total,
            description=f"epoch {epoch}",
            cost=short(cost),
            left=left,
        )

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()


@contextlib.contextmanager
def following(progress: Progress) -> Iterator[Progress]:
    """Show the heading and, in a terminal, the bar, until the block ends."""
    progress.begin()
    if sys.stderr.isatty():
        progress.bar = Bar()
    try:
        yield progress
    finally:
        if progress.bar is not None:
            progress.bar.close()
