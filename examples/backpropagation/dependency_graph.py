"""
Which derivative is made from which
===================================

By the chain rule a weight's derivative is a product of factors along the way from the weight to
the cost, summed over all ways, which have most factors in common. Backpropagation works out each
derivative by a weighted sum once, beginning at the output, and uses it for all that need it. Here
is what is made from what, and what is used again; then how much work this saves, in products.
"""

from itertools import pairwise, product
from math import prod

from matplotlib import pyplot as plt

import pellucid as pel

network = pel.Network(2, [pel.Dense(n, "sigmoid") for n in (3, 3, 2)], precision="float64")
graph = pel.derivative_graph(network)
print(graph)
pel.plot_derivative_graph(graph)

# %%
# The chain rule for one weight of the first layer. Its matrices hold all ways from that weight's
# neuron to the cost: through each neuron j of the second layer, to each output k.

print(pel.chain_rule(network, "w_{2,1}^1"))

x, y = [0.5, -1.0], [1.0, 0.0]
trace = pel.trace(network, [x], [y], loss="half_sse")
W, A = network.weights, [a[0] for a in trace.A.values()]
slope = [a * (1 - a) for a in A]
ways = [
    (A[3][k] - y[k]) * slope[3][k] * W[3][j, k] * slope[2][j] * W[2][2, j] * slope[1][2] * x[1]
    for j, k in product(range(3), range(2))
]
print(f"{len(ways)} ways: {sum(ways):.12f}; backpropagation: {trace.dW[1][1, 2]:.12f}")

# %%
# The work for a network of n = (inputs, neurons of layer 1, ...). On the way of a weight into the
# last layer there are three factors, and two more for each layer further back. By backpropagation
# a delta takes the sum over the next layer's deltas, and a slope; a weight takes one product.


def every_way(n):
    return sum(n[l - 1] * prod(n[l:]) * 2 * (len(n) - l) for l in range(1, len(n)))


def backpropagation(n):
    weights = [before * after for before, after in pairwise(n)]
    return sum(weights) + sum(weights[1:]) + sum(n[1:])


n, deeper = (64, 30, 30, 10), [[10] * (L + 1) for L in range(1, 9)]
print(f"{n}: {every_way(n):,} products on every way, {backpropagation(n):,} by backpropagation")
counts = {"on every way": list(map(every_way, deeper))}
counts["by backpropagation"] = list(map(backpropagation, deeper))
pel.plot_sweep(range(1, 9), counts, xlabel="layers of 10 neurons", ylabel="products", log="y")
plt.show()
