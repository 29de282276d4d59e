"""Torch: autograd with its own optimizers or an update by hand; or the whole step compiled."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch._inductor import config as inductor
from torch.nn.functional import cross_entropy

from benchmarks.configurations import Configuration
from benchmarks.problem import EPSILON, RATE, Problem, Work
from pellucid.arrays import Array

inductor.cpp_wrapper = True  # compiled steps go from product to product without Python
torch._dynamo.config.recompile_limit = 100  # one for each case


def prepare(problem: Problem, configuration: Configuration) -> Work:
    """Return a loop over steps, or over calls for predictions."""
    torch.set_num_threads(configuration.threads)
    if not problem.case.trains:
        return _predicting(problem, configuration.way)
    if configuration.way == "compiled":
        return _compiled(problem)
    return _eager(problem, configuration.way)


def _model(problem: Problem) -> nn.Sequential:
    case, layers = problem.case, []
    for a, b in pairwise(case.sizes):
        layers += [nn.Linear(a, b), nn.Sigmoid() if case.hidden == "sigmoid" else nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), problem.weights, strict=True):
            parameter.copy_(torch.from_numpy(array.T))
    return model


def _eager(problem: Problem, way: str) -> Work:
    X, Y = torch.from_numpy(problem.floats), torch.from_numpy(problem.Y).long()
    model = _model(problem)
    parameters = list(model.parameters())
    update = _update(parameters, problem.case.optimizer, way)

    def advance(rows: Array) -> None:
        for batch in torch.from_numpy(rows).unbind():
            update(cross_entropy(model(X[batch]), Y[batch]))

    return Work(advance, lambda: [p.detach().numpy().T.copy() for p in parameters])


def _update(parameters: list[Tensor], optimizer: str, way: str) -> Callable[[Tensor], None]:
    if way == "in place":
        return _in_place(parameters)
    foreach, fused = way == "foreach", way == "fused"
    if optimizer == "SGD":
        stepping = torch.optim.SGD(parameters, RATE["SGD"], foreach=foreach, fused=fused)
    else:
        stepping = torch.optim.Adam(
            parameters, RATE["Adam"], eps=EPSILON, foreach=foreach, fused=fused
        )

    def update(cost: Tensor) -> None:
        cost.backward()
        stepping.step()
        stepping.zero_grad(set_to_none=True)

    return update


def _in_place(parameters: list[Tensor]) -> Callable[[Tensor], None]:
    def update(cost: Tensor) -> None:
        gradients = torch.autograd.grad(cost, parameters)
        with torch.no_grad():
            torch._foreach_add_(parameters, gradients, alpha=-RATE["SGD"])

    return update


def _compiled(problem: Problem) -> Work:
    case = problem.case
    X, Y = torch.from_numpy(problem.floats), torch.from_numpy(problem.Y).long()
    parameters = [torch.from_numpy(array.copy()) for array in problem.weights]
    slots = [torch.zeros_like(p) for p in parameters * 2] if case.optimizer == "Adam" else []
    t = torch.zeros(())

    def advance(rows: Array) -> None:
        with torch.no_grad():
            for batch in torch.from_numpy(rows).unbind():
                _STEP(parameters, slots, t, X, Y, batch, case.hidden)

    return Work(advance, lambda: [p.numpy().copy() for p in parameters])


def _step(
    parameters: list[Tensor],
    slots: list[Tensor],
    t: Tensor,
    X: Tensor,
    Y: Tensor,
    batch: Tensor,
    hidden: str,
) -> None:
    """Do a whole step: gather, gradient, update; with slots by Adam, without by SGD."""

    def cost(parameters: list[Tensor]) -> Tensor:
        A = X[batch]
        for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            Z = torch.addmm(b, A, W)
            A = torch.sigmoid(Z) if hidden == "sigmoid" else torch.relu(Z)
        return cross_entropy(torch.addmm(parameters[-1], A, parameters[-2]), Y[batch])

    gradients = torch.func.grad(cost)(parameters)
    if slots:
        _adam(parameters, gradients, slots, t)
        return
    for p, g in zip(parameters, gradients, strict=True):
        p.sub_(g, alpha=RATE["SGD"])


def _adam(
    parameters: list[Tensor], gradients: list[Tensor], slots: list[Tensor], t: Tensor
) -> None:
    t.add_(1)
    rate, root = RATE["Adam"] / (1 - 0.9**t), torch.sqrt(1 - 0.999**t)
    n = len(parameters)
    for p, g, m, v in zip(parameters, gradients, slots[:n], slots[n:], strict=True):
        m.mul_(0.9).add_(g, alpha=0.1)
        v.mul_(0.999).addcmul_(g, g, value=0.001)
        p.sub_(rate * m / (v.sqrt() / root + EPSILON))


_STEP = torch.compile(_step, fullgraph=True, dynamic=False)


def _predicting(problem: Problem, way: str) -> Work:
    model = nn.Sequential(*_model(problem), nn.Softmax(dim=1)).eval()
    predict = torch.compile(model) if way == "compiled" else model
    inputs = [torch.from_numpy(x) for x in problem.asked(problem.floats)]

    def advance(rows: Array) -> None:
        with torch.inference_mode():
            for x in inputs:
                predict(x)

    def result() -> list[Array]:
        with torch.inference_mode():
            return [predict(inputs[0]).numpy()]

    return Work(advance, result)
