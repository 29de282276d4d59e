"""Whole runs over rows that stay in files: they can do what runs over rows in memory can."""

import os
import signal
import threading

import numpy as np
import pytest

import pellucid as pel
from tests.rows import arrays, network, on_disk
from tests.training.runs import outcome


@pytest.fixture
def stored(tmp_path):
    examples = on_disk(tmp_path, 300, chunk=11, window=64)
    return examples.X, examples.Y


OPTIONS = {"optimizer": pel.Adam(0.02), "batch_size": 16, "epochs": 4, "validation": 0.2}


def begin(stored, engine, **options):
    return pel.start(network(), *stored, engine=engine, **OPTIONS | options)


def test_it_learns_what_rows_in_memory_teach(stored, engine):
    """Sorted by class as the file is: nearly as good, by chunks and windows, as shuffled whole."""
    options = OPTIONS | {"epochs": 20}
    costs = {}
    for name, X in (("files", stored[0]), ("memory", stored[0][:])):
        history = pel.train(network(), X, stored[1], engine=engine, **options)
        costs[name] = history.epochs[-1].cost
        assert history.epochs[-1].validation_score > 0.9
    assert costs["files"] == pytest.approx(costs["memory"], rel=0.25)


@pytest.mark.parametrize("threads", [1, 2])
def test_neither_threads_nor_stretches_nor_resuming_change_a_bit(
    stored, engine, sha, tmp_path, threads
):
    """Stopped at every seventh step, within windows and at their ends, and resumed from disk."""
    whole = begin(stored, engine)
    list(whole)
    run = begin(stored, engine, threads=threads, every=7)
    while True:
        for event in run:
            if isinstance(event, pel.Stepped):
                break
        if isinstance(event, pel.Stopped):
            break
        run.save(tmp_path / "c")
        again = pel.stored_rows(tmp_path / "X.npy", chunk=11, window=64)
        run = pel.resume(
            tmp_path / "c",
            again,
            stored[1],
            validation=0.2,
            engine=engine,
            threads=threads,
            every=7,
        )
    assert outcome(run, sha) == outcome(whole, sha)


@pytest.mark.parametrize("in_files", [False, True])
def test_runs_over_distorted_pictures_resume_to_the_bit(stored, engine, sha, tmp_path, in_files):
    """Stopped in the middle of an epoch; the distortions of the rest are those of the whole run."""
    X = stored[0] if in_files else stored[0][:]
    options = OPTIONS | {"augment": pel.Augment((1, 3), shift=0.2, noise=0.05)}
    whole = pel.start(network(), X, stored[1], engine=engine, **options)
    list(whole)
    run = pel.start(network(), X, stored[1], engine=engine, every=20, threads=1, **options)
    next(event for event in run if isinstance(event, pel.Stepped))
    run.save(tmp_path / "c")
    rest = pel.resume(tmp_path / "c", X, stored[1], validation=0.2, every=3, threads=2)
    list(rest)
    assert outcome(rest, sha) == outcome(whole, sha)
    plain = pel.start(network(), X, stored[1], engine=engine, **OPTIONS)
    list(plain)
    assert (plain.network.parameters != whole.network.parameters).any()


def test_the_window_is_the_runs_and_the_chunks_are_the_datas(stored, tmp_path):
    """A resumed run keeps its window, whatever is said now; with other chunks it is refused."""
    run = begin(stored, "auto", every=5)
    next(event for event in run if isinstance(event, pel.Stepped))
    run.save(tmp_path / "c")
    list(run)
    for window, chunk in ((None, 11), (200, 11)):
        rows = pel.stored_rows(tmp_path / "X.npy", chunk=chunk, window=window)
        again = pel.resume(tmp_path / "c", rows, stored[1], validation=0.2)
        assert again.state.window == 64
        list(again)
        assert (again.network.parameters == run.network.parameters).all()
    for rows in (pel.stored_rows(tmp_path / "X.npy", chunk=12), stored[0][:]):
        with pytest.raises(pel.DataError, match="expected the data that the run began with"):
            pel.resume(tmp_path / "c", rows, stored[1], validation=0.2)


def test_a_file_written_anew_is_another_one(stored, tmp_path):
    run = begin(stored, "auto", every=5)
    next(event for event in run if isinstance(event, pel.Stepped))
    run.save(tmp_path / "c")
    X = stored[0][:]
    X[5, 1] += 1
    np.save(tmp_path / "X.npy", X)
    os.utime(tmp_path / "X.npy", ns=(7, 7))
    with pytest.raises(pel.DataError, match=r"X\.npy has been written to since it was opened"):
        list(run)
    rows = pel.stored_rows(tmp_path / "X.npy", chunk=11, window=64)
    with pytest.raises(pel.DataError, match="expected the data that the run began with"):
        pel.resume(tmp_path / "c", rows, stored[1], validation=0.2)


def test_validation_may_be_in_memory_and_weights_count(stored, engine):
    """Every other row has the wrong class and the weight 0: without weights a coin would do."""
    X, Y = arrays(60, seed=9)
    wrong = np.arange(300) % 2
    history = pel.train(
        network(),
        stored[0],
        np.where(wrong, 1 - stored[1], stored[1]),
        sample_weight=1.0 - wrong,
        engine=engine,
        **OPTIONS | {"validation": (X, Y), "epochs": 20},
    )
    assert history.epochs[-1].validation_score > 0.9


def test_several_starts_share_the_files(stored):
    history = pel.train(network(), *stored, starts=3, **OPTIONS)
    assert len(history.starts) == 3


def test_metrics_early_stopping_and_the_doctor_go_along(stored):
    run = begin(stored, "auto", metrics=["f1"], monitor="f1", patience=2, epochs=30)
    doctor = pel.Doctor(run)
    for event in run:
        doctor.see(event)
    assert run.history.best_epoch is not None
    assert doctor.diagnosis is not None


def test_predictions_for_rows_in_files(stored):
    run = begin(stored, "auto")
    list(run)
    assert (run.network.predict(stored[0]) == run.network.predict(stored[0][:])).all()


def test_a_solver_and_one_batch_of_all_are_refused_with_a_cure(stored):
    with pytest.raises(pel.RecipeError, match=r"Use an optimizer such as Adam\(\)"):
        begin(stored, "auto", optimizer=pel.LBFGS())
    with pytest.raises(pel.RecipeError, match="Give a number such as 32"):
        begin(stored, "auto", batch_size="all")


def test_ctrl_c_ends_the_stretch_and_the_run_goes_on(stored, engine, sha, tmp_path):
    """Between two steps, with the state whole; no thread that reads stays behind."""
    whole = begin(stored, engine, epochs=200)
    list(whole)
    run = begin(stored, engine, epochs=200)
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        list(run)
    timer.join()
    run.save(tmp_path / "c")
    run = pel.resume(tmp_path / "c", *stored, validation=0.2)
    list(run)
    assert outcome(run, sha) == outcome(whole, sha)
    for thread in threading.enumerate():
        if thread.name == "pellucid-window":
            thread.join(20)
            assert not thread.is_alive()
