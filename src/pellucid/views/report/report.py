"""The report of a run: one file of HTML that can be read anywhere, and says all there is to say."""

from pathlib import Path

import numpy.typing as npt

from pellucid.errors import RecipeError
from pellucid.evaluation.report import report as judge
from pellucid.files import write_atomically
from pellucid.inspection.doctor import examine
from pellucid.inspection.findings import Diagnosis
from pellucid.model.model import Model
from pellucid.network.architecture import Architecture
from pellucid.plan.examples import Examples, as_examples
from pellucid.training.history import History
from pellucid.training.run import Run
from pellucid.views.report.data import about_data
from pellucid.views.report.inside import about_health, about_inside, about_one_example
from pellucid.views.report.page import Page, html
from pellucid.views.report.reported import (
    Judged,
    Reported,
    as_given,
    codes,
    duration,
    number,
    shown,
)
from pellucid.views.report.reproducing import about_reproducing
from pellucid.views.report.results import about_mistakes, about_results
from pellucid.views.report.training import about_network, about_training


def write_report(
    path: str | Path,
    run: Run,
    *,
    test: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    model: Model | None = None,
    name: str = "A run",
    source: str = "",
    command: str = "",
    history: History | None = None,
    diagnosis: Diagnosis | None = None,
) -> Path:
    """Write a page about a run that is over: data, network, curves, mistakes, how to repeat it.

    One file of HTML with its pictures in it, for light and dark; it needs no network and no script.

    Parameters
    ----------
    path : str or Path
        Where to, such as "report.html". Written whole or not at all.
    run : Run
        As ``pellucid.start`` makes it, carried out.
    test : (X, Y), optional
        Examples that the run has not seen. Without them the validation part, or else the training
        part, is what the network is judged by.
    model : Model, optional
        Says the names of classes and how pictures are laid out.
    name, source, command : str
        The title, a sentence about where the data come from, and what trains it again.
    history : History, optional
        By default the run's; of several starts, what ``train`` returned.
    diagnosis : Diagnosis, optional
        By default the doctor examines the network now.

    Returns
    -------
    Path

    Raises
    ------
    RecipeError
        The run has not begun.
    DataError
        Test data that do not fit the network.
    FileError

    Examples
    --------
    >>> import tempfile, pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(3, "tanh"), pel.Dense(2, "softmax")])
    >>> run = pel.start(network, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], epochs=2)
    >>> events = list(run)
    >>> path = write_report(tempfile.mkdtemp() + "/xor.html", run, name="XOR")
    >>> path.read_text(encoding="utf-8")[:15]
    '<!doctype html>'
    """
    history = run.history if history is None else history
    if run.state.step == 0 and not history.reason:
        raise RecipeError(
            "run: expected one that has been carried out, got one that has not begun. Iterate "
            "over it first: for event in run: ..."
        )
    model = _named(run) if model is None else model
    tested = None if test is None else as_examples(run.plan.architecture, _loss(run), *test)
    parts = _judged(run, model, tested)
    found = _diagnosis(run) if diagnosis is None else diagnosis
    told = Reported(run, history, model, parts, found, name, source, command)
    write_atomically(Path(path), html(page_of(told)).encode())
    return Path(path)


def page_of(told: Reported) -> Page:
    """Return the whole page as data."""
    sections = (
        about_data(told),
        about_network(told),
        about_training(told),
        about_results(told),
        about_mistakes(told),
        about_health(told),
        about_inside(told),
        about_one_example(told),
        about_reproducing(told),
    )
    return Page(told.name, _lead(told), _tiles(told), sections, _foot(told))


def _named(run: Run) -> Model:
    """The network with numbers for the names of its classes, where it tells classes apart."""
    loss, Y = _loss(run), run.examples.Y
    output = run.plan.architecture.layers[-1].activation
    n = run.plan.architecture.n_outputs
    bits = output == "sigmoid" and n == 1 and bool(((Y == 0) | (Y == 1)).all())
    if output != "softmax" and not bits:
        return Model(run.network, loss=loss)
    return Model(run.network, tuple(str(k) for k in range(max(n, 2))), loss=loss)


def _loss(run: Run) -> str:
    return run.plan.recipe.loss


def _judged(run: Run, model: Model, test: Examples | None) -> tuple[Judged, ...]:
    """Every part there is, with what the network makes of it."""
    parts = {"training": run.examples, "validation": run.validation, "test": test}
    recipe, classes = run.plan.recipe, model.classes is not None
    return tuple(
        Judged(
            name,
            part,
            judge(model.network, part, recipe.loss, classes, recipe.metrics, model.scaling),
            model.scaling,
        )
        for name, part in parts.items()
        if part is not None
    )


def _diagnosis(run: Run) -> Diagnosis:
    X, Y, weights = as_given(run.examples, _loss(run))
    return examine(
        run.network,
        X,
        Y,
        validation=_held_out(run),
        history=run.history,
        recipe=run.plan.recipe,
        sample_weight=weights,
    )


def _held_out(run: Run) -> tuple[npt.ArrayLike, ...] | None:
    if run.validation is None:
        return None
    given = as_given(run.validation, _loss(run))
    return tuple(array for array in given if array is not None)


def _lead(told: Reported) -> str:
    """The page in two sentences: how good, and why it ended."""
    judged, part = told.last.report, told.last.name
    if "accuracy" in judged.scores:
        P, Y = told.last.P, told.last.examples.Y
        right = int((codes(P) == codes(Y)).sum())
        good = f"{right:,} of {judged.n:,} {part} examples are right."
    else:
        scores = {} if told.levels else judged.scores
        name, score = next(iter(scores.items()), ("cost", judged.cost))
        good = f"{name.replace('_', ' ')} over {judged.n:,} {part} examples: {shown(name, score)}."
    return f"{_sentence(good)} {_sentence(told.history.sentence)}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tiles(told: Reported) -> tuple[tuple[str, str], ...]:
    judged, part = told.last.report, told.last.name
    scores = [(shown(k, v), f"{part} {k}".replace("_", " ")) for k, v in judged.scores.items()]
    epochs = len(told.history.epochs)
    return (
        *scores[:3],
        ("–" if judged.cost is None else number(judged.cost), f"{part} cost"),
        (_sizes(told.run.plan.architecture), "neurons, layer by layer"),
        (f"{told.model.network.n_parameters:,}", "weights and biases"),
        (f"{epochs:,}", "epoch" if epochs == 1 else "epochs"),
        (duration(told.run.state.seconds), "training and judging"),
    )


def _sizes(architecture: Architecture) -> str:
    return "-".join(str(architecture.units(l)) for l in range(architecture.n_layers + 1))


def _foot(told: Reported) -> str:
    return f"Written by Pellucid with {told.run.engine}."
