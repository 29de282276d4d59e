"""scikit-learn's MLPClassifier.

`partial_fit` is one pass over what it is given, in batches, and keeps the optimizer's moments,
which `fit` forgets. Rows are gathered before it, at once: its own shuffling gathers each batch
more slowly, and in another order.
"""

import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import LabelBinarizer

from benchmarks.configurations import Configuration
from benchmarks.problem import EPSILON, RATE, Problem, Work
from pellucid.arrays import Array


def prepare(problem: Problem, configuration: Configuration) -> Work:
    """Return steps of `partial_fit`, or calls of `predict_proba`."""
    model, X, Y = _model(problem), problem.floats, problem.Y
    if not problem.case.trains:
        return _predicting(model, problem.asked(X))

    def advance(rows: Array) -> None:
        chosen = rows.reshape(-1)
        model.partial_fit(X[chosen], Y[chosen])

    def result() -> list[Array]:
        pairs = zip(model.coefs_, model.intercepts_, strict=True)
        return [array.copy() for pair in pairs for array in pair]

    return Work(advance, result)


def _predicting(model: MLPClassifier, inputs: list[Array]) -> Work:
    def advance(rows: Array) -> None:
        for x in inputs:
            model.predict_proba(x)

    return Work(advance, lambda: [model.predict_proba(inputs[0])])


def _model(problem: Problem) -> MLPClassifier:
    """Return a model with the first weights. It makes its own when it first sees data."""
    case = problem.case
    model = MLPClassifier(
        case.sizes[1:-1],
        activation="logistic" if case.hidden == "sigmoid" else "relu",
        solver="adam" if case.optimizer == "Adam" else "sgd",
        learning_rate_init=RATE.get(case.optimizer, 0.1),
        epsilon=EPSILON,
        alpha=0.0,
        batch_size=case.batch,
        shuffle=False,
        momentum=0.0,
        nesterovs_momentum=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are fewer rows than a batch has
        n_out = case.sizes[-1]
        model.partial_fit(problem.floats[:3], [0, 1, 0], classes=np.arange(max(n_out, 3)))
    if n_out == 2:
        _give_two_outputs(model)
    model.coefs_ = [W.copy() for W in problem.weights[::2]]
    model.intercepts_ = [b.copy() for b in problem.weights[1::2]]
    del model._optimizer  # which has seen those rows
    return model


def _give_two_outputs(model: MLPClassifier) -> None:
    """Make it the network that the others have: it would give two classes one logistic output."""
    model.classes_ = np.arange(2)
    model.n_outputs_ = 2
    model._label_binarizer = _TwoColumns().fit([0, 1])


class _TwoColumns(LabelBinarizer):
    def transform(self, y: Array) -> Array:
        return np.stack([y == 0, y == 1], axis=1)
