"""
First weights, once and not the same
====================================

Often-read recipes draw the weights anew for each mini-batch, or set all of them to a small value
such as 0.1. Here a network learns to read digits with its first weights drawn once, as it should
be, and in these two ways. Who draws anew throws away what was learnt: only a single step remains.
Who sets all weights alike gets hidden neurons that do the same as each other and stay so for ever.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import pellucid as pel

digits = load_digits()
split = train_test_split(digits.data / 16, digits.target, random_state=0)
X, X_test, Y, Y_test = split
layers = [pel.Dense(30, "sigmoid"), pel.Dense(10, "softmax")]


def right(network):
    """The share of test digits that are read rightly."""
    return np.mean(network.predict(X_test).argmax(axis=1) == Y_test)


def learn(initial=None, anew=False):
    """800 mini-batches of 32; the share read rightly after each 20."""
    network, shares = pel.Network(64, layers, initial=initial), []
    for step in range(801):
        if step % 20 == 0:
            shares.append(right(network))
        if anew:
            network = pel.Network(64, layers, initial=initial, seed=step)
        rows = np.random.default_rng(step).choice(len(X), 32, replace=False)
        pel.train(network, X[rows], Y[rows], optimizer=pel.SGD(0.5), epochs=1)
    return network, shares


ways = {"once": learn(), "anew each time": learn(anew=True), "all 0.1": learn("constant:0.1")}
for name, (network, shares) in ways.items():
    spread = np.ptp(network.weights[1], axis=1).max()
    print(f"{name:>15}: {shares[-1]:.0%} right; hidden neurons differ by at most {spread:.3f}")
steps = range(0, 801, 20)
errors = {name: shares for name, (_, shares) in ways.items()}
ax = pel.plot_sweep(
    steps, errors, xlabel="mini-batches", ylabel="share of test digits read rightly"
)
ax.set_title("where the first weights come from")
plt.show()
