import pytest

from pellucid.equations.metrics import METRICS
from pellucid.model.archive import load_model


@pytest.fixture
def run(cli):
    return cli("train", "digits", "--epochs", "3", "--json").json


def test_it_gives_the_figures_of_training_again(cli, run):
    for model in (run["run"], run["model"]):
        found = cli("evaluate", model, "digits", "--json").json
        assert found.pop("model") == model
        assert found.pop("data") == "digits"
        assert found == {name: run[name] for name in run if name.startswith("test.")}


def test_it_shows_confusions_and_the_worst_mistake(cli, run):
    done = cli("evaluate", run["run"], "digits")
    assert done.code == 0
    assert f"test accuracy: {100 * run['test.accuracy']:.2f} % (360 examples" in done.out
    assert "right" in done.out
    assert "chosen" in done.out
    assert "the worst mistake: row " in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert "\x1b" not in done.out + done.err


def test_numbers_are_judged_by_r2(cli, tables):
    run = cli("train", "numbers.npz", "--json").json
    found = cli("evaluate", run["run"], "numbers.npz")
    assert "test r2: " in found.out
    assert "test mean absolute error: " in found.out
    assert set(cli("evaluate", run["run"], "numbers.npz", "--json").json) == {
        "model",
        "data",
        "test.examples",
        "test.cost",
        "test.r2",
        "test.mean_absolute_error",
    }


def test_further_metrics(cli, run):
    found = cli("evaluate", run["run"], "digits", "--metric", "f1,roc_auc", "--json").json
    assert set(found) - {name for name in run if name.startswith("test.")} == {
        *("model", "data", "test.f1", "test.roc_auc")
    }
    lines = cli("evaluate", run["run"], "digits", "--metric", "f1", "--metric", "recall").out
    assert f"\ntest f1: {found['test.f1']:.5g}\ntest recall: 0." in lines


def test_metrics_that_do_not_suit_are_refused(cli, run, tables):
    for words in (["--metric", "magic"], ["--metric", "rmse"]):
        done = cli("evaluate", run["run"], "digits", *words)
        assert (done.code, done.out) == (2, "")
        assert f"metrics: {words[1]} " in done.err
        assert "Use any of accuracy, f1, label_accuracy, log_loss, precision, " in done.err


def test_the_help_names_every_metric(cli):
    words = cli("evaluate", "--help").out.replace(",", " ").replace(".", " ").split()
    assert set(METRICS) <= set(words)


def test_data_with_other_classes_are_refused(cli, run, tables):
    done = cli("evaluate", run["run"], "names.npz")
    assert (done.code, done.out) == (1, "")
    assert "expected the classes the model was trained on (0, 1, 2" in done.err
    assert "got large, small" in done.err
    assert cli("evaluate", run["run"], "numbers.npz").code == 1


def test_a_run_without_a_model_says_how_to_finish_it(cli, tmp_path):
    (tmp_path / "empty").mkdir()
    done = cli("evaluate", "empty", "digits")
    assert done.code == 1
    assert "pellucid train --resume empty" in done.err


def test_a_network_saved_by_the_library_has_no_classes(cli, run, tmp_path):
    load_model(tmp_path / run["model"]).network.save(tmp_path / "bare.safetensors")
    done = cli("evaluate", "bare.safetensors", "digits")
    assert done.code == 1
    assert "numbers, no classes" in done.err
