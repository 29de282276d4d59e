"""What a trace works out of its tape when it is asked for."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.inspection.trace import trace_at
from pellucid.plan.examples import as_examples
from tests.inspection.networks import KINDS, network


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_left_out_is_worked_out_when_asked_for(kind):
    made = network(KINDS[kind])
    X, Y = np.random.default_rng(0).normal(size=(4, 3)), np.zeros((4, made.architecture.n_outputs))
    Y[:, 0] = 1
    examples = as_examples(made.architecture, "half_sse", X, Y)
    given = (made.architecture, made.parameters, made.buffers, examples, "half_sse")
    whole, part = trace_at(*given), trace_at(*given, to_parameters=False)
    assert not any(name.startswith("weights") for name in part.back.parameters)
    np.testing.assert_array_equal(whole.gradient, part.gradient)
    for l in whole.delta:
        np.testing.assert_array_equal(whole.delta[l], part.delta[l])


def test_a_weight_of_nothing_has_its_delta_all_the_same():
    made = pel.Network(2, [pel.Dense(3, "tanh"), pel.Dense(1)], seed=0, precision="float64")
    X, Y = np.eye(2), [[1.0], [2.0]]
    even = pel.trace(made, X, Y)
    uneven = pel.trace(made, X, Y, sample_weight=[0, 1])
    for l in (1, 2):
        np.testing.assert_allclose(uneven.delta[l], even.delta[l], rtol=1e-13)
        assert not uneven.dZ[l][0].any()
