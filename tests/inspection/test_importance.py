"""Which weights matter: by hand, against trace, and against costs calculated apart from it."""

import json

import numpy as np
import pytest

from pellucid.errors import RecipeError
from pellucid.inspection.costs import cost_of
from pellucid.inspection.importance import contributions_of, what_matters
from pellucid.inspection.trace import trace
from pellucid.network.layer import Dense
from tests.inspection.networks import KINDS, SCALING, network, rows, targets

SMOOTH = ["tanh and softmax", "masks", "one bias a layer", "no bias", "no hidden layer"]


def by_hand():
    """P = w₀ x₀ + w₁ x₁ on two examples: costs ½ (3² + 1²) = 5."""
    made = network([Dense(1, "identity", bias="none")])
    made.weights[1] = [[3.0], [1.0], [0.0]]
    return made, [[1, 0, 0], [0, 1, 2]], [0, 0]


def test_a_ranking_by_hand():
    found = what_matters(*by_hand(), "mse", nudge=0.5)
    assert [row.unit for row in found.rows] == [0, 2, 1]
    assert [row.derivative for row in found.rows] == [3, 2, 1]
    assert [row.contribution for row in found.rows] == [1.5, 0, 0.5]
    assert [row.predicted for row in found.rows] == [1.5, 1, 0.5]
    # A parabola's central difference is its slope, however far apart its points are.
    np.testing.assert_allclose([row.real for row in found.rows], [1.5, 1, 0.5])
    assert [row.removed for row in found.rows] == [-4.5, 0, -0.5]
    assert (found.cost, found.n_weights, found.n_examples) == (5, 3, 2)
    assert found.worst < 1e-15


def test_the_order_depends_on_what_it_is_by():
    rows_by = what_matters(*by_hand(), "mse", by="contribution").rows
    assert [row.unit for row in rows_by] == [0, 1, 2]


@pytest.mark.parametrize("by", ["gradient", "contribution"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_rows_are_the_largest_of_all_weights(kind, by):
    made = network(KINDS[kind], **SCALING)
    X, Y = rows(), targets(made)
    found = what_matters(made, X, Y, by=by, n=4)
    whole = trace(made, X, Y)
    everything = {}
    for k, l in made.architecture.connections:
        mask = made.architecture.mask(k, l)
        sizes = np.abs(whole.dW[k, l])
        if by == "contribution":
            sizes = np.mean(
                [
                    np.abs(np.outer(a, np.ones(made.weights[k, l].shape[1])) * made.weights[k, l])
                    for a in whole.A[k]
                ],
                axis=0,
            )
        for (i, j), size in np.ndenumerate(sizes):
            if mask is None or mask[i, j]:
                everything[k, i, l, j] = size
    expected = sorted(everything.values(), reverse=True)[:4]
    measured = [abs(r.derivative) if by == "gradient" else r.contribution for r in found.rows]
    np.testing.assert_allclose(measured, expected, rtol=1e-12)
    assert found.n_weights == len(everything)
    for row in found.rows:
        key = (row.source, row.unit, row.layer, row.sum)
        assert row.weight == made.weights[row.source, row.layer][row.unit, row.sum]
        size = abs(row.derivative) if by == "gradient" else row.contribution
        np.testing.assert_allclose(size, everything[key], rtol=1e-12)


@pytest.mark.parametrize("kind", SMOOTH)
def test_every_nudge_does_what_its_derivative_says(kind):
    made = network(KINDS[kind], **SCALING)
    found = what_matters(made, rows(), targets(made), n=1000)
    assert len(found.rows) == found.n_weights
    assert found.worst < 1e-6
    assert max(abs(row.derivative) for row in found.rows) > 1e-3


@pytest.mark.parametrize("kind", ["relu, three hidden layers", "maxout", "layer normalization"])
def test_real_changes_are_those_of_a_network_that_is_really_changed(kind):
    made = network(KINDS[kind])
    X, Y, weights = rows(), targets(made), np.arange(1.0, 8.0)
    found = what_matters(made, X, Y, n=3, nudge=0.1, sample_weight=weights)

    def cost(value, row):
        changed = made.copy()
        changed.weights[row.source, row.layer][row.unit, row.sum] = value
        return trace(changed, X, Y, sample_weight=weights).cost

    for row in found.rows:
        w = row.weight
        real = (cost(w + 0.1, row) - cost(w - 0.1, row)) / 2
        np.testing.assert_allclose(row.real, real, rtol=1e-9, atol=1e-13)
        removed = cost(0.0, row) - cost(w, row)
        np.testing.assert_allclose(row.removed, removed, rtol=1e-9, atol=1e-13)


def test_contributions_sum_to_what_reaches_a_sum_where_all_is_positive():
    made = network([Dense(2, "sigmoid"), Dense(1, "identity", bias="none")])
    made.weights[2] = np.abs(made.weights[2])
    X = rows()
    cost = cost_of(made, X, targets(made))
    found = contributions_of(cost)
    segment = next(s for s in made.segments if s.name == "weights.1.2")
    np.testing.assert_allclose(segment.view(found).sum(), made.predict(X).mean(), rtol=1e-12)
    bias = next(s for s in made.segments if s.name == "bias.1")
    assert (bias.view(found) == 0).all()


def test_the_network_is_left_alone():
    made = network(KINDS["maxout"])
    before = made.parameters.copy()
    what_matters(made, rows(), targets(made))
    np.testing.assert_array_equal(made.parameters, before)


def test_a_network_without_a_weight():
    made = network([Dense(1, "identity", masks={0: np.zeros((3, 1))})])
    found = what_matters(made, rows(), targets(made))
    assert found.rows == ()
    assert found.worst == 0


def test_it_is_told_as_a_table_and_as_data():
    found = what_matters(*by_hand(), "mse", n=2, nudge=0.5)
    lines = str(found).splitlines()
    assert lines[0] == "2 of 3 weights, by |∂C/∂w|; mse 5 over 2 examples"
    assert lines[3].split() == ["w_0,0^(1)", "3", "3", "1.5", "1.5", "1.5", "-4.5"]
    assert all(len(line) <= 100 for line in lines)
    data = json.loads(json.dumps(found.as_dict()))
    assert data["rows"][0]["removed"] == -4.5
    assert data["n_weights"] == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "size"}, "by: expected one of gradient, contribution, got 'size'"),
        ({"n": 0}, "n: expected how many"),
        ({"nudge": 0.0}, "nudge: expected a small number above 0"),
        ({"nudge": float("nan")}, "nudge: expected"),
    ],
)
def test_what_cannot_be_asked(options, message):
    made = network(KINDS["no bias"])
    with pytest.raises(RecipeError, match=message.replace("(", r"\(")):
        what_matters(made, rows(), targets(made), **options)


def test_step_units_have_no_derivative():
    with pytest.raises(RecipeError, match="layer 1: sign is flat"):
        what_matters(network([Dense(2, "sign"), Dense(1)]), rows(), np.zeros(7))
