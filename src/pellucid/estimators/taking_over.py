"""A fitted multi-layer perceptron of scikit-learn's, taken over: the same answers, our engines."""

from typing import Any

import numpy as np
from sklearn import neural_network as theirs

from pellucid.errors import DataError
from pellucid.estimators.asking import OURS, architecture_of
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.multilayer import MultilayerPerceptron
from pellucid.estimators.patience import Progress
from pellucid.estimators.regressor import MLPRegressor
from pellucid.model.network import Network

KINDS = {theirs.MLPClassifier: MLPClassifier, theirs.MLPRegressor: MLPRegressor}
ATTRIBUTES = (
    *("classes_", "n_features_in_", "feature_names_in_", "n_layers_", "n_outputs_"),
    *("out_activation_", "n_iter_", "t_", "loss_", "_label_binarizer"),
)


def from_sklearn(model: Any) -> MultilayerPerceptron:
    """Return our estimator with the parameters and weights of scikit-learn's.

    Parameters
    ----------
    model : sklearn.neural_network.MLPClassifier or MLPRegressor
        Fitted. Not changed.

    Returns
    -------
    MLPClassifier or MLPRegressor
        With copies of the weights. Fitting goes on from them where ``warm_start`` or
        ``partial_fit`` ask for it, with a fresh memory of the optimizer.

    Raises
    ------
    DataError
        Something else, or not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> X, y = np.eye(4), [0, 1, 0, 1]
    >>> model = MLPClassifier((3,), solver="lbfgs", random_state=0).fit(X, y)
    >>> from_sklearn(model).predict(X).tolist() == model.predict(X).tolist()
    True
    """
    kind = KINDS.get(type(model))
    if kind is None or not hasattr(model, "coefs_"):
        raise DataError(
            "model: expected a fitted MLPClassifier or MLPRegressor of scikit-learn's, got "
            f"{model!r}. Fit it first."
        )
    ours: MultilayerPerceptron = kind(**model.get_params(deep=False))
    for name in ATTRIBUTES:
        if hasattr(model, name):
            setattr(ours, name, getattr(model, name))
    output = OURS.get(model.out_activation_, model.out_activation_)
    architecture = architecture_of(ours, model.n_features_in_, model.n_outputs_, output)
    dtype = np.result_type(*model.coefs_).name
    ours.network_ = Network(
        model.n_features_in_, architecture.layers, initial="zeros", precision=dtype
    )
    for l, (W, b) in enumerate(zip(model.coefs_, model.intercepts_, strict=True), start=1):
        ours.network_.weights[l][...], ours.network_.biases[l][...] = W, b
    ours._n_features_out = architecture.units(ours._layer(None))
    ours._progress = _progress(model)
    ours._report()
    return ours


def _progress(model: Any) -> Progress:
    """What the epochs of scikit-learn's model have brought."""
    if not hasattr(model, "loss_curve_"):
        return Progress()
    best, scores = model.best_loss_, model.validation_scores_
    return Progress(
        losses=list(model.loss_curve_),
        best_loss=np.inf if best is None else best,
        scores=list(scores or ()),
        best_score=-np.inf if scores is None else model.best_validation_score_,
        waited=model._no_improvement_count,
    )
