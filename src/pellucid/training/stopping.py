"""Why a run stops: every reason, and the sentence that says it with its number."""

import math

from pellucid.plan.plan import Plan
from pellucid.plan.state import Best, State
from pellucid.training.events import Stopped

REASONS = {
    "epochs": "all epochs are done",
    "steps": "all steps are done",
    "target cost": "the cost over the training part is as low as was asked for",
    "converged": "so many epochs have brought nothing better",
    "diverged": "the cost or a weight became infinite or undefined",
    "asked": "somebody asked",
}


def reason_before_step(plan: Plan, state: State, asked: bool) -> Stopped | None:
    """Return why no further step is to be done, or None. Depends on the state alone."""
    recipe = plan.recipe
    if asked:
        return Stopped("asked", f"stopped as asked, after {_epochs(state)}")
    if recipe.patience is not None and state.epochs_without_better >= recipe.patience:
        assert state.best is not None
        return Stopped(
            "converged",
            f"stopped after {_epochs(state)}: no cost lower than {state.best.cost:.6g} "
            f"(epoch {state.best.epoch}) for {_counted(recipe.patience, 'epoch')}",
        )
    if recipe.steps is not None and state.step >= recipe.steps:
        return Stopped(
            "steps", f"stopped after {_counted(state.step, 'step')}, as many as were asked for"
        )
    if state.epoch >= recipe.epochs:
        return Stopped("epochs", f"stopped after {_epochs(state)}, as many as were asked for")
    return None


def target_reached(plan: Plan, state: State, training_cost: float) -> Stopped | None:
    """Return the reason if the cost over the training part is at most the target."""
    target = plan.recipe.target_cost
    if target is None or not training_cost <= target:
        return None
    return Stopped(
        "target cost",
        f"stopped after {_epochs(state)}: the cost over the training part is {training_cost:.6g}, "
        f"at most {target:g} was asked for",
    )


def diverged(state: State, what: str) -> Stopped:
    """Return the reason of a run whose numbers are no longer finite."""
    return Stopped(
        "diverged",
        f"diverged at step {state.step + 1} (epoch {state.epoch + 1}): {what} became "
        "infinite or undefined; the weights of the epoch's start were taken up again. "
        "Lower the learning rate, or scale the inputs",
    )


def judge(plan: Plan, state: State, cost: float) -> bool:
    """Count an epoch with `cost` for or against patience; return whether it is the best so far."""
    if plan.recipe.patience is None:
        return False
    bar = math.inf if state.best is None else state.best.cost - plan.recipe.min_delta
    if cost < bar:  # never of a NaN: an epoch that diverged is not the best one
        state.best = Best(state.parameters.copy(), state.buffers.copy(), state.epoch, cost)
        state.epochs_without_better = 0
        return True
    state.epochs_without_better += 1
    return False


def _epochs(state: State) -> str:
    epochs = _counted(state.epoch, "epoch")
    return f"{epochs} and {_counted(state.position, 'step')}" if state.position else epochs


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"
