"""``pellucid predict``: what a model says of pictures, a table or a data set."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pellucid.cli.console import say, say_json, tell


def predict(
    model: Annotated[Path, typer.Argument(help="A run, or a model file.")],
    data: Annotated[
        list[str],
        typer.Argument(
            help="Pictures, a folder of them, a table, .npy, or a data set's test part."
        ),
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
    from pellucid.cli.new_rows import rows_of
    from pellucid.cli.predictions import check_out, levels_of, said_by_level, write_predictions
    from pellucid.cli.runs import model_path
    from pellucid.model.archive import load_model

    if out is not None:
        check_out(out, [*data, model_path(model)])
    found = load_model(model_path(model))
    answers: list[dict[str, Any]] = []
    for name in data:
        X, labels = rows_of(found, name)
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
