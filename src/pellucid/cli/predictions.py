"""Predictions as people and programs take them: of several levels, and as a CSV file."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from pellucid.equations.losses import loss_of
from pellucid.errors import RecipeError
from pellucid.files import write_atomically
from pellucid.model.model import Model


def levels_of(model: Model) -> list[float]:
    """Return the levels of a model of several quantiles; of any other model, none."""
    if model.loss is None or loss_of(model.loss).constant != "levels":
        return []
    numbers = loss_of(model.loss).numbers
    return list(numbers) if len(numbers) > 1 else []


def said_by_level(levels: Sequence[float], outputs: Sequence[float]) -> str:
    """Return each level with its prediction of every target, as "0.1: 2.5   0.9: 4.25"."""
    parts = []
    for j, level in enumerate(levels):
        numbers = ", ".join(f"{value:.6g}" for value in outputs[j :: len(levels)])
        parts.append(f"{level:g}: {numbers}")
    return "   ".join(parts)


def check_out(path: Path, inputs: Sequence[str | Path]) -> None:
    """Raise, before anything is predicted, where predictions should not be written.

    Raises
    ------
    RecipeError
        One of the files that are read, or a name that says it is no CSV file.
    """
    if path.suffix.lower() not in ("", ".csv", ".txt"):
        raise RecipeError(
            f"out: predictions are written as CSV; expected a name as p.csv, got {path}."
        )
    for each in inputs:
        if Path(each).expanduser().resolve() == path.expanduser().resolve():
            raise RecipeError(
                f"out: expected another file than {path}, which is read. Name it anew."
            )


def write_predictions(model: Model, answers: Sequence[dict[str, Any]], path: Path) -> None:
    """Write answers as a CSV file, a row for each: the answer, then what the outputs are.

    Rows of a table are in its order; pictures are named in the first column.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    named, text = model.table is None, StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["input"] * named + _header(model))
    for row in answers:
        writer.writerow([row["input"]] * named + _cells(model, row))
    write_atomically(path, text.getvalue().encode())


def _targets(model: Model) -> list[str]:
    """What is predicted, by name."""
    n = model.network.architecture.n_outputs // max(len(levels_of(model)), 1)
    if model.table is not None:
        return list(model.table.target)
    return ["prediction"] if model.classes is not None or n == 1 else [f"y{j}" for j in range(n)]


def _header(model: Model) -> list[str]:
    targets, levels = _targets(model), levels_of(model)
    if model.classes is None:
        return [f"{t} {q:g}" for t in targets for q in levels] if levels else targets
    outputs = model.classes[1:] if model.network.architecture.n_outputs == 1 else model.classes
    likely = model.network.architecture.layers[-1].activation in ("softmax", "sigmoid")
    what = "probability" if likely else "output"
    return [targets[0], *(f"{what} of {name}" for name in outputs)]


def _cells(model: Model, row: dict[str, Any]) -> list[Any]:
    outputs = [f"{value:.9g}" for value in row["outputs"]]
    return outputs if model.classes is None else [row["text"], *outputs]
