"""``pellucid train --report``: the page, where it is, and the command that repeats the run."""

import json
import shlex
import sys

import pytest

from pellucid.cli.reports import check_report, command, missing
from pellucid.errors import UnsupportedError
from tests.views.report.reading import Read, is_offline


def report_of(run):
    return Read((run / "report.html").read_text(encoding="utf-8"))


def test_a_report_says_what_the_summary_says(cli, tmp_path):
    done = cli("train", "digits", "--epochs", 3, "--report", "--json")
    read = report_of(tmp_path / "runs" / "digits-1")
    assert done.json["report"] == "runs/digits-1/report.html"
    assert is_offline(read)
    assert f"{100 * done.json['test.accuracy']:.2f} %" in read.cells
    assert read.titles[0] == "digits-1"


def test_without_the_flag_there_is_none(cli, tmp_path):
    done = cli("train", "digits", "--epochs", 1, "--json")
    assert "report" not in done.json
    assert not (tmp_path / "runs" / "digits-1" / "report.html").exists()


def test_the_command_it_shows_trains_the_same(cli, tmp_path):
    cli(
        "train", "digits", "--hidden", "8", "--epochs", 2, "--metric", "f1", "--seed", 5, "--report"
    )
    words = json.loads((tmp_path / "runs/digits-1/run.json").read_text())["command"]
    assert words in report_of(tmp_path / "runs" / "digits-1").text
    cli(*shlex.split(words)[1:])
    one, other = (tmp_path / "runs" / f"digits-{k}" / "model.safetensors" for k in (1, 2))
    assert one.read_bytes() == other.read_bytes()


def test_starts_and_resumed_runs_have_reports_too(cli, tmp_path):
    cli("train", "digits", "--epochs", 1, "--hidden", "8", "--starts", 2, "--report")
    assert report_of(tmp_path / "runs" / "digits-1").cells.count("kept") == 1
    cli("train", "digits", "--epochs", 1, "--hidden", "8")
    done = cli("train", "--resume", "runs/digits-2", "--report")
    assert "runs/digits-2/report.html" in done.out
    assert "pellucid train digits" in report_of(tmp_path / "runs" / "digits-2").text


def test_what_diverged_is_reported_with_the_cure(cli, tmp_path, tables):
    done = cli(
        *(
            "train",
            tables / "numbers.npz",
            "--optimizer",
            "sgd",
            "--learning-rate",
            "1e3",
            "--report",
        ),
        *("--epochs", 5, "--name", "wild"),
    )
    assert done.code == 1
    read = report_of(tmp_path / "runs" / "wild-1")
    assert "Diverged" in read.text
    assert "rate too high" in read.text


def test_the_doctor_that_followed_is_the_one_that_is_told_of(cli, tmp_path):
    done = cli(
        *("train", "digits", "--init", "zeros", "--epochs", 2, "--doctor", "--report", "--json")
    )
    faults = [finding["fault"] for finding in done.json["doctor"]["findings"]]
    assert faults
    read = report_of(tmp_path / "runs" / "digits-1")
    assert all(fault in read.text for fault in faults)


def test_intervals_are_reported_by_their_test_part(cli, tmp_path, tables):
    words = ("--loss", "quantile:0.1,0.5,0.9", "--epochs", 2, "--name", "spread", "--report")
    assert cli("train", tables / "numbers.npz", *words).code == 0
    assert (
        "came, examples in order of the median (test)" in report_of(tmp_path / "runs/spread-1").text
    )


def test_what_is_not_installed_is_named_before_anything_is_trained(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)  # Python's way to say: not to be had
    assert missing() == ["Jinja2"]
    with pytest.raises(UnsupportedError, match="need Jinja2, not installed here"):
        check_report()
    done = cli("train", "digits", "--report")
    assert done.code == 2
    assert "pip install 'pellucid[figures]'" in done.err
    assert not (tmp_path / "runs").exists()


def test_a_command_is_the_flags_that_were_given():
    given = {"hidden": "8", "batch_size": None, "metric": ["f1", "r2"], "out": "x", "threads": 1}
    assert command("my data.npz", given) == "pellucid train 'my data.npz' --hidden 8 --metric f1,r2"
