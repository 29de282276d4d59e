"""The first minutes: a network that calls a 7 an 8 learns to read."""

import shutil
from pathlib import Path
from typing import Any

from pellucid.arrays import Array
from pellucid.cli.console import say, tell
from pellucid.cli.drawing import bars, beside, picture
from pellucid.cli.reporting import show
from pellucid.cli.reports import NEEDS, REPORT, missing
from pellucid.cli.training import Training, carry_out, new_training
from pellucid.data.images import write_picture
from pellucid.data.sources import load_data
from pellucid.errors import DownloadError
from pellucid.model.model import Model

DIGIT = 0  # the test digit that is shown before and after: in MNIST it is a 7
# By the data; seed 22 is one with whose random weights a network calls MNIST's first 7 an 8.
SETTINGS: dict[str, dict[str, Any]] = {
    "mnist": {"hidden": "100", "epochs": 5, "seed": 22},
    "digits": {"hidden": "100", "epochs": 30, "seed": 2},
}


def first_minutes(seed: int | None = None) -> None:
    """Fetch handwritten digits, train a network on them, and show what it has learnt."""
    training = prepared(seed)
    model, dataset = training.model, training.dataset
    assert dataset.test is not None
    assert model.classes is not None
    X, Y = dataset.test.X, dataset.test.Y
    _introduce(training)
    say(f"A test digit that the network will not learn from, a {model.classes[int(Y[DIGIT])]}.")
    say("The network has random weights so far, and takes it for:")
    say()
    _show_guess(model, X[DIGIT])
    say()
    outcome = carry_out(training, with_report=not missing())
    assert outcome.test is not None
    say()
    say("The same digit again:")
    say()
    _show_guess(model, X[DIGIT])
    say()
    say("All test digits:")
    show(outcome.test, model, dataset, "test")
    _what_next(training, X[DIGIT])


def prepared(seed: int | None = None) -> Training:
    """Return the training of a tour, on MNIST or, where it cannot be had, on the small digits."""
    name = _digits()
    return new_training(name, _options(SETTINGS[name] | ({} if seed is None else {"seed": seed})))


def _digits() -> str:
    """MNIST, or the small digits where it cannot be had."""
    try:
        load_data("mnist", tell)
    except DownloadError as problem:
        tell(f"{problem}")
        tell("Going on with the 8 × 8 digits that scikit-learn carries.")
        return "digits"
    return "mnist"


def _options(chosen: dict[str, Any]) -> dict[str, Any]:
    """The flags of ``pellucid train``, of which only some are given."""
    names = ["checkpoint_every", "engine", "threads", "name", "config"]
    return dict.fromkeys(names) | {"out": Path("runs")} | chosen


def _introduce(training: Training) -> None:
    run, architecture = training.run, training.model.network.architecture
    sizes = "-".join(str(architecture.units(l)) for l in range(architecture.n_layers + 1))
    say(f"A network of {sizes} neurons: {run.plan.n_parameters:,} weights and biases.")
    say(
        f"{len(run.examples):,} digits to learn from, {len(run.validation or ()):,} to judge each "
        f"epoch by, {len(training.dataset.test or ()):,} to test with."
    )
    say(f"Engine: {run.engine}.")
    say()


def _show_guess(model: Model, row: Array) -> None:
    assert model.image is not None
    assert model.classes is not None
    outputs = model.network.predict(row[None, :])[0]
    answer = model.answers(row[None, :])[0]
    lines = [f"“{answer.text}”", "", *bars(outputs, model.classes)]
    say(beside(picture(row, model.image), lines))


def _what_next(training: Training, row: Array) -> None:
    assert training.model.image is not None
    folder = training.folder
    write_picture(row, training.model.image, folder / "my-digit.png")
    pellucid = "pellucid" if shutil.which("pellucid") else ".venv/bin/pellucid"
    data = training.record["data"]
    say()
    if missing():
        say(f"With {' and '.join(NEEDS.values())} there would also be a report of it:")
        say("  pip install 'pellucid[figures]'")
    else:
        say(f"Everything about it, with pictures: open {folder / REPORT} in a browser.")
    say(f"The run is saved in {folder}. Three commands to try next:")
    say(f"  {pellucid} predict {folder} {folder}/my-digit.png")
    say(f"  {pellucid} evaluate {folder} {data}")
    say(f"  {pellucid} train {data} --hidden 300 --dropout 0.2 --epochs 10")
