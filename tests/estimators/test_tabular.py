"""What both estimators without settings keep to: tables of every kind, weights, copies, company."""

import copy
import io
import os
import pickle
import signal
import threading
from importlib.util import find_spec

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy.sparse import csc_array, csr_array, csr_matrix
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier, StackingRegressor
from sklearn.inspection import PartialDependenceDisplay, permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import pellucid as pel
from pellucid.errors import DataError
from pellucid.estimators.tabular_classifier import Classifier
from pellucid.estimators.tabular_regressor import Regressor

KINDS = [Classifier, Regressor]
N = 60
CALLBACKS = pytest.mark.skipif(
    find_spec("sklearn.callback") is None, reason="scikit-learn before 1.9"
)


def trips(n=N, seed=0):
    """A list of trips with gaps, and whether people came too late."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "km": np.where(random.random(n) < 0.2, np.nan, random.lognormal(2, 1, n)),
            "by": random.choice(np.array(["bus", "train", None], object), n),
            "stops": random.integers(0, 5, n),
            "rain": random.random(n) < 0.5,
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 90, n), "D"),
            "line": pd.Categorical(random.choice(["U1", "U2", "S3"], n)),
            "ticket": [f"no. {i}" for i in range(n)],
        }
    )
    late = (table["by"] == "bus") * 2 + table["rain"] * 1 + table["stops"] / 2
    return table, (late + random.normal(0, 0.3, n) > 2).astype(int).to_numpy()


X, Y = trips()


@pytest.fixture(scope="module", params=KINDS)
def fitted(request):
    return request.param(random_state=0, n_jobs=1).fit(X, Y)


def said(model, table):
    """Its answers as numbers."""
    return model.predict_proba(table) if isinstance(model, Classifier) else model.predict(table)


def assert_same(one, other):
    np.testing.assert_array_equal(one.network_.parameters, other.network_.parameters)
    assert one.choices_ == other.choices_
    assert one.encoding_ == other.encoding_


def test_a_table_as_it_is(fitted):
    assert fitted.n_features_in_ == 7
    assert fitted.feature_names_in_.tolist() == list(X.columns)
    wanted = [
        *("km", "stops", "rain", "day", "km is missing", "by = bus", "by = train"),
        *("line = S3", "line = U1", "line = U2"),
    ]
    assert list(fitted.encoding_.names) == wanted
    inputs = fitted.encode(X)
    assert inputs.shape == (N, fitted.network_.architecture.n_inputs)
    np.testing.assert_array_equal(inputs[:, 4], X["km"].isna())
    np.testing.assert_array_equal(inputs[:, 5], X["by"] == "bus")
    np.testing.assert_allclose(said(fitted, X).reshape(N, -1), fitted.network_.predict(inputs))


def test_it_says_what_it_chose(fitted, capsys):
    chosen = {choice.what: choice for choice in fitted.choices_}
    score = "accuracy" if isinstance(fitted, Classifier) else "R²"
    kind = "classes" if isinstance(fitted, Classifier) else "target"
    assert chosen.keys() >= {
        "columns",
        "missing numbers",
        kind,
        "networks",
        "stopped at",
        "training",
    }
    assert chosen["left out as names"].value == "ticket"
    assert chosen["stopped at"].value == f"epoch {fitted.best_epoch_} of 60"
    assert f"expected {score}" in chosen
    assert len(fitted.held_out_scores_) == 8
    clone(fitted).set_params(verbose=True).fit(X, Y)
    assert capsys.readouterr().out == "".join(f"{choice}\n" for choice in fitted.choices_)


def test_curves_tell_how_it_went(fitted):
    assert len(fitted.loss_curve_) == len(fitted.held_out_loss_curve_) == 60
    assert fitted.best_epoch_ == np.argmin(fitted.held_out_loss_curve_) + 1


@pytest.mark.filterwarnings("ignore:X does not have valid")  # polars', in scikit-learn 1.6
def test_a_frame_of_another_library_or_an_array_of_objects_is_the_same(fitted):
    cells = {name: [None if pd.isna(v) else v for v in X[name]] for name in X}
    cells["day"] = [moment.to_pydatetime() for moment in X["day"]]
    lines = pl.Series(cells["line"], dtype=pl.Enum(["U1", "S3", "U2"]))
    tables = [pl.DataFrame(cells), pl.DataFrame(cells | {"line": lines})]
    tables += [X.astype(object), X.convert_dtypes()]
    for table in tables:
        np.testing.assert_array_equal(said(fitted, table), said(fitted, X))
        np.testing.assert_array_equal(said(fitted, table[3:4]), said(fitted, X[3:4]))
    array = np.array(list(zip(*cells.values(), strict=True)), object)
    again = clone(fitted)
    for table in (tables[1], array):
        np.testing.assert_array_equal(
            again.fit(table, Y).network_.parameters, fitted.network_.parameters
        )
    assert not hasattr(again, "feature_names_in_")


@pytest.mark.parametrize("kind", KINDS)
def test_lists_keep_numbers_beside_texts(kind):
    rows = [["a", 1.0, 5], ["b", float("nan"), 6], ["a", 2.5, 7], ["b", None, 8]]
    more = [["a", 3.0 + i, i] for i in range(40)]
    for table in (rows + more, [tuple(row) for row in rows[:3] + more]):
        model = kind(random_state=0, n_jobs=1).fit(table, np.arange(len(table)) % 2)
        wanted = ("x1", "x2", "x1 is missing", "x0 = a", "x0 = b")
        assert model.encoding_.names == wanted
        np.testing.assert_allclose(said(model, table), said(model, np.array(table, object)))


def test_columns_are_held_to_their_names_and_places(fitted):
    for table, problem in (
        (X[X.columns[::-1]], "must be in the same order as they were in fit"),
        (X.drop(columns="km"), "yet now missing:\n- km"),
        (X.assign(extra=1), "unseen at fit time:\n- extra"),
    ):
        with pytest.raises(ValueError, match=problem):
            fitted.predict(table)
    with (
        pytest.warns(UserWarning, match="does not have valid feature names"),
        pytest.raises(ValueError, match="X has 6 features, but"),
    ):
        fitted.predict(X.to_numpy()[:, :6])


def test_what_was_not_there_in_fit(fitted):
    """New categories and new gaps are no error; they are what is missing or in the middle."""
    assert np.isfinite(said(fitted, X.assign(by="tram"))).all()
    none = X.assign(by=None)
    np.testing.assert_array_equal(said(fitted, X.assign(by="tram")), said(fitted, none))
    middle = X.assign(stops=float(np.median(X["stops"])))
    np.testing.assert_array_equal(said(fitted, X.assign(stops=np.nan)), said(fitted, middle))
    far = said(fitted, X.assign(km=1e300))
    np.testing.assert_allclose(far, said(fitted, X.assign(km=1e9)), rtol=1e-4)


def test_texts_where_numbers_stood_and_infinity(fitted):
    words = X["stops"].astype(object).copy()
    words[3] = "several"
    with pytest.raises(DataError, match="column 'stops'.*got 'several' in row 3"):
        fitted.predict(X.assign(stops=words))
    infinite = X.assign(km=X["km"].where(X.index != 5, np.inf))
    for call in (fitted.predict, lambda table: clone(fitted).fit(table, Y)):
        with pytest.raises(DataError, match="column 'km'.*got infinity in row 5"):
            call(infinite)
    for rows in (np.array([[1.0], [np.inf]]), np.array([[1.0], [np.inf]], object)):
        with pytest.raises(ValueError, match="infinity"):
            clone(fitted).fit(rows, [0, 1])


@pytest.mark.parametrize("kind", KINDS)
def test_tables_that_cannot_be_learnt_from(kind):
    for table, y, problem in (
        (X[:0], Y[:0], r"0 sample\(s\)"),
        (np.empty((0, 2)), Y[:0], r"0 sample\(s\)"),
        (X, Y[:-1], r"inconsistent numbers of samples: \[60, 59\]"),
        (np.eye(3), [0, 1], r"inconsistent numbers of samples: \[3, 2\]"),
        (np.eye(3)[0], [0, 1, 0], "Expected 2D array, got 1D array"),
        (X, None, "requires y to be passed"),
        (pd.DataFrame({"a": [[1], [2]]}), [0, 1], "column 'a': expected numbers or texts"),
        (pd.DataFrame(np.eye(2), columns=["a", "a"]), [0, 1], "[Uu]nique column names"),
    ):
        with pytest.raises(ValueError, match=problem):
            kind().fit(table, y)
    for weights, problem in (
        (np.zeros(N), "non-zero|counts, got 0"),
        (-np.ones(N), "Negative values"),
        (np.full(N, np.nan), "NaN"),
        (np.ones(N - 1), r"\(59,\)"),
    ):
        with pytest.raises(ValueError, match=problem):
            kind().fit(X, Y, weights)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.uint8, np.int64, bool, ">f8"])
def test_numbers_of_every_type_are_their_values(dtype):
    numbers = (np.random.default_rng(0).normal(size=(N, 9)) * 9 + 3).astype(dtype)
    model = Classifier(random_state=0, n_jobs=1)
    wanted = said(clone(model).fit(numbers.astype(float), Y), numbers.astype(float))
    np.testing.assert_array_equal(said(model.fit(numbers, Y), numbers), wanted)


@pytest.mark.parametrize("sparse", [csr_array, csc_array, csr_matrix])
@pytest.mark.parametrize("kind", KINDS)
def test_sparse_tables(kind, sparse):
    random = np.random.default_rng(0)
    table = random.normal(size=(N, 4)) * (random.random((N, 4)) < 0.4)
    y = (table[:, 0] > 0.1).astype(int)
    model = kind(random_state=0, n_jobs=1).fit(sparse(table), y)
    assert model.encoding_ is None
    assert model.score(sparse(table), y) > 0.8
    np.testing.assert_allclose(said(model, sparse(table)), said(model, table), atol=1e-6)
    assert model.choices_[0].value == "as they are"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "rows", [[[1.0, 2.0]], [["a", None]], [[5, 5]] * 4, [[1.0], [2.0]], [[0], [1], [2]] * 20]
)
def test_few_rows_and_fewer_distinct_ones(kind, rows):
    table = np.array(rows, object)
    y = np.arange(len(rows)) % 3
    model = kind(random_state=0, n_jobs=1).fit(table, y)
    assert np.isfinite(said(model, table)).all()
    if len({tuple(row) for row in rows}) == len(set(y)):
        np.testing.assert_allclose(model.predict(table), y, atol=0.05)


WEIGHTS = st.lists(st.integers(0, 3), min_size=N, max_size=N).map(np.array)


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=2, deadline=None)
@given(weights=WEIGHTS, order=st.permutations(range(N)))
def test_a_row_twice_is_one_of_weight_2_and_absent_is_one_of_weight_0(kind, small, weights, order):
    """Also with frames, in any order, and categories that only rows of weight 0 have."""
    table, y, weights = X.copy(), Y, weights.copy()
    table.loc[weights == 0, "by"] = "sledge"
    if small:
        table, y, weights, order = table[:14], y[:14], weights[:14], [i for i in order if i < 14]
        weights[:2] = 1
    weights[[np.argmax(y == 0), np.argmax(y == 1)]] = 1  # every class is there
    rows = [i for i in order for _ in range(weights[i])]
    model = kind(random_state=1, n_jobs=1)
    one = clone(model).fit(table, y, weights)
    two = clone(model).fit(table.iloc[rows], y[rows])
    three = clone(model).fit(table.iloc[order], y[order], weights[order] / 10)
    assert_same(one, two)
    assert one.encoding_ == three.encoding_
    np.testing.assert_allclose(said(two, table), said(one, table), atol=1e-10)
    np.testing.assert_allclose(said(three, table), said(one, table), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_random_state_gives_the_same_bits(kind):
    wanted = kind(random_state=3, n_jobs=1).fit(X, Y)
    for n_jobs in (None, 2, -1):
        assert_same(kind(random_state=3, n_jobs=n_jobs).fit(X, Y), wanted)
    with joblib.parallel_config("threading", n_jobs=2):
        [other] = joblib.Parallel()([joblib.delayed(kind(random_state=3).fit)(X, Y)])
    assert_same(other, wanted)
    first, second = (kind(random_state=np.random.RandomState(3)).fit(X, Y) for _ in range(2))
    assert_same(first, second)
    different = kind(random_state=4).fit(X, Y)
    assert (different.network_.parameters != wanted.network_.parameters).any()


def by_joblib(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return joblib.load(file)


@pytest.mark.parametrize(
    "copied", [lambda m: pickle.loads(pickle.dumps(m)), by_joblib, copy.deepcopy]
)
def test_copies_answer_the_same(fitted, copied):
    other = copied(fitted)
    assert_same(other, fitted)
    np.testing.assert_array_equal(said(other, X), said(fitted, X))
    assert not np.shares_memory(other.network_.parameters, fitted.network_.parameters)
    assert not [name for name in vars(clone(fitted)) if name.endswith("_")]


def test_fitting_again_forgets_what_was(fitted):
    table = np.arange(50.0)[:, None]
    again = copy.deepcopy(fitted).fit(table, np.arange(50) % 2)
    fresh = clone(fitted).fit(table, np.arange(50) % 2)
    assert_same(again, fresh)
    assert vars(again).keys() == vars(fresh).keys()


@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_c_leaves_no_threads_behind(kind):
    table = np.random.default_rng(0).normal(size=(30_000, 5))
    before, handler = set(threading.enumerate()), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    working = threading.Event()

    def interrupt():
        while not any("ThreadPool" in thread.name for thread in threading.enumerate()):
            if working.wait(0.01):
                return
        os.kill(os.getpid(), signal.SIGINT)

    watch = threading.Thread(target=interrupt)
    watch.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            kind(n_jobs=2).fit(table, np.arange(30_000) % 2)
    finally:
        working.set()
        watch.join()
        signal.signal(signal.SIGINT, handler)
    assert set(threading.enumerate()) <= before


@CALLBACKS
@pytest.mark.filterwarnings("ignore")  # the protocol is called experimental
def test_callbacks_hear_of_every_epoch_and_see_the_table_as_it_came(fitted):
    from sklearn.callback import ProgressBar, ScoringMonitor

    scoring = "accuracy" if isinstance(fitted, Classifier) else "r2"
    monitor = ScoringMonitor(scoring=scoring)
    model = clone(fitted).set_callbacks(monitor, ProgressBar()).fit(X, Y)
    assert_same(model, fitted)
    rows = monitor.get_logs().data
    scores = [row[scoring] for row in rows if row["task_name"] == "epoch"]
    assert len(scores) == 60
    assert scores[-1] != scores[0]
    [whole] = [row[scoring] for row in rows if row["task_name"] == "fit"]
    assert whole == model.score(X, Y)
    assert scores[model.best_epoch_ - 1] == pytest.approx(whole)


class Third:
    """Stops after the third epoch."""

    def __init__(self):
        self.begun = self.ended = 0

    def setup(self, estimator, context):
        """Begin."""

    def teardown(self, estimator, context):
        """End."""

    def on_fit_task_begin(self, estimator, context):
        """Count."""
        self.begun += context.task_name == "epoch"

    def on_fit_task_end(self, estimator, context):
        """Count and stop."""
        self.ended += context.task_name == "epoch"
        return self.ended == 3


@CALLBACKS
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_can_stop_it(kind):
    third = Third()
    model = kind(random_state=0).set_callbacks(third).fit(X, Y)
    assert (third.begun, third.ended) == (3, 3)
    assert len(model.loss_curve_) == 3
    assert model.best_epoch_ <= 3
    assert np.isfinite(said(model, X)).all()


def test_a_notebook_shows_one_of_the_networks_and_the_choices(fitted):
    assert "pellucid" not in clone(fitted)._repr_html_()
    shown = fitted._repr_html_()
    assert shown.count('<figure class="pellucid-network"') == 1
    assert "One of 8 networks, whose mean is the answer: 10 inputs, 64 silu, 64 silu" in shown
    assert ">km is missing</text>" not in shown  # of ten inputs the first and last four are drawn
    assert ">line = U2</text>" in shown
    assert shown.count("<li>") == len(fitted.choices_)
    table = pd.DataFrame({"<i>": np.ones(N), "d": np.arange(N)})
    assert "left out as constant</b>: &lt;i&gt; (" in clone(fitted).fit(table, Y)._repr_html_()
    for table in (np.ones((2, 1)), csr_array(np.arange(N)[:, None] / N)):
        assert "<svg" in clone(fitted).fit(table, Y[: table.shape[0]])._repr_html_()


def test_all_of_pellucid_looks_into_it(fitted):
    inputs = fitted.encode(X)[:3]
    targets = Y[:3] if isinstance(fitted, Classifier) else Y[:3, None]
    trace = pel.trace(fitted.network_, inputs, targets)
    assert fitted.network_.architecture.n_layers == 8 * 2 + 1
    np.testing.assert_allclose(trace.A[17], fitted.network_.predict(inputs), rtol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_in_the_company_of_scikit_learns_own():
    classifier, regressor = (
        Classifier(random_state=0, n_jobs=1),
        Regressor(random_state=0, n_jobs=1),
    )
    stack = StackingClassifier([("pel", classifier)], LogisticRegression(), cv=2)
    for model in (
        make_pipeline(FunctionTransformer(lambda table: table.drop(columns="day")), classifier),
        CalibratedClassifierCV(classifier, cv=2),
        stack,
        GridSearchCV(classifier, {"class_weight": [None, "balanced"]}, cv=2),
        StackingRegressor([("pel", regressor)], Ridge(), cv=2),
    ):
        assert model.fit(X, Y).score(X, Y) > 0.5
    assert cross_val_score(classifier, X, Y, cv=3, scoring="roc_auc").mean() > 0.7
    assert (np.abs(cross_val_score(regressor, X, Y, cv=2)) < 1).all()


def test_importances_and_dependence(fitted):
    found = permutation_importance(fitted, X, Y, n_repeats=3, random_state=0).importances_mean
    assert found[list(X).index("ticket")] == 0
    assert set(np.argsort(found)[-2:]) == {list(X).index("by"), list(X).index("stops")}
    ax, table = Figure().subplots(), X.astype({"stops": float})
    drawn = PartialDependenceDisplay.from_estimator(fitted, table, ["stops"], ax=ax)
    assert np.ptp(drawn.axes_[0, 0].get_lines()[-1].get_ydata()) > 0.3
