import numpy as np
import pytest
from scipy.optimize import least_squares

from pellucid import Dense, Network, RecipeError, start, train
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.solvers import SOLVERS, LevenbergMarquardt
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from pellucid.training import levenberg_marquardt as module
from pellucid.training.levenberg_marquardt import Squares, levenberg_marquardt

# Everything at once: a mask, a skip connection, one bias for a layer, several pieces, a soft link.
CROOKED = (
    Dense(4, "tanh", masks={0: ("1101", "0111")}, bias="layer"),
    Dense(2, "maxout", pieces=2),
    Dense(3, "softmax", inputs=(0, 2)),
)
LINE = np.linspace(-2, 2, 40)[:, None]
WAVE = np.sin(2 * LINE)


def squares_of(n, X, Y, weights=None, **given):
    """The cost as a function of the trained parameters, where it begins, and the engine's."""
    recipe = Recipe(**{"loss": "mse", "optimizer": LevenbergMarquardt()} | given)
    recipe = Recipe(**vars(recipe) | {"precision": n.precision})
    plan = compile_plan(n.architecture, recipe, len(X))
    examples = as_examples(n.architecture, recipe.loss, X, Y, weights)
    state = first_state(plan, n.parameters.copy(), n.buffers)
    free = np.concatenate([np.full(s.size, s.trainable) for s in plan.segments])
    session = ReferenceEngine().open(plan, state, examples)
    return Squares(plan, examples, n.parameters, free), n.parameters[free].astype(float), session


def crooked(**options):
    n = Network(2, CROOKED, seed=3, precision="float64", scale=0.5, shift=0.1, **options)
    n.parameters[...] += 0.1 * np.sin(np.arange(len(n.parameters))) * there(n)
    return n


def there(n):
    """Where the parameters are weights that exist, or biases."""
    found = np.ones(len(n.parameters), bool)
    for s in n.segments:
        if s.kind == "weights" and (mask := n.architecture.mask(s.source, s.layer)) is not None:
            s.view(found)[...] = mask
    return found


def small(seed=0, **options):
    layers = [Dense(3, "tanh"), Dense(1, "identity")]
    return Network(1, layers, seed=seed, precision="float64", **options)


@pytest.mark.parametrize("loss", SOLVERS["levenberg_marquardt"].losses)
@pytest.mark.parametrize("l2_divisor", sorted(DIVISORS))
@pytest.mark.parametrize("weighted", [False, True])
def test_cost_and_gradient_are_the_engines(blobs, loss, l2_divisor, weighted):
    n = crooked()
    weights = np.arange(90) % 4 / 2 if weighted else None
    given = {"loss": loss, "l2": 0.3, "l2_divisor": l2_divisor}
    squares, x, session = squares_of(n, *blobs, weights, **given)
    cost, gradient = session.cost_and_gradient(n.parameters)
    assert squares.cost(x) == pytest.approx(cost, rel=1e-12)
    np.testing.assert_allclose(squares.curvature(x)[1], gradient, rtol=1e-10, atol=1e-14)


def test_the_curvature_is_jacobian_times_jacobian(blobs):
    """With the derivative of every weighed error taken by central differences."""
    X, Y = blobs[0][:7].astype(float), np.eye(3)[blobs[1][:7]]
    n, weights = crooked(), np.arange(7) + 0.5
    squares, x, _ = squares_of(n, X, Y, weights, loss="half_sse")
    roots = np.sqrt(weights / weights.sum())[:, None]

    def errors(at):
        return (roots * (Network.from_arrays(n.architecture, at, n.buffers).predict(X) - Y)).ravel()

    steps = 1e-6 * np.eye(len(x)) * there(n)
    J = np.stack([(errors(x + h) - errors(x - h)) / 2e-6 for h in steps], axis=1)
    A, g = squares.curvature(x)
    np.testing.assert_allclose(A, J.T @ J, atol=1e-8)
    np.testing.assert_allclose(g, J.T @ errors(x), atol=1e-8)


def test_only_what_is_trained_is_in_the_equations(blobs):
    n = crooked()
    whole, x, _ = squares_of(n, *blobs, l2=0.1)
    part, y, _ = squares_of(n, *blobs, l2=0.1, frozen=(2,))
    free = np.concatenate([np.full(s.size, s.layer != 2) for s in n.segments])
    assert np.array_equal(x[free], y)
    assert part.cost(y) == whole.cost(x)
    A, g = whole.curvature(x)
    B, h = part.curvature(y)
    np.testing.assert_allclose(B, A[np.ix_(free, free)], rtol=1e-12, atol=1e-16)
    np.testing.assert_allclose(h, g[free], rtol=1e-12, atol=1e-16)


def test_examples_are_taken_in_parts_where_the_jacobian_is_large(blobs, monkeypatch):
    n = crooked()
    squares, x, _ = squares_of(n, *blobs)
    cost, (A, g) = squares.cost(x), squares.curvature(x)
    monkeypatch.setattr(module, "ROOM", 3 * len(x) * 7)
    assert len(squares._chunks()) == 13
    assert squares.cost(x) == pytest.approx(cost, rel=1e-13)
    np.testing.assert_allclose(squares.curvature(x)[0], A, rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(squares.curvature(x)[1], g, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("weighted", [False, True])
def test_linear_least_squares_take_one_iteration_nearly(line, weighted):
    """With next to no damping the first step is the normal equations' answer."""
    X, Y = line[0].astype(float), line[1].astype(float)
    weights = np.arange(80) % 3 + 0.5 if weighted else np.ones(80)
    root = np.sqrt(weights)[:, None]
    theirs, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(80)]) * root, Y * root, rcond=None)
    for damping, epochs, digits in ((1e-12, 1, 1e-9), (1e-3, 1, 1e-2), (1e-3, 4, 1e-9)):
        n = Network(3, [Dense(2, "identity")], precision="float64")
        solver = LevenbergMarquardt(damping)
        given = {"sample_weight": weights, "epochs": epochs, "engine": "reference"}
        train(n, X, Y, optimizer=solver, **given)
        np.testing.assert_allclose(n.weights[1], theirs[:3], atol=digits)
        np.testing.assert_allclose(n.biases[1], theirs[3], atol=digits)


def test_ridge_regression_has_its_answer_in_closed_form(line):
    """Mean over 80 examples and 2 outputs of squares, and λ/2 Σ W² without the biases."""
    X, Y = line[0].astype(float), line[1].astype(float)
    n = Network(3, [Dense(2, "identity")], precision="float64")
    train(n, X, Y, optimizer=LevenbergMarquardt(), l2=0.2, epochs=9, engine="reference")
    A = np.column_stack([X, np.ones(80)])
    theirs = np.linalg.solve(A.T @ A + 0.2 * 80 * np.diag([1, 1, 1, 0]), A.T @ Y)
    np.testing.assert_allclose(n.weights[1], theirs[:3], rtol=1e-7)
    np.testing.assert_allclose(n.biases[1], theirs[3], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_minimum_is_scipys(seed):
    """Begun beside the weights that made the targets, but for noise, so that it is one minimum.

    Errors and their derivatives are written down here for three neurons.
    """
    random, n = np.random.default_rng(seed), small()
    n.parameters[...] = [1.5, -2.0, 0.7, 0.5, 1.0, -1.0, 1.0, 0.8, -1.2, 0.3]
    noisy = n.predict(LINE) + 0.05 * random.normal(size=LINE.shape)
    n.parameters[...] += 0.1 * random.normal(size=10)

    def errors(at):
        w, b, v, c = at[:3], at[3:6], at[6:9], at[9]
        return np.tanh(LINE * w + b) @ v + c - noisy[:, 0]

    def derivatives(at):
        w, b, v = at[:3], at[3:6], at[6:9]
        h = np.tanh(LINE * w + b)
        return np.column_stack([v * (1 - h**2) * LINE, v * (1 - h**2), h, np.ones(40)])

    theirs = least_squares(errors, n.parameters.copy(), derivatives, method="lm", gtol=1e-12)
    solver = LevenbergMarquardt(tolerance=1e-8)
    history = train(n, LINE, noisy, optimizer=solver, epochs=2000, engine="reference")
    assert history.reason == "converged"
    assert history.costs[-1] == pytest.approx(2 * theirs.cost / 40, rel=1e-6)
    np.testing.assert_allclose(n.predict(LINE)[:, 0], noisy[:, 0] + theirs.fun, atol=1e-4)


def test_every_iteration_lowers_the_cost_and_remembers_its_damping():
    squares, x, _ = squares_of(small(), LINE, WAVE)
    numbers = LevenbergMarquardt(damping=1e-6, grow=4.0, shrink=0.25)
    cost, damping = squares.cost(x), numbers.damping
    grown = 0
    iterations = levenberg_marquardt(squares, x, damping, numbers)
    for _ in range(40):
        found = next(iterations)
        assert found.cost == squares.cost(found.x) < cost
        tries = np.log(found.damping / damping) / np.log(4)  # 4 for each try, ¼ for the success
        assert tries == pytest.approx(round(tries), abs=1e-9)
        assert round(tries) >= -1
        grown += tries > -0.5
        cost, damping = found.cost, found.damping
    assert grown > 0


def why(squares, x, **numbers):
    iterations = levenberg_marquardt(squares, x, 1e-3, LevenbergMarquardt(**numbers))
    while True:
        try:
            next(iterations)
        except StopIteration as ended:
            return ended.value


def test_it_says_why_it_ends():
    squares, x, _ = squares_of(small(), LINE, WAVE)
    assert "at most 0.001" in why(squares, x, tolerance=1e-3)
    said = "no step lowers the cost, not even with the damping 1e+06"
    assert why(squares, x, tolerance=0.0, largest=1e6) == said
    squares, x, _ = squares_of(small(), LINE, small().predict(LINE))
    said = why(squares, x)  # 0, or what is left where another engine predicted
    assert said.startswith("the largest derivative is ")
    assert said.endswith(", at most 1e-07")


def test_a_cost_that_cannot_be_calculated_is_infinite():
    squares, x, _ = squares_of(small(), LINE, WAVE)
    assert squares.cost(np.full_like(x, 1e200)) == np.inf
    assert squares.cost(np.full_like(x, np.nan)) == np.inf


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_numbers_are_those_that_a_checkpoint_keeps(precision):
    n = Network(1, [Dense(3, "tanh"), Dense(1, "identity")], precision=precision)
    run = start(n, LINE, WAVE, optimizer=LevenbergMarquardt(), epochs=5, engine="reference")
    list(run)
    squares, _, _ = squares_of(n, LINE, WAVE)
    assert squares.rounded(0.1).dtype == np.float64
    assert squares.rounded(0.1) == np.dtype(precision).type(0.1)
    assert squares.cost(run.state.parameters.astype(float)) == pytest.approx(
        run.history.costs[-1], rel=1e-15
    )
    assert len(set(run.state.slots[0].tolist())) == 1


def test_networks_that_are_too_large_are_refused_at_once():
    """At the beginning, not in the middle of the run; frozen layers do not count."""
    n = Network(99, [Dense(100, "tanh"), Dense(1, "identity")])
    X = np.zeros((3, 99), np.float32)
    message = "networks of up to 10000 parameters, got 10101. Use LBFGS.. or Adam"
    with pytest.raises(RecipeError, match=message):
        start(n, X, X[:, 0], optimizer=LevenbergMarquardt(), engine="reference")
    start(n, X, X[:, 0], optimizer=LevenbergMarquardt(), frozen=(1,), engine="reference")


def test_xor_is_learnt_in_a_few_iterations():
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    n = Network(2, [Dense(4, "tanh"), Dense(1, "identity")], seed=1, precision="float64")
    history = train(n, X, [0, 1, 1, 0], optimizer=LevenbergMarquardt(), epochs=30)
    assert history.costs[-1] < 1e-9
