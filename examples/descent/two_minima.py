"""
Two starts, two minima
======================

Gradient descent ends where there is no way down. That need not be the lowest place there is: it
depends on where it began. The smallest real case is a neuron with one weight, squared errors and
two examples (Auer, Herbster and Warmuth 1996). Of two minima one is worse, and a start beside it
ends there. With the loss that suits a sigmoid neuron, cross-entropy, there is only one.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel

settings = {"optimizer": pel.SGD(0.1), "batch_size": "all", "epochs": 8000}
X, Y = np.array([[1.0], [10.0]]), np.array([0.9, 0.2])
neuron = pel.Network(1, [pel.Dense(1, "sigmoid", bias="none")], precision="float64")
ends = {}
_, pair = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for loss, ax in zip(("mse", "binary_cross_entropy"), pair, strict=True):
    starts = []
    for first in (-1.0, 3.0):
        neuron.weights[1][:] = first
        starts.append(pel.cost_line(neuron, X, Y, 0, loss, span=(-1.5, 4), n=401))
        history = pel.train(neuron, X, Y, loss=loss, **settings)
        ends[loss, first] = neuron.weights[1].item()
        print(f"{loss}: from w = {first} to {ends[loss, first]:.2f}. {history.sentence}")
        at_end = pel.cost_line(neuron, X, Y, 0, loss).cost
        ax.plot(ends[loss, first], at_end, "*", color="black", markersize=12, zorder=5)
    pel.plot_cost_line(starts, ax=ax)
    ax.set_title(f"{loss.replace('_', ' ')}: starts 1 and 2, ends ★")

# %%
# Other minima are equally good. With one hidden tanh neuron the prediction v tanh(w x) is the same
# when both weights change their sign, so a minimum has a twin. Here two starts lead to one each.

x = np.linspace(-2, 2, 21)[:, None]
y = 1.5 * np.tanh(1.2 * x)  # so v = 1.5 and w = 1.2 are best, and their twins
layers = [pel.Dense(1, "tanh", bias="none"), pel.Dense(1, "identity", bias="none")]
paths = {}
for first in (0.3, -0.3):
    network = pel.Network(1, layers, precision="float64")
    network.parameters[:] = first, 0.1
    paths[first] = pel.follow(pel.start(network, x, y, **(settings | {"epochs": 800})))
    print(
        f"from w = {first}, v = 0.1 to w = {paths[first][-1, 0]:.4f}, v = {paths[first][-1, 1]:.4f}"
    )
window = ((-2.5, 2.5), (-2.5, 2.5))
surface = pel.cost_surface(
    network, x, y, 0, 1, spans=window, origin=np.zeros(2), path=paths[-0.3], n=61
)
ax = pel.plot_cost_surface(surface, log=True, names=("w, into the neuron", "v, out of it"))
ax.plot(*paths[0.3].T, "-o", color="white", markevery=[0, -1], label="the other path")
plt.show()
