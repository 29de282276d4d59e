"""The command line over data that do not fit into memory, or as if they did not."""

import shutil

import numpy as np
import pytest

from pellucid.model.archive import load
from tests.data.folders import write_classes
from tests.rows import arrays

WORDS = ("--hidden", 8, "--epochs", 6, "--batch-size", 16, "--learning-rate", 0.02)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Five shards of rows, and too little memory for them."""
    folder = tmp_path / "shards"
    folder.mkdir()
    X, Y = arrays(2000)
    for i in range(5):
        np.save(folder / f"X-{i}.npy", X[400 * i : 400 * i + 400] * 7 + 3)
        np.save(folder / f"Y-{i}.npy", np.array(["no", "yes"])[Y[400 * i : 400 * i + 400]])
    monkeypatch.setattr("pellucid.data.memory.free_memory", lambda: 1000)
    return folder


def test_a_folder_of_shards_is_trained_judged_and_reported_on(cli, folder):
    done = cli("train", folder, *WORDS, "--report", "--doctor", "--json")
    assert f"{folder} has 24 kB of rows, which stay in files" in done.err
    assert done.json["test.accuracy"] > 0.95
    assert done.json["train.accuracy"] > 0.95
    assert done.json["train.examples"] + done.json["test.examples"] > 1600
    judged = cli("evaluate", done.json["run"], folder)
    assert f"test accuracy: {100 * done.json['test.accuracy']:.2f} %" in judged.out
    said = cli("predict", done.json["run"], folder, "--json").json["predictions"]
    assert len(said) == 2000  # all of them: their answers need not be known


def test_inputs_are_scaled_by_all_rows_of_the_training_part(cli, folder):
    run = cli("train", folder, *WORDS, "--json").json["run"]
    architecture = load(f"{run}/model.safetensors").architecture
    scale, shift = np.array(architecture.scale), np.array(architecture.shift)
    np.testing.assert_allclose(scale, 1 / 7, rtol=0.1)  # of normal numbers times 7 and 3 more
    np.testing.assert_allclose(shift, -3 / 7, atol=0.1)


def test_the_same_rows_are_judged_where_memory_allows(cli, folder, monkeypatch):
    """With enough of it the rows are held in memory, and the test part is the same."""
    there = cli("train", folder, *WORDS, "--json").json
    monkeypatch.setattr("pellucid.data.memory.free_memory", lambda: 1 << 40)
    here = cli("train", folder, *WORDS, "--json")
    assert "stay in files" not in here.err
    assert here.json["test.examples"] == there["test.examples"]
    judged = cli("evaluate", there["run"], folder)
    assert f"test accuracy: {100 * there['test.accuracy']:.2f} %" in judged.out


def test_a_run_goes_on_in_files_whatever_memory_there_is_now(cli, folder, monkeypatch):
    """So its parts are the ones that it began with, and its figures the same again."""
    whole = cli("train", folder, *WORDS, "--json").json
    monkeypatch.setattr("pellucid.data.memory.free_memory", lambda: 1 << 40)
    resumed = cli("train", "--resume", whole["run"], "--json")
    assert "stay in files" in resumed.err
    assert {**resumed.json, "seconds": 0} == {**whole, "seconds": 0}


SMALL = ("--hidden", 4, "--epochs", 3, "--batch-size", 4, "--seed", 3, "--output", "sigmoid")


def test_photographs_that_stay_in_files_are_trained_on_as_in_memory(cli, tmp_path, monkeypatch):
    """The same parts and, since each row is a chunk, nearly the same figures; runs go on."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_classes(tmp_path / "pets", n=30)
    here = cli("train", tmp_path / "pets", *SMALL, "--json").json
    monkeypatch.setattr("pellucid.data.memory.free_memory", lambda: 1000)
    there = cli("train", tmp_path / "pets", *SMALL, "--json", "--report")
    assert "6.3 kB, which stay in files" in there.err
    for part in ("train", "validation", "test"):
        assert there.json[f"{part}.examples"] == here[f"{part}.examples"]
    judged = cli("evaluate", there.json["run"], tmp_path / "pets")
    assert f"test accuracy: {100 * there.json['test.accuracy']:.2f} %" in judged.out
    said = cli("predict", there.json["run"], tmp_path / "pets" / "cat" / "0.png", "--json").json
    assert said["predictions"]
    monkeypatch.setattr("pellucid.data.memory.free_memory", lambda: 1 << 40)
    shutil.rmtree(tmp_path / "cache" / "pellucid" / "pictures")
    again = cli("train", "--resume", there.json["run"], "--json")
    assert "which stay in files" in again.err
    assert {**again.json, "seconds": 0, "report": 0} == {**there.json, "seconds": 0, "report": 0}
