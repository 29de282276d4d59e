"""
One weight, from both sides
===========================

How does a network know in which direction to change a weight? It works out the slope of its cost
there. Where the slope is negative the cost falls to the right, so the weight has to grow; where it
is positive the weight has to shrink. The step is the slope times the learning rate, so it gets
shorter as the slope does. Here is a network with a single weight, so that all of this can be seen.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel

X = np.array([[1.0], [2.0], [3.0]])
Y = np.array([1.0, 3.0, 2.0])
best = (X[:, 0] @ Y) / (X[:, 0] @ X[:, 0])
print(f"the best weight, by least squares: {best:.4f}")

network = pel.Network(1, [pel.Dense(1, "identity", bias="none")], precision="float64")
settings = {"loss": "mse", "optimizer": pel.SGD(0.05), "batch_size": "all", "epochs": 5}
sides = {-1.0: [], 2.5: []}
_, pair = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
for (first, lines), ax in zip(sides.items(), pair, strict=True):
    network.weights[1][:] = first
    for (w,) in pel.follow(pel.start(network, X, Y, **settings)):
        network.weights[1][:] = w
        lines.append(pel.cost_line(network, X, Y, 0, "mse", span=(-1.5, 3), rate=0.05))
        print(f"w = {w:7.4f}   slope {lines[-1].slope:8.4f}   cost {lines[-1].cost:.4f}")
    pel.plot_cost_line(lines[:3], ax=ax)
    ax.set_title(f"slope at the start: {lines[0].slope:.1f}".replace("-", "−"))

# %%
# An often-read claim is that a small slope means that the minimum is near. Here it does, because
# the curve is a parabola. A sigmoid neuron with squared errors shows that it need not. For an input
# of 1 it is to answer 0; far from that, where it answers 1, the curve is all but flat as well.

neuron = pel.Network(1, [pel.Dense(1, "sigmoid", bias="none")], precision="float64")
plateau = []
for w in (8.0, 0.0, -8.0):
    neuron.weights[1][:] = w
    plateau.append(pel.cost_line(neuron, [[1.0]], [0.0], 0, "mse", span=(-9, 9)))
    print(f"w = {w:4.1f}   slope {plateau[-1].slope:.6f}   cost {plateau[-1].cost:.6f}")
pel.plot_cost_line(plateau).set_title("flat, and far from the minimum")
plt.show()
