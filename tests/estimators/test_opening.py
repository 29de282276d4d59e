"""The costs that decide when to stop are scikit-learn's, also where probabilities are 0 and 1."""

import numpy as np
import pytest

from pellucid.engines.select import NAMES
from pellucid.estimators.opening import opened
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state


@pytest.mark.parametrize("engine", NAMES)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_certain_mistake_costs_the_logarithm_of_epsilon(engine, precision):
    """p = 0 of the right class; 36.04 in float64, 15.94 in float32."""
    architecture = Architecture(1, (Dense(2, "softmax"),))
    plan = compile_plan(architecture, Recipe(precision=precision), 1)
    parameters = np.array([-500, 500, 0, 0], precision)
    examples = as_examples(architecture, "cross_entropy", [[1.0]], [0])
    state = first_state(plan, parameters, np.zeros(0, precision))
    session = opened(engine, plan, state, examples, 1)
    wanted = -np.log(np.finfo(precision).eps)
    assert session.losses(examples)[1][0] == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("engine", NAMES)
def test_squares_are_not_touched(engine):
    architecture = Architecture(1, (Dense(1, "identity"),))
    plan = compile_plan(architecture, Recipe(loss="half_sse", precision="float64"), 1)
    examples = as_examples(architecture, "half_sse", [[1.0]], [[0.0]])
    state = first_state(plan, np.array([1e4, 0.0]), np.zeros(0))
    session = opened(engine, plan, state, examples, 1)
    assert session.losses(examples)[1][0] == 0.5e8
