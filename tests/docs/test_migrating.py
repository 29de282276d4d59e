"""The page for those who come from elsewhere: its programs, and what it says of scikit-learn.

What it says of the others is held by test_migrating_keras.py and its neighbours.
"""

import inspect
import re

import numpy as np
import pytest
from sklearn import neural_network as theirs
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer

import pellucid as pel
from docs.making.executed import results
from tests.docs.reading import DOCS

TEXT = (DOCS / "migrating.md").read_text(encoding="utf-8")
BEGINNING, *PARTS = re.split(r"^(?=## )", TEXT, flags=re.MULTILINE)
SECTIONS = {part.splitlines()[0].removeprefix("## From "): part for part in PARTS}
PEERS = ["Keras", "PyTorch", "skorch"]
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)), RNG.normal(size=(40, 3))
DIGITS = load_digits().data / 16, load_digits().target

unconverged = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def carried_out(*sections):
    """The programs of some sections: their variables, and what each block printed, if it did."""
    text = "".join([BEGINNING, *(SECTIONS[name] for name in sections)])
    variables = {"__name__": "__main__"}
    printed = [result.printed for result in results(text, "migrating", variables)]
    return variables, [text for text in printed if text]


def share(printed):
    """The number after "accuracy"."""
    return float(re.search(r"accuracy ([\d.]+)", printed)[1])


def test_the_page_has_a_section_for_each_and_is_found():
    assert list(SECTIONS) == ["scikit-learn", *PEERS]
    for page in ("index", "how-to/index"):
        assert "migrating.md)" in (DOCS / f"{page}.md").read_text(encoding="utf-8")


@unconverged
def test_scikit_learn_programs():
    page, printed = carried_out("scikit-learn")
    assert printed[0] == printed[1]  # as many epochs, as many right
    assert float(printed[0].split()[1]) > 0.9
    assert float(printed[2]) < 1e-10
    assert float(printed[3]) < 1e-12
    assert {W.dtype for W in page["ours"].coefs_} == {np.dtype(np.float64)}
    *starts, scored, shape = printed[4].splitlines()
    assert len(starts) == 3
    assert "'kept': True" in max(starts, key=lambda line: float(re.search(r"-[\d.]+", line)[0]))
    assert scored.endswith("(450, 64)")
    assert float(scored.split()[0]) > 0.95
    assert shape == "(1, 64)"


@pytest.mark.peers
@pytest.mark.usefixtures("torch")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras' about NumPy
@unconverged
@pytest.mark.parametrize("peer", PEERS)
def test_programs_of_peers(peer):
    """Both sides learn; carried over, predictions are the same; so they are after more steps."""
    page, printed = carried_out(*(["PyTorch", "skorch"] if peer == "skorch" else [peer]))
    if peer == "skorch":
        printed = printed[-3:]
    their, our, *differences = printed
    assert share(their) > 0.94
    assert share(our) > 0.94
    tolerances = {"Keras": [1e-6, 1e-5], "PyTorch": [1e-6, 1e-12, 1e-6], "skorch": [1e-6]}[peer]
    for difference, tolerance in zip(differences, tolerances, strict=True):
        assert 0 <= float(difference) < tolerance
    network = page["network" if peer == "skorch" else "ours"]
    assert np.ptp(network.predict(page["X_test"])) > 0.05  # predictions that say something


def names_of(*callables):
    return {name for one in callables for name in inspect.signature(one).parameters}


def test_each_parameter_on_our_side_of_the_tables_is_there():
    estimators = (pel.MLPClassifier, pel.MLPRegressor)
    methods = [getattr(kind, name) for kind in estimators for name in ("fit", "transform")]
    ours = names_of(*estimators, *methods, pel.train, pel.start, pel.Network, pel.Dense)
    rows = re.findall(r"^\| (.*) \| (.*) \|$", TEXT, flags=re.MULTILINE)
    named = {name for _, cell in rows for name in re.findall(r"(\w+)=", cell)}
    assert len(named) > 20
    assert named - {"axis"} <= ours  # of NumPy's argmax
    reached = {name for _, cell in rows for name in re.findall(r"\bpel\.(\w+)", cell)}
    assert reached - {"plot_"} <= set(pel.__all__)
    for loss in ("mse", "mae", "huber:1.5", "poisson", "cross_entropy", "binary_cross_entropy"):
        assert any(f"`{loss}`" in cell and pel.Recipe(loss) for _, cell in rows)


@unconverged
def test_losses_are_cut_off_as_there():
    far = DIGITS[0] * 1e5, DIGITS[1]
    losses, weights = [], []
    for kind in (theirs.MLPClassifier, pel.MLPClassifier):
        model = kind((5,), max_iter=1, alpha=0, random_state=0).fit(*far)
        losses.append(model.loss_)
        weights.append(model.coefs_[0])
    cut = -np.log(np.finfo(np.float64).eps)
    assert cut == pytest.approx(36.04, abs=0.01)
    assert 10 < losses[0] < cut
    assert losses[1] == pytest.approx(losses[0], rel=1e-10)
    np.testing.assert_allclose(*weights, rtol=1e-10)
    network = model.network_
    assert pel.trace(network, *far, loss="cross_entropy").cost > 10 * cut


def test_what_fails_says_so():
    numbers = {"solver": "sgd", "learning_rate_init": 1000, "max_iter": 20, "random_state": 0}
    their = theirs.MLPClassifier((32,), **numbers).fit(*DIGITS)  # a warning would be an error
    with pytest.warns(ConvergenceWarning, match=r"constant|same prediction.*learning_rate_init"):
        our = pel.MLPClassifier((32,), **numbers).fit(*DIGITS)
    assert our.loss_ == pytest.approx(their.loss_, rel=1e-3)
    assert their.loss_ == pytest.approx(2e12, rel=0.2)


def both_go_on(Y, *, alpha=0.0, **ours):
    """scikit-learn's first step, then nine more by both: the largest difference of a weight."""
    their = theirs.MLPRegressor(
        hidden_layer_sizes=(5,),
        activation="tanh",
        solver="sgd",
        momentum=0.0,
        learning_rate_init=0.02,
        alpha=alpha,
        random_state=0,
    ).partial_fit(X, Y)
    layers = [pel.Dense(5, "tanh"), pel.Dense(their.n_outputs_, "identity")]
    network = pel.Network(4, layers, precision="float64")
    for l, (W, b) in enumerate(zip(their.coefs_, their.intercepts_, strict=True), start=1):
        network.weights[l], network.biases[l] = W, b
    for _ in range(9):
        their.partial_fit(X, Y)
    history = pel.train(
        network, X, Y, optimizer=pel.SGD(0.02), batch_size="all", epochs=9, l2=alpha, **ours
    )
    off = max(np.abs(W - network.weights[l + 1]).max() for l, W in enumerate(their.coefs_))
    return off, np.array(their.loss_curve_[1:]), history.costs


def test_the_penalty_and_its_divisor():
    off, theirs_loss, ours = both_go_on(Y[:, 0], alpha=2.0, loss="half_sse", l2_divisor="batch")
    assert off < 1e-12
    np.testing.assert_allclose(ours, theirs_loss)
    assert both_go_on(Y[:, 0], alpha=2.0, loss="half_sse")[0] > 0.01


def test_several_outputs_follow_the_sum_and_state_the_mean():
    off, theirs_loss, ours = both_go_on(Y, loss="half_sse")
    assert off < 1e-12
    np.testing.assert_allclose(ours, 3 * theirs_loss)
    assert both_go_on(Y, loss="mse")[0] > 1e-3


@pytest.mark.parametrize("n", [3, 10])
def test_early_stopping_waits_for_one_epoch_more(n):
    still = {"solver": "sgd", "learning_rate_init": 1e-12, "n_iter_no_change": n, "random_state": 0}
    for early in (False, True):
        model = theirs.MLPClassifier((5,), early_stopping=early, max_iter=50, **still)
        assert model.fit(*DIGITS).n_iter_ == 1 + n + 1
    network = pel.Network(64, [pel.Dense(10, "softmax")], seed=0)
    run = pel.start(network, *DIGITS, optimizer=pel.SGD(0.0), epochs=50, patience=n + 1)
    assert len([event for event in run if isinstance(event, pel.EpochEnded)]) == 1 + n + 1


def test_first_weights():
    wide = RNG.normal(size=(300, 60)), RNG.integers(0, 2, 300)
    for activation, factor in (("tanh", 6), ("relu", 6), ("logistic", 2)):
        model = theirs.MLPClassifier((140,), activation, solver="sgd", learning_rate_init=1e-12)
        model.partial_fit(*wide, classes=[0, 1])
        bound = np.sqrt(factor / 200)
        for drawn in (model.coefs_[0], model.intercepts_[0]):
            assert 0.9 * bound < np.abs(drawn).max() < bound + 1e-9
    for activation, initial in (("relu", "he"), ("tanh", "xavier"), ("sigmoid", "xavier")):
        layers = [pel.Dense(9, activation)]
        network = pel.Network(4, layers, seed=5)
        assert np.array_equal(
            network.parameters, pel.Network(4, layers, seed=5, initial=initial).parameters
        )
        assert not network.biases[1].any()


def step_of_adam(epsilon):
    """What `pel.Adam` subtracts in its first step, at the rate 1, where the gradient is 1."""
    network = pel.Network(1, [pel.Dense(1, "identity", bias="none")], initial="zeros")
    pel.train(network, [[1.0]], [-0.5], optimizer=pel.Adam(1.0, epsilon=epsilon), epochs=1)
    return -network.weights[1].item()


def test_where_epsilon_of_adam_stands():
    weight = np.zeros(1)
    AdamOptimizer([weight], 1.0, epsilon=0.1).update_params([weight], [np.ones(1)])
    assert -weight.item() == pytest.approx(1 / (1 + 0.1 / np.sqrt(1 - 0.999)))
    assert step_of_adam(0.1) == pytest.approx(1 / (1 + 0.1), rel=1e-5)


def test_precision():
    network = pel.Network(4, [pel.Dense(3)])
    assert network.predict(X).dtype == np.float32
    assert pel.Network(4, [pel.Dense(3)], precision="float64").predict(X).dtype == np.float64
    for dtype in (np.float32, np.float64):
        with pytest.warns(ConvergenceWarning):
            model = pel.MLPRegressor(max_iter=1).fit(X.astype(dtype), Y[:, 0])
        assert model.coefs_[0].dtype == dtype
