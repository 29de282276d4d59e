"""In a notebook: scikit-learn's diagram as it is, and below it the network, once there is one."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor
from pellucid.estimators.showing import drawn, html_of

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)
SMALL = {"hidden_layer_sizes": (3,), "max_iter": 2, "random_state": 0}
FIGURE = '<figure class="pellucid-network"'


def without_numbers(html):
    """As scikit-learn makes it, but for the numbers it counts its boxes with."""
    return re.sub(r"(sk-(?:container|estimator)-id-|id=\")\d+", r"\1", html)


def texts(estimator):
    svg = ElementTree.fromstring(drawn(estimator)).find("{http://www.w3.org/2000/svg}svg")
    return [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_the_network_stands_below_scikit_learns_diagram(kind):
    model = kind(**SMALL)
    theirs = without_numbers(estimator_html_repr(model))
    assert without_numbers(model._repr_html_()) == theirs
    model.fit(X, Y)
    theirs = without_numbers(estimator_html_repr(model))
    for shown in (model._repr_html_(), model._repr_mimebundle_()["text/html"], html_of(model)):
        assert shown.count(FIGURE) == 1
        before, figure = shown.split(FIGURE)
        assert without_numbers(before) == theirs
        assert FIGURE + figure == drawn(model)
    assert model._repr_mimebundle_()["text/plain"] == repr(model)


def test_text_instead_of_diagrams_stays_text():
    model = MLPClassifier(**SMALL).fit(X, Y)
    with config_context(display="text"):
        assert not hasattr(model, "_repr_html_")
        assert set(model._repr_mimebundle_()) == {"text/plain"}


def test_columns_and_classes_have_their_names():
    table = pd.DataFrame(X, columns=["<i>a</i>", "b & c", "d", "e"])
    model = MLPClassifier(**SMALL).fit(table, np.array(["<p>", "q", "r"])[Y])
    assert {"<i>a</i>", "b & c", "<p>", "q", "r"} <= set(texts(model))
    assert "<p>" not in drawn(model)
    assert texts(MLPClassifier(**SMALL).fit(X, np.array(["no", "yes"])[Y % 2]))[:1] == ["yes"]
    bits = np.c_[Y == 0, Y == 1].astype(int)
    assert texts(MLPClassifier(**SMALL).fit(X, bits))[:2] == ["0", "1"]
    assert texts(MLPRegressor(**SMALL).fit(X, Y))[0] == "4 inputs"
    levels = MLPRegressor(**SMALL, loss="quantile:0.1,0.5,0.9").fit(X, Y)
    assert "3 outputs" in texts(levels)


def test_its_caption_counts():
    said = ElementTree.fromstring(drawn(MLPClassifier(**SMALL).fit(X, Y))).find("figcaption").text
    assert said.startswith("4 inputs, 3 relu, 3 softmax: 27 parameters. Lines are weights")


def test_diagrams_of_pipelines_are_scikit_learns():
    model = MLPClassifier(**SMALL)
    for holder in (
        make_pipeline(StandardScaler(), model),
        make_pipeline(make_column_transformer((model, [0, 1])), StandardScaler()),
        GridSearchCV(model, {"alpha": [1.0]}, cv=2),
    ):
        shown = holder.fit(X, Y)._repr_html_()
        assert shown.count("MLPClassifier") >= 1
        assert FIGURE not in shown


def test_it_needs_no_matplotlib():
    code = """
import sys, warnings; warnings.simplefilter("ignore")
from pellucid.estimators.classifier import MLPClassifier
page = MLPClassifier((2,), max_iter=1).fit([[0.0], [1.0]], [0, 1])._repr_html_()
print("<svg" in page.split("<figure")[1], "matplotlib" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
