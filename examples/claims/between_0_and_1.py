"""
Between 0 and 1?
================

Three often-read claims: pixels of 8 bits go from 0 to 256; activations lie between 0 and 1; and
therefore inputs should be brought between 0 and 1 as well. Here is how far pixels go, and how far
activations. Then a network learns to tell three kinds of wine, with inputs as they are, between 0
and 1, and standardised, which means with mean 0 and variance 1. Look at which cost falls fastest
(LeCun, Bottou, Orr and Müller 1998 say why: inputs around 0 make a cost that is less of a gorge).
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_wine
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import pellucid as pel
from pellucid.equations.activations import ACTIVATIONS
from pellucid.views.style import axes, legend

levels = np.arange(256)
print(f"8 bits: {len(levels)} levels, from {levels.min()} to {levels.max()}", end="; ")
print(f"one more than the last is {levels.astype(np.uint8)[-1:] + np.uint8(1)} again")

z = np.linspace(-10, 10, 2001)
for name in ("sigmoid", "tanh", "relu", "identity", "softplus", "silu"):
    a = ACTIVATIONS[name].f(z, np)
    print(f"{name:>8}: activations from {a.min():6.2f} to {a.max():5.2f}")

# %%
# The same network, the same first weights and learning rate; only the inputs differ.

wine = load_wine()
inputs = {
    "as they are": wine.data,
    "between 0 and 1": MinMaxScaler().fit_transform(wine.data),
    "standardised": StandardScaler().fit_transform(wine.data),
}
costs = {}
ax = axes(None, "light")
for name, X in inputs.items():
    network = pel.Network(13, [pel.Dense(10, "sigmoid"), pel.Dense(3, "softmax")], seed=0)
    history = pel.train(network, X, wine.target, optimizer=pel.SGD(0.1), epochs=50)
    costs[name] = history.costs
    print(f"{name:>15}: cost {history.costs[-1]:.3f}")
    ax.plot(history.column("epoch"), history.costs, label=name)
ax.set(xlabel="epoch", ylabel="cost", title="three scales of the same inputs")
legend(ax, "light")
plt.show()
