"""Sessions of an engine whose costs are scikit-learn's."""

import numpy as np

from pellucid.engines.engine import Session
from pellucid.engines.select import choose
from pellucid.equations.losses import loss_of
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan
from pellucid.plan.state import State


def opened(
    engine: str, plan: Plan, state: State, examples: Examples, threads: int | None
) -> Session:
    """Return a session that takes no probability for smaller than the machine's epsilon.

    So does scikit-learn in its costs, which decide when to stop; gradients are those of the true
    cost in both.
    """
    session = choose(engine, plan)[0].open(plan, state, examples, threads)
    if loss_of(plan.recipe.loss).targets in ("classes", "bits"):
        session.clip_probabilities(float(np.finfo(plan.dtype).eps))
    return session
