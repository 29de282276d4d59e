"""What each input did: gradients against differences, and what is asked of which output."""

import json

import numpy as np
import pytest
import scipy.sparse

from pellucid.errors import DataError, RecipeError, UnsupportedError
from pellucid.inspection.attribution import ROWS, attribution
from pellucid.network.layer import Dense
from tests.inspection.networks import KINDS, SCALING, network, rows


def function(made, X, of):
    """F for each output; the sums of a sigmoid or softmax output by their inverses."""
    P = made.predict(X)
    if of == "output":
        return P
    linear = made.copy()
    layers = [*made.architecture.layers[:-1]]
    last = made.architecture.layers[-1]
    same = Dense(last.units, "identity", last.inputs, last.bias, last.norm, last.masks)
    linear = network([*layers, same], scale=made.architecture.scale, shift=made.architecture.shift)
    linear.parameters[...], linear.buffers[...] = made.parameters, made.buffers
    return linear.predict(X)


@pytest.mark.parametrize("of", ["output", "sum"])
@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"an output of maxout"}))
def test_a_gradient_is_the_derivative_by_the_raw_columns(kind, of):
    made, X, step = network(KINDS[kind], **SCALING), rows(), 1e-6
    found = attribution(made, X, method="gradient", output="each", of=of)
    assert found.values.shape == (7, made.architecture.n_outputs, 3)
    for j in range(3):
        moved = step * np.eye(3)[j]
        ends = function(made, X + moved, of), function(made, X - moved, of)
        expected = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(found.values[:, :, j], expected, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found.F, function(made, X, of), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("of", ["output", "sum"])
@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"an output of maxout"}))
def test_integrated_gradients_account_for_the_difference(kind, of):
    made, X = network(KINDS[kind], **SCALING), rows(60)
    base = rows(1, seed=9)
    found = attribution(made, X, of=of, output="each", baseline=base[0], steps=2)
    difference = function(made, X, of) - function(made, base, of)
    np.testing.assert_allclose(found.values.sum(-1), difference, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.F - found.F_baseline, difference, rtol=1e-9, atol=1e-12)
    assert found.gaps.max() < 1e-9
    assert np.abs(difference).max() > 0.05


def test_a_large_relu_network_of_several_layers():
    made = network([Dense(60, "relu"), Dense(50, "relu"), Dense(40, "relu"), Dense(3, "softmax")])
    made.parameters[...] *= 2  # saturated: near 0 and 1
    found = attribution(made, 3 * rows(200), output="each")
    assert found.gaps.max() < 1e-9
    assert (found.F.max(1) > 0.999).any()


def test_gradient_x_input_is_exact_where_the_network_is_linear():
    made = network([Dense(2, "identity")], **SCALING)
    one = attribution(made, rows(), method="gradient_x_input", output=1)
    two = attribution(made, rows(), output=1)
    np.testing.assert_allclose(one.values, two.values, rtol=1e-12)
    A0 = rows() * np.array([0.5, 2, 1]) + np.array([0.1, 0, -0.3])
    np.testing.assert_allclose(one.values, A0 * made.weights[1][:, 1], rtol=1e-12)
    assert one.gaps.max() < 1e-12


def test_gradient_x_input_is_the_gradient_times_the_input():
    made, X, base = network(KINDS["tanh and softmax"], scale=2.0), rows(), rows(7, seed=3)
    gradient = attribution(made, X, method="gradient")
    product = attribution(made, X, method="gradient_x_input", baseline=base)
    np.testing.assert_allclose(product.values, gradient.values * (X - base), rtol=1e-12)
    assert product.gaps.max() > 1e-3


def test_the_usual_baseline_is_what_the_network_sees_as_0():
    made = network(KINDS["skip connections"], **SCALING)
    zero = -np.array(SCALING["shift"]) / np.array(SCALING["scale"])
    one, two = attribution(made, rows()), attribution(made, rows(), baseline=zero)
    np.testing.assert_allclose(one.values, two.values, atol=1e-12)
    np.testing.assert_allclose(one.F_baseline, two.F_baseline, atol=1e-12)


def test_which_output_is_explained():
    made, X = network(KINDS["tanh and softmax"]), rows(30)
    each = attribution(made, X, output="each")
    usual = attribution(made, X)
    right = made.predict(X).argmax(1)
    np.testing.assert_array_equal(usual.outputs, right)
    assert len(set(right.tolist())) > 1
    np.testing.assert_allclose(usual.values, each.values[np.arange(30), right], rtol=1e-13)
    np.testing.assert_allclose(attribution(made, X, output=2).values, each.values[:, 2])
    codes = np.arange(30) % 3
    chosen = attribution(made, X, output=codes)
    np.testing.assert_allclose(chosen.values, each.values[np.arange(30), codes], rtol=1e-13)
    np.testing.assert_array_equal(chosen.F, each.F[np.arange(30), codes])


def test_contributions_to_probabilities_of_all_classes_cancel():
    found = attribution(network(KINDS["tanh and softmax"]), rows(), output="each", steps=4)
    np.testing.assert_allclose(found.values.sum(1), 0, atol=1e-6)


def test_baselines_one_for_all_or_one_for_each():
    made, X = network(KINDS["masks"]), rows(5)
    one = attribution(made, X, baseline=X[0])
    each = attribution(made, X, baseline=np.tile(X[0], (5, 1)))
    np.testing.assert_array_equal(one.values, each.values)
    assert (one.values[0] == 0).all()
    turned = attribution(made, X, output=0, baseline=X[::-1])
    np.testing.assert_allclose(turned.F_baseline, turned.F[::-1], rtol=1e-14)


def test_many_rows_sparse_rows_and_small_numbers():
    made = network(KINDS["no hidden layer"], precision="float32", scale=1 / 255)
    X = np.random.default_rng(0).integers(0, 256, (ROWS + 10, 3)).astype(np.uint8)
    codes = np.random.default_rng(1).integers(0, 2, ROWS + 10)
    found = attribution(made, X, baseline=X, output=codes)
    assert (found.values == 0).all()
    np.testing.assert_array_equal(found.outputs, codes)
    np.testing.assert_allclose(found.F, made.predict(X)[np.arange(ROWS + 10), codes], rtol=1e-5)
    dense = attribution(made, X)
    assert dense.values.shape == (ROWS + 10, 3)
    assert dense.values.dtype == np.float64
    np.testing.assert_allclose(attribution(made, X[-5:]).values, dense.values[-5:], rtol=1e-10)
    sparse = attribution(made, scipy.sparse.csr_array(X))
    np.testing.assert_array_equal(sparse.values, dense.values)


def test_an_output_of_maxout_can_be_explained_but_not_its_sums():
    made = network(KINDS["an output of maxout"])
    assert attribution(made, rows()).gaps.max() < 1e-12
    with pytest.raises(UnsupportedError, match="maxout has several weighted sums"):
        attribution(made, rows(), of="sum")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"method": "lime"}, RecipeError, "method: expected one of integrated_gradients"),
        ({"of": "P"}, RecipeError, "of: expected one of output, sum"),
        ({"steps": 0}, RecipeError, "steps: expected"),
        ({"output": "all"}, RecipeError, 'output: expected the number of one, "predicted"'),
        ({"output": 3}, DataError, "output: expected class codes 0 to 2"),
        ({"output": [0, 1]}, DataError, "output: expected one for each of 7 rows, got 2"),
        ({"baseline": [0, 1]}, DataError, "baseline: expected 3 columns"),
        ({"baseline": np.zeros((2, 3))}, DataError, "baseline: expected one row, or one for each"),
    ],
)
def test_what_cannot_be_asked(options, error, message):
    with pytest.raises(error, match=message):
        attribution(network(KINDS["tanh and softmax"]), rows(), **options)


def test_step_units_have_no_gradient():
    with pytest.raises(UnsupportedError, match="layer 1: step is flat"):
        attribution(network([Dense(2, "step"), Dense(1)]), rows())


def test_it_is_told_as_a_table_and_as_data():
    made = network([Dense(1, "identity", bias="none")])
    made.weights[1] = [[1.0], [0.0], [-3.0]]
    found = attribution(made, [[1, 1, 1], [-1, 1, 1]])
    assert found.values.tolist() == [[1, 0, -3], [-1, 0, -3]]
    assert found.mean.tolist() == [0, 0, -3]
    assert found.mean_size.tolist() == [1, 0, 3]
    assert found.order.tolist() == [2, 0, 1]
    lines = str(found).splitlines()
    assert lines[0] == "integrated gradients of the output, 2 examples, 3 columns"
    assert lines[2].split() == ["2", "3", "-3"]
    assert lines[-1].startswith("contributions miss the difference by at most ")
    data = json.loads(json.dumps(found.as_dict()))
    assert data["columns"][0] == {"column": 2, "mean_size": 3, "mean": -3}
    assert (data["steps"], data["n_examples"]) == (32, 2)
    gradient = attribution(made, [[1, 1, 1]], method="gradient")
    assert gradient.as_dict()["largest_gap"] is None
    assert (gradient.steps, "miss" in str(gradient)) == (0, False)


def test_of_many_columns_ten_are_shown():
    from pellucid.model.network import Network

    made = Network(25, [Dense(1, "identity")])
    text = str(attribution(made, np.ones((1, 25))))
    assert len(text.splitlines()) == 14
    assert "the other columns' sum" in text
