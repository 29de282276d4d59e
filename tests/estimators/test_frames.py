"""Frames go in and, where that is asked for, come out; their columns have names."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn import neural_network as theirs
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)
NAMES = ["sepal length", "sepal width", "petal length", "petal width"]
FRAMES = {
    "pandas": lambda X, names=NAMES: pd.DataFrame(X, columns=names),
    "polars": lambda X, names=NAMES: pl.DataFrame(X, schema=list(names)),
}
KINDS = [MLPClassifier, MLPRegressor]
SMALL = {"hidden_layer_sizes": (6, 4), "max_iter": 5, "random_state": 0}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_frames_are_fitted_as_their_numbers(kind, frame):
    model, plain = kind(**SMALL).fit(frame(X), Y), kind(**SMALL).fit(X, Y)
    assert (model.network_.parameters == plain.network_.parameters).all()
    assert model.feature_names_in_.tolist() == NAMES
    assert not hasattr(plain, "feature_names_in_")
    np.testing.assert_array_equal(model.predict(frame(X)), plain.predict(X))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.predict(X)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_other_names_are_refused(kind, frame):
    model = kind(**SMALL).fit(frame(X), Y)
    turned, others = frame(X[:, ::-1], NAMES[::-1]), frame(X, ["a", *NAMES[1:]])
    part = frame(X[:, :3], NAMES[:3])
    for call in (
        model.predict,
        model.transform,
        lambda data: model.score(data, Y),
        lambda data: model.partial_fit(data, Y),
        lambda data: kind(**SMALL).fit(frame(X), Y, X_val=data, y_val=Y),
    ):
        with pytest.raises(ValueError, match="must be in the same order as they were in fit"):
            call(turned)
        with pytest.raises(ValueError, match=r"unseen at fit time:\n- a\n.*missing:\n- sepal len"):
            call(others)
        with pytest.raises(ValueError, match="seen at fit time, yet now missing:\n- petal width"):
            call(part)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_labels_may_be_a_column(frame):
    names = np.array(["one", "two", "three"])[Y]
    table = frame(X)
    column = pd.Series(names) if isinstance(table, pd.DataFrame) else pl.Series(names)
    model = MLPClassifier(**SMALL).fit(table, column, X_val=table[::2], y_val=column[::2])
    assert model.classes_.tolist() == ["one", "three", "two"]
    assert model.validation_scores_[-1] == model.score(table[::2], column[::2])


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_text_and_gaps_are_refused(frame):
    words = frame(np.where(X > 1, "much", "little").astype(object))
    with pytest.raises(ValueError, match="could not convert string to float"):
        MLPClassifier(**SMALL).fit(words, Y)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        MLPRegressor(**SMALL).fit(frame(np.where(X > 1, X, np.nan)), Y)


@pytest.mark.parametrize("way", FRAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_hidden_layers_come_out_as_frames(kind, way):
    model = kind(**SMALL).fit(X, Y)
    wanted = {layer: model.transform(X, layer=layer) for layer in (None, 1, 2, 3, -1)}
    model.set_output(transform=way)
    for layer, numbers in wanted.items():
        found = model.transform(X, layer=layer)
        assert type(found) is type(FRAMES[way](X))
        prefix = kind.__name__.lower()
        assert list(found.columns) == [f"{prefix}{i}" for i in range(numbers.shape[1])]
        np.testing.assert_array_equal(found.to_numpy(), numbers)
    assert model.fit_transform(X, Y).shape == (150, 4)


@pytest.mark.parametrize("way", FRAMES)
def test_a_frame_goes_through_a_pipeline_by_its_names(way):
    kinds = np.array([0.0, 1.0, 2.0])[Y[::-1]]
    table = FRAMES[way](np.c_[X, kinds], [*NAMES, "kind"])
    columns = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["kind"]), (StandardScaler(), NAMES)
    )
    with config_context(transform_output=way):
        model = make_pipeline(columns, MLPClassifier(**SMALL)).fit(table, Y)
        names = ["onehotencoder__kind_0.0", *(f"standardscaler__{name}" for name in NAMES)]
        assert set(names) <= set(model[-1].feature_names_in_)
        assert list(model.transform(table).columns) == [f"mlpclassifier{i}" for i in range(4)]
        turned = table[["kind", *reversed(NAMES)]]  # columns are found by name
        np.testing.assert_array_equal(model.predict_proba(turned), model.predict_proba(table))


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_numbers_are_as_wide_as_in_scikit_learn(frame, dtype):
    table = frame(X.round().astype(dtype))
    wanted, found = (kind(**SMALL).fit(table, Y) for kind in (theirs.MLPClassifier, MLPClassifier))
    assert found.coefs_[0].dtype == wanted.coefs_[0].dtype
