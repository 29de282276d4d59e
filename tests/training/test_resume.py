import numpy as np
import pytest

from pellucid import (
    SGD,
    DataError,
    EpochEnded,
    RecipeError,
    Stopped,
    UnsupportedError,
    resume,
    start,
)
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.solvers import SOLVERS
from pellucid.plan.examples import as_examples
from pellucid.training.checkpoints import load_checkpoint
from pellucid.training.resume import go_on
from tests.training.runs import RUNS, as_data, begin, network, outcome


def check_every_event(blobs, tmp_path, sha, options, engine, norm="none"):
    whole = begin(blobs, options, engine, norm)
    for i, _ in enumerate(whole):
        whole.save(tmp_path / f"{i}")
    expected = outcome(whole, sha)
    n_events = len(list(tmp_path.iterdir()))
    assert n_events > 8
    for i in range(n_events):
        again = resume(tmp_path / f"{i}", *blobs, **as_data(options), every=5)
        first, *_, last = again
        assert first.step == load_checkpoint(tmp_path / f"{i}").state.step
        assert isinstance(last, Stopped)
        assert outcome(again, sha) == expected, i


def test_every_optimizer_and_solver_is_among_the_runs():
    used = {type(options["optimizer"]) for options in RUNS.values() if "optimizer" in options}
    assert used == {row.numbers for table in (OPTIMIZERS, SOLVERS) for row in table.values()}


@pytest.mark.parametrize("name", RUNS)
def test_resumed_at_any_event_a_run_ends_the_same(blobs, tmp_path, sha, engine, name):
    check_every_event(blobs, tmp_path, sha, RUNS[name], engine)


@pytest.mark.parametrize("norm", ["batch", "layer"])
@pytest.mark.parametrize("name", ["adam", "early", "plateau", "adamw"])
def test_normalization_is_resumed_too(blobs, tmp_path, sha, engine, name, norm):
    check_every_event(blobs, tmp_path, sha, RUNS[name], engine, norm)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("sgd", "epochs"),
        ("steps", "steps"),
        ("early", "converged"),
        ("rises", "cost rose"),
        ("stuck", "not learning"),
        ("target", "target cost"),
        ("metrics", "converged"),
    ],
)
def test_the_runs_above_end_in_every_way(blobs, name, reason):
    """So that a resumed run has something to get wrong; time has no run that is twice the same."""
    run = begin(blobs, RUNS[name], "reference")
    list(run)
    assert run.history.reason == reason


def test_the_plateau_above_is_seen(blobs):
    run = begin(blobs, RUNS["plateau"], "reference")
    list(run)
    assert len(set(run.history.column("learning_rate"))) >= 4


def test_own_validation_data_and_a_rate_set_by_hand_are_resumed(blobs, tmp_path, sha, engine):
    held = (blobs[0][:20], blobs[1][:20])

    def carry_out(run, path=None):
        for event in run:
            if isinstance(event, EpochEnded) and event.record.epoch == 2 and path:
                run.set_rate(0.01)
                run.save(path)
        return outcome(run, sha)

    options = {"optimizer": SGD(0.5), "epochs": 4, "patience": 9, "validation": held}
    expected = carry_out(begin(blobs, options, engine), tmp_path / "c")
    assert carry_out(resume(tmp_path / "c", *blobs, validation=held)) == expected


@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_a_run_resumed_many_times_ends_the_same(blobs, tmp_path, sha, engine, name):
    expected_run = begin(blobs, RUNS[name], engine)
    list(expected_run)
    run, path = begin(blobs, RUNS[name], engine, every=1), tmp_path / "c"
    for _ in range(12):
        events = iter(run)
        next(events), next(events)
        run.save(path)
        run = resume(path, *blobs, every=1)
    list(run)
    assert outcome(run, sha) == outcome(expected_run, sha)


@pytest.mark.parametrize("name", ["early", "metrics", "rises", "stuck"])
def test_a_finished_run_stays_finished(blobs, tmp_path, sha, engine, name):
    run = begin(blobs, RUNS[name], engine)
    list(run)
    run.save(tmp_path / "c")
    again = resume(tmp_path / "c", *blobs, **as_data(RUNS[name]))
    assert [type(event).__name__ for event in again] == ["Started", "Stopped"]
    assert outcome(again, sha) == outcome(run, sha)


def test_a_run_that_has_found_its_minimum_stays_there(blobs, tmp_path, sha, engine):
    run = start(
        network(), *blobs, optimizer=SOLVERS["lbfgs"].numbers(), l2=0.1, epochs=500, engine=engine
    )
    list(run)
    assert run.history.reason == "converged"
    run.save(tmp_path / "c")
    again = resume(tmp_path / "c", *blobs)
    assert [type(event).__name__ for event in again] == ["Started", "Stopped"]
    assert outcome(again, sha) == outcome(run, sha)


def share_of_class_0(P, Y):
    return (P.argmax(1) == 0).mean()


def test_functions_among_the_metrics_are_given_again(blobs, tmp_path, sha):
    options = {"metrics": ["f1", share_of_class_0], "monitor": "share_of_class_0", "epochs": 3}
    run = begin(blobs, options | {"patience": 9}, "reference")
    for i, _ in enumerate(run):
        run.save(tmp_path / f"{i}")
    for i in (0, 4):
        with pytest.raises(RecipeError, match="'share_of_class_0'. A run that is resumed has to"):
            resume(tmp_path / f"{i}", *blobs)
        again = resume(tmp_path / f"{i}", *blobs, metrics=[share_of_class_0])
        list(again)
        assert outcome(again, sha) == outcome(run, sha)


def test_resume_goes_on_with_the_engine_of_before(blobs, tmp_path, engine):
    run = start(network(), *blobs, epochs=1, engine=engine)
    list(run)
    run.save(tmp_path / "c")
    assert resume(tmp_path / "c", *blobs).engine == run.engine
    other = resume(tmp_path / "c", *blobs, engine="reference", every=1, threads=1)
    assert other.engine == "reference"
    with pytest.raises(UnsupportedError, match="expected one of auto"):
        resume(tmp_path / "c", *blobs, engine="none")


def test_examples_that_are_checked_already_go_on_the_same_way(stored, blobs, sha):
    _, path = stored
    checkpoint = load_checkpoint(path)
    architecture, loss = checkpoint.plan.architecture, checkpoint.plan.recipe.loss
    one = go_on(checkpoint, as_examples(architecture, loss, *blobs), 0.2)
    other = resume(path, *blobs, validation=0.2)
    list(one), list(other)
    assert outcome(one, sha) == outcome(other, sha)


def test_other_data_are_refused(stored, blobs):
    _, path = stored
    X, Y = blobs
    shifted = X.copy()
    shifted[17, 1] = np.nextafter(shifted[17, 1], 9)
    for data in ((shifted, Y), (X, np.roll(Y, 1)), (X[:-1], Y[:-1]), (X[::-1], Y[::-1])):
        with pytest.raises(DataError, match=r"expected the data that the run began with"):
            resume(path, *data, validation=0.2)


def test_other_validation_is_refused(stored, blobs):
    _, path = stored
    X, Y = blobs
    for validation in (None, 0.1, (X[:18], Y[:18])):
        with pytest.raises(DataError, match="Give the same files and the same validation"):
            resume(path, X, Y, validation=validation)
    with pytest.raises(DataError, match="expected the data"):
        resume(path, X, Y, validation=0.2, sample_weight=np.ones(90))


def test_data_of_another_shape_are_refused(stored, blobs):
    with pytest.raises(DataError, match="expected 2 columns"):
        resume(stored[1], blobs[0][:, :1], blobs[1], validation=0.2)
