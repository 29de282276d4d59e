"""The gradient check passes what is right and fails what is wrong."""

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES, loss_of
from pellucid.errors import DataError, RecipeError
from pellucid.model.network import Network
from pellucid.network import gradient_check as module
from pellucid.network.architecture import Architecture
from pellucid.network.gradient_check import GradientReport, gradient_check
from pellucid.network.layer import Dense
from pellucid.network.segments import initial_buffers, initial_parameters


def network_of(architecture, seed=0, precision="float64"):
    return Network.from_arrays(
        architecture,
        initial_parameters(architecture, seed, "normal", precision),
        initial_buffers(architecture, precision),
    )


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("loss", [*sorted(LOSSES), "huber:0.5", "quantile:0.1,0.9"])
def test_random_networks_pass(draw_architecture, draw_targets, loss, seed, precision):
    architecture = draw_architecture(seed, output=loss_of(loss).link)
    X = np.random.default_rng(seed).normal(size=(6, architecture.n_inputs))
    Y = draw_targets(seed, loss, 6, architecture.n_outputs)
    report = gradient_check(network_of(architecture, seed, precision), X, Y, loss)
    assert report.passed, str(report)
    assert report.worst <= 1e-7


CASE = Architecture(
    3,
    (
        Dense(4, "tanh", norm="batch", masks={0: np.eye(3, 4, dtype=int)}),
        Dense(5, "sigmoid", inputs=(0, 1), bias="layer"),
        Dense(2, "softmax"),
    ),
)
X = np.random.default_rng(1).normal(size=(8, 3))
Y = np.eye(2)[[0, 1, 1, 0, 1, 0, 0, 1]]


DIFFERENTIABLE = {name for name, row in ACTIVATIONS.items() if row.backward is not None}


@pytest.mark.parametrize("name", sorted(DIFFERENTIABLE - {"softmax"}))
def test_a_wrong_derivative_is_found(monkeypatch, name):
    """A tenth of a percent too much in one activation: WRONG, in the layers before it only."""
    row = ACTIVATIONS[name]
    first = Dense(4, "sigmoid" if name == "tanh" else "tanh")
    second = Dense(4, name, pieces=2 if row.grouped else 1)
    network = network_of(Architecture(3, (first, second, Dense(2, "softmax"))))
    assert gradient_check(network, X, Y, "cross_entropy").passed
    wrong = row._replace(backward=lambda *args: 1.001 * row.backward(*args))
    monkeypatch.setitem(ACTIVATIONS, name, wrong)
    report = gradient_check(network, X, Y, "cross_entropy")
    assert not report.passed
    assert "WRONG: worst error" in str(report)
    errors = {line[0]: line[4] for line in report.rows}
    assert max(errors["weights.1.2"], errors["weights.0.1"]) > 1e-6
    assert max(errors["weights.2.3"], errors["bias.3"]) < 1e-7


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_wrong_delta_is_found(monkeypatch, draw_targets, name):
    row = LOSSES[name]
    network = network_of(Architecture(3, (Dense(2, row.link),)))
    targets = draw_targets(0, name, 8, 2)
    assert gradient_check(network, X, targets, name).passed
    wrong = row._replace(delta=lambda *args: 1.01 * row.delta(*args))
    monkeypatch.setitem(LOSSES, name, wrong)
    assert not gradient_check(network, X, targets, name).passed


@pytest.mark.parametrize("name", ["weight_gradient", "bias_gradient", "source_gradient"])
def test_a_wrong_equation_of_a_layer_is_found(monkeypatch, name):
    from pellucid.network import passes

    right = getattr(passes, name)
    monkeypatch.setattr(passes, name, lambda *args: right(*args) * 1.001)
    assert not gradient_check(network_of(CASE), X, Y, "cross_entropy").passed


def test_report_names_each_group_and_counts_what_exists():
    """Three of the twelve masked weights exist; everything else is checked in full."""
    report = gradient_check(network_of(CASE), X, Y, "cross_entropy")
    assert [(row[0], row[1]) for row in report.rows] == [
        ("weights.0.1", 3),
        ("bias.1", 4),
        ("gain.1", 4),
        ("shift.1", 4),
        ("weights.0.2", 15),
        ("weights.1.2", 20),
        ("bias.2", 1),
        ("weights.2.3", 10),
        ("bias.3", 2),
    ]
    lines = str(report).splitlines()
    assert len(lines) == 1 + 9 + 1
    assert lines[0].split() == ["parameters", "checked", "derivative", "difference", "error"]
    assert lines[-1].startswith("right: worst error ")
    assert lines[-1].endswith("allowed 1e-07")


def test_at_most_so_many_of_each_are_checked_the_first_and_last_among_them(monkeypatch):
    checked = []
    right = module._difference

    def watched(cost, vector, i):
        checked.append(int(i))
        return right(cost, vector, i)

    monkeypatch.setattr(module, "_difference", watched)
    network = Network(3, [Dense(100, "tanh"), Dense(2, "softmax")])
    report = gradient_check(network, X, Y, "cross_entropy", at_most=7)
    assert [row[1] for row in report.rows] == [7, 7, 7, 2]
    assert {0, 299, 300, 399, 400, 599, 600, 601} <= set(checked)


def test_a_fully_masked_connection_is_left_out():
    layers = (Dense(2, "tanh"), Dense(2, "softmax", inputs=(0, 1), masks={0: np.zeros((3, 2))}))
    report = gradient_check(network_of(Architecture(3, layers)), X, Y, "cross_entropy")
    assert "weights.0.2" not in {row[0] for row in report.rows}
    assert report.passed


def test_the_network_is_left_as_it_was():
    network = network_of(CASE, precision="float32")
    before = network.parameters.copy(), network.buffers.copy()
    gradient_check(network, X, Y, "cross_entropy")
    assert (network.parameters == before[0]).all()
    assert (network.buffers == before[1]).all()


def test_tolerance_decides():
    report = GradientReport((("weights.0.1", 1, 1.0, 1.1, 0.1), ("bias.1", 1, 0.0, 0.0, 0.0)), 0.05)
    assert (report.worst, report.passed) == (0.1, False)
    assert GradientReport(report.rows, 0.1).passed


@pytest.mark.parametrize("seed", range(6))
def test_networks_of_maxout_and_layer_normalization_pass(seed):
    layers = [
        Dense(3, "maxout", norm="layer", pieces=3, masks={0: np.ones((3, 9), int)}),
        Dense(4, "tanh", inputs=(0, 1), norm="layer", bias="layer"),
        Dense(2, "softmax"),
    ]
    report = gradient_check(network_of(Architecture(3, layers), seed), X, Y, "cross_entropy")
    assert report.passed, str(report)
    assert dict(row[:2] for row in report.rows)["weights.0.1"] == 27


@pytest.mark.parametrize("name", ["step", "sign"])
def test_what_has_no_derivative_is_refused_with_what_learns_instead(name):
    network = network_of(Architecture(3, (Dense(4, name), Dense(2, "softmax"))))
    with pytest.raises(RecipeError, match=f"layer 1: {name} is flat .* by the perceptron rule"):
        gradient_check(network, X, Y, "cross_entropy")


@pytest.mark.parametrize(
    ("loss", "targets", "kind", "message"),
    [
        ("mean", Y, RecipeError, "loss: expected one of half_sse, mse, .* got 'mean'"),
        ("huber:0", Y, RecipeError, "loss: huber takes one number above 0, got 0.0"),
        ("binary_cross_entropy", Y, RecipeError, "expects sigmoid outputs, the network's are soft"),
        ("poisson", Y, RecipeError, "poisson expects exp outputs, the network's are softmax"),
        ("cross_entropy", Y[:, 0], DataError, r"expected 8 rows of 2 numbers.* got shape \(8,\)"),
        ("cross_entropy", Y[:5], DataError, r"expected 8 rows of 2 numbers.* got shape \(5, 2\)"),
    ],
)
def test_what_does_not_fit_is_refused(loss, targets, kind, message):
    with pytest.raises(kind, match=message):
        gradient_check(network_of(CASE), X, targets, loss)


def test_wrong_columns_are_refused():
    with pytest.raises(DataError, match="X: expected 3 columns"):
        gradient_check(network_of(CASE), X[:, :2], Y, "cross_entropy")
