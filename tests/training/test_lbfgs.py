import gc
import subprocess
import sys
import threading

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der
from sklearn.linear_model import LogisticRegression

from pellucid import Dense, Network, start, train
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.solvers import LBFGS
from pellucid.plan.state import first_state
from pellucid.training.lbfgs import lbfgs

START = np.array([-1.2, 1.0, 0.7])


def valley(x):
    return rosen(x), rosen_der(x)


def directly(objective, x, numbers, iterations=10**6):
    """SciPy's routine, called as anybody would; every iterate and the result."""
    seen = []
    found = minimize(
        objective,
        x,
        jac=True,
        method="L-BFGS-B",
        callback=lambda intermediate_result: seen.append(
            (intermediate_result.x.copy(), intermediate_result.fun)
        ),
        options={
            "maxcor": numbers.memory,
            "gtol": numbers.tolerance,
            "ftol": numbers.cost_tolerance,
            "maxiter": iterations,
        },
    )
    return seen, found


def workers(but=()):
    """The threads in which SciPy's routine runs, leaving out those of other tests."""
    return [t for t in threading.enumerate() if "(work)" in t.name and t not in but]


def carried_out(iterations):
    """All iterates, and why there are no more."""
    seen = []
    while True:
        try:
            seen.append(next(iterations))
        except StopIteration as ended:
            return seen, ended.value


@pytest.mark.parametrize(
    "numbers",
    [LBFGS(), LBFGS(memory=1), LBFGS(tolerance=1.0), LBFGS(cost_tolerance=1e-3), LBFGS(5, 0, 0)],
)
def test_each_iterate_is_scipys(numbers):
    seen, said = carried_out(lbfgs(valley, START, numbers))
    expected, _ = directly(valley, START, numbers)
    assert len(seen) == len(expected) > 2
    for (x, cost), (their_x, their_cost) in zip(seen, expected, strict=True):
        assert np.array_equal(x, their_x)
        assert cost == their_cost == rosen(x)
    assert said


def test_it_finds_the_minimum_and_says_by_what_it_knows():
    seen, said = carried_out(lbfgs(valley, START, LBFGS(tolerance=1e-6, cost_tolerance=0)))
    np.testing.assert_allclose(seen[-1][0], 1, rtol=1e-5)
    slope = np.abs(rosen_der(seen[-1][0])).max()
    assert said == f"the largest derivative is {slope:.3g}, at most 1e-06"
    _, said = carried_out(lbfgs(valley, START, LBFGS(cost_tolerance=0.5)))
    assert said == "the last iteration lowered the cost by less than 0.5 of it"


def test_at_the_minimum_there_is_no_iteration():
    seen, said = carried_out(lbfgs(valley, np.ones(3), LBFGS()))
    assert (seen, said) == ([], "the largest derivative is 0, at most 1e-05")


def test_where_no_direction_helps():
    """A cost whose gradient has the wrong sign."""
    seen, said = carried_out(lbfgs(lambda x: ((x**2).sum(), -2 * x), START, LBFGS()))
    assert seen == []
    assert said.startswith("no lower cost was found along the last direction")


def test_an_error_in_the_cost_comes_out_where_the_iterations_are_asked_for():
    calls = []

    def broken(x):
        calls.append(x)
        if len(calls) == 8:
            raise ZeroDivisionError("in the middle")
        return valley(x)

    with pytest.raises(ZeroDivisionError, match="in the middle"):
        carried_out(lbfgs(broken, START, LBFGS()))


def test_it_waits_between_iterations_and_leaves_no_thread_behind():
    calls = []

    def counted(x):
        calls.append(x)
        return valley(x)

    others = workers()
    iterations = lbfgs(counted, START, LBFGS())
    assert (calls, workers(others)) == ([], [])
    next(iterations)
    (worker,) = workers(others)
    n = len(calls)
    assert worker.daemon
    worker.join(0.05)
    assert len(calls) == n
    iterations.close()
    worker.join()
    assert len(calls) == n
    assert workers(others) == []


def test_the_start_is_left_alone():
    x = START.copy()
    carried_out(lbfgs(valley, x, LBFGS()))
    assert np.array_equal(x, START)


@pytest.mark.parametrize("given", [{}, {"l2": 0.1}, {"frozen": (1,)}, {"weights": True}])
def test_a_run_is_scipys_routine_on_the_same_cost(blobs, given):
    """Iterate for iterate, over the parameters that are trained."""
    X, Y = blobs
    given = dict(given)
    weight = np.arange(90) % 3 + 0.5 if given.pop("weights", None) else None
    n = Network(2, [Dense(4, "tanh"), Dense(3, "softmax")], precision="float64")
    first = n.parameters.copy()
    run = start(
        n, X, Y, optimizer=LBFGS(), epochs=25, sample_weight=weight, engine="reference", **given
    )
    iterates = [n.parameters.copy() for event in run if type(event).__name__ == "EpochEnded"]
    session = ReferenceEngine().open(
        run.plan, first_state(run.plan, first.copy(), n.buffers), run.examples
    )
    free = np.concatenate([np.full(s.size, s.trainable) for s in run.plan.segments])

    def objective(x):
        at = first.copy()
        at[free] = x
        cost, gradient = session.cost_and_gradient(at)
        return cost, gradient[free]

    expected, _ = directly(objective, first[free], LBFGS(), 25)
    assert len(iterates) == len(expected) == 25
    for at, cost, (x, their_cost) in zip(iterates, run.history.costs, expected, strict=True):
        assert np.array_equal(at[~free], first[~free])
        assert np.array_equal(at[free], x)
        assert cost == pytest.approx(their_cost, rel=1e-14)  # × weight / weight


@pytest.mark.parametrize("weighted", [False, True])
def test_logistic_regression_is_scikit_learns(blobs, weighted):
    """Its C is 1/(λ n): it sums over examples, we average."""
    X, Y = blobs
    weight = np.arange(90) % 3 + 0.5 if weighted else np.ones(90)
    n = Network(2, [Dense(3, "softmax")], precision="float64")
    tight = LBFGS(tolerance=1e-9, cost_tolerance=0)
    given = {"l2": 0.05, "epochs": 500, "sample_weight": weight, "engine": "reference"}
    history = train(n, X, Y, optimizer=tight, **given)
    assert history.reason == "converged"
    theirs = LogisticRegression(C=1 / (0.05 * weight.sum()), tol=1e-9, max_iter=10_000)
    theirs.fit(X.astype(float), Y, sample_weight=weight)
    np.testing.assert_allclose(n.weights[1], theirs.coef_.T, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(n.predict(X), theirs.predict_proba(X.astype(float)), atol=1e-6)


def test_a_run_that_is_forgotten_leaves_no_thread_behind(blobs):
    others = workers()
    run = start(Network(2, [Dense(3, "softmax")]), *blobs, optimizer=LBFGS(), epochs=3)
    list(run)
    (worker,) = workers(others)
    del run
    gc.collect()
    worker.join()


def test_a_run_that_nobody_ends_leaves_quietly(engine):
    """The interpreter ends with iterations still to come: nothing is said, nothing waits."""
    program = (
        "import numpy as np, pellucid as pel\n"
        "X = np.linspace(-1, 1, 40).reshape(20, 2)\n"
        "network = pel.Network(2, [pel.Dense(3, 'tanh'), pel.Dense(1, 'identity')])\n"
        "run = pel.start(network, X, X[:, 0] ** 2, optimizer=pel.LBFGS(), epochs=5, "
        f"engine={engine!r})\n"
        "next(event for event in run if isinstance(event, pel.EpochEnded))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
