"""What a model is to predict: every row of it, and what to call each."""

from pathlib import Path
from typing import Any

import numpy as np

from pellucid.cli.console import tell
from pellucid.cli.pictures import as_trained
from pellucid.data.images import read_picture
from pellucid.data.picture_files import SUFFIXES, pictures_below
from pellucid.data.sources import load_data, read_known, source_of, table_path
from pellucid.data.stored import is_folder_of_rows, stored_rows
from pellucid.errors import DataError
from pellucid.model.model import Model


def rows_of(model: Model, name: str) -> tuple[Any, list[str]]:
    """Return rows of inputs, and their names.

    Of pictures, tables and rows in files all are taken, whose answers need not be known; of other
    data sets the test part.

    Raises
    ------
    DataError
        Nothing that the model could take.
    """
    path = Path(name).expanduser()
    if path.suffix.lower() in SUFFIXES:
        return _pictures(model, [path])
    if model.table is not None:
        return _table(model, path)
    if source_of(name) is None and path.is_dir() and (found := pictures_below(path)):
        return _pictures(model, found)
    if source_of(name) is None and (is_folder_of_rows(path) or path.suffix == ".npy"):
        X = stored_rows(path)
        return X, [f"{name}[{i}]" for i in range(len(X))]
    dataset = load_data(name, tell, pictures=as_trained(model))
    part = "training" if dataset.test is None else "test"
    X = (dataset.test or dataset.train).X
    tell(f"{name}: {len(X)} examples of the {part} part")
    return X, [f"{name}[{i}]" for i in range(len(X))]


def _table(model: Model, path: Path) -> tuple[Any, list[str]]:
    assert model.table is not None
    table, said = read_known(table_path(str(path)), model.table, tell)
    tell(f"{said}: {len(table):,} rows")
    X = model.table.inputs(table, path.name, tell)
    return X, [f"{path}[{i}]" for i in range(len(table))]


def _pictures(model: Model, paths: list[Path]) -> tuple[Any, list[str]]:
    if model.image is None:
        raise DataError(
            f"{paths[0]}: this model was not trained on pictures; give it rows of numbers."
        )
    rows = []
    for path in paths:
        row, remark = read_picture(path, model.image)
        if len(paths) == 1:
            tell(f"{path}: {remark}")
        rows.append(row)
    return np.array(rows), [str(path) for path in paths]
