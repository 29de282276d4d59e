"""A run on disk: all of its state in one file, from which it goes on bit for bit."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.errors import ModelFileError, ValueProblem
from pellucid.files import write_tensors
from pellucid.model.archive import (
    expect_keys,
    pack_architecture,
    read_sealed,
    sealed,
    unpack_architecture,
)
from pellucid.plan import recipe_json as recipes
from pellucid.plan.plan import Plan, compile_plan
from pellucid.plan.state import Best, EpochRecord, Snapshot, State

FORMAT = "pellucid.checkpoint"
VERSION, OLDEST = 4, 2
# What of a state is a plain number or text; the rest are arrays.
NUMBERS: dict[str, type] = {
    "step": int,
    "epoch": int,
    "position": int,
    "rate_scale": float,
    "epochs_without_better": int,
    "cost_sum": float,
    "weight_sum": float,
    "seconds": float,
    "fingerprint": str,
    "engine": str,
    "instruction_set": str,
    "skips_zeros": bool,
    "window": int,
}
ARRAYS = ("parameters", "buffers", "slots")


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds: what the run is, and how far it has come."""

    plan: Plan
    state: State


def save_checkpoint(plan: Plan, state: State, path: Path) -> None:
    """Write plan and state to `path`, whole or not at all.

    Raises
    ------
    FileError
        The folder is missing, the disk is full, a file is in the way.
    """
    tensors, architecture = pack_architecture(plan.architecture)
    for name in ARRAYS:
        tensors[name] = getattr(state, name)
        tensors[f"epoch_start.{name}"] = getattr(state.epoch_start, name)
    if state.best is not None:
        tensors["best.parameters"] = state.best.parameters
        tensors["best.buffers"] = state.best.buffers
    tensors["history"] = _table(plan, state.history)
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "architecture": architecture,
        "recipe": recipes.to_json(plan.recipe),
        "n_examples": plan.n_examples,
        "state": {name: getattr(state, name) for name in NUMBERS},
        "epoch_start": {"step": state.epoch_start.step},
        "best": None
        if state.best is None
        else {"epoch": state.best.epoch, "judged": state.best.judged},
    }
    write_tensors(path, tensors, sealed(tensors, metadata))


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Return what ``save_checkpoint`` wrote.

    Raises
    ------
    ModelFileError
        Damaged, foreign, or of a later version.
    FileError
        There is no such file.
    """
    path = Path(path)
    tensors, metadata = read_sealed(path, FORMAT, VERSION, OLDEST)
    try:
        known = {"architecture", "recipe", "n_examples", "state", "epoch_start", "best"}
        expect_keys(metadata, known)
        architecture = unpack_architecture(tensors, metadata["architecture"])
        recipe = recipes.from_json(metadata["recipe"])
        plan = compile_plan(architecture, recipe, _whole(metadata["n_examples"], 1))
        return Checkpoint(plan, _state(plan, tensors, metadata))
    except (ValueProblem, KeyError, TypeError, ValueError) as problem:
        raise ModelFileError(
            f"{path} is damaged: {problem} Resume from another checkpoint, or train anew."
        ) from None


def _state(plan: Plan, tensors: dict[str, Array], metadata: dict[str, Any]) -> State:
    # What older versions lack: version 2 both, version 3 the latter.
    numbers: dict[str, Any] = {"skips_zeros": False, "window": 0} | metadata["state"]
    expect_keys(numbers, set(NUMBERS))
    for name, kind in NUMBERS.items():
        _check_number(name, numbers[name], kind)
    if numbers["position"] >= plan.steps_per_epoch:
        raise ModelFileError(f"position {numbers['position']} is beyond the epoch.")
    if numbers["window"] % plan.batch_size:
        raise ModelFileError(f"a window of {numbers['window']} rows is not of whole batches.")
    expected = {*ARRAYS, *(f"epoch_start.{name}" for name in ARRAYS), "history"}
    if metadata["best"] is not None:
        expected |= {"best.parameters", "best.buffers"}
    if set(tensors) != expected:
        raise ModelFileError(f"its tensors are {sorted(set(tensors) ^ expected)[:5]} off.")
    expect_keys(metadata["epoch_start"], {"step"})
    first = _whole(metadata["epoch_start"]["step"], 0)
    now = _snapshot(plan, tensors, "", numbers["step"])
    return State(
        now.parameters,
        now.buffers,
        now.slots,
        _snapshot(plan, tensors, "epoch_start.", first),
        best=_best(plan, tensors, metadata["best"]),
        history=_history(plan, tensors["history"]),
        **numbers,
    )


def _snapshot(plan: Plan, tensors: dict[str, Array], prefix: str, step: int) -> Snapshot:
    n_buffers = plan.buffer_segments[-1].stop if plan.buffer_segments else 0
    shapes = {
        "parameters": (plan.n_parameters,),
        "buffers": (n_buffers,),
        "slots": (plan.n_slots, plan.n_parameters),
    }
    parameters, buffers, slots = (
        _copy(plan, tensors[prefix + name], shapes[name]) for name in ARRAYS
    )
    return Snapshot(parameters, buffers, slots, step)


def _copy(plan: Plan, tensor: Array, shape: tuple[int, ...]) -> Array:
    if tensor.shape != shape or tensor.dtype != plan.dtype or not np.isfinite(tensor).all():
        raise ModelFileError(f"expected finite {plan.dtype} of shape {shape}, got {tensor.shape}.")
    return tensor.copy()


def _best(plan: Plan, tensors: dict[str, Array], data: Any) -> Best | None:
    if data is None:
        return None
    expect_keys(data, {"epoch", "judged"})
    vectors = [
        _copy(plan, tensors[f"best.{name}"], shape)
        for name, shape in (
            ("parameters", (plan.n_parameters,)),
            ("buffers", tensors["buffers"].shape),
        )
    ]
    return Best(vectors[0], vectors[1], _whole(data["epoch"], 1), float(data["judged"]))


def _table(plan: Plan, history: list[EpochRecord]) -> Array:
    """One row an epoch; an epoch's metrics are the last columns."""
    rows = [(*record[:-1], *record.metrics) for record in history]
    return np.array(rows, np.float64).reshape(-1, _n_columns(plan))


def _history(plan: Plan, table: Array) -> list[EpochRecord]:
    if table.ndim != 2 or table.shape[1] != _n_columns(plan):
        raise ModelFileError(f"its history has the shape {table.shape}.")
    n = len(EpochRecord._fields) - 1
    rows = table.tolist()
    return [
        EpochRecord._make((int(row[0]), int(row[1]), *row[2:n], tuple(row[n:]))) for row in rows
    ]


def _n_columns(plan: Plan) -> int:
    return len(EpochRecord._fields) - 1 + len(plan.recipe.metrics)


def _check_number(name: str, value: Any, kind: type) -> None:
    signed = kind is str or name == "cost_sum"  # a cost may be negative, the others are not
    of_its_kind = type(value) is kind
    if not of_its_kind or (not signed and value < 0):
        raise ModelFileError(f"{name} is {value!r}.")


def _whole(value: Any, least: int) -> int:
    if type(value) is not int or value < least:
        raise ModelFileError(f"expected a whole number of at least {least}, got {value!r}.")
    return value
