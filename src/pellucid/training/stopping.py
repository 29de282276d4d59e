"""Why a run stops: every reason, and the sentence that says it with its number."""

import math
from itertools import pairwise

from pellucid.plan.plan import Plan
from pellucid.plan.recipe import COST
from pellucid.plan.state import Best, State, trained_weights
from pellucid.training.events import Stopped
from pellucid.training.interrupts import ASKED, OUT_OF_TIME

REASONS = {
    "epochs": "all epochs are done",
    "steps": "all steps are done",
    "time": "the time is over",
    "target cost": "the cost over the training part is as low as was asked for",
    "converged": "so many epochs have brought nothing better, or a solver found no more to gain",
    "cost rose": "what the run is judged by has become worse several times in a row",
    "not learning": "the network is no better than a constant prediction",
    "diverged": "the cost or a weight became infinite or undefined",
    "asked": "somebody asked",
}
MARGIN = 1e-3  # by which share a cost has to be below that of a constant prediction to count


def reason_before_step(plan: Plan, state: State, flag: int) -> Stopped | None:
    """Return why no further step is to be done, or None.

    Depends on the state and on `flag`, the stop flag of ``pellucid.training.interrupts``.
    """
    recipe = plan.recipe
    if flag == ASKED:
        return Stopped("asked", f"stopped as asked, after {_epochs(state)}")
    if recipe.patience is not None and state.epochs_without_better >= recipe.patience:
        best = f"the {recipe.monitor} was undefined"
        if state.best is not None:
            epoch = state.best.epoch
            best = f"nothing better than the {_shown(plan, state, epoch)} of epoch {epoch}"
        return Stopped(
            "converged",
            f"stopped after {_epochs(state)}: {best} for {_counted(recipe.patience, 'epoch')}",
        )
    if recipe.rises is not None and state.position == 0 and _rose(state, recipe.rises):
        before = _shown(plan, state, state.epoch - recipe.rises)
        return Stopped(
            "cost rose",
            f"stopped after {_epochs(state)}: it became worse "
            f"{_counted(recipe.rises, 'time')} in a row, from a {before} "
            f"to {_value(plan, state, state.epoch):.6g}",
        )
    if recipe.seconds is not None and (flag == OUT_OF_TIME or state.seconds >= recipe.seconds):
        return Stopped(
            "time",
            f"stopped after {_epochs(state)}: {state.seconds:.3g} s are over, "
            f"{recipe.seconds:g} s were asked for",
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


def diverged(plan: Plan, state: State, step: int, what: str) -> Stopped:
    """Return the reason of a run whose numbers are no longer finite since `step`, from 1."""
    return Stopped(
        "diverged",
        f"diverged at step {step} (epoch {-(-step // plan.steps_per_epoch)}): {what} became "
        "infinite or undefined; the weights of the epoch's start were taken up again. "
        "Lower the learning rate, or scale inputs and targets",
    )


def solved(state: State, said: str) -> Stopped:
    """Return the reason of a solver that has found no more to gain."""
    return Stopped("converged", f"stopped after {_epochs(state)}: {said}")


def beats(cost: float, constant: float) -> bool:
    """Whether a cost is lower than that of a constant prediction by more than rounding."""
    return cost < (1 - MARGIN) * constant


def not_learning(state: State, cost: float, constant: float) -> Stopped:
    """Return the reason of a run whose network is no better than a constant."""
    return Stopped(
        "not learning",
        f"not learning: after {_epochs(state)} the cost over the training part is {cost:.6g}, and "
        f"one and the same prediction for every example would cost {constant:.6g}. Change the "
        "learning rate or the first weights, scale inputs and targets, or train longer",
    )


def judge(plan: Plan, state: State, judged: float) -> bool:
    """Count an epoch for or against patience; return whether it is the best so far."""
    if not plan.recipe.keeps_best:
        return False
    bar = math.inf if state.best is None else state.best.judged - plan.recipe.min_delta
    if judged < bar:  # never of a NaN: an epoch that diverged is not the best one
        weights = trained_weights(plan, state).copy()
        state.best = Best(weights, state.buffers.copy(), state.epoch, judged)
        state.epochs_without_better = 0
        return True
    state.epochs_without_better += 1
    return False


def _rose(state: State, times: int) -> bool:
    last = [record.judged for record in state.history[-times - 1 :]]
    return len(last) > times and all(after > before for before, after in pairwise(last))


def _value(plan: Plan, state: State, epoch: int) -> float:
    """What an epoch, counted from 1, was judged by, as people read it."""
    record, recipe = state.history[epoch - 1], plan.recipe
    if recipe.monitor == COST:
        return record.judged
    return record.metrics[recipe.metrics.index(recipe.monitor)]


def _shown(plan: Plan, state: State, epoch: int) -> str:
    return f"{plan.recipe.monitor} of {_value(plan, state, epoch):.6g}"


def _epochs(state: State) -> str:
    epochs = _counted(state.epoch, "epoch")
    return f"{epochs} and {_counted(state.position, 'step')}" if state.position else epochs


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"
