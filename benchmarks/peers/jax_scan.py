"""JAX: a stretch is one compiled scan, which gathers its batches from data on the device.

Two ways: a step at a time, or four in a row in the body of the loop.
"""

import jax
import jax.numpy as jnp
import optax

from benchmarks.configurations import Configuration
from benchmarks.problem import EPSILON, RATE, Problem, Work
from pellucid.arrays import Array

UNROLL = {"scan": 1, "scan by fours": 4}


def prepare(problem: Problem, configuration: Configuration) -> Work:
    """Return the compiled scan; compiling happens at its first call."""
    case = problem.case
    X, targets = jax.device_put((problem.floats, problem.targets))  # jnp.asarray keeps two copies
    hidden = jax.nn.sigmoid if case.hidden == "sigmoid" else jax.nn.relu
    optimizer = (
        optax.sgd(RATE["SGD"]) if case.optimizer == "SGD" else optax.adam(RATE["Adam"], eps=EPSILON)
    )

    def cost(weights, x, y):
        for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            x = hidden(x @ W + b)
        Z = x @ weights[-2] + weights[-1]
        return optax.softmax_cross_entropy(Z, y).mean()

    def steps(carried, rows, X, targets):
        def step(carried, batch):
            weights, slots = carried
            gradients = jax.grad(cost)(weights, X[batch], targets[batch])
            updates, slots = optimizer.update(gradients, slots)
            return (optax.apply_updates(weights, updates), slots), None

        return jax.lax.scan(step, carried, rows, unroll=UNROLL[configuration.way])[0]

    compiled = jax.jit(steps, donate_argnums=0)
    weights = [jnp.array(array) for array in problem.weights]
    carried = (weights, optimizer.init(weights))

    def advance(rows: Array) -> None:
        nonlocal carried
        carried = jax.block_until_ready(compiled(carried, rows.astype("int32"), X, targets))

    return Work(advance, lambda: [jax.device_get(array) for array in carried[0]])
