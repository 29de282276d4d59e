"""Placeholder until the native engine's helper writes this."""

from pellucid.engines.engine import Engine
from pellucid.engines.reference import ReferenceEngine
from pellucid.plan.plan import Plan


def choose(name: str, plan: Plan) -> tuple[Engine, str]:
    """The engine."""
    return ReferenceEngine(), "reference"


def engines() -> dict[str, str]:
    """The engines."""
    return {"reference": "here"}
