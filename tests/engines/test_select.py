"""Choosing an engine by name, with and without the compiled core."""

import importlib
import sys
from dataclasses import replace

import numpy as np
import pytest

from pellucid.engines.native import NativeEngine
from pellucid.engines.select import choose, engines
from pellucid.equations.optimizers import Adam
from pellucid.equations.solvers import LBFGS
from pellucid.errors import UnsupportedError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan, compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from tests.engines.strategies import needs_core


def plan() -> Plan:
    """Any plan."""
    layers = (Dense(3, "relu"), Dense(2, "softmax"))
    return compile_plan(Architecture(4, layers), Recipe(), 10)


@pytest.fixture
def not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where there was no C++ compiler."""
    found = importlib.import_module

    def import_module(name: str) -> object:
        if name == "pellucid._native":
            raise ModuleNotFoundError(name=name)
        return found(name)

    monkeypatch.delitem(sys.modules, "pellucid._native", raising=False)
    monkeypatch.setattr(importlib, "import_module", import_module)


@needs_core
@pytest.mark.parametrize("name", ["auto", "native"])
def test_native_is_chosen_where_it_can(name: str) -> None:
    """It is the engine of auto, and says its instruction set."""
    engine, why = choose(name, plan())
    assert (engine.name, why) == ("native", f"native ({engine.instruction_set}, fused)")


@needs_core
@pytest.mark.parametrize(
    ("recipe", "norm", "tier"),
    [
        (Recipe(dropout=0.5, l2=0.1, l1=0.1, max_norm=2.0, average=0.9), "none", "fused"),
        (Recipe(optimizer=Adam(), clip_value=1.0, batch_size=1024), "none", "fused"),
        (Recipe(batch_size=1025), "none", "generic"),
        (Recipe(batch_size="all"), "batch", "fused"),
        (Recipe(clip_norm=1.0), "none", "generic"),
        (Recipe(optimizer=LBFGS()), "none", "generic"),
    ],
)
def test_the_tier_is_what_the_core_does(recipe: Recipe, norm: str, tier: str) -> None:
    """A run says whether its steps are fused, and the core's session agrees."""
    architecture = Architecture(4, (Dense(3, "relu", norm=norm), Dense(2, "softmax")))
    found = compile_plan(architecture, recipe, 2000)
    engine, why = choose("native", found)
    assert why == f"native ({engine.instruction_set}, {tier})"
    X, Y = np.zeros((2000, 4), np.float32), np.zeros(2000, np.int32)
    vectors = initial_parameters(architecture, 0), initial_buffers(architecture)
    session = NativeEngine().open(found, first_state(found, *vectors), Examples(X, Y))
    assert session.fused == (tier == "fused") or found.is_solver


def test_reference_is_had_for_the_asking() -> None:
    """By its name the reference engine is chosen, and nothing needs explaining."""
    engine, why = choose("reference", plan())
    assert (engine.name, why) == ("reference", "reference")


@needs_core
def test_auto_says_what_native_lacks() -> None:
    """Where native cannot, auto takes the reference engine and says why; native is refused."""
    unknown = replace(plan(), optimizer="abacus")
    engine, why = choose("auto", unknown)
    assert engine.name == "reference"
    assert why == "reference: native has no abacus yet"
    with pytest.raises(UnsupportedError, match="no abacus yet.*engine reference"):
        choose("native", unknown)


@pytest.mark.usefixtures("not_built")
def test_without_the_core_there_is_the_reference() -> None:
    """Not built, native is refused with a cure, and auto does without it."""
    engine, why = choose("auto", plan())
    assert engine.name == "reference"
    assert why.startswith("reference: the native core was not built (no C++ compiler")
    with pytest.raises(UnsupportedError, match="Install a C.. compiler"):
        choose("native", plan())
    assert engines()["native"].startswith("not here: the native core was not built")


def test_unknown_names_are_refused() -> None:
    """The error lists the names there are."""
    with pytest.raises(UnsupportedError, match="auto, native, reference, got 'abacus'"):
        choose("abacus", plan())


def test_every_engine_is_listed() -> None:
    """The list for `pellucid info` names each engine with what it calculates with."""
    found = engines()
    assert set(found) == {"native", "reference"}
    assert found["reference"].startswith("numpy")
