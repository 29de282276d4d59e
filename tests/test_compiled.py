"""The compiled core: there, absent, or broken."""

import importlib
import sys

import pytest

from pellucid.compiled import core
from pellucid.errors import UnsupportedError
from tests.engines.strategies import needs_core


@needs_core
def test_it_names_its_instruction_sets() -> None:
    """The baseline is always among them, and last."""
    assert core().instruction_sets()[-1] == "baseline"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ModuleNotFoundError(name="pellucid._native"), "was not built"),
        (ImportError("libstdc++ is too old"), "cannot be loaded .libstdc.. is too old"),
    ],
)
def test_its_absence_is_said(
    monkeypatch: pytest.MonkeyPatch, problem: ImportError, said: str
) -> None:
    """Not built and not loadable are different things, and both are told from other mistakes."""

    def fail(name: str) -> object:
        raise problem

    monkeypatch.delitem(sys.modules, "pellucid._native", raising=False)
    monkeypatch.setattr(importlib, "import_module", fail)
    with pytest.raises(UnsupportedError, match=said):
        core()


def test_other_missing_modules_are_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the core itself fails to import is an error of its own."""

    def fail(name: str) -> object:
        raise ModuleNotFoundError(name="numpy")

    monkeypatch.setattr(importlib, "import_module", fail)
    with pytest.raises(ModuleNotFoundError):
        core()
