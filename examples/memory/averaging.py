"""
Neurons that average their neighbours
=====================================

A network need not have layers. Here 40 neurons form a ring, and at each tick of a clock every one
takes the mean of itself and its two neighbours: weights of ⅓. What was in one place spreads, as
heat does, until it is the same everywhere. How fast is told by the eigenvalues of the matrix of
weights before anything has run. Watch also the flicker of neurons that leave themselves out, and
how neurons that put twice their mean through tanh form blocks. (Those wider than four last.)
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.views.style import THEMES, axes, legend

n, ticks = 40, 400
near = np.roll(np.eye(n), 1, axis=0) + np.roll(np.eye(n), -1, axis=0)
mean = (near + np.eye(n)) / 3


def run(W, state, activation="identity"):
    """Tick by tick: the states, each the output of the network for the one before."""
    network = pel.Network(n, [pel.Dense(n, activation, bias="none")], precision="float64")
    network.weights[1][:] = W
    states = [state]
    for _ in range(ticks):
        states.append(network.predict(states[-1][None])[0])
    return np.array(states)


noise = np.random.default_rng(0).uniform(-1, 1, n)
runs = {
    "mean of three": run(mean, noise),
    "neighbours only": run(near / 2, noise),
    "tanh of twice the mean": run(2 * mean, noise, "tanh"),
}
_, panels = plt.subplots(1, 3, figsize=(8.4, 3.8), sharey=True, layout="constrained")
for ax, (name, states) in zip(panels, runs.items(), strict=True):
    axes(ax, "light").imshow(states[:50], cmap=THEMES["light"].signed, vmin=-1, vmax=1)
    ax.set(title=name, xlabel="neuron")
panels[0].set_ylabel("tick")

# %%
# Each tick multiplies the state by the matrix. An eigenvalue of 1 belongs to the mean, which stays;
# the next one below says by what factor the slowest part of the rest shrinks. Where neurons leave
# themselves out, on a ring of an even number, there is also −1: even and odd places swap for ever.

ax = axes(None, "light")
for name, W in (("mean of three", mean), ("neighbours only", near / 2)):
    *rest, slowest, _ = sorted(abs(np.linalg.eigvalsh(W)))
    distance = np.linalg.norm(runs[name] - runs[name].mean(axis=1, keepdims=True), axis=1)
    print(f"{name}: shrinks by {distance[-1] / distance[-2]:.5f} a tick, eigenvalue {slowest:.5f}")
    ax.semilogy(distance, label=name)
    ax.semilogy(distance[-1] * slowest ** (np.arange(ticks + 1) - ticks), "k:", zorder=3)
ax.set(xlabel="tick", ylabel="distance from the mean", title="dotted: what the eigenvalue says")
legend(ax, "light")
plt.show()
