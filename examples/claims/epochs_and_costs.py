"""
Epochs, steps, and three kinds of mean
======================================

An epoch is a pass through all examples; a step is an update of the weights. They are the same only
where each step looks at all examples. Often they are confused, and then the cost "of an epoch" is
said to be that of the network. With mini-batches it is a mean over weights that changed all the
time. Here both are drawn. A second confusion is tried as well: that a mini-batch averages outputs.
It averages derivatives, one for each example, and that is something else.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits

import pellucid as pel
from pellucid.views.style import axes, legend

digits = load_digits()
X, Y = digits.data / 16, digits.target
layers = [pel.Dense(30, "relu"), pel.Dense(10, "softmax")]
network = pel.Network(64, layers, seed=0)
costs, ends = [], [pel.trace(network, X, Y).cost]
for event in pel.start(network, X, Y, optimizer=pel.SGD(0.1), epochs=5, every=1):
    if isinstance(event, pel.Stepped):
        costs.extend(event.costs)
    if isinstance(event, pel.EpochEnded):
        ends.append(pel.trace(network, X, Y).cost)
per_epoch = len(costs) // 5
means = np.mean(np.reshape(costs, (5, per_epoch)), axis=1)
print(f"{per_epoch} steps an epoch; of the first epoch the mean cost {means[0]:.3f},", end=" ")
print(f"but {ends[1]:.3f} with the weights at its end")
whole = pel.train(network, X, Y, optimizer=pel.SGD(0.1), batch_size="all", epochs=5)
print(f"with all examples at once: {whole.column('epoch')[-1]:.0f} epochs, as many steps")

ax = axes(None, "light")
ax.plot(costs, ".", color="gray", label="cost of each step's mini-batch")
ax.stairs(means, np.arange(6) * per_epoch, baseline=None, label="their mean over the epoch")
ax.plot(np.arange(6) * per_epoch, ends, "o", label="cost of all examples, weights fixed")
ax.set(xlabel="step", ylabel="cost", title=f"5 epochs of {per_epoch} steps")
legend(ax, "light")

# %%
# A weight of 0 is to learn y = x from two examples, x = −1 and x = 1. The mean output is 0, and so
# is the mean target: a loss of the means sees nothing to do. The loss of each example does.

neuron = pel.Network(1, [pel.Dense(1, "identity", bias="none")], initial="zeros")
x = np.array([[-1.0], [1.0]])
each = pel.trace(neuron, x, x).gradients
of_means = 2 * (neuron.predict(x).mean() - x.mean()) * x.mean()
print(f"derivatives of each loss: {each.ravel()}, their mean: {each.mean()}")
print(f"derivative of the loss of the mean output: {of_means}")
plt.show()
