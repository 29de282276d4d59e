"""
Regression: a number, and a range
=================================

How far will a patient's diabetes have progressed in a year, judging by ten measurements? A network
of a single neuron without an activation function is linear regression; gradient descent has to find
the weights that statistics knows by a formula (least squares), and does. Then a network that
predicts a range in place of a number: three outputs, below which 10 %, 50 % and 90 % of the
patients should lie (quantile regression; Koenker and Bassett 1978).
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_diabetes

import pellucid as pel

table = load_diabetes(scaled=False)
X, Y = (table.data - table.data.mean(axis=0)) / table.data.std(axis=0), table.target

neuron = pel.Network(10, [pel.Dense(1, "identity")], precision="float64")
pel.train(neuron, X, Y, optimizer=pel.SGD(0.2), batch_size="all", epochs=10000)
found = np.append(neuron.weights[1], neuron.biases[1])
exact = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), Y)[0]
print("gradient descent:", found.round(2))
print("least squares:   ", exact.round(2))
print(f"largest difference: {abs(found - exact).max():.0e}")

# %%
# What the predictions leave over: the targets minus the predictions. A shape in it would be
# something that a straight line cannot say.

pel.plot_residuals(neuron.predict(X), Y)

# %%
# The range. For patients it has not seen, fewer lie inside than promised. This can be mended with
# a hundred others: by how much have the ranges to be wider, for 80 % of these to lie inside
# (conformalized quantile regression; Romano, Patterson and Candès 2019)? In the picture are the
# wider ranges of the last division; with a hundred patients the share inside is a matter of luck.

levels, shares = (0.1, 0.5, 0.9), []
for seed in range(10):
    order = np.random.default_rng(seed).permutation(len(X))
    train, others, test = np.split(order, (242, 342))
    network = pel.Network(10, [pel.Dense(8, "tanh"), pel.Dense(3, "identity")], seed=seed)
    loss = "quantile:" + ",".join(map(str, levels))
    pel.train(network, X[train], Y[train] / 100, loss=loss, epochs=200, l2=0.03)
    low, _, high = 100 * network.predict(X[others]).T
    wider = np.quantile(np.maximum(low - Y[others], Y[others] - high), 0.8 * (1 + 1 / 100))
    as_learnt = 100 * network.predict(X[test])
    for P in (as_learnt, as_learnt + [-wider, 0, wider]):
        shares.append(np.mean((P[:, 0] <= Y[test]) & (Y[test] <= P[:, 2])))
before, after = np.reshape(shares, (10, 2)).mean(axis=0)
print(f"inside, of 80 % promised: {before:.0%} as learnt, {after:.0%} made wider; ten divisions")
pel.plot_intervals(P, Y[test], levels=levels)
plt.show()
