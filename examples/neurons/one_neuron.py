"""
One neuron
==========

A neuron multiplies each of its inputs by a weight, adds the products and one number more, its
bias, and puts this weighted sum through an activation function. Here is such a neuron with two
inputs, its numbers chosen by hand, so that each can be checked with a pocket calculator. Networks
of any size are made of this and nothing else.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.views.style import THEMES, axes

X = np.array([[1.0, 2.0]])  # one example, a row: two inputs
network = pel.Network(2, [pel.Dense(1, "sigmoid")], precision="float64")
network.weights[1][:] = [[0.5], [-1.0]]
network.biases[1][:] = 0.75

# %%
# By hand, and as the package does it: the weighted sum z, then the activation a, which the sigmoid
# function brings between 0 and 1. In the picture the bias stands above its neuron.

z = 0.5 * 1.0 + (-1.0) * 2.0 + 0.75
a = 1 / (1 + np.exp(-z))
trace = pel.trace(network, X, [[1.0]])  # 1 is what is wanted; nothing is learnt here
print(f"by hand:     z = {z:.4f}, a = {a:.4f}")
print(f"by Pellucid: z = {trace.Z[1].item():.4f}, a = {trace.A[1].item():.4f}")

_, ax = plt.subplots(figsize=(6.4, 3), layout="constrained")
pel.plot_network(network, trace, ax=ax).set_title("inputs, weights, bias, activation")

# %%
# The same neuron, asked about other inputs. Along a line of inputs where the weighted sum is 0 the
# activation is ½. On one side of this line the neuron says "rather yes", on the other "rather no".

response = pel.response(network, X, 1, 0, spans=[(-4, 4), (-4, 4)])
ax = pel.plot_response(response)
x = np.array([-4.0, 4.0])
ax.plot(x, 0.5 * x + 0.75, "--", color="white", label="weighted sum 0")
ax.plot(*X[0], "o", color="white", markeredgecolor="black", label="the example")
ax.set(xlim=(-4, 4), ylim=(-4, 4), xlabel="first input", ylabel="second input")
ax.set_title("the activation for any two inputs")
ax.legend(loc="lower right", facecolor="black", labelcolor="white")

# %%
# However many inputs there are, the activation depends on the weighted sum alone, along this curve.

sums = np.linspace(-6, 6, 201)
ax = axes(None, "light")
ax.plot(sums, 1 / (1 + np.exp(-sums)))
ax.plot(z, a, "o", color=THEMES["light"].series[1])
ax.annotate("the example", (z, a), xytext=(8, -4), textcoords="offset points", va="top")
ax.set(xlabel="weighted sum z", ylabel="activation a", title="the sigmoid function")

plt.show()
