"""
More data from the data one has
===============================

A 7 remains a 7 when it is shifted by a pixel. So each training digit can be used five times: as it
is, and shifted by one pixel in four directions. Does a network read better after it has seen them?
That depends on what it will be asked. Each of these digits reaches from the top of its picture to
the bottom; one that is shifted up or down has lost some ink, and looks like none that was set
aside. Look at the errors for those as they are, and for the same when they are shifted too.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.data.digits import load_digits

digits = load_digits()
sizes, seeds, steps = (20, 50, 100, 200, 500, 1437), range(5), 3000


def shifted(X):
    framed = np.pad(X.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    corners = (1, 0), (1, 2), (0, 1), (2, 1)  # of the part that is cut out of the frame
    return [framed[:, y : y + 8, x : x + 8].reshape(-1, 64) for y, x in corners]


def trained(X, Y, seed):
    layers = [pel.Dense(50, "relu"), pel.Dense(10, "softmax")]
    network = pel.Network(64, layers, seed=seed, scale=1 / 16)
    pel.train(network, X, Y, batch_size=10, epochs=steps, steps=steps)
    return network


asked = {"as they are": digits.test.X, "shifted": np.concatenate(shifted(digits.test.X))}
ways = ("without", "with shifted ones")
errors = {question: {way: np.empty((len(sizes), 5)) for way in ways} for question in asked}
for i, size in enumerate(sizes):
    for seed in seeds:
        some = np.random.default_rng(seed).permutation(len(digits.train.X))[:size]
        X, Y = digits.train.X[some], digits.train.Y[some]
        more = np.concatenate([X, *shifted(X)])
        networks = trained(X, Y, seed), trained(more, np.tile(Y, 5), seed)
        for way, network in zip(ways, networks, strict=True):
            for question, rows in asked.items():
                wrong = network.predict(rows).argmax(axis=1) != np.resize(digits.test.Y, len(rows))
                errors[question][way][i, seed] = 100 * wrong.mean()

_, panels = plt.subplots(1, 2, figsize=(8.4, 3.6), layout="constrained", sharey=True)
for ax, (question, both) in zip(panels, errors.items(), strict=True):
    pel.plot_sweep(sizes, both, xlabel="training digits", ylabel="read wrongly, %", log="xy", ax=ax)
    ax.set_title(f"digits set aside, {question}")
    for way, found in both.items():
        print(f"{question:>12}, {way:<18}", *(f"{e:5.1f} %" for e in np.median(found, axis=1)))
plt.show()
