"""What a run says while it goes on. Whoever iterates over a run receives these, in order."""

from typing import NamedTuple

from pellucid.arrays import Array
from pellucid.plan.plan import Plan
from pellucid.plan.state import EpochRecord


class Started(NamedTuple):
    """The first event: what is going to be done, and with what."""

    plan: Plan
    engine: str  # which engine, its instruction set, and why this one
    n_validation: int  # examples kept for validation, 0 for none
    score: str  # the metric of the validation scores: accuracy or r2
    step: int  # where the run begins: 0, or later when it is resumed


class Stepped(NamedTuple):
    """Some steps are done; only sent when asked for with ``every``."""

    step: int
    epoch: int  # counted from 1
    position: int  # steps done of this epoch
    costs: Array  # of each of the steps since the last event
    seconds: float


class EpochEnded(NamedTuple):
    """A pass over the training part is done."""

    record: EpochRecord
    is_best: bool  # whether early stopping took its weights for the best so far


class Stopped(NamedTuple):
    """The last event: why the run is over, as a word and as a sentence with its number."""

    reason: str  # a key of pellucid.training.stopping.REASONS
    sentence: str


Event = Started | Stepped | EpochEnded | Stopped
