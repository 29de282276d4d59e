import numpy as np
import pytest
from scipy import sparse
from sklearn import metrics as theirs

from pellucid import SGD, Dense, EpochEnded, Network, RecipeError, start, train
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.baseline import constant_cost
from pellucid.equations.metrics import METRICS, Metric
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from pellucid.training import judging as judging_module
from pellucid.training.judging import Judging, score_name

ONE_HOT = np.eye(3)[[0, 1, 2] * 30]
LABELS = (np.arange(270).reshape(90, 3) % 7 < 3) * 1
SCORES = [
    ("softmax", np.array([0, 1, 2] * 30), "accuracy"),
    ("softmax", ONE_HOT, "accuracy"),
    ("sigmoid", ONE_HOT, "accuracy"),
    ("sigmoid", LABELS, "label_accuracy"),
    ("sigmoid", 0.5 * ONE_HOT, "r2"),
    ("identity", np.linspace(0, 2, 270).reshape(90, 3), "r2"),
    ("identity", ONE_HOT, "accuracy"),
    ("identity", LABELS, "r2"),
]


def network(output="softmax", units=3, **options):
    return Network(2, [Dense(4, "tanh"), Dense(units, output)], **options)


def judging(n, X, Y, loss, *, weights=None, validation=None, given=None, **recipe):
    """What judges the weights of a network, and the recipe's plan."""
    plan = compile_plan(n.architecture, Recipe(loss, precision=n.precision, **recipe), len(X))
    examples = as_examples(n.architecture, loss, X, Y, weights)
    state = first_state(plan, n.parameters.copy(), n.buffers.copy())
    session = ReferenceEngine().open(plan, state, examples)
    return Judging(plan, session, examples, validation, given or {}), examples


@pytest.mark.parametrize(("output", "Y", "score"), SCORES)
def test_the_score_suits_the_targets(blobs, engine, output, Y, score):
    n = Network(2, [Dense(3, output)])
    run = start(n, blobs[0], Y, validation=(blobs[0], Y), epochs=1, engine=engine)
    list(run)
    assert run.score == run.history.score == score
    P = n.predict(blobs[0])
    expected = {
        "accuracy": lambda: (P.argmax(1) == (Y if Y.ndim == 1 else Y.argmax(1))).mean(),
        "label_accuracy": lambda: ((P >= 0.5) == Y).mean(),
        "r2": lambda: theirs.r2_score(Y, P),
    }[score]()
    assert run.history.epochs[-1].validation_score == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("output", "loss", "Y", "score"),
    [
        ("sigmoid", "binary_cross_entropy", [0, 1, 1], "accuracy"),
        ("sigmoid", "binary_cross_entropy", [0, 0.5, 1], "r2"),
        ("identity", "mse", [0, 1, 1], "r2"),
        ("identity", "squared_hinge", [-1, 1, 1], "accuracy"),
        ("tanh", "squared_hinge", [0, 1, 1], "accuracy"),
        ("identity", "quantile:0.9", [0.5, 1, 2], "mean_absolute_error"),
        ("exp", "poisson", [0, 1, 7], "r2"),
    ],
)
def test_the_score_of_a_single_output(output, loss, Y, score):
    n = Network(2, [Dense(1, output)])
    plan = compile_plan(n.architecture, Recipe(loss), 3)
    examples = as_examples(n.architecture, loss, np.zeros((3, 2)), Y)
    assert score_name(plan, examples) == score


@pytest.mark.parametrize("output", ["identity", "tanh"])
def test_classes_as_signs_are_judged_as_classes(blobs, output):
    """A prediction above 0 is the class 1, whether targets were −1 and 1 or 0 and 1."""
    X, Y = blobs[0], blobs[1] == 0
    n = network(output, 1, precision="float64")
    right = ((n.predict(X)[:, 0] >= 0) == Y).mean()
    for targets in (Y, 2 * Y - 1):
        found, examples = judging(n, X, targets, "squared_hinge", metrics=("recall",))
        verdict = found.verdict(examples, n.parameters)
        assert verdict.score == pytest.approx(right)
        assert verdict.metrics[0] == theirs.recall_score(Y, n.predict(X)[:, 0] >= 0)
        lacking = np.maximum(0, 1 - (2 * Y - 1) * n.predict(X)[:, 0])
        assert verdict.cost == pytest.approx((lacking**2).mean(), rel=1e-12)


@pytest.mark.parametrize("part", [None, "given", 0.3])
def test_metrics_by_name_are_those_of_the_validation_or_the_training_part(blobs, engine, part):
    X, Y = blobs
    n = network()
    validation = (X[:40], Y[:40]) if part == "given" else part
    names = ["f1", "recall", "roc_auc", "log_loss"]
    run = start(n, X, Y, metrics=names, validation=validation, epochs=2, engine=engine)
    for event in run:
        if not isinstance(event, EpochEnded):
            continue
        judged_by = run.examples if run.validation is None else run.validation
        P, right = n.predict(judged_by.X).astype(float), judged_by.Y
        expected = [
            theirs.f1_score(right, P.argmax(1), average="macro"),
            theirs.recall_score(right, P.argmax(1), average="macro"),
            theirs.roc_auc_score(right, P / P.sum(1, keepdims=True), multi_class="ovr"),
            theirs.log_loss(right, P / P.sum(1, keepdims=True)),
        ]
        np.testing.assert_allclose(event.record.metrics, expected, rtol=1e-5)
    assert run.history.metrics == tuple(names)
    assert run.history.column("recall")[-1] == run.history.epochs[-1].metrics[1]


def of_class_1(P, Y):
    """A function of one's own sees predictions (n, n_out) and the targets as they were given."""
    assert P.shape == (90, 3)
    assert Y.shape in ((90,), (90, 3))
    return P[:, 1].mean()


@pytest.mark.parametrize("one_hot", [False, True])
def test_functions_of_ones_own_stand_beside_names(blobs, engine, one_hot):
    n = network()
    Y = np.eye(3)[blobs[1]] if one_hot else blobs[1]
    lowest = Metric(lambda P, Y, xp: P.min(), "lower", "any", "", "")
    given = {"metrics": ["f1", of_class_1, lowest], "monitor": "of_class_1", "patience": 9}
    history = train(n, blobs[0], Y, epochs=2, **given, engine=engine)
    assert history.metrics == ("f1", "of_class_1", "<lambda>")
    best = history.column("of_class_1").argmax()
    assert history.best_epoch == best + 1
    assert history.column("of_class_1")[best] == pytest.approx(n.predict(blobs[0])[:, 1].mean())
    assert (history.column("judged") == -history.column("of_class_1")).all()


def accuracy(P, Y):
    return 0.0


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ([accuracy], "metrics: accuracy is a metric already. Give the function another name"),
        (["accurate"], "metrics: expected one of accuracy, .*, or a function .* got 'accurate'"),
        ("accurate", "metrics: expected one of accuracy, .* got 'accurate'"),
        ("r2", "metrics: r2 does not suit .* Use any of accuracy"),
        ([3], "metrics: expected one of .* got 3"),
        ([of_class_1, of_class_1], "expected different names .* got .'of_class_1', 'of_class_1'"),
        ([lambda P, Y: 0.0, lambda P, Y: 1.0], "expected different names"),
        (["f1", "f1"], "expected different names"),
    ],
)
def test_what_is_no_metric_is_refused(blobs, metrics, message):
    with pytest.raises(RecipeError, match=message):
        start(network(), *blobs, metrics=metrics)


def test_a_metric_of_classes_is_refused_for_numbers(line):
    with pytest.raises(RecipeError, match="f1 does not suit these targets and outputs. Use .*r2"):
        start(Network(3, [Dense(2, "identity")]), *line, metrics="f1")


def test_one_metric_needs_no_brackets(blobs):
    runs = [start(network(), *blobs, metrics=metric) for metric in ("f1", of_class_1)]
    assert [run.plan.recipe.metrics for run in runs] == [("f1",), ("of_class_1",)]


def test_an_unknown_monitor_is_refused(blobs):
    with pytest.raises(RecipeError, match="expected one of accuracy, .* got 'accurate'"):
        start(network(), *blobs, monitor="accurate")


def test_the_cost_is_weighted_and_the_score_is_not(blobs):
    X, Y = blobs
    weight = np.arange(90) % 4
    n = network(precision="float64")
    found, examples = judging(n, X, Y, "cross_entropy", weights=weight, metrics=("accuracy",))
    verdict = found.verdict(examples, n.parameters)
    losses = -np.log(n.predict(X)[np.arange(90), Y])
    assert verdict.cost == pytest.approx(np.average(losses, weights=weight), rel=1e-12)
    assert verdict.score == verdict.metrics[0] == (n.predict(X).argmax(1) == Y).mean()
    assert found.verdict(examples, n.parameters, metrics=False) == (*verdict[:2], ())
    assert found.now(n.parameters) == verdict.cost


@pytest.mark.parametrize("sparsely", [False, True])
@pytest.mark.parametrize(
    ("output", "score"), [("softmax", "accuracy"), ("sigmoid", "label_accuracy")]
)
def test_many_predictions_are_judged_in_parts_to_the_same_bits(
    monkeypatch, engine, output, score, sparsely
):
    random, n = np.random.default_rng(0), judging_module.CHUNK + 150
    X = random.normal(size=(n, 2)) * (random.random((n, 2)) < 0.7)
    Y = random.integers(0, 3, n) if output == "softmax" else (random.random((n, 3)) < 0.3) * 1.0
    held, given = network(output), {"sample_weight": random.random(n), "metrics": [score]}
    run = start(held, sparse.csr_matrix(X) if sparsely else X, Y, engine=engine, **given)
    whole = run._judging.verdict(run.examples, held.parameters)
    assert (run.score, run._judging._at_once(n, [score])) == (score, n)
    monkeypatch.setattr(judging_module, "MANY", 3 * n - 1)
    assert run._judging._at_once(n, [score]) == judging_module.CHUNK
    assert run._judging._at_once(n, [score, "r2"]) == n  # no sum of parts
    assert run._judging.verdict(run.examples, held.parameters) == whole
    held.parameters[-1] = np.nan
    undefined = run._judging.verdict(run.examples, held.parameters)
    assert np.isnan([undefined.cost, undefined.score, *undefined.metrics]).all()


def test_other_weights_than_the_runs_own_can_be_judged(blobs):
    n, other = network(seed=1), network(seed=2)
    found, examples = judging(n, *blobs, "cross_entropy")
    losses = [-np.log(a.predict(blobs[0])[np.arange(90), blobs[1]]).mean() for a in (n, other)]
    for a, cost in zip((n, other), losses, strict=True):
        assert found.verdict(examples, a.parameters).cost == pytest.approx(cost, rel=1e-5)


@pytest.mark.parametrize("name", METRICS)
def test_an_undefined_prediction_has_undefined_metrics(line, name):
    """scikit-learn would raise; the run is to say that it diverged."""
    X, Y = line
    classes = METRICS[name].targets == "classes"  # sigmoid is bounded, so that only NaN is left
    n = Network(3, [Dense(2, "sigmoid" if classes else "identity")])
    loss, Y = ("binary_cross_entropy", (Y > 0) * 1.0) if classes else ("mse", Y)
    found, examples = judging(n, X, Y, loss, metrics=(name,))
    for value in (np.nan,) if classes else (np.nan, np.inf, np.float32(3e38)):
        verdict = found.verdict(examples, np.full_like(n.parameters, value))
        assert not np.isfinite(verdict.cost)
        assert np.isnan([verdict.score, *verdict.metrics]).all()


def test_an_epoch_is_judged_by_its_validation_or_by_its_own_cost(blobs):
    X, Y = blobs
    n = network(precision="float64")
    alone, examples = judging(n, X, Y, "cross_entropy")
    np.testing.assert_equal(alone.epoch(0.5, n.parameters), (np.nan, np.nan, 0.5, ()))
    held = examples.take(np.arange(30))
    cost, score, _ = alone.verdict(held, n.parameters)
    for monitor, sign in (("cost", None), ("f1", -1), ("log_loss", 1)):
        by, _ = judging(n, X, Y, "cross_entropy", validation=held, monitor=monitor)
        found = by.epoch(0.5, n.parameters)
        assert found[:2] == (cost, score)
        assert found.judged == (cost if sign is None else sign * found.metrics[0])
        assert by.now(n.parameters) == found.judged
    by, _ = judging(n, X, Y, "cross_entropy", monitor="f1")
    assert by.epoch(0.5, n.parameters).judged == -by.verdict(examples, n.parameters).metrics[0]


@pytest.mark.parametrize("weights", [None, np.arange(90) + 1.0])
def test_the_best_constant_is_that_of_the_weighted_training_part(blobs, weights):
    X, Y = blobs
    by_code, _ = judging(network(), X, Y, "cross_entropy", weights=weights)
    by_row, _ = judging(network(), X, np.eye(3)[Y], "cross_entropy", weights=weights)
    shares = np.bincount(Y, weights) / (90 if weights is None else weights.sum())
    entropy = -(shares * np.log(shares)).sum()
    assert by_code.constant() == pytest.approx(entropy, rel=1e-9)
    assert by_row.constant() == pytest.approx(entropy, rel=1e-9)
    numbers, examples = judging(network("identity", 2), X, X, "mae", weights=weights)
    assert numbers.constant() == constant_cost("mae", examples.Y, weights)


@pytest.mark.parametrize("Y", [np.ones(90, int), np.eye(3)[np.ones(90, int)]])
def test_there_is_no_constant_to_beat_where_all_targets_are_the_same(blobs, Y):
    assert judging(network(), blobs[0], Y, "cross_entropy")[0].constant() == np.inf


def test_metrics_do_not_change_a_run(blobs, engine, sha):
    found = set()
    for metrics in ([], ["f1", "roc_auc"], [of_class_1]):
        n = network()
        train(n, *blobs, optimizer=SGD(0.5), epochs=2, metrics=metrics, engine=engine)
        found.add(sha(n.parameters))
    assert len(found) == 1


def test_a_metric_has_to_give_a_number(blobs):
    for wrong in (lambda P, Y: "high", lambda P, Y: np.zeros(3)):
        run = start(network(), *blobs, metrics=wrong, engine="reference")
        with pytest.raises(RecipeError, match="expected a number from <lambda>"):
            list(run)


def test_without_validation_an_average_is_judged_by_its_own_cost(blobs):
    n = network(precision="float64")
    run = start(n, *blobs, average=0.99, epochs=2, patience=5, engine="reference")
    list(run)
    own = -np.log(n.predict(blobs[0])[np.arange(90), blobs[1]]).mean()
    assert run.state.best.judged == pytest.approx(own, rel=1e-12)
