"""The parts of a report about how good the network is, and where it is wrong."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from pellucid.arrays import Array
from pellucid.evaluation.mistakes import Mistake
from pellucid.views.judgements import plot_calibration, plot_confusion, plot_roc
from pellucid.views.numbers import plot_intervals, plot_residuals
from pellucid.views.report.ink import ink
from pellucid.views.report.page import Picture, Pictures, Section, Table, Text, picture
from pellucid.views.report.reported import Reported, column, number

CURVES = 12  # classes up to which each has its own curve
OUTPUTS = 3  # whose residuals are drawn
WORST = 8  # rows of a table that are shown
COLUMNS = 6  # of such a row


def about_results(told: Reported) -> Section:
    """Return scores by part, and pictures of the part to judge by."""
    names = list(dict.fromkeys(name for part in told.parts for name in part.report.scores))
    reports = [part.report for part in told.parts]
    columns = (
        [part.name for part in told.parts],
        [f"{len(part.examples):,}" for part in told.parts],
        column("cost", [report.cost for report in reports]),
        *(column(name, [report.scores.get(name) for report in reports]) for name in names),
    )
    rows = tuple(zip(*columns, strict=True))
    head = ("part", "examples", "cost", *(name.replace("_", " ") for name in names))
    caption = "At the weights that were kept, without penalty and dropout."
    return Section("Results", (Table(head, rows, caption), Pictures(tuple(_judgements(told)))))


def _judgements(told: Reported) -> Iterator[Picture]:
    """What is drawn depends on whether the targets are classes, ranges or numbers."""
    part = told.last.name
    if told.model.classes is not None:
        n = len(told.model.classes)
        side = 3.8 if n <= 3 else 4.8 if n <= 10 else 5.6
        caption = f"Right and chosen classes, {part} part."
        yield picture(partial(_confusions, told), caption, (side, side * 0.9), pixels=n > 20)
        if told.model.network.architecture.layers[-1].activation in ("softmax", "sigmoid"):
            caption = f"How often the chosen class is right, by how likely it was said ({part})."
            yield picture(partial(_calibration, told), caption, (4.6, 4.2))
        if n <= CURVES:
            caption = f"Hits against false alarms, each class against the rest ({part})."
            yield picture(partial(_roc, told), caption, (5.6, 4.2))
    elif told.levels:
        caption = f"What was predicted and what came, examples in order of the median ({part})."
        yield picture(partial(_intervals, told), caption, (7.0, 3.8), pixels=True)
    else:
        for j in range(min(told.last.P.shape[1], OUTPUTS)):
            which = f"output {j}, " if told.last.P.shape[1] > 1 else ""
            caption = f"What is left of the targets against the predictions, {which}{part} part."
            yield picture(partial(_residuals, told, j), caption, (6.4, 3.8), pixels=True)


def _confusions(told: Reported, figure: Figure, theme: str) -> None:
    P, Y = told.last.P, told.last.examples.Y
    plot_confusion(P, Y, classes=told.model.classes, ax=figure.add_subplot(), theme=theme)


def _calibration(told: Reported, figure: Figure, theme: str) -> None:
    plot_calibration(told.last.P, told.last.examples.Y, ax=figure.add_subplot(), theme=theme)


def _roc(told: Reported, figure: Figure, theme: str) -> None:
    P, Y = told.last.P, told.last.examples.Y
    plot_roc(P, Y, classes=told.model.classes, ax=figure.add_subplot(), theme=theme)


def _intervals(told: Reported, figure: Figure, theme: str) -> None:
    # Of several targets the first: an output of each level for each target, level by level.
    n = len(told.levels)
    P, Y = told.last.P[:, :n], told.last.Y[:, 0]
    plot_intervals(P, Y, levels=told.levels, ax=figure.add_subplot(), theme=theme)


def _residuals(told: Reported, output: int, figure: Figure, theme: str) -> None:
    P, Y = told.last.P[:, output], told.last.Y[:, output]
    plot_residuals(P, Y, ax=figure.add_subplot(), theme=theme)


def about_mistakes(told: Reported) -> Section:
    """Return the examples that it gets most wrong."""
    part = told.last.name
    if told.model.classes is None:
        return Section("Worst examples", (_far_off(told),))
    mistakes = told.mistakes
    if not mistakes:
        said = f"Not one of the {len(told.last.examples):,} {part} examples is taken for another."
        return Section("Worst examples", (Text(said),))
    said = f"Of the {part} part, those with the largest losses among those that are misjudged."
    if told.model.image is not None:
        return Section("Worst examples", (Text(said), _drawn(told, mistakes)))
    return Section("Worst examples", (Text(said), _listed(told, mistakes[:WORST])))


def _drawn(told: Reported, mistakes: list[Mistake]) -> Pictures:
    names, image, X = told.model.classes, told.model.image, told.last.examples.X
    assert names is not None
    assert image is not None
    return Pictures(
        tuple(
            ink(
                X[m.row : m.row + 1][0],
                image,
                f"{names[m.right]}, taken for {names[m.taken_for]}",
                1.0,
            )
            for m in mistakes
        )
    )


def _listed(told: Reported, mistakes: list[Mistake]) -> Table:
    assert told.model.classes is not None
    names = told.model.classes
    rows = tuple(
        (str(m.row), names[m.right], names[m.taken_for], f"{m.loss:.4g}", *_inputs(told, m.row))
        for m in mistakes
    )
    return Table(("row", "is", "taken for", "loss", *_columns(told)), rows)


def _far_off(told: Reported) -> Table:
    """The examples of numbers with the largest losses."""
    losses, P = told.last.report.losses, told.last.P
    Y = told.last.Y[:, :: max(len(told.levels), 1)]
    order = [] if losses is None else np.argsort(-losses, kind="stable")[:WORST].tolist()
    rows = tuple(
        (str(row), _numbers(Y[row]), _numbers(P[row]), f"{losses[row]:.4g}", *_inputs(told, row))
        for row in order
        if losses is not None
    )
    head = ("row", "is", "predicted", "loss", *_columns(told))
    return Table(head, rows, f"Of the {told.last.name} part, those with the largest losses.")


def _numbers(values: Array) -> str:
    return ", ".join(number(float(value)) for value in np.atleast_1d(values)[:6])


def _inputs(told: Reported, row: int) -> tuple[str, ...]:
    values = np.asarray(told.last.examples.X[row : row + 1])[0]
    return tuple(number(float(value)) for value in values[:COLUMNS])


def _columns(told: Reported) -> tuple[str, ...]:
    n = min(told.model.network.architecture.n_inputs, COLUMNS)
    names = told.input_names
    return tuple(f"input {j}" for j in range(n)) if names is None else names[:n]
