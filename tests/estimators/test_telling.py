"""scikit-learn's callbacks hear of each epoch."""

from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.datasets import load_iris

from pellucid.estimators.classifier import MLPClassifier

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # the protocol is called experimental
    pytest.mark.skipif(find_spec("sklearn.callback") is None, reason="scikit-learn before 1.9"),
]
X, Y = load_iris(return_X_y=True)


def test_a_monitor_scores_every_epoch():
    from sklearn.callback import ScoringMonitor

    monitor = ScoringMonitor(scoring="accuracy")
    model = MLPClassifier(max_iter=6, random_state=0).set_callbacks(monitor).fit(X, Y)
    scores = [row["accuracy"] for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    wanted = [MLPClassifier(max_iter=n, random_state=0).fit(X, Y).score(X, Y) for n in range(1, 7)]
    np.testing.assert_allclose(scores, wanted)
    assert model.n_iter_ == 6


def test_a_callback_can_stop_the_fit():
    class Third:
        """Stops after the third epoch."""

        ended = 0

        def setup(self, estimator, context):
            """Begin."""

        def teardown(self, estimator, context):
            """End."""

        def on_fit_task_begin(self, estimator, context):
            """Hear that something begins."""

        def on_fit_task_end(self, estimator, context):
            """Hear that something is over."""
            self.ended += context.task_name == "epoch"
            return self.ended == 3

    model = MLPClassifier(max_iter=50, random_state=0).set_callbacks(Third()).fit(X, Y)
    assert model.n_iter_ == 3
