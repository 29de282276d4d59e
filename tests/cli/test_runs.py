import json

import pytest

from pellucid import DataError, FileError, ModelFileError
from pellucid.cli.runs import (
    model_path,
    new_run,
    read_record,
    record_of,
    run_name,
    sweep,
    write_record,
)

RECORD = {"data": "digits", "validation": 0.1, "checkpoint_every": None, "starts": 1, "reading": {}}


def test_runs_are_numbered_and_never_taken_twice(tmp_path):
    made = [new_run(tmp_path / "deep" / "runs", "a") for _ in range(3)]
    assert [folder.name for folder in made] == ["a-1", "a-2", "a-3"]
    assert new_run(tmp_path / "deep" / "runs", "b").name == "b-1"


def test_also_a_file_is_not_taken(tmp_path):
    (tmp_path / "a-1").write_text("precious")
    assert new_run(tmp_path, "a").name == "a-2"
    assert (tmp_path / "a-1").read_text() == "precious"


def test_a_place_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="name another folder"):
        new_run(tmp_path / "file" / "runs", "a")
    with pytest.raises(FileError, match="--out"):
        new_run(tmp_path, "no/such/folder")


def test_a_record_comes_back(tmp_path):
    write_record(tmp_path, RECORD | {"umlaut": "ä"})
    assert read_record(tmp_path) == RECORD | {"umlaut": "ä"}
    assert "ä" in (tmp_path / "run.json").read_text(encoding="utf-8")


def test_runs_of_before_there_were_tables_can_be_read(tmp_path):
    write_record(tmp_path, {name: RECORD[name] for name in RECORD if name != "reading"})
    assert read_record(tmp_path) == RECORD
    assert record_of(tmp_path) == RECORD
    assert record_of(tmp_path / "model.safetensors") == {}


def test_what_is_no_number_is_null(tmp_path):
    """A metric may be undefined; JSON has no word for that."""
    write_record(tmp_path, RECORD | {"results": {"test.roc_auc": float("nan")}})
    assert read_record(tmp_path)["results"] == {"test.roc_auc": None}
    assert "NaN" not in (tmp_path / "run.json").read_text()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"3", b"null", b"{}", b'{"data": 1}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_damaged_record_is_one_clear_error(tmp_path, content):
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"run.json is damaged.*Train anew"):
        read_record(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"data": 3},
        {"validation": "x"},
        {"validation": 7},
        {"checkpoint_every": "often"},
        {"checkpoint_every": 0},
        {"starts": 0},
        {"starts": True},
    ],
)
def test_a_record_with_entries_of_another_kind_is_damaged(tmp_path, change):
    (tmp_path / "run.json").write_text(json.dumps(RECORD | change))
    with pytest.raises(ModelFileError, match=r"run.json is damaged"):
        read_record(tmp_path)


def test_what_is_no_run_is_said_to_be_none(tmp_path):
    with pytest.raises(FileError, match="is no run: expected a folder with run.json"):
        read_record(tmp_path / "none")
    with pytest.raises(FileError, match="cannot read"):
        read_record(tmp_path)


def test_a_model_is_named_by_its_file_or_its_run(tmp_path):
    assert model_path(tmp_path / "a.safetensors") == tmp_path / "a.safetensors"
    with pytest.raises(DataError, match=r"pellucid train --resume"):
        model_path(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert model_path(tmp_path) == tmp_path / "model.safetensors"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("mnist", "mnist"),
        ("houses.npz", "houses"),
        ("/a/b/My data (1).npz", "My-data--1-"),
        ("/a/folder/", "folder"),
        ("/", "run"),
    ],
)
def test_runs_are_called_after_the_data(data, name):
    assert run_name(data) == name


def test_what_a_killed_write_left_behind_is_swept(tmp_path):
    """Only temporary files of checkpoints and models go."""
    left = tmp_path / ".checkpoint.safetensors.17-abcdef01"
    kept = [tmp_path / "checkpoint.safetensors", tmp_path / ".notes"]
    for path in (left, *kept):
        path.write_bytes(b"x")
    sweep(tmp_path)
    assert [left.exists(), *(path.exists() for path in kept)] == [False, True, True]
