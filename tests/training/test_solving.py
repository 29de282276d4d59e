import signal

import numpy as np
import pytest

from pellucid import Dense, EpochEnded, Network, resume, start, train
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.solvers import LBFGS, SOLVERS, LevenbergMarquardt
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from pellucid.training.interrupts import ASKED, OUT_OF_TIME
from pellucid.training.solving import SolverSession
from tests.training.runs import outcome

METHODS = [row.numbers() for row in SOLVERS.values()]
both = pytest.mark.parametrize("method", METHODS, ids=list(SOLVERS))


def network(precision="float64", seed=1):
    layers = [Dense(5, "tanh"), Dense(2, "identity", inputs=(0, 1))]
    return Network(3, layers, seed=seed, precision=precision)


def opened(line, method, n=None, step=0, **given):
    """A solver's session, its state, and the engine's session below it."""
    n = n or network()
    plan = compile_plan(
        n.architecture, Recipe("mse", method, precision=n.precision, **given), len(line[0])
    )
    examples = as_examples(n.architecture, "mse", *line)
    state = first_state(plan, n.parameters.copy(), n.buffers.copy())
    inner = ReferenceEngine().open(plan, state, examples)
    return SolverSession(plan, state, examples, inner), state, inner


def steps(session, n, stop=0):
    return [session.advance(np.zeros((1, 0)), np.array([stop], np.int32)) for _ in range(n)]


@both
def test_an_iteration_is_a_step_and_an_epoch(line, method):
    session, state, inner = opened(line, method)
    before = state.parameters.copy()
    for i in (1, 2, 3):
        (stretch,) = steps(session, 1)
        assert (stretch.stopped, stretch.weights.tolist()) == ("done", [80.0])
        assert np.array_equal(state.parameters, before)  # it has its own until it is asked
        session.sync(state)
        assert (state.step, state.epoch, state.position) == (i, i, 0)
        # Its cost is the one that it has led to, not the one that it began with.
        assert stretch.costs[0] == pytest.approx(inner.cost_and_gradient(state.parameters)[0])
        before = state.parameters.copy()


@both
@pytest.mark.parametrize("flag", [ASKED, OUT_OF_TIME])
def test_nothing_is_done_where_the_flag_is_set(line, method, flag):
    session, state, _ = opened(line, method)
    (stretch,) = steps(session, 1, flag)
    assert (stretch.stopped, stretch.costs.tolist()) == ("asked", [])
    session.sync(state)
    assert state.step == 0
    assert steps(session, 1)[0].stopped == "done"


@both
def test_judgements_are_of_its_own_weights_unless_others_are_given(line, method):
    session, state, inner = opened(line, method)
    first = state.parameters.copy()
    steps(session, 2)
    session.sync(state)
    examples = as_examples(network().architecture, "mse", *line)
    assert np.array_equal(session.predict(line[0]), inner.predict(line[0], state.parameters))
    assert np.array_equal(session.predict(line[0], first), inner.predict(line[0], first))
    for mine, theirs in (((), (state.parameters,)), ((first,), (first,))):
        for found, expected in zip(
            session.losses(examples, *mine), inner.losses(examples, *theirs), strict=True
        ):
            assert np.array_equal(found, expected)
    cost, gradient = session.cost_and_gradient(first, np.arange(7))
    expected = inner.cost_and_gradient(first, np.arange(7))
    assert cost == expected[0]
    assert np.array_equal(gradient, expected[1])


@both
def test_where_no_more_is_to_be_gained_it_says_why(line, method):
    n = network()
    history = train(n, *line, optimizer=method, l2=0.1, epochs=2000, engine="reference")
    assert history.reason == "converged"
    assert history.sentence.startswith(f"stopped after {len(history.epochs)} epochs: ")
    assert "at most" in history.sentence or "less than" in history.sentence
    session, state, _ = opened(line, method, n, l2=0.1)
    assert [stretch.stopped for stretch in steps(session, 2)] == ["converged", "converged"]
    session.sync(state)
    assert state.step == 0


@both
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_cost_only_falls(line, engine, method, precision):
    n = network(precision)
    history = train(n, *line, optimizer=method, epochs=15, engine=engine)
    assert (np.diff(history.costs) < 0).all()
    assert len(history.costs) > 10
    assert history.costs[-1] < 0.05 * history.costs[0]


@both
def test_both_find_the_same_minimum(line, method):
    """With a penalty there is one; frozen layers leave the problem convex."""
    answers = []
    for other in METHODS:
        n = network()
        given = {"l2": 0.05, "frozen": (1,), "epochs": 2000, "engine": "reference"}
        train(n, *line, optimizer=other, **given)
        answers.append(n.parameters)
    np.testing.assert_allclose(answers[0], answers[1], atol=2e-3)


@both
def test_frozen_layers_stay(line, engine, method):
    n = network("float32")
    before = n.copy()
    train(n, *line, optimizer=method, frozen=(1,), epochs=5, engine=engine)
    assert np.array_equal(n.weights[1], before.weights[1])
    assert np.array_equal(n.biases[1], before.biases[1])
    assert not np.array_equal(n.weights[0, 2], before.weights[0, 2])


@both
def test_a_weight_of_two_is_the_same_as_standing_twice(line, engine, method):
    X, Y = line
    weight = 1 + np.arange(80) % 2
    weighted, repeated = network(), network()
    given = {"optimizer": method, "epochs": 6, "engine": engine, "l2": 0.01}
    train(weighted, X, Y, sample_weight=weight, **given)
    train(repeated, X.repeat(weight, 0), Y.repeat(weight, 0), **given)
    np.testing.assert_allclose(weighted.parameters, repeated.parameters, rtol=1e-6, atol=1e-8)


@both
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(
    "given", [{}, {"frozen": (2,), "l2": 0.01, "sample_weight": np.arange(80) % 3 + 0.5}]
)
def test_a_run_goes_on_bit_for_bit_from_any_iteration(
    line, tmp_path, sha, method, precision, given
):
    run = start(network(precision), *line, optimizer=method, epochs=9, **given)
    for i, _ in enumerate(run):
        run.save(tmp_path / f"{i}")
    expected = outcome(run, sha)
    n_events = len(list(tmp_path.iterdir()))
    assert n_events > 5
    for i in range(n_events):
        weight = {name: given[name] for name in given if name == "sample_weight"}
        again = resume(tmp_path / f"{i}", *line, **weight)
        list(again)
        assert outcome(again, sha) == expected, i


@both
def test_ctrl_c_ends_the_iteration_and_the_rest_can_follow(line, tmp_path, sha, method):
    """Pressed while the fourth iteration is judged."""

    def metric(P, Y):
        calls.append(1)
        if len(calls) == 4:
            signal.raise_signal(signal.SIGINT)
        return 0.0

    calls = [0] * 9
    given = {"optimizer": method, "metrics": [metric], "epochs": 8, "engine": "reference"}
    whole = start(network(), *line, **given)
    list(whole)
    calls.clear()
    run = start(network(), *line, **given)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(run)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (run.state.step, len(run.state.history), run.history.reason) == (4, 4, "asked")
    assert np.array_equal(run.network.parameters, run.state.parameters)
    run.save(tmp_path / "c")
    again = resume(tmp_path / "c", *line, metrics=[metric])
    list(again)
    assert outcome(again, sha) == outcome(whole, sha)


def test_another_engine_or_machine_may_have_been_there_sooner(line):
    """A run that is resumed where its solver, this time, needs fewer iterations: no error."""
    n = network()
    train(n, *line, optimizer=LBFGS(), l2=0.1, epochs=2000, engine="reference")
    plan = compile_plan(n.architecture, Recipe("mse", LBFGS(), precision="float64", l2=0.1), 80)
    examples = as_examples(n.architecture, "mse", *line)
    state = first_state(plan, n.parameters.copy(), n.buffers.copy())
    state.step = 5
    session = SolverSession(plan, state, examples, ReferenceEngine().open(plan, state, examples))
    (stretch,) = steps(session, 1)
    assert (stretch.stopped, stretch.said) == ("converged", "there is no further step")


@both
def test_early_stopping_metrics_and_validation_go_with_solvers(line, engine, method):
    given = {"validation": 0.3, "patience": 3, "metrics": ["rmse"], "monitor": "rmse"}
    n, kept = network("float32", seed=4), []
    run = start(n, *line, optimizer=method, epochs=500, engine=engine, **given)
    for event in run:
        if isinstance(event, EpochEnded):
            kept.append(n.parameters.copy())
    found = run.history.column("rmse")
    assert run.history.best_epoch == found.argmin() + 1
    assert np.array_equal(n.parameters, kept[found.argmin()])
    assert run.history.reason == "converged"
    assert isinstance(method, LBFGS | LevenbergMarquardt)


@both
def test_target_cost_and_steps_go_with_solvers(line, engine, method):
    n = network("float32")
    history = train(n, *line, optimizer=method, epochs=99, target_cost=0.1, engine=engine)
    assert history.reason == "target cost"
    assert history.costs[-1] <= 0.1 < history.costs[-2]
    assert train(n, *line, optimizer=method, epochs=99, steps=2, engine=engine).reason == "steps"
