"""
Four layers, and ten
====================

A layer's deltas say how the cost changes with its weighted sums. Those of the last layer come from
the cost itself; those of every other layer come from the layer after it, through the same weights
that led forward, times the slope of the activation function. Here one example's deltas flow back
through four layers, each worked out from the next. The slope of a sigmoid is never more than ¼,
so with many layers little is left for the first: the gradient vanishes (Hochreiter 1991; Bengio,
Simard and Frasconi 1994). Look at how much arrives there with sigmoid, tanh and relu neurons.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.data.digits import load_digits
from pellucid.views.style import axes

layers = [pel.Dense(3, "sigmoid")] * 3 + [pel.Dense(1, "sigmoid")]
network = pel.Network(2, layers, seed=1, precision="float64")
trace = pel.trace(network, [[0.5, -1.0]], [[1.0]], loss="half_sse")

W, A = network.weights, trace.A
delta = {4: (A[4] - 1.0) * A[4] * (1 - A[4])}
for l in (3, 2, 1):
    delta[l] = delta[l + 1] @ W[l + 1].T * A[l] * (1 - A[l])
for l, found in delta.items():
    difference = abs(found - trace.delta[l]).max()
    print(f"deltas of layer {l}: {found[0].round(5)}; differ from Pellucid's by {difference:.0e}")

# %%
# Now ten layers, which are to read digits of 8 × 8 pixels, before any training: the root mean
# square of the derivatives by each layer's weights, for five draws of the first weights.

digits = load_digits().train


def deep(activation, seed):
    layers = [pel.Dense(30, activation)] * 9 + [pel.Dense(10, "softmax")]
    return pel.Network(64, layers, seed=seed, scale=1 / 16)


sizes = {name: np.empty((10, 5)) for name in ("sigmoid", "tanh", "relu")}
_, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), layout="constrained")
axes(right, "light").set(title="training the same networks", xlabel="epoch", ylabel="cost")
for name, size in sizes.items():
    for seed in range(5):
        dW = pel.trace(deep(name, seed), digits.X[:200], digits.Y[:200], precision="float64").dW
        size[:, seed] = [np.sqrt(np.mean(dW[l] ** 2)) for l in range(1, 11)]
    history = pel.train(deep(name, 0), digits.X, digits.Y, optimizer=pel.SGD(0.05), epochs=30)
    print(f"{name:>7}: first layer / last layer {np.median(size[0] / size[9]):.1e};", end=" ")
    print(f"cost {history.costs[0]:.2f} in the first epoch, {history.costs[-1]:.2f} in the last")
    right.plot(history.column("epoch"), history.costs, label=name)

pel.plot_sweep(range(1, 11), sizes, xlabel="layer", ylabel="derivatives, RMS", log="y", ax=left)
left.set(title="before training: what arrives where", xticks=range(1, 11))
plt.show()
