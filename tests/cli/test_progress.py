import os
import pty
import re

import pytest

from pellucid import Dense
from pellucid.cli.progress import Progress, following, heading
from pellucid.equations.metrics import METRICS
from pellucid.network.architecture import Architecture
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import EpochRecord


def plan(epochs=3, n_examples=96, **entries):
    architecture = Architecture(2, (Dense(3, "softmax"),))
    return compile_plan(architecture, Recipe(epochs=epochs, **entries), n_examples)


def record(epoch, cost=0.5, score=0.75, seconds=1.0, metrics=()):
    return EpochRecord(epoch, 3 * epoch, cost, cost, score, 0.1, seconds, cost, metrics)


def shown(capsys, progress, *records):
    with following(progress):
        for entry in records:
            progress.epoch(entry, False)
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_where_there_is_no_terminal_each_epoch_is_a_line(capsys):
    lines = shown(capsys, Progress(plan(), "accuracy", 9, 0, 0.0), record(1), record(2, seconds=2))
    assert lines[0].split() == ["epoch", "cost", "validation", "accuracy", "examples/s", "left"]
    assert lines[1].split() == ["1/3", "0.50000", "0.50000", "75.00", "%", "96", "0:02"]
    assert lines[2].split()[-1] == "0:01"
    assert len({len(line) for line in lines}) == 1


def test_without_validation_there_are_no_columns_for_it(capsys):
    lines = shown(capsys, Progress(plan(), "r2", 0, 0, 0.0), record(1))
    assert lines[0].split() == ["epoch", "cost", "examples/s", "left"]
    assert lines[1].split() == ["1/3", "0.50000", "96", "0:02"]


def test_what_is_monitored_has_its_column(capsys):
    progress = Progress(plan(metrics=("f1",), monitor="roc_auc"), "accuracy", 9, 0, 0.0)
    lines = shown(capsys, progress, record(1, metrics=(0.125, 0.25)))
    assert lines[0].split()[3:5] == ["accuracy", "roc_auc"]
    assert lines[1].split()[3:6] == ["75.00", "%", "0.25000"]
    assert len(lines[0]) == len(lines[1]) <= 78
    same = Progress(plan(monitor="accuracy"), "accuracy", 9, 0, 0.0)
    assert shown(capsys, same, record(1, metrics=(0.75,)))[0].count("accuracy") == 1


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_fits_its_column(metric):
    assert len(heading(metric)) < 11


def test_numbers_however_large_keep_to_their_columns(capsys):
    progress = Progress(plan(), "r2", 9, 0, 0.0)
    lines = shown(capsys, progress, record(1, 1.7e30, -1e9), record(2, -5e12, -1e300))
    assert lines[1].split()[1:4] == ["1.700e+30", "1.700e+30", "-1.000e+09"]
    assert len({len(line) for line in lines}) == 1


def test_the_best_epoch_is_marked(capsys):
    progress = Progress(plan(), "accuracy", 9, 0, 0.0)
    progress.epoch(record(1), True)
    assert capsys.readouterr().err.endswith(" *\n")


def test_many_epochs_give_a_hundred_lines_and_the_last_one(capsys):
    progress = Progress(plan(epochs=1050), "accuracy", 0, 0, 0.0)
    records = [record(epoch, seconds=float(epoch)) for epoch in range(1, 1051)]
    lines = shown(capsys, progress, *records)
    assert 100 <= len(lines) <= 110
    assert lines[-1].split()[0] == "1050/1050"


@pytest.mark.parametrize(("seconds", "left"), [(1, "0:02"), (59, "1:58"), (3599, "1:59:58")])
def test_what_is_left_is_told_as_a_clock(capsys, seconds, left):
    progress = Progress(plan(), "accuracy", 0, 0, 0.0)
    progress.epoch(record(1, seconds=float(seconds)), False)
    assert capsys.readouterr().err.split()[-1] == left


def test_no_more_is_left_than_the_time_that_is_left(capsys):
    progress = Progress(plan(epochs=100, seconds=20), "accuracy", 0, 0, 0.0)
    progress.epoch(record(1, seconds=9.0), False)
    assert capsys.readouterr().err.split()[-1] == "0:11"


def test_a_resumed_run_is_measured_from_where_it_begins(capsys):
    progress = Progress(plan(), "accuracy", 0, 3, 100.0)
    progress.epoch(record(2, seconds=101.0), False)
    assert capsys.readouterr().err.split()[2] == "96"


def test_notes_are_lines_where_there_is_no_bar(capsys):
    Progress(plan(), "accuracy", 0, 0, 0.0).note("checkpoint at step 7")
    assert capsys.readouterr().err == "checkpoint at step 7\n"


def in_terminal(program, *words, columns=80):
    """Run a command in a real pseudo-terminal and return all that it wrote there."""
    ours, theirs = pty.openpty()
    os.set_blocking(ours, True)
    size = f"stty rows 24 cols {columns} < {os.ttyname(theirs)}"
    assert os.system(size) == 0
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    process = program(*words, **streams, env={"TERM": "xterm", "COLUMNS": str(columns)})
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return written.decode()


def test_in_a_terminal_a_bar_moves_and_goes_away(program):
    words = ["train", "digits", "--epochs", "8", "--engine", "reference", "--hidden", "300"]
    text = in_terminal(program, *words)
    assert re.search(r"epoch \d .*━.*cost \d+\.\d+ .*left", text)
    assert "\x1b[?25l" in text  # the cursor is hidden,
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # and comes back
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    drawn = [part for line in plain.split("\n") for part in line.split("\r")]
    assert max(map(len, drawn)) <= 80
    lines = [line.split("\r")[-2] if line.endswith("\r") else line for line in plain.split("\n")]
    assert [line.split()[0] for line in lines if re.match(r" +\d/8 ", line)] == [
        f"{epoch}/8" for epoch in range(1, 9)
    ]
    assert "test accuracy:" in plain
