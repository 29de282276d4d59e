"""
Backpropagation by hand
=======================

A network of two inputs, two hidden neurons and one output gets one example. Forward, each neuron
works out its weighted sum and its activation; the cost says how far the output is from the target.
Backward, it turns out by how much the cost changes with each weight. All these numbers are written
out below, to be followed with a pocket calculator. Then the same numbers are found in two other
ways: by a few lines of NumPy, and by nudging each weight and looking at the cost.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.equations.bounded import sigmoid

network = pel.Network(2, [pel.Dense(2, "sigmoid"), pel.Dense(1, "sigmoid")], precision="float64")
network.weights[1][:] = [[0.1, 0.4], [0.3, -0.2]]  # a row for each input, a column for each neuron
network.biases[1][:] = [0.5, 0.1]
network.weights[2][:] = [[0.7], [-0.6]]
network.biases[2][:] = 0.2
x, y = np.array([[1.0, 2.0]]), np.array([[1.0]])

print(pel.walk(network, x, y, loss="half_sse", optimizer=pel.SGD(0.5)))

# %%
# The same in NumPy: two lines forward, two for the deltas, and one for the derivatives by weights.

W, b = network.weights, network.biases
a_1 = sigmoid(x @ W[1] + b[1])
a_2 = sigmoid(a_1 @ W[2] + b[2])
delta_2 = (a_2 - y) * a_2 * (1 - a_2)
delta_1 = delta_2 @ W[2].T * a_1 * (1 - a_1)
by_numpy = [x.T @ delta_1, delta_1, a_1.T @ delta_2, delta_2]  # by W[1], b[1], W[2], b[2]

trace = pel.trace(network, x, y, loss="half_sse")
difference = np.concatenate([d.ravel() for d in by_numpy]) - trace.gradient
print(f"largest difference from Pellucid's gradient: {abs(difference).max():.1e}")

# %%
# By nudging each weight a little up and down: two passes for each, in the place of two for all.

print(pel.gradient_check(network, x, y, loss="half_sse"))

# %%
# Above: activations in the neurons, weights on the lines, biases over the neurons. Below: 100 times
# the derivative by each weight and bias; by a bias it is the neuron's delta. A step goes against
# it: where it is negative (orange) the weight grows.

_, (above, below) = plt.subplots(2, 1, figsize=(7, 6.4), layout="constrained")
derivatives = network.copy()
derivatives.parameters[:] = 100 * trace.gradient
pel.plot_network(network, trace, ax=above).set_title("forward: weights and activations")
pel.plot_network(derivatives, ax=below).set_title("backward: 100 × derivatives")
plt.show()
