"""``pellucid predict``: what a model says of pictures, a table or a data set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pellucid.cli.console import say, say_json, tell

if TYPE_CHECKING:
    from pellucid.arrays import Inputs
    from pellucid.model.model import Model


def predict(
    model: Annotated[Path, typer.Argument(help="A run, or a model file.")],
    data: Annotated[
        list[str], typer.Argument(help="Pictures, a table, or a data set (its test part).")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write the predictions to this CSV file instead.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what a model takes pictures, or the rows of a table, for.

    Example: pellucid predict runs/mnist-1 my-digit.png

    Example: pellucid predict runs/houses-1 new.csv --out prices.csv
    """
    from pellucid.cli.predictions import levels_of, said_by_level, write_predictions
    from pellucid.cli.runs import model_path
    from pellucid.model.archive import load_model

    found = load_model(model_path(model))
    answers: list[dict[str, Any]] = []
    for name in data:
        X, labels = _rows(found, name)
        for label, answer in zip(labels, found.answers(X), strict=True):
            answers.append({"input": label, **answer._asdict()})
    levels = levels_of(found)
    if out is not None:
        write_predictions(found, answers, out)
        tell(f"{len(answers):,} predictions written to {out}")
    if as_json:
        about: dict[str, Any] = {"levels": levels} if levels else {}
        about |= {} if out is None else {"out": str(out)}
        say_json({"model": str(model), **about, "predictions": answers})
    elif out is None:
        width = max(len(row["input"]) for row in answers)
        for row in answers:
            sure = "" if row["probability"] is None else f"   ({100 * row['probability']:.1f} %)"
            text = said_by_level(levels, row["outputs"]) if levels else row["text"]
            say(f"{row['input']:<{width}}   {text}{sure}")


def _rows(model: "Model", name: str) -> "tuple[Inputs, list[str]]":
    """Rows of inputs, and what to call each."""
    from pellucid.data.picture_files import SUFFIXES

    if Path(name).suffix.lower() in SUFFIXES:
        return _picture(model, Path(name))
    if model.table is not None:
        return _table(model, Path(name))
    from pellucid.cli.pictures import as_trained
    from pellucid.data.sources import load_data

    dataset = load_data(name, tell, pictures=as_trained(model))
    part = "training" if dataset.test is None else "test"
    X = (dataset.test or dataset.train).X
    tell(f"{name}: {len(X)} examples of the {part} part")
    return X, [f"{name}[{i}]" for i in range(len(X))]


def _table(model: "Model", path: Path) -> "tuple[Inputs, list[str]]":
    from pellucid.data.sources import read_known, table_path

    assert model.table is not None
    table, said = read_known(table_path(str(path)), model.table, tell)
    tell(f"{said}: {len(table):,} rows")
    X = model.table.inputs(table, path.name, tell)
    return X, [f"{path}[{i}]" for i in range(len(table))]


def _picture(model: "Model", path: Path) -> "tuple[Inputs, list[str]]":
    from pellucid.data.images import read_picture
    from pellucid.errors import DataError

    if model.image is None:
        raise DataError(f"{path}: this model was not trained on pictures; give it rows of numbers.")
    row, remark = read_picture(path, model.image)
    tell(f"{path}: {remark}")
    return row[None, :], [str(path)]
