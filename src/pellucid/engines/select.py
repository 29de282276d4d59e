"""Which engine carries out a plan: by name, or the fastest that can."""

from pellucid.compiled import core
from pellucid.engines.engine import Engine
from pellucid.engines.native import NativeEngine, missing, tier
from pellucid.engines.reference import ReferenceEngine
from pellucid.errors import UnsupportedError
from pellucid.plan.plan import Plan

NAMES = ("auto", "native", "reference")


def choose(name: str, plan: Plan) -> tuple[Engine, str]:
    """Return the engine asked for, and in a few words which one it is and why.

    ``"auto"`` is the native engine where it is here and can do all that the plan asks for.

    Raises
    ------
    UnsupportedError
        There is no engine of that name, or native was asked for and cannot be had.
    """
    if name not in NAMES:
        raise UnsupportedError(f"engine: expected one of {', '.join(NAMES)}, got {name!r}.")
    if name == "reference":
        return ReferenceEngine(), "reference"
    problem = _problem(plan)
    if problem is None:
        native = NativeEngine()
        return native, f"native ({native.instruction_set}, {tier(plan)})"
    if name == "native":
        raise UnsupportedError(f"{problem}. {_cure(problem)}")
    return ReferenceEngine(), f"reference: {problem}"


def engines() -> dict[str, str]:
    """Return every engine and what it calculates with here, or why it is not here."""
    try:
        native = ", ".join(core().instruction_sets())
        native += f"; steps fused, or generic (clip_norm, batches over {core().CHUNK}, solvers)"
    except UnsupportedError as problem:
        native = f"not here: {problem}"
    return {"native": native, "reference": ReferenceEngine().instruction_set}


def _problem(plan: Plan) -> str | None:
    """Return why native cannot carry out `plan`, or None."""
    try:
        lacking = missing(plan)
    except UnsupportedError as problem:
        return str(problem)
    return None if lacking is None else f"native has no {lacking} yet"


def _cure(problem: str) -> str:
    if problem.startswith("native has"):
        return "Use the engine reference instead."
    return "Install a C++ compiler and then Pellucid anew, or use the engine reference."
