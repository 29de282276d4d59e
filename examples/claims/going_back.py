"""
Three slips on the way back
===========================

Descriptions of backpropagation often leave out something that matters when it is programmed. They
say that each layer's weights are updated on the way back; that a weight's derivative is one product
of factors, as if there were one neuron in each layer; or they confuse the rows of a weight matrix
with its columns. Each is run beside the right way. Look how far off the derivatives are, and how
little the cost shows of it: a cost that falls is no proof. Comparing with small nudges is one.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_iris

import pellucid as pel
from pellucid.equations.bounded import sigmoid
from pellucid.views.style import axes, legend

iris = load_iris()
X = (iris.data - iris.data.mean(axis=0)) / iris.data.std(axis=0)
Y = np.eye(3)[iris.target]
layers = [pel.Dense(3, "sigmoid"), pel.Dense(3, "sigmoid")]  # 3 × 3: a transpose fits as well


def step(W, b, way, rate):
    """One step of gradient descent; returns the cost before it and dW of layer 1."""
    hidden = sigmoid(X @ W[1] + b[1])
    output = sigmoid(hidden @ W[2] + b[2])
    d2 = (output - Y) * output * (1 - output) / len(X)
    dW2, back = hidden.T @ d2, W[2].T
    if way == "updated too early":
        back = (W[2] - rate * dW2).T
    elif way == "one product":
        back = np.diag(np.diag(W[2]))
    elif way == "rows for columns":
        back = W[2]
    d1 = d2 @ back * hidden * (1 - hidden)
    dW1 = X.T @ d1
    for place, slope in ((W[1], dW1), (b[1], d1.sum(0)), (W[2], dW2), (b[2], d2.sum(0))):
        place -= rate * slope
    return ((output - Y) ** 2).sum(axis=1).mean() / 2, dW1


ax = axes(None, "light")
for way in ("right", "updated too early", "one product", "rows for columns"):
    network = pel.Network(4, layers, seed=0, precision="float64")
    truth = pel.trace(network, X, Y, loss="half_sse").dW[1]
    first = step(network.weights, network.biases, way, 5.0)[1]
    costs = [step(network.weights, network.biases, way, 5.0)[0] for _ in range(300)]
    off = np.linalg.norm(first - truth) / np.linalg.norm(truth)
    print(f"{way:>17}: derivatives of layer 1 off by {off:6.1%}; last cost {costs[-1]:.4f}")
    ax.plot(costs, label=way)
print(pel.gradient_check(network, X, Y, loss="half_sse"))  # how the package's own are checked
ax.set(xlabel="step", ylabel="cost", title="wrong derivatives, and yet it falls")
legend(ax, "light")
plt.show()
