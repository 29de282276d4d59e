"""What the page for those who come from elsewhere says of PyTorch.

Where it says that two things are the same, both are trained from the same weights on all examples.
"""

import numpy as np
import pytest

import pellucid as pel
from pellucid.equations.normalization import MOMENTUM

pytestmark = pytest.mark.peers

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)), RNG.normal(size=(40, 3))
BITS, CODES = (Y > 0).astype(float), Y.argmax(axis=1)
CLASS_WEIGHTS = np.array([1.0, 2.0, 5.0])
STEPS = 20
OUTPUTS = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid", "poisson": "exp"}


def carry(torch, model, network):
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    for l, layer in enumerate(linear, start=1):
        network.weights[l] = layer.weight.detach().numpy().T
        network.biases[l] = layer.bias.detach().numpy()


def apart(
    torch,
    optimizer,
    ours,
    *,
    loss="mse",
    criterion=None,
    targets=Y,
    schedule=None,
    clip=None,
    **more,
):
    """How far both are apart in the end: the largest difference of weights, and of biases."""
    nn = torch.nn
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    layers = [pel.Dense(5, "tanh"), pel.Dense(3, OUTPUTS.get(loss, "identity"))]
    network = pel.Network(4, layers, precision="float64")
    carry(torch, model, network)
    optimizer, criterion = optimizer(model.parameters()), criterion or nn.MSELoss()
    scheduler = schedule and schedule(optimizer)
    for _ in range(STEPS):
        optimizer.zero_grad()
        criterion(model(torch.tensor(X)), torch.tensor(targets)).backward()
        if clip:
            clip(model.parameters())
        optimizer.step()
        if scheduler:
            scheduler.step()
    pel.train(
        network, X, targets, loss=loss, optimizer=ours, batch_size="all", epochs=STEPS, **more
    )
    theirs = network.copy()
    carry(torch, model, theirs)
    return tuple(
        max(np.abs(getattr(theirs, kind)[l] - getattr(network, kind)[l]).max() for l in (1, 2))
        for kind in ("weights", "biases")
    )


def sgd(torch, rate=0.1, **numbers):
    return lambda parameters: torch.optim.SGD(parameters, rate, **numbers)


def test_optimizers(torch):
    of = torch.optim
    for theirs, ours in (
        (sgd(torch), pel.SGD(0.1)),
        (sgd(torch, momentum=0.9), pel.Momentum(0.1, 0.9)),
        (sgd(torch, momentum=0.9, nesterov=True), pel.Nesterov(0.1, 0.9)),
        (lambda p: of.Adam(p, lr=0.001), pel.Adam(0.001)),
        (lambda p: of.RMSprop(p, lr=0.01, alpha=0.99), pel.RMSprop(0.01, 0.99)),
        (lambda p: of.Adagrad(p, lr=0.01), pel.AdaGrad(0.01)),
    ):
        assert max(apart(torch, theirs, ours)) < 1e-12, ours


def test_schedules_and_momentum_that_meets_one(torch):
    of = torch.optim.lr_scheduler
    for schedule, ours in (
        (lambda o: of.ExponentialLR(o, gamma=0.9), pel.Exponential(0.1, 0.9)),
        (lambda o: of.CosineAnnealingLR(o, STEPS), pel.Cosine(0.1)),
        (lambda o: of.StepLR(o, 10), pel.StepDecay(0.1)),
    ):
        assert max(apart(torch, sgd(torch), pel.SGD(ours), schedule=schedule)) < 1e-12, ours
        off = apart(torch, sgd(torch, momentum=0.9), pel.Momentum(ours, 0.9), schedule=schedule)
        assert min(off) > 1e-3


def test_a_schedule_goes_on_with_each_step(torch):
    """Where the gradient stays −1, a weight has moved by the sum of the rates so far."""
    ones, far = np.ones((40, 1)), np.full(40, 1000.0)
    batches = torch.utils.data.DataLoader(ones, batch_size=12)
    assert [len(batch) for batch in batches] == [12, 12, 12, 4]  # the rest is a step
    for steps in (1, 2, 5, 8):
        network = pel.Network(1, [pel.Dense(1, "identity", bias="none")], initial="zeros")
        optimizer = pel.SGD(pel.Exponential(0.1, 0.5))
        pel.train(
            network,
            ones,
            far,
            loss="mae",
            optimizer=optimizer,
            batch_size=12,
            epochs=2,
            steps=steps,
        )
        rates = 0.1 * 0.5 ** (np.arange(steps) / 4)  # by 0.5 in an epoch, of four steps
        assert network.weights[1].item() == pytest.approx(rates.sum(), rel=1e-5)


def test_losses(torch):
    of, ours = torch.nn, pel.SGD(0.1)
    for loss, criterion, targets, factor in (
        ("mse", of.MSELoss(), Y, 1),
        ("mae", of.L1Loss(), Y, 1),
        ("huber:0.5", of.HuberLoss(delta=0.5), Y, 1),
        ("cross_entropy", of.CrossEntropyLoss(), CODES, 1),
        ("binary_cross_entropy", of.BCEWithLogitsLoss(), BITS, 3),  # a mean of three outputs
        ("poisson", of.PoissonNLLLoss(), BITS, 3),
    ):
        numbers = {"loss": loss, "criterion": criterion, "targets": targets}
        assert max(apart(torch, sgd(torch, 0.1 * factor), ours, **numbers)) < 1e-12, loss
        if factor != 1:
            assert max(apart(torch, sgd(torch), ours, **numbers)) > 1e-3


def test_weights_of_classes_and_label_smoothing(torch):
    of, w = torch.nn.CrossEntropyLoss, torch.tensor(CLASS_WEIGHTS)
    numbers = {"loss": "cross_entropy", "targets": CODES}
    weighted, smooth = {"sample_weight": CLASS_WEIGHTS[CODES]}, {"label_smoothing": 0.1}

    def off(criterion, **more):
        return max(apart(torch, sgd(torch), pel.SGD(0.1), criterion=criterion, **numbers, **more))

    assert off(of(weight=w), **weighted) < 1e-12
    assert off(of(**smooth), **smooth) < 1e-12
    assert off(of(weight=w, **smooth), **weighted, **smooth) > 1e-3
    sums = torch.tensor(RNG.normal(size=(1, 3)))
    parts = -(0.9 * np.eye(3)[1] + 0.1 / 3) * sums.log_softmax(1).numpy()[0]
    each_class = (CLASS_WEIGHTS * parts).sum() / CLASS_WEIGHTS[1]
    assert of(weight=w, **smooth)(sums, torch.tensor([1])).item() == pytest.approx(each_class)


def test_penalties_and_clipping(torch):
    of, nn = torch.optim, torch.nn.utils
    for theirs, ours, more in (
        (sgd(torch, weight_decay=0.1), pel.SGD(0.1), {"l2": 0.1}),
        (lambda p: of.Adam(p, 0.01, weight_decay=0.1), pel.Adam(0.01), {"l2": 0.1}),
        (lambda p: of.AdamW(p, 0.01), pel.AdamW(0.01), {}),
    ):
        assert apart(torch, theirs, ours, **more)[1] > 1e-4  # biases

    def groups(parameters):
        parameters = list(parameters)
        weights, biases = ([p for p in parameters if p.ndim == n] for n in (2, 1))
        return [{"params": weights, "weight_decay": 0.1}, {"params": biases}]

    for theirs, ours, more in (
        (lambda p: of.SGD(groups(p), 0.1), pel.SGD(0.1), {"l2": 0.1}),
        (lambda p: of.Adam(groups(p), 0.01), pel.Adam(0.01), {"l2": 0.1}),
    ):
        assert max(apart(torch, theirs, ours, **more)) < 1e-12
    norm, value = (lambda p: nn.clip_grad_norm_(p, 0.1)), (lambda p: nn.clip_grad_value_(p, 0.01))
    assert max(apart(torch, sgd(torch), pel.SGD(0.1), clip=norm, clip_norm=0.1)) < 1e-5
    assert max(apart(torch, sgd(torch), pel.SGD(0.1), clip=value, clip_value=0.01)) < 1e-12
    assert max(apart(torch, sgd(torch), pel.SGD(0.1), clip=value)) > 1e-3


def test_gradients_and_sums_are_those_of_a_trace(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    network = pel.Network(4, [pel.Dense(5, "tanh"), pel.Dense(3, "softmax")], precision="float64")
    carry(torch, model, network)
    trace = pel.trace(network, X, CODES)
    sums = model[0](torch.tensor(X))
    nn.CrossEntropyLoss()(model[2](model[1](sums)), torch.tensor(CODES)).backward()
    np.testing.assert_allclose(trace.dW[1], model[0].weight.grad.T, atol=1e-12)
    np.testing.assert_allclose(trace.Z[1], sums.detach(), atol=1e-12)


def test_dropout_is_the_share_left_out(torch):
    left_out = (torch.nn.Dropout(0.2)(torch.ones(20000)) == 0).double().mean().item()
    assert left_out == pytest.approx(0.2, abs=0.02)


def test_batch_normalization_runs_alike_and_is_carried_over(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3)).double()
    layers = [pel.Dense(5, "tanh", norm="batch"), pel.Dense(3, "identity")]
    network = pel.Network(4, layers, precision="float64")
    carry(torch, model, network)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        nn.MSELoss()(model(torch.tensor(X)), torch.tensor(Y)).backward()
        optimizer.step()
    pel.train(network, X, Y, optimizer=pel.SGD(0.1), batch_size="all", epochs=STEPS)
    norm = model.eval()[1]
    again = pel.Network(4, layers, precision="float64")  # carried over afterwards, as on the page
    carry(torch, model, again)
    named = {segment.name: segment.view(again.parameters) for segment in again.segments}
    named["gain.1"][:], named["shift.1"][:] = norm.weight.detach(), norm.bias.detach()
    again.buffers[:] = torch.cat([norm.running_mean, norm.running_var])
    theirs = model(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(network.predict(X), theirs, atol=1e-12)
    np.testing.assert_allclose(again.predict(X), theirs, atol=1e-12)
    np.testing.assert_allclose(again.parameters, network.parameters, atol=1e-12)
    assert norm.momentum == MOMENTUM


def test_first_weights(torch):
    layer = torch.nn.Linear(100, 200)
    for drawn in (layer.weight, layer.bias):
        assert 0.95 * 0.1 < drawn.abs().max().item() <= 0.1


def test_kinds_of_numbers_and_shapes(torch):
    with pytest.raises(RuntimeError, match="dtype"):
        torch.nn.Linear(4, 3)(torch.tensor(X))
    outputs, targets = torch.tensor([[0.0], [1.0]]), torch.tensor([0.0, 1.0])
    with pytest.warns(UserWarning, match="size"):
        assert torch.nn.MSELoss()(outputs, targets).item() == 0.5  # though all are right
    network = pel.Network(1, [pel.Dense(1, "identity")], initial="constant:1")
    assert pel.trace(network, [[0.0], [1.0]], [0.0, 1.0], loss="mse").cost == 0
    with pytest.raises(pel.DataError, match="columns"):
        pel.trace(network, [[0.0], [1.0]], [[0.0, 1.0], [0.0, 1.0]], loss="mse")
