"""
The same network in three libraries
===================================

Scikit-learn, PyTorch and Pellucid get the same first weights, the same 1,408 digits in the same
order, and the same rule: gradient descent on batches of 32. Then they have to find the same costs,
as far as double precision goes; one that did not would have a mistake in it. Their times are
printed as information: they depend on the machine, and on what else it does.
"""

from time import perf_counter as now

import numpy as np
from matplotlib import pyplot as plt
from sklearn.neural_network import MLPClassifier

import pellucid as pel
from pellucid.data.digits import load_digits
from pellucid.equations.random import SHUFFLE, permutation

X, Y = load_digits().train.X[:1408] / 16, load_digits().train.Y[:1408].astype(np.int64)
orders = [permutation(0, SHUFFLE, epoch, 1408) for epoch in range(50)]  # as Pellucid shuffles
rule = {"learning_rate_init": 0.1, "momentum": 0, "alpha": 0, "batch_size": 32}
model = MLPClassifier(30, solver="sgd", shuffle=False, random_state=0, **rule)
model.partial_fit(X[:32], Y[:32], classes=range(10))  # draws weights, and makes the first step
W1, W2, b1, b2 = map(np.copy, model.coefs_ + model.intercepts_)
begun = now()
costs = {"scikit-learn": [model.partial_fit(X[order], Y[order]).loss_ for order in orders]}
seconds = {"scikit-learn": now() - begun}
network = pel.Network(64, [pel.Dense(30, "relu"), pel.Dense(10, "softmax")], precision="float64")
network.parameters[:] = np.concatenate([array.ravel() for array in (W1, b1, W2, b2)])
begun = now()
costs["Pellucid"] = pel.train(network, X, Y, optimizer=pel.SGD(0.1), epochs=50, seed=0).costs
seconds["Pellucid"] = now() - begun

try:
    from torch import nn, optim, tensor
except ImportError:
    print("PyTorch is not installed here, so it is left out.")
else:
    net, each = nn.Sequential(nn.Linear(64, 30), nn.ReLU(), nn.Linear(30, 10)), []
    for own, array in zip(net.parameters(), (W1.T, b1, W2.T, b2), strict=True):
        own.data = tensor(array)
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    begun = now()
    for rows in np.reshape(orders, (-1, 32)):
        optimizer.zero_grad()
        cost = nn.functional.cross_entropy(net(tensor(X[rows])), tensor(Y[rows]))
        cost.backward()
        optimizer.step()
        each.append(cost.item())
    costs["PyTorch"], seconds["PyTorch"] = np.reshape(each, (50, 44)).mean(axis=1), now() - begun
for name, found in costs.items():
    apart = abs(found - costs["Pellucid"]).max()
    print(f"{name:>12}: {found[-1]:.12f} at the end, {apart:.0e} apart; {seconds[name]:.2f} s")
ax = pel.plot_sweep(range(1, 51), costs, xlabel="epoch", ylabel="cost")
for drawn, named, width in zip(ax.lines, ax.get_legend().get_lines(), (11, 6, 2), strict=False):
    plt.setp((drawn, named), linewidth=width)  # one upon the other
plt.show()
