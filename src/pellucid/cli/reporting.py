"""What is said of a model that was judged on data: figures, confusions, the worst mistake."""

import math
from collections.abc import Sequence
from typing import Any

from pellucid.arrays import Array
from pellucid.cli.console import say
from pellucid.cli.drawing import beside, commonest_confusions, confusion_table, picture
from pellucid.cli.settings import examples_of
from pellucid.data.dataset import Dataset
from pellucid.equations.metrics import is_share
from pellucid.errors import DataError
from pellucid.evaluation.mistakes import worst_mistakes
from pellucid.evaluation.report import Report, report
from pellucid.model.model import Model
from pellucid.rows import StoredRows


def judge(model: Model, dataset: Dataset, metrics: Sequence[str] = ()) -> Report:
    """Judge a model on the test part of a data set, or on all of it where it has none."""
    check_classes(model, dataset)
    part = dataset.test or dataset.train
    examples = examples_of(model, model.loss, part)
    return report(
        model.network, examples, model.loss, model.classes is not None, metrics, model.scaling
    )


def check_classes(model: Model, dataset: Dataset) -> None:
    """Raise where a data set has other classes than those that the model was trained on."""
    if model.classes != dataset.classes:
        raise DataError(
            f"expected the classes the model was trained on ({_names(model.classes)}), "
            f"got {_names(dataset.classes)}."
        )


def part_figures(judged: Report, part: str) -> dict[str, Any]:
    """Return the numbers of a report by names such as test.accuracy."""
    scores = {f"{part}.{name}": value for name, value in judged.scores.items()}
    return {f"{part}.examples": judged.n, f"{part}.cost": judged.cost, **scores}


def shown_score(name: str, value: float, digits: int = 5) -> str:
    """Return a score as people read it: "97.22 %", "0.98812", "undefined"."""
    if math.isnan(value):
        return "undefined"
    return f"{100 * value:.2f} %" if is_share(name) else f"{value:.{digits}g}"


def show(judged: Report, model: Model, dataset: Dataset, part: str) -> None:
    """Print a report: figures, table of confusions, worst mistake."""
    cost = "" if judged.cost is None else f", cost {judged.cost:.5f}"
    about = f" ({judged.n:,} examples{cost})"  # beside the first score only
    part = "" if part == "all" else f"{part} "
    for name, value in judged.scores.items():
        say(f"{part}{name.replace('_', ' ')}: {shown_score(name, value)}{about}")
        about = ""
    if judged.confusions is None or model.classes is None:
        return
    table = confusion_table(judged.confusions, model.classes)
    say()
    if table is not None:
        say(table)
    else:
        for line in commonest_confusions(judged.confusions, model.classes):
            say(line)
    show_worst(judged, model, (dataset.test or dataset.train).X, (dataset.test or dataset.train).Y)


def show_worst(judged: Report, model: Model, X: Array | StoredRows, Y: Array) -> None:
    """Print the worst mistake, drawn if it is a picture."""
    if judged.losses is None or model.classes is None:
        return
    for mistake in worst_mistakes(judged.predictions, Y, judged.losses):
        right, taken = model.classes[mistake.right], model.classes[mistake.taken_for]
        words = [f"the worst mistake: row {mistake.row},", f"{right} taken for {taken}"]
        say()
        if model.image is None:
            say(" ".join(words))
        else:
            say(beside(picture(X[mistake.row], model.image), words))


def _names(classes: tuple[str, ...] | None) -> str:
    if classes is None:
        return "numbers, no classes"
    shown = ", ".join(classes[:10])
    return shown if len(classes) <= 10 else f"{shown}, … {len(classes)} in all"
