"""Folders of runs: ``runs/NAME-k/`` with the model, the checkpoint and ``run.json``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pellucid.cli.console import plain
from pellucid.data.reading import Reading
from pellucid.errors import DataError, FileError, ModelFileError
from pellucid.files import make_folder, read_bytes, write_atomically

MODEL, CHECKPOINT, RECORD = "model.safetensors", "checkpoint.safetensors", "run.json"

# What a run needs to be resumed, and what each entry has to be.
_ENTRIES: dict[str, Callable[[Any], bool]] = {
    "data": lambda value: isinstance(value, str),
    "validation": lambda value: isinstance(value, float) and 0 <= value < 1,
    "checkpoint_every": lambda value: value is None or (type(value) is int and value >= 1),
    "starts": lambda value: type(value) is int and value >= 1,
    "reading": lambda value: isinstance(Reading.from_json(value), Reading),
}


def new_run(below: Path, name: str) -> Path:
    """Make and return the next folder ``below/name-k``; an existing one is never taken."""
    make_folder(below)
    for k in range(1, 1_000_000):
        folder = below / f"{name}-{k}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as problem:
            raise FileError(
                f"cannot make the folder {folder}: {problem.strerror}. Name another with --out."
            ) from problem
        return folder
    raise FileError(f"{below} holds a million runs called {name}. Clear it out, or use --out.")


def sweep(folder: Path) -> None:
    """Remove what a run that was killed while it wrote has left behind."""
    for left in folder.glob(".*.safetensors.*"):
        left.unlink(missing_ok=True)


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Write ``run.json``: what was asked for and, at the end, what came of it."""
    text = json.dumps(plain(record), indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / RECORD, (text + "\n").encode())


def read_record(folder: Path) -> dict[str, Any]:
    """Return what ``run.json`` of a run says."""
    if not folder.is_dir():
        raise FileError(
            f"{folder} is no run: expected a folder with {RECORD}, such as runs/mnist-1."
        )
    try:
        # Runs of before there were tables say nothing of how their data are read.
        record = {"reading": {}} | json.loads(read_bytes(folder / RECORD))
        if not set(_ENTRIES) <= set(record):
            raise ValueError("entries are missing")
        for entry, fits in _ENTRIES.items():
            if not fits(record[entry]):
                raise ValueError(f"{entry} is {record[entry]!r}")
    except (ValueError, TypeError, RecursionError) as problem:
        if isinstance(problem, FileError):
            raise
        raise ModelFileError(f"{folder / RECORD} is damaged: {problem}. Train anew.") from None
    return dict(record)


def record_of(model: Path) -> dict[str, Any]:
    """Return what run.json says of a run; nothing of a model file alone."""
    return read_record(model) if (model / RECORD).is_file() else {}


def model_path(model: Path) -> Path:
    """Return the model file that a user means: the file itself, or that of a run."""
    if not model.is_dir():
        return model
    if not (model / MODEL).is_file():
        raise DataError(
            f"{model} holds no {MODEL} yet. Finish the run with: pellucid train --resume {model}"
        )
    return model / MODEL


def run_name(data: str) -> str:
    """Return the name of runs on `data`: its last part, in letters that suit a folder."""
    data = data.removesuffix(".gz")
    stem = Path(data).expanduser().resolve().stem if "/" in data or "." in data else data
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in stem) or "run"
