"""scikit-learn's rule of stopping, by hand."""

import numpy as np

from pellucid.estimators.patience import Progress


def test_losses_have_to_fall_by_more_than_tol():
    progress, waited = Progress(), []
    for loss in (1.0, 0.8, 0.75, 0.85, 0.5):
        progress.losses.append(loss)
        progress.by_loss(0.1)
        waited.append(progress.waited)
    assert waited == [0, 0, 1, 2, 0]
    assert progress.best_loss == 0.5


def test_the_weights_of_the_best_score_are_kept():
    progress, waited = Progress(), []
    for score, weight in ((0.5, 1.0), (0.55, 2.0), (0.8, 3.0), (0.7, 4.0)):
        progress.scores.append(score)
        progress.by_score(0.1, np.array([weight]), np.zeros(0))
        waited.append(progress.waited)
    assert waited == [0, 1, 0, 1]
    assert progress.best_score == 0.8
    assert progress.best_parameters.tolist() == [3.0]
