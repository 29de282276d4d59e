"""
Activation functions compared
=============================

The activation function is what a neuron makes of its weighted sum. Here are some usual ones with
their derivatives, the factors by which learning goes back through them. Then the same network is
trained on the same data with each of them, several times from different first weights, because one
run alone says little: look at how the functions differ, and at how much is luck.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import make_moons

import pellucid as pel
from pellucid.views.style import THEMES, axes, legend

names = ("identity", "sigmoid", "tanh", "relu", "elu", "gelu")
_, grid = plt.subplots(3, 2, figsize=(9, 8), layout="constrained")
for name, ax in zip(names, grid.flat, strict=True):
    pel.plot_activation_function(name, ax=ax)

# %%
# Two half-moons of points, a class each; 200 examples to learn from, 1000 others to be judged by.
# Each network has eight hidden neurons and one output. All is the same but the function, and the
# seed from which the first weights are drawn.

X, Y = make_moons(200, noise=0.2, random_state=0)
X_test, Y_test = make_moons(1000, noise=0.2, random_state=1)
costs, errors = {}, {}
for name in names:
    costs[name], errors[name] = [], []
    for seed in range(9):
        network = pel.Network(2, [pel.Dense(8, name), pel.Dense(1, "sigmoid")], seed=seed)
        history = pel.train(network, X, Y, optimizer=pel.Adam(0.01), epochs=300, seed=seed)
        costs[name].append(history.costs)
        errors[name].append(np.mean((network.predict(X_test)[:, 0] > 0.5) != Y_test))
    middle, least, most = np.median(errors[name]), min(errors[name]), max(errors[name])
    print(f"{name:9} wrong: {middle:.1%} of the test examples, {least:.1%} to {most:.1%}")

# %%
# Hidden neurons whose function is a straight line, the identity, add nothing: such a network keeps
# a straight boundary. Sigmoid neurons could bend it, and at ten times the rate they do; here they
# have not begun to when the run ends. Their derivative is at most ¼, that of tanh goes up to 1.

_, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for ax in (left, right):
    axes(ax, "light").set_prop_cycle(color=THEMES["light"].classes)
for place, name in enumerate(names):
    left.plot(np.median(costs[name], axis=0), label=name)
    right.plot(np.full(9, place), errors[name], "o", alpha=0.6)
left.set(xlabel="epoch", ylabel="cost", ylim=(0, 0.75), title="training, the median of nine")
right.set(ylabel="share wrong", ylim=(0, 0.15), title="test examples, a dot a network")
right.set_xticks(range(len(names)), names)
legend(left, "light")
plt.show()
