"""``pellucid predict``: what a model says of pictures or of a data set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pellucid.cli.console import say, say_json, tell

if TYPE_CHECKING:
    from pellucid.arrays import Array
    from pellucid.model.model import Model

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif")


def predict(
    model: Annotated[Path, typer.Argument(help="A run, or a model file.")],
    data: Annotated[list[str], typer.Argument(help="Pictures, or a data set (its test part).")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what a model takes pictures, or the rows of a data set, for.

    Example: pellucid predict runs/mnist-1 my-digit.png
    """
    from pellucid.cli.runs import model_path
    from pellucid.model.archive import load_model

    found = load_model(model_path(model))
    answers: list[dict[str, Any]] = []
    for name in data:
        X, labels = _rows(found, name)
        for label, answer in zip(labels, found.answers(X), strict=True):
            answers.append({"input": label, **answer._asdict()})
    levels = _levels(found)
    if as_json:
        about = {"levels": levels} if levels else {}
        say_json({"model": str(model), **about, "predictions": answers})
        return
    width = max(len(row["input"]) for row in answers)
    for row in answers:
        sure = "" if row["probability"] is None else f"   ({100 * row['probability']:.1f} %)"
        text = _by_level(levels, row["outputs"]) if levels else row["text"]
        say(f"{row['input']:<{width}}   {text}{sure}")


def _levels(model: "Model") -> list[float]:
    """The levels of a model of several quantiles; of any other model, none."""
    from pellucid.equations.losses import loss_of

    if model.loss is None or loss_of(model.loss).constant != "levels":
        return []
    numbers = loss_of(model.loss).numbers
    return list(numbers) if len(numbers) > 1 else []


def _by_level(levels: list[float], outputs: tuple[float, ...]) -> str:
    """Each level with its prediction of every target, as "0.1: 2.5   0.9: 4.25"."""
    parts = []
    for j, level in enumerate(levels):
        numbers = ", ".join(f"{value:.6g}" for value in outputs[j :: len(levels)])
        parts.append(f"{level:g}: {numbers}")
    return "   ".join(parts)


def _rows(model: "Model", name: str) -> "tuple[Array, list[str]]":
    """Rows of inputs, and what to call each."""
    if Path(name).suffix.lower() in PICTURES:
        return _picture(model, Path(name))
    from pellucid.data.sources import load

    dataset = load(name, tell)
    part = "training" if dataset.test is None else "test"
    X = (dataset.test or dataset.train).X
    tell(f"{name}: {len(X)} examples of the {part} part")
    return X, [f"{name}[{i}]" for i in range(len(X))]


def _picture(model: "Model", path: Path) -> "tuple[Array, list[str]]":
    from pellucid.data.images import read_picture
    from pellucid.errors import DataError

    if model.image is None:
        raise DataError(f"{path}: this model was not trained on pictures; give it rows of numbers.")
    row, remark = read_picture(path, model.image)
    tell(f"{path}: {remark}")
    return row[None, :], [str(path)]
