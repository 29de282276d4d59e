import json
import signal

import numpy as np
import pytest

from pellucid.model.archive import load

WORDS = ["train", "digits", "--epochs", 4, "--hidden", 10, "--starts", 3, "--seed", 5]
ENTRIES = {"seed", "judged", "cost", "score", "epochs", "reason", "seconds", "kept"}


def test_the_best_of_several_is_kept_and_all_are_told(cli, tmp_path):
    found = cli(*WORDS, "--json").json
    starts = found["starts"]
    assert [entry["seed"] for entry in starts] == [5, 6, 7]
    assert all(set(entry) == ENTRIES for entry in starts)
    (kept,) = [entry for entry in starts if entry["kept"]]
    assert kept["cost"] == min(entry["cost"] for entry in starts)
    assert found["validation.cost"] == pytest.approx(kept["cost"], rel=1e-6)
    assert found["validation.accuracy"] == kept["score"]
    assert (found["epochs"], found["steps"]) == (4, 4 * 41)
    again = json.loads((tmp_path / found["run"] / "run.json").read_text())
    assert again["results"] == found
    assert again["starts"] == 3
    model = tmp_path / found["model"]
    assert sorted(path.name for path in model.parent.iterdir()) == ["model.safetensors", "run.json"]
    assert cli("evaluate", found["run"], "digits", "--json").json["test.cost"] == found["test.cost"]


def test_a_start_is_the_run_of_its_seed(cli, tmp_path):
    """With the validation part of the first one."""
    found = cli(*WORDS, "--validation", 0, "--json").json
    (kept,) = [entry for entry in found["starts"] if entry["kept"]]
    words = ["--epochs", 4, "--hidden", 10, "--seed", kept["seed"], "--validation", 0, "--json"]
    alone = cli("train", "digits", *words).json
    vectors = [load(tmp_path / run["model"]).parameters for run in (found, alone)]
    assert np.array_equal(*vectors)
    assert alone["train.cost"] == found["train.cost"]


def test_for_people_there_are_lines_as_they_end_and_a_list(cli):
    done = cli(*WORDS)
    heading, *lines = [line for line in done.err.splitlines() if line.startswith("   ")]
    assert "3 networks, from seed 5 on; there are no checkpoints" in done.err
    assert heading.split() == ["over", "seed", "epochs", "cost", "validation", "accuracy", "time"]
    assert [line.split()[0] for line in lines] == ["1/3", "2/3", "3/3"]
    assert {line.split()[1] for line in lines} == {"5", "6", "7"}
    assert done.out.count(", kept") == 1
    for seed in (5, 6, 7):
        assert f" seed {seed}: cost " in done.out
    assert max(map(len, [*done.out.splitlines(), *done.err.splitlines()])) <= 80


def test_a_run_of_several_is_not_resumed(cli):
    run = cli(*WORDS, "--json").json["run"]
    done = cli("train", "--resume", run)
    assert (done.code, done.out) == (2, "")
    assert f"{run} is of 3 starts, which have no checkpoints to go on from" in done.err


def test_checkpoints_of_several_are_refused(cli, tmp_path):
    done = cli(*WORDS, "--checkpoint-every", 5)
    assert done.code == 2
    assert "several starts have no checkpoints" in done.err
    assert list(tmp_path.iterdir()) == []
    assert cli("train", "digits", "--starts", 0).code == 2


def test_where_all_diverge_it_is_said(cli, tables):
    words = ["numbers.npz", "--optimizer", "sgd", "--learning-rate", 1e30, "--starts", 2]
    done = cli("train", *words)
    assert (done.code, done.out) == (1, "")
    assert done.err.count("  diverged") == 2
    assert "each of 2 starts: diverged at step " in done.err.splitlines()[-1]


def test_ctrl_c_keeps_the_best_so_far(program, tmp_path):
    words = ["train", "digits", "--hidden", 30, "--epochs", 12, "--threads", 1, "--starts", 500]
    process = program(*words, "--engine", "reference", "--json")
    for line in process.stderr:
        if line.split()[0] == "2/500":
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "the best start so far is kept, there is no checkpoint to go on from" in err
    assert "Traceback" not in err
    found = json.loads(out)
    assert found["stopped"] == "asked"
    assert 41 < found["steps"] <= 12 * 41  # not of one that had hardly begun
    assert np.isfinite(load(tmp_path / found["model"]).parameters).all()
