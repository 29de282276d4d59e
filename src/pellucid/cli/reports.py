"""The report of a run that the command line carried out, and the command that repeats the run."""

import shlex
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pellucid.errors import UnsupportedError
from pellucid.inspection.findings import Diagnosis
from pellucid.model.model import Model
from pellucid.plan.examples import Examples
from pellucid.training.events import Stopped
from pellucid.training.history import Start
from pellucid.training.run import Run

REPORT = "report.html"
NEEDS = {"matplotlib": "matplotlib", "jinja2": "Jinja2"}
NOT_OF_THE_RESULT = ("out", "name", "threads", "checkpoint_every")


def missing() -> list[str]:
    """Return which of the libraries that a report needs are not installed."""
    return [name for module, name in NEEDS.items() if find_spec(module) is None]


def check_report() -> None:
    """Raise, before anything is trained, where no report could be written.

    Raises
    ------
    UnsupportedError
    """
    if absent := missing():
        raise UnsupportedError(
            f"report: its pictures need {' and '.join(absent)}, not installed here. Install with: "
            "pip install 'pellucid[figures]', or leave out --report."
        )


def command(data: str, given: dict[str, Any]) -> str:
    """Return the command that trains the same again: `data`, and the flags that were given."""
    words = ["pellucid", "train", data]
    for name, value in given.items():
        if value is None or name in NOT_OF_THE_RESULT:
            continue
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
            continue
        shown = ",".join(value) if isinstance(value, list | tuple) else str(value)
        words += [f"--{flag}", shown]
    return shlex.join(words)


def write(
    run: Run,
    model: Model,
    folder: Path,
    *,
    stopped: Stopped,
    source: str,
    trained_by: str,
    test: Examples | None,
    starts: tuple[Start, ...],
    diagnosis: Diagnosis | None,
) -> Path:
    """Write the report of a run into its folder, and return where it is."""
    from pellucid.views.report.report import write_report
    from pellucid.views.report.reported import as_given

    said = replace(run.history, reason=stopped.reason, sentence=stopped.sentence, starts=starts)
    return write_report(
        folder / REPORT,
        run,
        test=None if test is None else as_given(test, run.plan.recipe.loss)[:2],
        model=model,
        name=folder.name,
        source=source,
        command=trained_by,
        history=said,
        diagnosis=diagnosis,
    )
