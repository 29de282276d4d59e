"""Our estimators through skl2onnx, carried out by onnxruntime: alone, in pipelines, in company."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.ensemble import (
    BaggingClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pellucid.equations.losses import LOSSES
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]
CLOSE = {"float32": 1e-6, "float64": 1e-12}
PLAIN = {"zipmap": False}


def scaled(load, dtype="float32"):
    """A data set of scikit-learn's, with columns of mean 0 and deviation 1."""
    X, y = load(return_X_y=True)
    return StandardScaler().fit_transform(X).astype(dtype), y


def small(**more):
    """A classifier that is soon fitted."""
    return MLPClassifier((10,), max_iter=20, random_state=0, **more)


@pytest.fixture(scope="module")
def run():
    """Convert an estimator, check the model in full and carry it out, on one thread."""
    import onnx
    import onnxruntime
    from skl2onnx import to_onnx

    quiet = onnxruntime.SessionOptions()
    quiet.intra_op_num_threads = quiet.inter_op_num_threads = 1
    quiet.log_severity_level = 3

    def convert_and_run(model, X, options=None, opset=None, rows=None):
        converted = to_onnx(model, X[:1], options=options, target_opset=opset)
        onnx.checker.check_model(converted, full_check=True)
        session = onnxruntime.InferenceSession(
            converted.SerializeToString(), quiet, providers=["CPUExecutionProvider"]
        )
        (name,) = (value.name for value in session.get_inputs())
        return session.run(None, {name: X if rows is None else X[rows]})

    return convert_and_run


def assert_same(model, X, labels, P, close=1e-6):
    """Labels and probabilities are the estimator's own."""
    assert list(labels) == list(model.predict(X))
    np.testing.assert_allclose(P, model.predict_proba(X), rtol=close, atol=close)


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("load", [load_digits, load_breast_cancer])
def test_a_classifier_says_the_same_in_the_precision_of_x(run, load, dtype):
    X, y = scaled(load, dtype)
    model = small().fit(X, y)
    labels, P = run(model, X, PLAIN)
    assert (labels.dtype, P.dtype) == (np.int64, np.dtype(dtype))
    assert_same(model, X, labels, P, CLOSE[dtype])


@pytest.mark.parametrize(
    "given",
    [
        {"activation": ["gelu", "maxout"]},
        {"activation": "logistic", "norm": "batch"},
        {"activation": "selu", "norm": "layer"},
        {"activation": "softplus", "dropout": 0.2, "average": 0.9},
        {"hidden_layer_sizes": ()},
        {"solver": "lbfgs"},
    ],
    ids=str,
)
def test_what_scikit_learn_does_not_have(run, given):
    X, y = scaled(load_digits, "float64")
    asked = {"hidden_layer_sizes": (12, 8), "max_iter": 10, "random_state": 0}
    model = MLPClassifier(**asked | given).fit(X, y)
    labels, P = run(model, X, PLAIN)
    assert_same(model, X, labels, P, 1e-12)


@pytest.mark.parametrize(
    "names",
    [
        np.array(["benign", "malignant"]),
        np.array(["ja", "größer"], object),
        np.array([-5, 70_000_000_000]),
        np.array([False, True]),
        np.array([1.0, 2.0]),
        np.array([3, 200], np.uint8),
    ],
    ids=lambda names: str(names.dtype),
)
def test_labels_of_every_kind(run, names):
    X, y = scaled(load_breast_cancer)
    model = small().fit(X, names[y])
    labels, P = run(model, X, PLAIN)
    assert labels.dtype == (object if isinstance(names[0], str) else np.int64)
    assert_same(model, X, labels, P)
    labels, _ = run(model, X, PLAIN | {"nocl": True})
    assert list(model.classes_[labels]) == list(model.predict(X))


def test_probabilities_come_by_class_unless_they_are_asked_for_as_an_array(run):
    X, y = scaled(load_breast_cancer)
    model = small().fit(X, np.array(["no", "yes"])[y])
    expected = model.predict_proba(X)
    _, by_class = run(model, X)
    assert [sorted(row) for row in by_class[:2]] == [["no", "yes"]] * 2
    P = [[row["no"], row["yes"]] for row in by_class]
    np.testing.assert_allclose(P, expected, rtol=1e-6, atol=1e-6)
    _, no, yes = run(model, X, {"zipmap": "columns"})
    np.testing.assert_allclose(np.stack([no, yes], 1), expected, rtol=1e-6, atol=1e-6)
    *_, classes = run(model, X, PLAIN | {"output_class_labels": True})
    assert list(classes) == ["no", "yes"]


@pytest.mark.parametrize("n_labels", [2, 3])
def test_several_labels(run, n_labels):
    X, _ = scaled(load_breast_cancer)
    Y = (X[:, :n_labels] + X[:, 3:4] > 0).astype(int)
    model = small().fit(X, Y)
    labels, P = run(model, X, PLAIN)
    np.testing.assert_array_equal(labels, model.predict(X))
    np.testing.assert_allclose(P, model.predict_proba(X), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize(
    "loss",
    [
        *("squared_error", "absolute_error", "poisson", "huber:0.5"),
        *("quantile:0.3", "quantile:0.1,0.5,0.9", "quantile:0.9,0.2,0.6,0.4"),
    ],
)
def test_a_regressor_predicts_the_same(run, loss, n_outputs, dtype):
    X, y = scaled(load_diabetes, dtype)
    Y = (y[:, None] / 100 + np.arange(n_outputs))[:, :n_outputs]
    model = MLPRegressor(loss, (20, 10), max_iter=20, random_state=0)
    model.fit(X, Y if n_outputs > 1 else Y[:, 0])
    (P,) = run(model, X)
    assert (P.shape, P.dtype) == ((len(X), n_outputs), np.dtype(dtype))
    expected = model.predict(X).reshape(P.shape)
    np.testing.assert_allclose(P, expected, rtol=CLOSE[dtype], atol=CLOSE[dtype])


def test_crossing_quantiles_are_put_in_order_before_the_middle_is_taken(run):
    X, y = scaled(load_diabetes, "float64")
    model = MLPRegressor("quantile:0.9,0.5,0.1", (), max_iter=1, random_state=0).fit(X, y)
    raw = model.network_.predict(X)
    assert (np.diff(raw[:, ::-1], axis=1) < 0).any()  # they do cross
    np.testing.assert_allclose(run(model, X)[0][:, 0], np.median(raw, 1), rtol=1e-12)


def test_every_loss_for_numbers_was_tried():
    tried = {"half_sse", "mae", "poisson", "huber", "quantile"}
    links = {LOSSES[name].link for name in tried}
    numbers = {row.link for row in LOSSES.values() if row.targets in ("numbers", "counts")}
    assert links == numbers


@pytest.mark.parametrize("n_rows", [0, 1, 1000])
def test_any_number_of_rows(run, n_rows):
    X, y = scaled(load_digits)
    rows = slice(n_rows)
    labels, P = run(small().fit(X, y), X, PLAIN, rows=rows)
    assert (labels.shape, P.shape) == ((n_rows,), (n_rows, 10))
    Xd, yd = scaled(load_diabetes)
    model = MLPRegressor("quantile:0.1,0.5,0.9", (5,), max_iter=5).fit(Xd, yd)
    assert run(model, Xd, rows=rows)[0].shape == (min(n_rows, len(Xd)), 1)


@pytest.mark.parametrize("opset", [9, 15, 22])
def test_a_classifier_in_the_version_that_is_asked_for(run, opset):
    X, y = scaled(load_breast_cancer)
    model = small(activation="gelu", norm="layer").fit(X, y)
    labels, P = run(model, X, PLAIN, opset)
    assert_same(model, X, labels, P)


@pytest.mark.parametrize("opset", [11, 22])
def test_quantiles_in_the_version_that_is_asked_for(run, opset):
    X, y = scaled(load_diabetes)
    model = MLPRegressor("quantile:0.1,0.5,0.9", (5,), max_iter=5).fit(X, y)
    (P,) = run(model, X, opset=opset)
    np.testing.assert_allclose(P[:, 0], model.predict(X), rtol=1e-6, atol=1e-6)


def test_whole_numbers_are_taken(run):
    X, y = load_digits(return_X_y=True)
    model = small().fit(X.astype("float32"), y)
    labels, P = run(model, X.astype(np.int64), PLAIN)
    assert_same(model, X.astype("float32"), labels, P)


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), small()),
        CalibratedClassifierCV(small(), cv=3),
        StackingClassifier([("ours", small()), ("theirs", LogisticRegression())]),
        StackingClassifier([("theirs", LogisticRegression())], small()),
        StackingClassifier([("ours", make_pipeline(StandardScaler(), small()))]),
        VotingClassifier([("a", small()), ("b", LogisticRegression())], voting="soft"),
        BaggingClassifier(small(), n_estimators=3, random_state=0),
        OneVsRestClassifier(small()),
        GridSearchCV(small(), {"alpha": [1e-4, 0.1]}, cv=2),
        make_pipeline(StandardScaler(), GridSearchCV(small(), {"alpha": [1e-4, 0.1]}, cv=2)),
    ],
    ids=lambda model: str(model).replace("\n", "")[:60],
)
@pytest.mark.parametrize("load", [load_breast_cancer, load_digits])
def test_in_the_company_of_scikit_learns(run, model, load):
    X, y = load(return_X_y=True)
    X = (X / np.abs(X).max(0).clip(1)).astype("float32")
    if isinstance(model, VotingClassifier):
        model.set_params(flatten_transform=False)  # as skl2onnx has it
    labels, P = run(model.fit(X, y), X, PLAIN)
    assert_same(model, X, labels, P, 1e-5)


def test_regressors_in_company(run):
    X, y = scaled(load_diabetes)
    ours = MLPRegressor(hidden_layer_sizes=(5,), max_iter=20, random_state=0)
    model = StackingRegressor([("ours", ours), ("theirs", Ridge())]).fit(X, y / 100)
    np.testing.assert_allclose(run(model, X)[0][:, 0], model.predict(X), rtol=1e-5, atol=1e-5)


def test_a_pipeline_with_categories():
    """By ``convert_sklearn``, with numbers and texts as inputs of their own."""
    import onnxruntime
    import pandas
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    X, y = scaled(load_diabetes)
    table = pandas.DataFrame(X[:, :2], columns=["age", "weight"])
    table["town"] = np.array(["Rome", "Oslo", "Bonn"])[np.digitize(X[:, 2], [-0.5, 0.5])]
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), ["age", "weight"]), ("texts", OneHotEncoder(), ["town"])]
    )
    model = make_pipeline(columns, small()).fit(table, y > 140)
    types = [(name, FloatTensorType([None, 1])) for name in ("age", "weight")]
    types.append(("town", StringTensorType([None, 1])))
    converted = convert_sklearn(model, initial_types=types, options={id(model): PLAIN})
    session = onnxruntime.InferenceSession(
        converted.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    fed = {name: table[[name]].to_numpy() for name in table}
    labels, P = session.run(None, fed)
    assert_same(model, table, labels, P)


@pytest.mark.parametrize("first", ["import skl2onnx", "import pellucid; pellucid.MLPClassifier"])
def test_nothing_has_to_be_called_whichever_is_imported_first(first):
    """In a fresh Python: calibration asks skl2onnx's table before it sees an estimator of ours."""
    script = f"""
import warnings; warnings.simplefilter("ignore")
{first}
import numpy as np, pellucid as pel
from sklearn.calibration import CalibratedClassifierCV
X = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
model = CalibratedClassifierCV(pel.MLPClassifier((3,), max_iter=5), cv=2).fit(X, X[:, 0] > 0)
from skl2onnx import to_onnx
print(len(to_onnx(model, X[:1]).graph.output))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "2\n", done.stderr


def test_the_graph_keeps_the_names_of_the_equations(run):
    from skl2onnx import to_onnx

    X, y = scaled(load_breast_cancer)
    model = small(norm="batch").fit(X, y)
    names = {value.name for value in to_onnx(model, X[:1]).graph.initializer}
    assert {"weights_0_1", "bias_1", "mean_1", "weights_1_2", "bias_2"} <= names
