"""A training run as the command line carries it out: data, folder, checkpoints, summary."""

import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pellucid.cli import reports
from pellucid.cli.console import tell
from pellucid.cli.data_sets import digest_of, reading_of, recorded_name
from pellucid.cli.pictures import as_recorded, asked_for, check_of_use, recorded
from pellucid.cli.progress import Progress, following
from pellucid.cli.reporting import judge, part_figures
from pellucid.cli.runs import CHECKPOINT, MODEL, new_run, read_record, run_name, sweep, write_record
from pellucid.cli.settings import examples_of, model_of, settings, validation_of
from pellucid.cli.starts import carry_out as carry_out_starts
from pellucid.data.dataset import Dataset, Part
from pellucid.data.memory import bytes_said, free_memory
from pellucid.data.reading import Reading
from pellucid.data.sources import load_data
from pellucid.errors import DivergedError, RecipeError, UnsupportedError
from pellucid.evaluation.report import Report, report
from pellucid.inspection.doctor import Doctor
from pellucid.inspection.findings import Diagnosis
from pellucid.model.archive import save as save_model
from pellucid.model.model import Model
from pellucid.model.network import Network
from pellucid.network.architecture import to_readable_json
from pellucid.plan.examples import Examples
from pellucid.plan.memory import run_memory
from pellucid.plan.plan import Plan, compile_plan
from pellucid.plan.recipe_json import to_json as recipe_to_json
from pellucid.rows import StoredRows
from pellucid.training.checkpoints import load_checkpoint
from pellucid.training.events import EpochEnded, Stepped, Stopped
from pellucid.training.history import Start
from pellucid.training.parts import hold_out
from pellucid.training.resume import go_on
from pellucid.training.run import Run
from pellucid.training.start import begin
from pellucid.training.starts import Starts

SAID = 200_000_000  # bytes from where on the memory that a run takes is said
STRETCHES = 20  # how often the bar of a terminal moves in an epoch


@dataclass
class Training:
    """A run, the data it is about and the folder it is kept in."""

    run: Run
    model: Model
    dataset: Dataset
    folder: Path
    record: dict[str, Any]  # run.json
    starts: tuple[Start, ...] = ()  # where there are several: the run is the best of them at last
    diagnosis: Diagnosis | None = None  # where a doctor has followed the run


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    figures: dict[str, Any]
    sentence: str
    interrupted: bool
    score: str  # what the scores of several starts are
    test: Report | None


def new_training(data: str, given: dict[str, Any]) -> Training:
    """Load `data` and prepare the run that the flags in `given` ask for, in a new folder."""
    if given["checkpoint_every"] is not None and given["checkpoint_every"] < 1:
        raise RecipeError(f"checkpoint-every: expected 1 or more, got {given['checkpoint_every']}.")
    reading, pictures = reading_of(given), asked_for(given)
    dataset = load_data(data, tell, reading, pictures)
    check_of_use(given, dataset)
    asked = settings(dataset, given)
    model, recipe = asked.model, asked.recipe
    if asked.said:
        tell(asked.said)
    if given["checkpoint_every"] is not None and recipe.starts > 1:
        raise RecipeError("checkpoint-every: several starts have no checkpoints; leave it out.")
    examples = examples_of(model, recipe.loss, dataset.train)
    validation = validation_of(model, recipe.loss, dataset, asked.validation, asked.own_validation)
    training, held_out = hold_out(model.network, recipe, examples, validation, dataset.holding)
    plan = compile_plan(model.network.architecture, recipe, len(training))
    say_memory(plan)
    every = _every(given["checkpoint_every"], plan)
    run = begin(
        model.network,
        recipe,
        training,
        held_out,
        engine=given["engine"] or "auto",
        threads=given["threads"],
        every=every,
    )
    folder = new_run(given["out"], given["name"] or run_name(data))
    record = {
        "data": recorded_name(data),
        "reading": reading.to_json(),
        "digest": digest_of(data),
        "validation": asked.validation,
        "own_validation": asked.own_validation,
        "checkpoint_every": given["checkpoint_every"],
        "starts": recipe.starts,
        "pictures": recorded(pictures),
        "command": reports.command(data, given),
        "architecture": to_readable_json(model.network.architecture),
        "recipe": recipe_to_json(recipe),
    }
    write_record(folder, record)
    return Training(run, model, _as_divided(dataset, run), folder, record)


def resumed_training(folder: Path, threads: int | None) -> Training:
    """Prepare to go on with the run in `folder` from its last checkpoint."""
    record = read_record(folder)
    if record["starts"] > 1:
        raise UnsupportedError(
            f"{folder} is of {record['starts']} starts, which have no checkpoints to go on from. "
            "Train anew, or one network with the seed you choose."
        )
    checkpoint = load_checkpoint(folder / CHECKPOINT)
    plan, state = checkpoint.plan, checkpoint.state
    reading, in_files = Reading.from_json(record["reading"]), state.window > 0
    dataset = load_data(  # in files as before, whatever memory is free now
        record["data"], tell, reading, as_recorded(record), in_files=in_files
    )
    sweep(folder)
    say_memory(plan)
    network = Network.from_arrays(plan.architecture, state.parameters, state.buffers)
    model = model_of(network, dataset, plan.recipe.loss)
    examples = examples_of(model, plan.recipe.loss, dataset.train)
    every = _every(record["checkpoint_every"], plan)
    share, own = record["validation"], bool(record.get("own_validation"))
    judged_by = validation_of(model, plan.recipe.loss, dataset, share, own)
    holding = dataset.holding
    run = go_on(checkpoint, examples, judged_by, threads=threads, every=every, holding=holding)
    model = model_of(run.network, dataset, plan.recipe.loss)
    return Training(run, model, _as_divided(dataset, run), folder, record)


def _as_divided(dataset: Dataset, run: Run) -> Dataset:
    """The data set with the training part that the run has, lest the whole stays in memory too."""
    return replace(dataset, train=Part(run.examples.X, run.examples.Y))


def say_memory(plan: Plan) -> None:
    """Say what a large run will take, and whether that is there."""
    needed, free = run_memory(plan), free_memory()
    if needed < SAID:
        return
    short = "" if free is None or needed <= free else f", of which {bytes_said(free)} are free"
    size = plan.dtype.itemsize
    tell(
        f"{plan.n_parameters:,} parameters of {size} bytes, with the copies that a run keeps and "
        f"its batches: about {bytes_said(needed)}{short}"
    )


def carry_out(
    training: Training, *, with_doctor: bool = False, with_report: bool = False
) -> Outcome:
    """Train to the end, with checkpoints and progress; save the model; judge it; report on it."""
    interrupted, several = False, training.run.plan.recipe.starts > 1
    if several and with_doctor:
        raise RecipeError(
            "doctor: expected one start, whose run it can follow. Leave it out, and look "
            "afterwards with: pellucid inspect RUN --doctor DATA"
        )
    try:
        stopped = _follow_starts(training) if several else _follow(training, with_doctor)
    except KeyboardInterrupt:
        interrupted = True
        stopped = _interrupted(training)
    save_model(training.model, training.folder / MODEL)
    if stopped.reason == "diverged":
        if with_report:
            _report(training, stopped)
        raise DivergedError(f"{stopped.sentence}. Those weights are in {training.folder}.")
    dataset, metrics = training.dataset, training.run.plan.recipe.metrics
    test = None if dataset.test is None else judge(training.model, dataset, metrics)
    figures = _figures(training, stopped, test)
    write_record(training.folder, training.record | {"results": figures})
    if with_report:
        figures["report"] = str(_report(training, stopped))
    return Outcome(figures, stopped.sentence, interrupted, training.run.score, test)


def _report(training: Training, stopped: Stopped) -> Path:
    """Write the report of a run, also of one that diverged or was interrupted."""
    model, test = training.model, training.dataset.test
    return reports.write(
        training.run,
        model,
        training.folder,
        stopped=stopped,
        source=training.dataset.source,
        trained_by=training.record.get("command", ""),
        test=None if test is None else examples_of(model, model.loss, test),
        starts=training.starts,
        diagnosis=training.diagnosis,
    )


def _interrupted(training: Training) -> Stopped:
    """Keep what there is, and say how to go on."""
    run = training.run
    if run.plan.recipe.starts > 1:
        tell("interrupted; the best start so far is kept, there is no checkpoint to go on from")
    else:
        run.save(training.folder / CHECKPOINT)
        tell(f"interrupted; go on with: pellucid train --resume {training.folder}")
    return Stopped("asked", f"interrupted after {run.state.step} of {run.plan.total_steps} steps")


def _follow(training: Training, with_doctor: bool) -> Stopped:
    """Iterate over the run: first the checkpoint, then the word of it."""
    run, checkpoint = training.run, training.folder / CHECKPOINT
    doctor = Doctor(run) if with_doctor else None
    every = training.record["checkpoint_every"]
    run.save(checkpoint)
    state = run.state
    progress = Progress(run.plan, run.score, len(run.validation or ()), state.step, state.seconds)
    with following(progress):
        for event in run:
            found = () if doctor is None else doctor.see(event)
            match event:
                case Stepped(step=step, epoch=epoch, costs=costs):
                    if every is not None and step % every == 0:
                        run.save(checkpoint)
                        progress.note(f"checkpoint at step {step}")
                    progress.steps(step, epoch, float(costs[-1]))
                case EpochEnded(record=record, is_best=is_best):
                    run.save(checkpoint)
                    progress.epoch(record, is_best)
            for finding in found:
                tell(str(finding))
    assert isinstance(event, Stopped), "a run ends with it"
    training.diagnosis = None if doctor is None else doctor.diagnosis
    return event


def _follow_starts(training: Training) -> Stopped:
    """Train several networks; the best one becomes the run's, also after Ctrl-C."""
    starts, engine = Starts(training.run), training.run.engine
    try:
        history = carry_out_starts(starts)
        training.starts = history.starts
        return Stopped(history.reason, history.sentence)
    finally:
        kept = starts.best
        kept.engine = engine  # which says why it was chosen
        training.run, training.model = kept, replace(training.model, network=kept.network)


def _every(checkpoint_every: int | None, plan: Plan) -> int | str:
    """How often the run is to say something."""
    if checkpoint_every is not None:
        return int(checkpoint_every)
    if not sys.stderr.isatty():
        return "epoch"
    return max(plan.steps_per_epoch // STRETCHES, 1)


def _figures(training: Training, stopped: Stopped, test: Report | None) -> dict[str, Any]:
    """The run in numbers, by names such as test.accuracy."""
    run, model, starts = training.run, training.model, training.starts
    metrics = run.plan.recipe.metrics
    figures: dict[str, Any] = {
        "data": training.record["data"],
        "run": str(training.folder),
        "model": str(training.folder / MODEL),
        "engine": run.engine,
        "stopped": stopped.reason,
        "epochs": len(run.state.history),
        "steps": run.state.step,
        "seconds": run.state.seconds,
    }
    if run.history.best_epoch is not None:
        figures["best_epoch"] = run.history.best_epoch
    parts: list[tuple[str, Examples | None]] = [
        ("train", run.examples),
        ("validation", run.validation),
    ]
    for part, examples in parts:
        if examples is not None and isinstance(examples.X, StoredRows):
            cost, score = run.cost(examples)  # lest there are predictions for all of them
            figures[f"{part}.examples"] = len(examples)
            figures |= {f"{part}.cost": cost, f"{part}.{run.score}": score}
        elif examples is not None:
            classes, scaling = model.classes is not None, model.scaling
            judged = report(model.network, examples, model.loss, classes, metrics, scaling)
            figures |= part_figures(judged, part)
    figures |= {} if test is None else part_figures(test, "test")
    if training.diagnosis is not None:
        figures["doctor"] = training.diagnosis.as_dict()
    return figures | ({"starts": [asdict(start) for start in starts]} if starts else {})
