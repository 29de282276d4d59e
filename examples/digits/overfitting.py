"""
Overfitting, and its cures
==========================

With a hundred digits to learn from, a network of some 17,000 weights can learn each of them by
heart: its cost goes to 0. What counts is the cost for digits it has not seen. This falls at first,
then it rises, while the network becomes ever surer of things that hold for the hundred only. That
is overfitting. Four cures are tried: to stop early, to keep weights small (L2), to leave out random
neurons while training (dropout; Srivastava et al. 2014), and more data. Look at where each curve
ends, not only at how low it gets.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.data.digits import load_digits
from pellucid.views.style import INDIGO, PURPLE, SKY, VERMILION, axes

digits = load_digits()
X, Y, test = digits.train.X, digits.train.Y, (digits.test.X, digits.test.Y)
cures = {
    "no cure": {},
    "early stopping": {"patience": 20},
    "L2": {"l2": 0.003},
    "dropout": {"dropout": 0.5, "input_dropout": 0.2},
    "more data": {},
}


def trained(cure, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    some, others = order[: 500 if cure == "more data" else 100], order[1000:]
    layers = [pel.Dense(100, "relu"), pel.Dense(100, "relu"), pel.Dense(10, "softmax")]
    network = pel.Network(64, layers, seed=seed, scale=1 / 16)
    recipe = {"batch_size": 10, "epochs": 200, "validation": (X[others], Y[others])} | cures[cure]
    history = pel.train(network, X[some], Y[some], **recipe)
    return history, [pel.trace(network, *data).cost for data in ((X[some], Y[some]), test)]


# %%
# At the end of each run: the cost for the digits learnt from, and for digits set aside for the
# last judgement, which no run has seen. Means over three draws of the hundred.

costs, histories = {}, {}
for cure in cures:
    runs = [trained(cure, seed) for seed in range(3)]
    histories[cure], costs[cure] = runs[0][0], np.array([cost for _, cost in runs])
    learnt, unseen = costs[cure].mean(axis=0)
    print(f"{cure:>14}: {learnt:.4f} learnt, {unseen:.4f} unseen")

_, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), layout="constrained", sharey=True)
pel.plot_history(histories["no cure"], ax=left).set(title="no cure", ylim=(0, 1))
axes(right, "light").set(xlabel="epoch", title="validation cost")
colours = (VERMILION, "black", PURPLE, SKY, INDIGO)  # without a cure it is the cost on the left
for (cure, history), colour in zip(histories.items(), colours, strict=True):
    right.plot(history.column("epoch"), history.column("validation_cost"), color=colour, label=cure)
right.legend(frameon=False)
plt.show()
