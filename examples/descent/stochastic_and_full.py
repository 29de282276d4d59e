"""
One example at a time, or all
=============================

The gradient is a mean over all examples. Full-batch descent works it out before each step.
Stochastic descent takes one example after another, in random order, and steps at each: its steps
are rough, but there are as many in an epoch as there are examples. Look at both paths over the same
cost, and at the cost by steps and by epochs, which say how much data was looked at.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.views.style import axes, legend

generator = np.random.default_rng(0)
Y = generator.integers(0, 2, 100)
X = generator.normal(size=(100, 2)) + np.outer(2 * Y - 1, [1.0, 0.4])


def descent(batch_size, epochs):
    """Train one neuron, whose two weights are all there is, and keep each step."""
    network = pel.Network(2, [pel.Dense(1, "sigmoid", bias="none")], precision="float64")
    network.weights[1][:] = [[-2.0], [2.5]]  # a bad start
    settings = {"optimizer": pel.SGD(0.3), "batch_size": batch_size, "epochs": epochs}
    path = pel.follow(pel.start(network, X, Y, **settings, every=1))
    window = ((-3.0, 4.0), (-1.5, 3.5))
    return pel.cost_surface(network, X, Y, 0, 1, spans=window, origin=np.zeros(2), path=path)


full, single = descent("all", 300), descent(1, 3)
_, pair = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for surface, ax, title in ((full, pair[0], "all examples"), (single, pair[1], "one example")):
    pel.plot_cost_surface(surface, names=("first weight", "second weight"), ax=ax)
    ax.set_title(f"{len(surface.path) - 1} steps, each from {title}")

# %%
# By steps both come down about equally fast, now one ahead and now the other, though a step of the
# full batch is a hundred times the work. So by epochs the stochastic descent is far ahead. But it
# does not come to rest: at the same rate for ever it wanders about the minimum, where full batches
# end.

_, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
axes(left, "light").set(xlabel="step", ylabel="cost", xlim=(0, 60))
axes(right, "light").set(xlabel="epoch", xlim=(0, 20), xticks=range(0, 21, 5))
for name, surface, per_epoch in (("full batch", full, 1), ("stochastic", single, 100)):
    costs, steps = surface.path_costs, np.arange(301)
    left.plot(steps, costs, label=name)
    right.plot(steps / per_epoch, costs, label=name)
    print(f"{name}: cost {costs[per_epoch]:.4f} after one epoch, {costs[20]:.4f} after 20 steps;")
    print(f"its last 100 steps go up and down by {np.ptp(costs[-100:]):.6f}")
legend(left, "light")
plt.show()
