"""
How likely is a bad minimum?
============================

Often it is said that training is very likely to end in a minimum that is not the lowest. How likely
depends on the network. Exclusive or is tried with 2 to 16 hidden neurons, each a hundred times from
other first weights. Look at the share of starts that get all four answers right: narrow networks do
get stuck, wide ones hardly ever. That a cost "below some threshold" will be reached if one only
goes on for long enough is therefore wrong too, for those that are stuck.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([0, 1, 1, 0])
widths = [2, 3, 4, 6, 8, 16]
shares = []
for width in widths:
    solved = []
    for seed in range(100):
        layers = [pel.Dense(width, "tanh"), pel.Dense(1, "sigmoid")]
        network = pel.Network(2, layers, seed=seed, precision="float64")
        pel.train(network, X, Y, optimizer=pel.LBFGS(), epochs=1000)
        solved.append(pel.trace(network, X, Y).cost < 0.01)
    shares.append(np.mean(solved))
    print(f"{width:2} hidden neurons: {shares[-1]:.0%} of 100 starts reach the lowest cost")

ax = pel.plot_sweep(widths, {"share": shares}, xlabel="hidden neurons", log="x")
ax.set(ylabel="share that learnt exclusive or", ylim=(0, 1.05), title="a hundred starts each")
plt.show()
