"""The best-default estimators through skl2onnx: tables of every kind, in onnxruntime."""

import subprocess
import sys
from datetime import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_array
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_linnerud, load_wine
from sklearn.ensemble import StackingClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pellucid.errors import DataError
from pellucid.estimators.tabular_classifier import Classifier
from pellucid.estimators.tabular_regressor import Regressor

pytestmark = pytest.mark.peers
PLAIN = {"zipmap": False}
# Python has them in float32 in either case; inputs in float64 are the same to the last digit.
CLOSE = {"float32": 1e-5, "float64": 1e-6}
NO_TEXT = [None, np.nan, "", pd.NA]


def passengers(n=240, seed=0):
    """A list of passengers with gaps, and who survived."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "class": random.integers(1, 4, n),
            "sex": random.choice(["male", "female"], n),
            "age": np.where(random.random(n) < 0.2, np.nan, random.normal(30, 12, n).clip(0.5)),
            "parents aboard": random.integers(0, 4, n).astype(np.int8),
            "fare (£)": random.lognormal(2.5, 1.0, n),
            "embarked": random.choice(np.array(["S", "C", "Q", None], object), n),
            "alone": random.random(n) < 0.5,
            "deck": pd.Categorical(random.choice(["A", "B", "C"], n)),
            "name": [f"passenger {i}" for i in range(n)],
        }
    )
    odds = (
        2.0 * (table["sex"] == "female") - 0.8 * (table["class"] - 2) - table["age"].fillna(40) / 60
    )
    return table, np.where(odds + random.normal(0, 0.5, n) > 0, "lived", "died")


def row_of(table):
    """A row without gaps, by which skl2onnx can tell a text from a number."""
    return table.dropna()[:1]


def fed(table, dtype="float64"):
    """What onnxruntime is given for a frame: an array a column, fractions in one precision."""
    found = {}
    for name in table:
        cells = table[[name]].to_numpy()
        if cells.dtype.kind not in "fib":
            cells = cells.astype(object)
        found[name] = cells.astype(dtype) if cells.dtype.kind == "f" else cells
    return found


def types_of(table, dtype="float64"):
    """The same as skl2onnx's types."""
    from skl2onnx.common.data_types import StringTensorType, _guess_numpy_type

    return [
        (name, StringTensorType([None, 1]))
        if cells.dtype.kind == "O"
        else (name, _guess_numpy_type(cells.dtype, [None, 1]))
        for name, cells in fed(table, dtype).items()
    ]


@pytest.fixture(scope="module")
def session():
    """Check a model of ONNX in full and open it, on one thread."""
    import onnx
    import onnxruntime

    quiet = onnxruntime.SessionOptions()
    quiet.intra_op_num_threads = quiet.inter_op_num_threads = 1
    quiet.log_severity_level = 3

    def open_it(converted):
        onnx.checker.check_model(converted, full_check=True)
        return onnxruntime.InferenceSession(
            converted.SerializeToString(), quiet, providers=["CPUExecutionProvider"]
        )

    return open_it


def carry_out(session, table, dtype="float64"):
    """What comes out of a frame; skl2onnx calls its inputs so that every language could."""
    names = [value.name for value in session.get_inputs()]
    return session.run(None, dict(zip(names, fed(table, dtype).values(), strict=True)))


@pytest.fixture(scope="module")
def run(session):
    """Convert an estimator of arrays and carry it out."""
    from skl2onnx import to_onnx

    def convert_and_run(model, X, rows=None, opset=None):
        options = PLAIN if hasattr(model, "predict_proba") else None
        converted = to_onnx(model, X[:1], options=options, target_opset=opset)
        return session(converted).run(None, {"X": X if rows is None else rows})

    return convert_and_run


@pytest.fixture(scope="module")
def survivors():
    """A classifier of passengers."""
    return Classifier(random_state=0).fit(*passengers())


def assert_same(model, X, labels, P, close):
    """Labels and probabilities are the estimator's own."""
    np.testing.assert_allclose(P, model.predict_proba(X), rtol=close, atol=close)
    assert (np.asarray(labels) == model.predict(X)).all()


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("load", [load_breast_cancer, load_iris, load_wine])
def test_classes_from_arrays_with_gaps(run, load, dtype):
    X, y = load(return_X_y=True)
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    X = X.astype(dtype)
    model = Classifier(random_state=0).fit(X, y)
    labels, P = run(model, X)
    assert (labels.dtype, P.dtype) == (np.int64, np.dtype(dtype))
    assert_same(model, X, labels, P, CLOSE[dtype])


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("load", [load_diabetes, load_linnerud])
def test_numbers_from_arrays(run, load, dtype):
    X, Y = load(return_X_y=True)
    X = X.astype(dtype)
    model = Regressor(random_state=0).fit(X, Y)
    (P,) = run(model, X)
    assert P.dtype == dtype
    np.testing.assert_allclose(P, model.predict(X).reshape(P.shape), rtol=CLOSE[dtype])
    assert P.shape == (len(X), np.size(Y[0]))


@pytest.mark.parametrize("load", [load_breast_cancer, load_diabetes, load_iris, load_wine])
def test_frames_of_numbers(session, load):
    from skl2onnx import to_onnx

    X, y = load(return_X_y=True, as_frame=True)
    kind = Regressor if load is load_diabetes else Classifier
    model = kind(random_state=0).fit(X, y)
    opened = session(to_onnx(model, X[:1], options=PLAIN if kind is Classifier else None))
    *labels, P = carry_out(opened, X)
    if labels:
        assert_same(model, X, labels[0], P, 1e-6)
    else:
        np.testing.assert_allclose(P[:, 0], model.predict(X), rtol=1e-6)


def test_a_frame_of_everything(session, survivors):
    from skl2onnx import to_onnx

    table, _ = passengers()
    opened = session(to_onnx(survivors, row_of(table), options=PLAIN))
    assert_same(survivors, table, *carry_out(opened, table), 1e-6)


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("n_rows", [0, 1, 1000])
def test_other_passengers_any_number_of_them(session, survivors, n_rows, dtype):
    """With ports and decks that were not there, as many as they are, in either precision."""
    from skl2onnx import convert_sklearn

    table, _ = passengers(1000, seed=1)
    table.loc[::7, "embarked"] = "Genoa"
    table["deck"] = table["deck"].astype(object).where(table.index % 5 > 0, "Z")
    table = table[:n_rows]
    converted = convert_sklearn(
        survivors, initial_types=types_of(table, dtype), options={id(survivors): PLAIN}
    )
    labels, P = carry_out(session(converted), table, dtype)
    assert (labels.shape, P.shape, P.dtype) == ((n_rows,), (n_rows, 2), np.dtype(dtype))
    if n_rows:
        assert_same(survivors, table, labels, P, CLOSE[dtype])


@pytest.mark.parametrize("nothing", NO_TEXT, ids=repr)
def test_a_text_that_is_missing(session, survivors, nothing):
    from skl2onnx import to_onnx

    table, _ = passengers()
    opened = session(to_onnx(survivors, row_of(table), options=PLAIN))
    gone = table.assign(embarked=np.full(len(table), nothing, object))
    labels, P = carry_out(opened, gone)
    assert_same(survivors, table.assign(embarked=None), labels, P, 1e-6)


def test_an_array_of_objects_goes_in_as_texts(session):
    """Which is what skl2onnx makes of it."""
    from skl2onnx import to_onnx

    table, y = passengers()
    X = table[["age", "embarked", "class", "alone", "sex"]].to_numpy(object)
    model = Classifier(random_state=0).fit(X, y)
    opened = session(to_onnx(model, X[:1], options=PLAIN))
    assert [value.type for value in opened.get_inputs()] == ["tensor(string)"]
    assert_same(model, X, *opened.run(None, {"X": X}), 1e-6)


def test_inputs_by_name_in_any_order_and_several_columns_in_one(session):
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType, StringTensorType

    table, y = passengers()
    table = table[["age", "fare (£)", "sex"]]
    model = Classifier(random_state=0).fit(table, y)
    one = {"options": {id(model): PLAIN}}
    turned = session(convert_sklearn(model, initial_types=types_of(table)[::-1], **one))
    assert_same(model, table, *carry_out(turned, table[table.columns[::-1]]), 1e-6)
    types = [("numbers", DoubleTensorType([None, 2])), ("texts", StringTensorType([None, 1]))]
    grouped = session(convert_sklearn(model, initial_types=types, **one))
    arrays = {"numbers": table[["age", "fare (£)"]].to_numpy(), "texts": fed(table)["sex"]}
    assert_same(model, table, *grouped.run(None, arrays), 1e-6)


def test_dates_are_seconds_since_1970(session):
    """As the estimator reads them; ONNX has no dates."""
    from skl2onnx import convert_sklearn, to_onnx
    from skl2onnx.common.data_types import Int64TensorType

    days = np.datetime64("2020-01-01", "s") + np.arange(200) * np.timedelta64(86400, "s")
    table = pd.DataFrame({"day": days})
    model = Regressor(random_state=0).fit(table, np.sin(np.arange(200) / 30))
    with pytest.raises(NotImplementedError, match="datetime64|M8"):
        to_onnx(model, row_of(table))
    converted = convert_sklearn(model, initial_types=[("day", Int64TensorType([None, 1]))])
    (P,) = session(converted).run(None, {"day": days.astype(np.int64)[:, None]})
    np.testing.assert_allclose(P[:, 0], model.predict(table), rtol=1e-5, atol=1e-5)


def test_dates_among_objects_are_seconds(session):
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType

    X = np.array([[datetime(2020, 1, 1 + i % 2)] for i in range(60)], object)
    model = Classifier(random_state=0).fit(X, np.arange(60) % 2)
    types = [("X", DoubleTensorType([None, 1]))]
    converted = convert_sklearn(model, initial_types=types, options={id(model): PLAIN})
    seconds = X.astype("datetime64[s]").astype(float)
    assert_same(model, X, *session(converted).run(None, {"X": seconds}), 1e-6)


def test_polars_by_its_types(session):
    from skl2onnx import convert_sklearn

    table, y = passengers()
    cells = table.astype(object).where(table.notna(), None)
    frame = pl.DataFrame({name: cells[name].tolist() for name in cells})
    model = Classifier(random_state=0).fit(frame, y)
    types = types_of(table)
    converted = convert_sklearn(model, initial_types=types, options={id(model): PLAIN})
    assert_same(model, frame, *carry_out(session(converted), table), 1e-6)


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_fitted_to_a_sparse_matrix(run, kind, dtype):
    X, y = load_wine(return_X_y=True)
    X = np.where(np.median(X, axis=0) < X, X / X.max(axis=0), 0.0).astype(dtype)
    model = kind(random_state=0).fit(csr_array(X), y)
    assert model.encoding_ is None
    *labels, P = run(model, X)
    if labels:
        assert_same(model, X, labels[0], P, CLOSE[dtype])
    else:
        np.testing.assert_allclose(P[:, 0], model.predict(X), rtol=1e-5, atol=1e-5)


def test_several_labels(run):
    X, _ = load_breast_cancer(return_X_y=True)
    Y = (X[:, :3] > np.median(X[:, :3], axis=0)).astype(int)
    model = Classifier(random_state=0).fit(X, Y)
    assert_same(model, X, *run(model, X), 1e-6)


@pytest.mark.parametrize("labels", [["no", "yes"], [False, True], [3, -7]], ids=str)
def test_labels_of_every_kind(session, labels):
    """And probabilities by class, as skl2onnx has them where nothing is asked."""
    from skl2onnx import to_onnx

    table, y = passengers()
    table = table[["sex", "age"]]  # a text comes first
    model = Classifier(random_state=0).fit(table, np.array(labels)[(y == "lived").astype(int)])
    converted = to_onnx(model, row_of(table.astype({"age": "float32"})))
    found, by_class = carry_out(session(converted), table, "float32")
    P = [[row[label] for label in model.classes_.tolist()] for row in by_class]
    assert_same(model, table, found, P, 1e-5)


def test_one_class_and_columns_that_say_nothing(run):
    X = np.ones((30, 2))
    model = Classifier(random_state=0).fit(X, ["only"] * 30)
    labels, P = run(model, X)
    assert (list(labels), P.tolist()) == (["only"] * 30, [[1.0]] * 30)


@pytest.mark.parametrize("opset", [9, 15, 22])
def test_in_the_version_that_is_asked_for(session, survivors, opset):
    from skl2onnx import to_onnx

    table, _ = passengers()
    opened = session(to_onnx(survivors, row_of(table), options=PLAIN, target_opset=opset))
    assert_same(survivors, table, *carry_out(opened, table), 1e-6)


def test_a_table_in_a_pipeline(session):
    from skl2onnx import convert_sklearn

    table, y = passengers()
    model = make_pipeline(Classifier(random_state=0)).fit(table, y)
    options = {id(model): PLAIN}
    converted = convert_sklearn(model, initial_types=types_of(table), options=options)
    assert_same(model, table, *carry_out(session(converted), table), 1e-6)


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), Classifier(random_state=0)),
        CalibratedClassifierCV(Classifier(random_state=0), cv=2),
        StackingClassifier([("ours", Classifier(random_state=0)), ("theirs", GaussianNB())], cv=2),
    ],
    ids=lambda model: type(model).__name__,
)
def test_in_the_company_of_scikit_learns(run, model, dtype):
    X, y = load_wine(return_X_y=True)
    X = X.astype(dtype)
    assert_same(model.fit(X, y), X, *run(model, X), 1e-5)


def test_another_table_is_refused(survivors):
    from skl2onnx import convert_sklearn, to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    table, _ = passengers()
    with pytest.raises(DataError, match="expected 9 columns, as where the model was fitted, got 8"):
        to_onnx(survivors, row_of(table).iloc[:, :8])
    with pytest.raises(DataError, match="column 'sex': expected texts.*got DoubleTensorType"):
        to_onnx(survivors, row_of(table.assign(sex=1.0)))
    turned = row_of(table[["sex", "class", *table.columns[2:]]]).rename({"name": "called"}, axis=1)
    with pytest.raises(DataError, match="expected 'class' in place 0, .* got 'sex'"):
        to_onnx(survivors, turned)
    with pytest.raises(DataError, match="expected 9 columns, as where the model was fitted, got 4"):
        convert_sklearn(survivors, initial_types=[("X", FloatTensorType([None, 4]))])


@pytest.mark.parametrize("first", ["import skl2onnx", "import pellucid; pellucid.Classifier"])
def test_nothing_has_to_be_called_whichever_is_imported_first(first):
    script = f"""
{first}
import numpy as np, pellucid as pel
X = np.random.default_rng(0).normal(size=(40, 2))
model = pel.Classifier().fit(X, X[:, 0] > 0)
from skl2onnx import to_onnx
print(len(to_onnx(model, X[:1]).graph.output))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "2\n", done.stderr
