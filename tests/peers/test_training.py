"""Steps of training against torch: optimizers, batch normalization's averages, whole runs."""

import numpy as np
import pytest

from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.dropout import mask
from pellucid.equations.normalization import batch_norm, batch_norm_fixed, running_average
from pellucid.equations.optimizers import OPTIMIZERS, SGD, Adam
from pellucid.equations.random import DROPOUT, SHUFFLE, lanes, permutation
from pellucid.equations.schedules import Cosine
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import views
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state

pytestmark = pytest.mark.peers

RATES = 0.1 * np.array([1, 1, 0.5, 0.25, 2, 0, 1, 1, 0.1, 3])


def slopes(p):
    """The gradient of Σ (p − target)⁴ / 4 at ten targets."""
    return (p - np.linspace(-1, 1, 10)) ** 3


def ours(name, others, rates=RATES):
    """Every point of ten steps from 0.3."""
    row, p = OPTIMIZERS[name], np.full(10, 0.3)
    slots, points = tuple(np.zeros(10) for _ in row.slots), []
    for t, rate in enumerate(rates, start=1):
        p, *slots = row.update(p, slopes(p), tuple(slots), t, rate, *others)
        points.append(p)
    return np.array(points)


def theirs(torch, make, rates=RATES):
    """The same by an optimizer of torch whose rate is set before each step."""
    p = torch.full((10,), 0.3, requires_grad=True)
    optimizer, points = make([p]), []
    for rate in rates:
        optimizer.param_groups[0]["lr"] = float(rate)
        p.grad = torch.tensor(slopes(p.detach().numpy()))
        optimizer.step()
        points.append(p.detach().numpy().copy())
    return np.array(points)


def test_sgd_at_a_changing_rate(torch):
    expected = theirs(torch, lambda leaves: torch.optim.SGD(leaves, lr=1.0))
    np.testing.assert_allclose(ours("sgd", ()), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("numbers", [(0.9, 0.999, 1e-8), (0.5, 0.9, 1e-3), (0.0, 0.0, 1.0)])
def test_adam_at_a_changing_rate(torch, numbers):
    b1, b2, epsilon = numbers
    expected = theirs(torch, lambda leaves: torch.optim.Adam(leaves, betas=(b1, b2), eps=epsilon))
    np.testing.assert_allclose(ours("adam", numbers), expected, rtol=1e-12, atol=1e-12)


def test_momentum_is_its_formula_and_torchs_only_at_a_constant_rate(torch):
    """v ← μ v − η g, p ← p + v; torch keeps v without η, so a change of rate acts on old steps."""

    def make(leaves):
        return torch.optim.SGD(leaves, lr=1.0, momentum=0.8)

    p, v, expected = np.full(10, 0.3), np.zeros(10), []
    for rate in RATES:
        v = 0.8 * v - rate * slopes(p)
        p = p + v
        expected.append(p)
    np.testing.assert_allclose(ours("momentum", (0.8,)), expected, rtol=1e-12)
    constant = np.full(10, 0.1)
    same = theirs(torch, make, constant)
    np.testing.assert_allclose(ours("momentum", (0.8,), constant), same, rtol=1e-12, atol=1e-12)
    difference = np.abs(ours("momentum", (0.8,)) - theirs(torch, make)).max(1)
    assert (difference[:2] < 1e-12).all()
    assert (difference[2:] > 1e-4).all()


@pytest.mark.parametrize("sizes", [[5, 5, 5, 2], [3, 20, 7]])
def test_running_averages_are_those_of_batch_norm_1d(torch, sizes):
    """Over several batches of several sizes; then the prediction with them."""
    layer = torch.nn.BatchNorm1d(4)
    draw = np.random.default_rng(0)
    gain, shift = draw.normal(size=(2, 4))
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(gain))
        layer.bias.copy_(torch.tensor(shift))
    running = np.zeros(4), np.ones(4)
    for n in sizes:
        Z = draw.normal(1, 3, (n, 4))
        N, _, mean, variance = batch_norm(Z, gain, shift)
        running = running_average(running, mean, variance, n)
        np.testing.assert_allclose(N, layer(torch.tensor(Z)).detach(), rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(running[0], layer.running_mean, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(running[1], layer.running_var, rtol=1e-12)
    layer.eval()
    Z = draw.normal(size=(6, 4))
    expected = layer(torch.tensor(Z)).detach()
    np.testing.assert_allclose(batch_norm_fixed(Z, gain, shift, *running), expected, rtol=1e-11)


ARCHITECTURE = Architecture(
    4,
    (
        Dense(6, "tanh", norm="batch"),
        Dense(5, "relu", inputs=(0, 1), bias="layer", masks={0: np.ones((4, 5)) - np.eye(4, 5)}),
        Dense(3, "softmax"),
    ),
)
RECIPES = {
    "sgd": Recipe(optimizer=SGD(Cosine(0.5)), batch_size=8, epochs=4),
    "adam": Recipe(optimizer=Adam(Cosine(0.05)), batch_size=8, epochs=4),
    "adam, dropout, l2": Recipe(
        optimizer=Adam(0.02), batch_size=8, dropout=(0.25, 0.5), l2=0.05, epochs=4
    ),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", sorted(RECIPES))
def test_ten_steps_of_a_session_are_a_loop_of_torch(torch, torch_network, name, weighted):
    """Costs, parameters and running averages; torch does all but the order and the lanes."""
    recipe = Recipe(**{**RECIPES[name].__dict__, "precision": "float64"})
    draw = np.random.default_rng(1)
    X, Y = draw.normal(size=(23, 4)), draw.integers(0, 3, 23)
    weights = draw.uniform(0.5, 2, 23) if weighted else np.ones(23)
    examples = as_examples(ARCHITECTURE, recipe.loss, X, Y, weights if weighted else None)
    plan = compile_plan(ARCHITECTURE, recipe, 23)
    parameters = initial_parameters(ARCHITECTURE, 0, "normal", "float64")
    buffers = initial_buffers(ARCHITECTURE, "float64")
    peer = torch_network(
        ARCHITECTURE, views(parameters, plan.segments), views(buffers, plan.buffer_segments)
    )
    leaves = list(peer.named.values())
    kind = torch.optim.Adam if plan.optimizer == "adam" else torch.optim.SGD
    optimizer = kind(leaves, lr=1.0)

    numbers = optimizer_numbers(plan, 0, 10, 1.0)
    expected = []
    for t in range(10):
        epoch, step = divmod(t, 3)
        rows = permutation(recipe.seed, SHUFFLE, epoch, 23)[8 * step : 8 * step + 8]
        masks = {}
        for l in (1, 2):
            if recipe.dropout_of(l):
                size = (len(rows), ARCHITECTURE.units(l))
                drawn = lanes(recipe.seed, DROPOUT, size, epoch=epoch, step=step, layer=l)
                masks[l] = torch.tensor(mask(drawn, recipe.dropout_of(l)))
        w = torch.tensor(weights[rows])
        targets = torch.nn.functional.one_hot(torch.tensor(Y[rows]), 3).double()
        found = peer.losses(recipe.loss, torch.tensor(X[rows]), targets, masks)
        cost = (found * w).sum() / w.sum()
        squares = [(leaf**2).sum() for key, leaf in peer.named.items() if key.startswith("weights")]
        cost = cost + recipe.l2 / 2 * sum(squares)
        optimizer.param_groups[0]["lr"] = numbers[t, 0]
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        expected.append(cost.item())

    state = first_state(plan, parameters, buffers)
    session = ReferenceEngine().open(plan, state, examples)
    costs = []
    while len(costs) < 10:
        costs.extend(session.advance(numbers[len(costs) :], np.zeros(1, np.int32)).costs)
    session.sync(state)
    np.testing.assert_allclose(costs, expected, rtol=1e-10)
    for segment, leaf in zip(plan.segments, leaves, strict=True):
        # A bias before batch normalization changes nothing; Adam makes steps of its rounding.
        if segment.name != "bias.1":
            found = segment.view(parameters)
            np.testing.assert_allclose(found, leaf.detach(), rtol=1e-8, atol=1e-10)
    for segment in plan.buffer_segments:
        if segment.kind == "variance" or plan.optimizer == "sgd":
            found = segment.view(buffers)
            np.testing.assert_allclose(found, peer.buffers[segment.name], rtol=1e-9, atol=1e-12)
    P = peer.forward(torch.tensor(X), {}, training=False)[1].detach()
    if plan.optimizer == "sgd":
        np.testing.assert_allclose(session.predict(X), P, rtol=1e-9)
