import json
import re

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.affine import BIAS_FORMS
from pellucid.equations.initial import INITIALS
from pellucid.equations.losses import LOSSES
from pellucid.equations.metrics import METRICS
from pellucid.equations.normalization import NORMS
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.schedules import SCHEDULES
from pellucid.equations.solvers import SOLVERS
from pellucid.model.archive import load, load_model

PARTS = ("train", "validation", "test")
KEYS = {
    "data",
    "run",
    "model",
    "engine",
    "stopped",
    "epochs",
    "steps",
    "seconds",
    "train.examples",
    "train.cost",
    "train.accuracy",
    "validation.examples",
    "validation.cost",
    "validation.accuracy",
    "test.examples",
    "test.cost",
    "test.accuracy",
}


def test_augmenting_is_kept_in_the_record(cli, tmp_path):
    assert cli("train", "digits", "--epochs", 1, "--augment", "shift:1,rotate:10").code == 0
    record = json.loads((tmp_path / "runs" / "digits-1" / "run.json").read_text())
    expected = {"shape": [8, 8], "shift": 1.0, "rotate": 10.0, "fill": "paper", "maximum": 16}
    assert expected.items() <= record["recipe"]["augment"].items()
    assert "--augment shift:1,rotate:10" in record["command"]
    done = cli("train", "digits", "--augment", "spin:3")
    assert done.code != 0
    assert "got 'spin:3'" in done.err


def test_digits_are_learnt_and_the_figures_are_json(cli, engine):
    done = cli("train", "digits", "--epochs", 20, "--engine", engine, "--json")
    found = done.json
    assert done.code == 0
    assert set(found) == KEYS
    assert found["engine"].split()[0] == engine
    assert (found["stopped"], found["epochs"], found["steps"]) == ("epochs", 20, 20 * 41)
    assert found["test.accuracy"] > 0.95
    assert [found[f"{part}.examples"] for part in ("train", "validation", "test")] == [
        1293,
        144,
        360,
    ]
    assert "epoch" in done.err


def test_for_people_the_figures_are_lines(cli):
    done = cli("train", "digits", "--epochs", 2)
    assert done.code == 0
    assert done.out.startswith("stopped after 2 epochs")
    for part in ("train", "validation", "test"):
        assert re.search(rf"{part} accuracy: \d+\.\d\d %", done.out)
        assert re.search(rf"{part} cost: \d\.\d+", done.out)
    assert "saved in: runs/digits-1\n" in done.out
    assert "try: pellucid evaluate runs/digits-1 digits" in done.err
    assert max(map(len, [*done.out.splitlines(), *done.err.splitlines()])) <= 80
    assert "\x1b" not in done.out + done.err


def test_the_figures_can_be_had_again_from_the_model(cli, tmp_path):
    found = cli("train", "digits", "--epochs", 2, "--json").json
    again = json.loads((tmp_path / "runs/digits-1/run.json").read_text())
    assert again["results"] == found
    assert again["recipe"]["epochs"] == 2
    assert load_model(tmp_path / found["model"]).classes == tuple("0123456789")


def test_the_same_command_gives_the_same_model_in_another_folder(cli, tmp_path, engine):
    command = ["train", "digits", "--epochs", 2, "--dropout", 0.2, "--engine", engine, "--json"]
    first, second = cli(*command).json, cli(*command, "--threads", 1).json
    assert first["run"] != second["run"]
    other = cli(*command, "--seed", 1).json
    weights = [load(tmp_path / found["model"]).parameters for found in (first, second, other)]
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_runs_are_never_overwritten(cli, tmp_path):
    first = cli("train", "digits", "--epochs", 1, "--json").json
    before = {path: path.read_bytes() for path in (tmp_path / first["run"]).iterdir()}
    assert len(before) == 3
    assert cli("train", "digits", "--epochs", 1, "--json").json["run"] == "runs/digits-2"
    named = cli("train", "digits", "--epochs", 1, "--name", "mine", "--out", "there", "--json")
    assert named.json["run"] == "there/mine-1"
    assert before == {path: path.read_bytes() for path in (tmp_path / first["run"]).iterdir()}


def test_own_numbers_and_own_names(cli, tables):
    found = cli("train", "numbers.npz", "--epochs", 60, "--learning-rate", 0.01, "--json").json
    assert found["test.r2"] > 0.9
    assert found["train.mean_absolute_error"] < 0.5
    named = cli("train", "names.npz", "--epochs", 40, "--json").json
    assert named["test.accuracy"] > 0.85
    assert load_model(tables / named["model"]).classes == ("large", "small")


def test_two_classes_by_a_single_sigmoid(cli, tables):
    words = ["names.npz", "--output", "sigmoid", "--hidden", "none", "--learning-rate", 0.1]
    found = cli("train", *words, "--json").json
    assert found["test.accuracy"] > 0.9
    assert load(tables / found["model"]).architecture.n_outputs == 1


def test_without_validation_there_are_no_figures_of_it(cli):
    found = cli("train", "digits", "--epochs", 1, "--validation", 0, "--json").json
    assert set(found) == {key for key in KEYS if not key.startswith("validation")}
    assert found["train.examples"] == 1437


def test_early_stopping_names_the_best_epoch(cli):
    words = ["--epochs", 99, "--patience", 2, "--learning-rate", 0.05]
    found = cli("train", "digits", *words, "--json").json
    assert found["stopped"] == "converged"
    assert found["best_epoch"] == found["epochs"] - 2


@pytest.mark.parametrize(
    ("words", "stopped", "sentence"),
    [
        (["--steps", 50], "steps", "stopped after 50 steps, as many as were asked for"),
        (["--target-cost", 0.5], "target cost", "at most 0.5 was asked for"),
        (["--seconds", 0.05], "time", "0.05 s were asked for"),
        (["--learning-rate", 0, "--give-up", 2], "not learning", "after 2 epochs the cost over"),
        (["--rises", 1, "--learning-rate", 0.05], "cost rose", "became worse 1 time in a row"),
        (
            ["--optimizer", "lbfgs", "--hidden", "none", "--l2", 1],
            "converged",
            "largest derivative",
        ),
    ],
)
def test_other_reasons_of_stopping(cli, words, stopped, sentence):
    done = cli("train", "digits", "--epochs", 300, *words)
    assert done.code == 0
    first = " ".join(done.out.split(" train cost: ")[0].split())
    assert sentence in first
    again = cli("train", "--resume", "runs/digits-1", "--json").json
    assert again["stopped"] == stopped


def test_metrics_are_figures_of_every_part(cli):
    words = ["--epochs", 2, "--metric", "f1,roc_auc", "--metric", "log_loss"]
    found = cli("train", "digits", *words, "--json").json
    asked = {f"{part}.{name}" for part in PARTS for name in ("f1", "roc_auc", "log_loss")}
    assert set(found) == KEYS | asked
    for part in PARTS:
        assert 0.5 < found[f"{part}.f1"] < found[f"{part}.roc_auc"] < 1
        assert found[f"{part}.log_loss"] == pytest.approx(found[f"{part}.cost"], rel=1e-4)
    shown = cli("evaluate", found["run"], "digits", "--metric", "f1", "--json").json
    assert shown["test.f1"] == found["test.f1"]


def test_what_is_monitored_is_a_figure_too(cli):
    words = ["--monitor", "roc_auc", "--patience", 3, "--epochs", 30]
    found = cli("train", "digits", *words, "--json").json
    assert 0.9 < found["validation.roc_auc"] <= 1
    assert found["best_epoch"] >= 1


def test_quantiles_have_an_output_a_level_and_tell_their_shares(cli, tables):
    words = ["numbers.npz", "--loss", "quantile:0.1,0.9", "--epochs", 60, "--learning-rate", 0.01]
    found = cli("train", *words, "--json").json
    assert load(tables / found["model"]).architecture.n_outputs == 2
    assert found["train.below_0.1"] < 0.3 < 0.7 < found["train.below_0.9"]
    assert not [name for name in found if name.endswith("r2")]


def test_counts_by_poisson_and_classes_by_squared_hinge(cli, tables):
    random = np.random.default_rng(0)
    X = random.normal(size=(300, 2))
    np.savez(tables / "counts.npz", X=X, Y=random.poisson(np.exp(X[:, 0])).astype(float))
    words = ["--hidden", "none", "--epochs", 40, "--learning-rate", 0.05, "--json"]
    counts = cli("train", "counts.npz", "--loss", "poisson", *words).json
    assert load(tables / counts["model"]).architecture.layers[-1].activation == "exp"
    assert counts["stopped"] == "epochs"
    assert counts["train.r2"] > 0.2
    signs = cli("train", "names.npz", "--loss", "squared_hinge", *words).json
    assert signs["test.accuracy"] > 0.9


def test_everything_that_may_hold_a_network_back_at_once(cli, tmp_path):
    words = [
        *("--hidden", "20,10", "--activation", "maxout", "--pieces", 3, "--norm", "layer"),
        *("--init", "orthogonal,uniform:0.2,small", "--batch-size", 50, "--optimizer", "adamw"),
        *("--schedule", "one_cycle", "--learning-rate", 0.02, "--average", 0.9, "--l1", 0.0001),
        *("--l1-divisor", "batch", "--l2", 0.001, "--max-norm", "3,3,0", "--clip-value", 1),
        *("--clip-norm", 2, "--label-smoothing", 0.1, "--dropout", 0.1, "--input-dropout", 0.1),
        *("--noise", "0.1,0", "--input-noise", 0.1, "--epochs", 15, "--engine", "reference"),
    ]
    found = cli("train", "digits", *words, "--json").json
    assert found["test.accuracy"] > 0.85
    assert load(tmp_path / found["model"]).architecture.sums(1) == 60
    recipe = json.loads((tmp_path / found["run"] / "run.json").read_text())["recipe"]
    assert (recipe["noise"], recipe["max_norm"], recipe["average"]) == ([0.1, 0], [3, 3, 0], 0.9)


@pytest.mark.parametrize("solver", SOLVERS)
def test_solvers_solve(cli, tables, solver):
    words = ["numbers.npz", "--hidden", 5, "--activation", "tanh", "--epochs", 30]
    found = cli("train", *words, "--optimizer", solver, "--precision", "float64", "--json").json
    assert found["steps"] == found["epochs"] <= 30
    assert found["test.r2"] > 0.99
    again = cli("train", "--resume", found["run"], "--json").json
    assert again | {"engine": found["engine"]} == found


def test_the_cost_of_training_is_at_the_final_weights_without_dropout(cli, tmp_path):
    words = ["--epochs", 2, "--dropout", 0.5, "--validation", 0, "--l2", 0.1, "--json"]
    found = cli("train", "digits", *words).json
    from pellucid.data.sources import load_data

    part = load_data("digits").train
    P = load(tmp_path / found["model"]).predict(part.X)
    cost = -np.log(P[np.arange(len(P)), part.Y].astype(float)).mean()
    assert found["train.cost"] == pytest.approx(cost, rel=1e-4)


def test_a_configuration_file(cli, tmp_path):
    (tmp_path / "net.toml").write_text(
        "[network]\n"
        'layers = [{ units = 20, activation = "tanh" }, '
        '{ units = 10, activation = "softmax", inputs = [0, 1] }]\n'
        "[recipe]\n"
        'optimizer = { name = "momentum", learning_rate = 0.05, '
        'momentum = { name = "cosine", start = 0.5, end = 0.99 } }\n'
        "epochs = 9\n"
        "[data]\nvalidation = 0.2\n"
    )
    found = cli("train", "digits", "--config", "net.toml", "--epochs", 5, "--json").json
    assert found["epochs"] == 5
    assert found["validation.examples"] == 288
    assert found["test.accuracy"] > 0.9
    assert load(tmp_path / found["model"]).architecture.inputs(2) == (0, 1)
    clash = cli("train", "digits", "--config", "net.toml", "--hidden", "30")
    assert clash.code == 2
    assert "leave out --hidden" in clash.err


def test_resuming_a_finished_run_gives_its_figures_again(cli, tmp_path):
    found = cli("train", "digits", "--epochs", 3, "--patience", 2, "--json").json
    before = load(tmp_path / found["model"]).parameters
    again = cli("train", "--resume", found["run"], "--json").json
    assert again | {"engine": found["engine"]} == found
    assert np.array_equal(load(tmp_path / found["model"]).parameters, before)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--epochs", 5], "leave out --epochs"),
        (["--batch-size", 5], "leave out --batch-size"),
        (["--config", "a.toml"], "leave out --config"),
        (["digits"], "give a data set to train on, or --resume"),
        (["--name", "x"], "leave out --name"),
    ],
)
def test_a_resumed_run_takes_no_other_settings(cli, words, message):
    done = cli("train", "--resume", "runs/digits-1", *words)
    assert (done.code, done.out) == (2, "")
    assert message in " ".join(done.err.split())


def test_wrong_settings_leave_no_folder_behind(cli, tmp_path):
    for words in (["--loss", "magic"], ["--checkpoint-every", 0], ["--threads", 0]):
        done = cli("train", "digits", *words)
        assert done.code == 2
    assert list(tmp_path.iterdir()) == []


TABLES = [ACTIVATIONS, LOSSES, OPTIMIZERS, SOLVERS, INITIALS, SCHEDULES, DIVISORS, METRICS, NORMS]


@pytest.mark.parametrize("table", [*TABLES, BIAS_FORMS], ids=lambda table: next(iter(table)))
def test_the_help_names_every_row(cli, table):
    """Help is written by hand, because importing the tables would slow it down."""
    words = re.split(r"[\s,;.:]+", cli("train", "--help").out)
    assert set(table) <= set(words)


def test_the_help_is_in_groups(cli):
    lines = cli("train", "--help").out.splitlines()
    assert [line for line in lines if re.fullmatch(r"\w[\w ]*:", line)] == [
        "Arguments:",
        "Data:",
        "Network:",
        "Loss and optimizer:",
        "Penalties and noise:",
        "Stopping:",
        "Running:",
        "Options:",
    ]


def test_a_doctor_follows_the_run(cli):
    """What it finds is told as it shows, and is in the summary and in the figures."""
    words = ("train", "digits", "--epochs", "4", "--doctor")
    sick = cli(*words, "--init", "zeros")
    assert "fault: symmetric weights (layer 1)" in sick.err
    assert "doctor: symmetric weights" in sick.out
    found = cli(*words, "--init", "zeros", "--json").json["doctor"]
    assert [finding["fault"] for finding in found["findings"]] == ["symmetric weights"]
    healthy = cli(*words, "--json")
    assert healthy.json["doctor"]["healthy"] is True
    assert "fault" not in healthy.err


def test_the_doctor_changes_no_bit(cli):
    words = ("train", "digits", "--epochs", "3", "--json")
    runs = cli(*words).json["run"], cli(*words, "--doctor").json["run"]
    weights = [load_model(f"{run}/model.safetensors").network.parameters for run in runs]
    np.testing.assert_array_equal(*weights)


def test_a_doctor_follows_one_start_only(cli):
    done = cli("train", "digits", "--starts", "2", "--doctor")
    assert done.code == 2
    assert "doctor: expected one start" in done.err
