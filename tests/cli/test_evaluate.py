import pytest

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
