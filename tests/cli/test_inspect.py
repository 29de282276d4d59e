"""``pellucid inspect``: a model looked at from the command line."""

import json
import shutil

import pytest

import pellucid as pel
from pellucid.data.sources import load_data
from pellucid.inspection.layouts import WIDTH
from pellucid.model.archive import load_model


@pytest.fixture
def run(cli):
    return cli(
        *("train", "digits", "--hidden", "6", "--epochs", "2", "--batch-size", "16"),
        *("--optimizer", "sgd", "--learning-rate", "0.5", "--json"),
    ).json["run"]


def test_without_an_option_it_shows_layers_and_shapes(cli, run):
    done = cli("inspect", run)
    assert done.code == 0
    assert done.out.startswith("Network(64, [Dense(6, 'relu'), Dense(10, 'softmax')]")
    assert "460 parameters in float32, loss cross_entropy" in done.out
    assert "(n × 64)(64 × 6) + (6) = (n × 6)" in done.out
    assert "all shapes fit" in done.out
    data = cli("inspect", run, "--json").json
    assert data["summary"]["parameters"] == 460
    assert data["summary"]["dimensions"]["holds"] is True


def test_a_walk_is_with_the_row_and_the_recipe_of_the_run(cli, run):
    done = cli("inspect", run, "--walk", "digits", "--row", "7", "--json")
    walk = done.json["walk"]
    assert (walk["row"], walk["part"]) == (7, "test")
    model = load_model(f"{run}/model.safetensors")
    test = load_data("digits").test
    rows = slice(7, 7 + 16)  # the run's batch size
    trace = pel.trace(model.network, test.X[rows], test.Y[rows], precision="float64")
    assert walk["batch_cost"] == pytest.approx(trace.cost, rel=1e-12)
    assert walk["cost"] == pytest.approx(trace.losses[0], rel=1e-12)
    said = {line["parts"][0]: line for line in reversed(walk["lines"])}  # the first of a name
    assert said["C"]["value"] == walk["cost"]
    steps = [line for line in walk["lines"] if line["parts"][0] == "Δw"]
    new = [line for line in walk["lines"] if line["parts"][0] == "new w"]
    assert len(steps) == len(new) > 4
    derivatives = [line for line in walk["lines"] if line["parts"][0].startswith("∂C/∂w")]
    for derivative, step in zip(derivatives, steps, strict=True):  # by the run's rate
        assert step["value"] == pytest.approx(-0.5 * derivative["value"], rel=1e-9, abs=1e-16)
    text = cli("inspect", run, "--walk", "digits", "--row", "7").out
    lines = text.splitlines()
    assert lines[0].startswith("Row 7 of digits (test part), ")
    assert "taken for" in lines[0]
    assert "The batch: 16 examples" in text
    assert len(lines) <= 66
    assert max(map(len, lines)) <= WIDTH


def test_a_walk_of_a_model_file_needs_no_run(cli, run, tmp_path):
    shutil.copy(f"{run}/model.safetensors", tmp_path / "alone.safetensors")
    done = cli("inspect", tmp_path / "alone.safetensors", "--walk", "digits", "--part", "train")
    assert done.code == 0
    assert "(train part)" in done.out
    assert "The batch: 32 examples" in done.out


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "html"])
@pytest.mark.parametrize("notation", ["from_zero", "from_one", "sums", "matrix"])
def test_walks_come_in_every_notation_and_format(cli, run, form, notation):
    done = cli("inspect", run, "--walk", "digits", "--notation", notation, "--format", form)
    assert done.code == 0
    assert {"text": "δ_", "markdown": "$", "latex": r"\end{document}", "html": "</html>"}[form] in (
        done.out
    )


def test_graph_chain_and_dimensions(cli, run):
    done = cli("inspect", run, "--graph", "text", "--chain", "w_2,3^1", "--dimensions")
    assert "reused by ∂C/∂w^(2), ∂C/∂b^(2), ∂C/∂a^(1)" in done.out
    assert "∂C/∂w_2,3^(1) = ∂C/∂a^(2) · ∂a^(2)/∂z^(2) · ∂z^(2)/∂a_2^(1)" in done.out
    assert "all shapes fit" in done.out
    assert cli("inspect", run, "--graph", "mermaid").out.startswith("flowchart RL")
    assert cli("inspect", run, "--graph", "graphviz").out.startswith("digraph")
    one = cli("inspect", run, "--chain", "w_32^2", "--notation", "from_one").out
    assert one.startswith("∂C/∂w_32^(2) = ∂C/∂a^(3)")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--walk", "digits", "--row", "9999"], 1, "row: expected 0 to 359, got 9999."),
        (["--walk", "digits", "--row", "-1"], 1, "row: expected 0 to 359, got -1."),
        (["--walk", "digits", "--notation", "x"], 2, "notation: expected one of from_zero"),
        (["--walk", "digits", "--format", "pdf"], 2, "format: expected one of text"),
        (["--walk", "digits", "--part", "mine"], 2, "part: expected train or test"),
        (["--walk", "digits", "--batch-size", "0"], 2, "batch-size: expected at least 1"),
        (["--walk", "digits", "--units", "-1"], 2, "units: expected"),
        (["--walk", "digits", "--digits", "0"], 2, "digits: expected"),
        (["--walk", "nowhere.npz"], 1, "nowhere.npz"),
        (["--graph", "svg"], 2, "graph: expected one of text, mermaid, graphviz"),
        (["--chain", "w_99,1^1"], 1, "expected units 0 to 5"),
        (["--chain", "hello"], 1, "expected a name such as"),
    ],
)
def test_what_cannot_be_shown_is_refused(cli, run, words, code, message):
    done = cli("inspect", run, *words)
    assert done.code == code
    assert message in done.err
    assert "Traceback" not in done.err


def test_json_is_one_object_for_several_looks(cli, run):
    data = cli("inspect", run, "--walk", "digits", "--dimensions", "--graph", "text", "--json").json
    assert set(data) == {"model", "walk", "dimensions", "graph"}
    assert json.dumps(data)


def test_the_doctor_looks_at_a_run_with_its_validation_part_and_history(cli, run):
    done = cli("inspect", run, "--doctor", "digits")
    assert done.code == 0
    assert "looked for: " in done.out
    assert "not looked for" not in done.out  # a run has all that is needed
    data = cli("inspect", run, "--doctor", "digits", "--json").json["doctor"]
    assert set(data) == {"healthy", "findings", "looked_at", "left_out"}


def test_the_doctor_looks_at_a_model_file_alone(cli, run):
    done = cli("inspect", f"{run}/model.safetensors", "--doctor", "digits", "--json")
    assert "overfitting" in done.json["doctor"]["left_out"]


def test_a_fault_is_named_with_its_cure(cli):
    run = cli("train", "digits", "--init", "zeros", "--epochs", "2", "--json").json["run"]
    done = cli("inspect", run, "--doctor", "digits")
    assert "fault: symmetric weights (layer 1)" in done.out
    assert "--init he" in done.out
