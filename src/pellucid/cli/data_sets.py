"""From what a user says of data to a data set: for training, and for a model that is there."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pellucid.cli.console import tell
from pellucid.cli.pictures import as_trained
from pellucid.cli.recipes import names_in
from pellucid.cli.reporting import check_classes
from pellucid.data.dataset import Dataset
from pellucid.data.reading import Reading
from pellucid.data.sources import load_data, load_like, source_of
from pellucid.data.table_file import is_table
from pellucid.data.tabular import Known
from pellucid.errors import RecipeError
from pellucid.model.model import Model

# The flags that say how a file is to be read; see ``Reading``.
FLAGS = (
    *("target", "task", "kind", "test", "group", "time"),
    *("separator", "encoding", "decimal", "header"),
)


def reading_of(given: Mapping[str, Any]) -> Reading:
    """Return what the flags in `given` (None: not given) say of the data.

    Raises
    ------
    RecipeError
        A flag that cannot be read.
    """
    said = {name: given[name] for name in FLAGS if given.get(name) is not None}
    names = names_in(said.pop("target", []))
    kinds = dict(map(_kind, names_in(said.pop("kind", []))))
    if said.get("separator") == "tab":
        said["separator"] = "\t"
    return Reading(target=names, kinds=kinds, **said)


def recorded_name(data: str) -> str:
    """Return data as a run remembers them: a name, or where they lie."""
    return data if source_of(data) is not None else str(Path(data).expanduser().resolve())


def digest_of(data: str) -> str | None:
    """Return what tells one table's file from another at the same place; of other data None."""
    path = Path(data).expanduser()
    if source_of(data) is not None or not path.is_file() or not is_table(path):
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def dataset_for(
    model: Model, data: str, record: Mapping[str, Any], damaged: str = "stop"
) -> Dataset:
    """Return data as a model takes them.

    Parameters
    ----------
    record : mapping
        What run.json says of the model's run; nothing where only the model is there. The file
        that a run was trained on is divided as it was then; of another table all rows are taken.
    damaged : {"stop", "leave-out"}
        What becomes of damaged pictures.

    Raises
    ------
    DataError
        Data that the model does not suit.
    """
    if model.table is None:
        reading = Reading.from_json(record.get("reading", {}))
        dataset = load_data(data, tell, reading, as_trained(model, damaged))
    else:
        known = Known(model.table, model.classes, model.image)
        same = record.get("data") == recorded_name(data)
        if same and record.get("digest") != digest_of(data):
            same = False
            tell(f"{data} has changed since the run: all rows are judged, those learnt from, too")
        reading = Reading.from_json(record["reading"]) if same else Reading()
        dataset = load_like(data, known, tell, reading, divided=same)
    check_classes(model, dataset)
    return dataset


def _kind(text: str) -> tuple[str, str]:
    """A column and its kind, from "zip=category"."""
    name, sign, kind = text.rpartition("=")
    if not sign or not name:
        raise RecipeError(f'kind: expected a column and its kind as "zip=category", got {text!r}.')
    return name.strip(), kind.strip()
