import numpy as np
import pytest

import pellucid as pel
from pellucid.inspection.given import checked

X = np.eye(2)


def network(output, hidden="tanh"):
    return pel.Network(2, [pel.Dense(3, hidden), pel.Dense(2, output)])


@pytest.mark.parametrize(
    ("output", "loss"),
    [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy"), ("identity", "mse")],
)
def test_the_loss_is_by_default_the_outputs(output, loss):
    Y = [0, 1] if output == "softmax" else np.eye(2)
    found, examples = checked(network(output), X, Y, None, [1, 2])
    assert found == loss
    assert examples.weights.tolist() == [1, 2]


def test_what_does_not_fit_is_refused():
    with pytest.raises(pel.RecipeError, match="cross_entropy expects softmax outputs"):
        checked(network("identity"), X, X, "cross_entropy")
    with pytest.raises(pel.RecipeError, match="step is flat"):
        checked(network("identity", "step"), X, X, None)
    with pytest.raises(pel.DataError, match="expected as many targets"):
        checked(network("identity"), X, X[:1], None)
