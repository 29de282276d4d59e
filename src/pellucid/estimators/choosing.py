"""What the estimators without settings choose from the data's size, and why, in words."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pellucid.equations.optimizers import AdamW
from pellucid.equations.schedules import Cosine
from pellucid.plan.recipe import Recipe

FEW = 40  # rows below which none is held out
STEPS = 400  # that the weights take at least
RATE = 0.01
DECAY = 0.01
DROPOUT = 0.15
ACTIVATION = "silu"


class Choice(NamedTuple):
    """Something that was chosen, and why."""

    what: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.value} ({self.why})"


@dataclass(frozen=True)
class Settings:
    """How the networks are made and trained.

    Attributes
    ----------
    width : int
        Neurons of each of the two hidden layers.
    members : int
        How many networks there are.
    holds_out : bool
        Whether each leaves a part of the rows out, to choose the epoch to stop at by.
    epochs, batch_size : int
    """

    width: int
    members: int
    holds_out: bool
    epochs: int
    batch_size: int

    @property
    def hidden(self) -> tuple[int, int]:
        """The sizes of the hidden layers."""
        return self.width, self.width

    def recipe(self, loss: str, seed: int) -> Recipe:
        """Return how one of the networks is trained."""
        return Recipe(
            loss=loss,
            optimizer=AdamW(Cosine(RATE), weight_decay=DECAY),
            batch_size=self.batch_size,
            epochs=self.epochs,
            dropout=DROPOUT if self.holds_out else 0.0,
            seed=seed,
        )


def settings_for(n_rows: int) -> Settings:
    """Choose by the number of distinct rows.

    The limits were chosen on tables of 150 to 5,500 rows: see docs/architecture.md.
    """
    few, many = n_rows < FEW, n_rows >= 20_000
    batch_size = int(np.clip(2 ** int(np.log2(max(n_rows / 40, 1))), 16, 256))
    steps = -(-n_rows // batch_size)
    return Settings(
        width=64 if n_rows < 1000 else 256 if many else 128,
        members=8 if n_rows < 5000 else 3 if many else 5,
        holds_out=not few,
        epochs=max(30 if many else 60, -(-STEPS // steps)) if few else 30 if many else 60,
        batch_size=batch_size,
    )


def explained(settings: Settings, n_rows: int, best_epoch: int) -> list[Choice]:
    """Return what was chosen by the number of rows, in words."""
    s = settings
    steps = s.epochs * -(-n_rows // s.batch_size)
    stopped = (
        Choice(
            "stopped at",
            f"epoch {best_epoch} of {s.epochs}",
            f"it was best on the rows left out, one part in {s.members} of all by each network",
        )
        if s.holds_out
        else Choice("held out", "nothing", f"{n_rows:,} distinct rows are too few to spare any")
    )
    return [
        Choice(
            "networks",
            f"{s.members}, each with {s.width} + {s.width} hidden neurons of {ACTIVATION}",
            f"as suits {n_rows:,} distinct rows; their mean is steadier than any of them",
        ),
        stopped,
        Choice(
            "training",
            f"AdamW, rate {RATE:g} falling to 0 over {s.epochs:,} epochs, batches of "
            f"{min(s.batch_size, n_rows)}",
            f"about {steps:,} steps for each network",
        ),
    ]
