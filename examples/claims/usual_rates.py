"""
Rates of 0.01 and 0.001
=======================

An often-read recipe for handwritten digits is sigmoid neurons, the mean squared error, the average
over all examples before each step, and a learning rate that is "usually" 0.01 or 0.001. Here that
recipe reads digits of 8 × 8 pixels, with rates from 0.001 to 30. Look at which of them have learnt
anything after 1,000 steps. No rate is usual: it belongs to a cost. Where a cost is summed over the
examples, in the place of averaged, the same steps need a rate that is as many times smaller.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import pellucid as pel

digits = load_digits()
split = train_test_split(digits.data / 16, np.eye(10)[digits.target], random_state=0)
X, X_test, Y, Y_test = split
rates = [0.001, 0.01, 0.1, 1, 10, 30]
wrong, costs = [], []
for rate in rates:
    layers = [pel.Dense(16, "sigmoid"), pel.Dense(16, "sigmoid"), pel.Dense(10, "sigmoid")]
    network = pel.Network(64, layers, seed=0)
    settings = {"loss": "mse", "batch_size": "all", "epochs": 1000}
    history = pel.train(network, X, Y, optimizer=pel.SGD(rate), **settings)
    answers = network.predict(X_test).argmax(axis=1)
    wrong.append(np.mean(answers != Y_test.argmax(axis=1)))
    costs.append(history.costs[-1])
    print(f"rate {rate:6}: cost {costs[-1]:.4f}, {wrong[-1]:.0%} wrong, ", end="")
    print(f"{len(np.unique(answers))} of the ten digits ever answered")
constant = np.mean((Y - Y.mean(axis=0)) ** 2)
print(f"cost of answering the same to every picture: {constant:.4f}")
print(f"0.01 for a sum over {len(X)} examples is {0.01 * len(X):.1f} for their average")

ax = pel.plot_sweep(rates, {"1,000 steps": wrong}, xlabel="learning rate", log="x")
ax.set(ylabel="share of test digits read wrongly", title="rates, for one and the same recipe")
plt.show()
