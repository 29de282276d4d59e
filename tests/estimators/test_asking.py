"""Parameters in scikit-learn's words become an architecture and a recipe."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.engines.native import n_cores
from pellucid.estimators.asking import (
    architecture_of,
    as_scikit_learn,
    hidden_sizes,
    is_stochastic,
    method_of,
    recipe_of,
    threads_of,
)
from pellucid.estimators.classifier import MLPClassifier


def test_sizes_are_one_or_several():
    assert hidden_sizes(5) == [5]
    assert hidden_sizes((5, 4)) == [5, 4]
    assert hidden_sizes(np.array([3])) == [3]
    with pytest.raises(ValueError, match=r"hidden_layer_sizes must be > 0, got \[4, 0\]"):
        hidden_sizes((4, 0))


def test_layers_have_their_own_activations_norms_and_pieces():
    asked = MLPClassifier((4, 3), ("logistic", "maxout"), norm="batch")
    built = architecture_of(asked, 2, 1, "sigmoid")
    assert [layer.activation for layer in built.layers] == ["sigmoid", "maxout", "sigmoid"]
    assert [layer.norm for layer in built.layers] == ["batch", "batch", "none"]
    assert built.layers[1].pieces == 2
    with pytest.raises(ValueError, match="one for each of 3 hidden layers, got"):
        architecture_of(MLPClassifier((4, 3, 2), ("tanh", "relu")), 2, 1, "sigmoid")


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ({}, pel.Adam(0.001, 0.9, 0.999, 1e-8)),
        ({"solver": "sgd"}, pel.Nesterov(0.001, 0.9)),
        ({"solver": "sgd", "nesterovs_momentum": False}, pel.Momentum(0.001, 0.9)),
        ({"solver": "adamw", "learning_rate_init": 0.1}, pel.AdamW(0.1)),
        ({"solver": "rmsprop"}, pel.RMSprop(0.001)),
        ({"solver": "momentum", "momentum": 0.5}, pel.Momentum(0.001, 0.5)),
        ({"solver": pel.AdaGrad(0.3)}, pel.AdaGrad(0.3)),
        ({"learning_rate": pel.Cosine(0.1)}, pel.Adam(pel.Cosine(0.1))),
    ],
    ids=str,
)
def test_solvers(parameters, wanted):
    asked = MLPClassifier(**parameters)
    assert method_of(asked) == wanted
    assert is_stochastic(asked.solver)


def test_penalties_are_divided_as_scikit_learn_divides_them():
    recipe = recipe_of(MLPClassifier(alpha=0.1, l1=0.2, batch_size=7), "mse", np.float64, 9)
    assert (recipe.l2, recipe.l2_divisor, recipe.l1, recipe.l1_divisor) == (
        0.1,
        "batch",
        0.2,
        "batch",
    )
    assert (recipe.batch_size, recipe.epochs, recipe.precision) == (7, 9, "float64")


def test_epsilon_stands_where_scikit_learn_has_it():
    """m̂ / (√v̂ + ε′) with ε′ = ε / √(1 − β₂ᵗ) is m / (√v + ε) times the corrections."""
    asked = MLPClassifier(epsilon=0.01)
    numbers = as_scikit_learn(np.tile([0.1, 0.9, 0.999, 0.01], (3, 1)), asked, 4)
    v, m = 0.3, 0.2
    for t, (rate, b1, b2, epsilon) in enumerate(numbers, start=5):
        ours = rate * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + epsilon)
        theirs = rate * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + 0.01)
        assert ours == pytest.approx(theirs, rel=1e-12)
    untouched = np.ones((2, 2))
    assert as_scikit_learn(untouched, MLPClassifier(solver="sgd"), 0) is untouched


def test_threads_are_counted_as_joblib_counts_jobs():
    cores = n_cores()
    assert threads_of(None) is None
    assert [threads_of(n) for n in (1, -1, -cores, -cores - 5, 10**6)] == [1, cores, 1, 1, cores]
    with pytest.raises(ValueError, match="n_jobs == 0"):
        threads_of(0)
