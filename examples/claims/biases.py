"""
Three claims about biases
=========================

An often-read claim is that the derivative of a neuron's output by its bias is 1; another, that the
bias is the threshold above which the neuron fires; a third, that typically all neurons of a layer
share one value. All three are tried. Look at which derivative is 1 and which is not, at the sign of
the threshold, and at what two neurons with one bias between them cannot do.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.equations.bounded import sigmoid
from pellucid.views.style import THEMES, axes, legend

z = np.linspace(-6, 6, 241)
nudge = 1e-6
of_sum = ((z + nudge) - (z - nudge)) / (2 * nudge)
of_output = (sigmoid(z + nudge) - sigmoid(z - nudge)) / (2 * nudge)
print(f"by the bias, the weighted sum: between {of_sum.min():.3f} and {of_sum.max():.3f}")
print(f"             the output:       between {of_output.min():.3f} and {of_output.max():.3f}")

# %%
# A step neuron with a weight of 1 and a bias of −3 fires from where on? The threshold is minus the
# bias: x − 3 is above 0 where x is above 3.

neuron = pel.Network(1, [pel.Dense(1, "step")])
neuron.parameters[:] = 1, -3
for x in (-4, -2, 2, 4):
    print(f"x = {x:2}: {neuron.predict([[x]]).item():.0f}")

# %%
# Two neurons are to make x + 1 and x − 1 of x: a weight of 1 each, and biases of 1 and −1. With one
# bias for both, the best there is is x and x, which is wrong by 1 everywhere.

X = np.linspace(-2, 2, 41)[:, None]
Y = X + [1, -1]
_, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), layout="constrained")
axes(left, "light").plot(z, of_sum, label="of the weighted sum")
left.plot(z, of_output, label="of the output")
left.set(xlabel="weighted sum", title="derivatives by the bias")
axes(right, "light").plot(X, Y, color="gray", linewidth=5, alpha=0.4)
costs = {}
for k, (bias, name) in enumerate((("neuron", "a bias each"), ("layer", "one for both"))):
    network = pel.Network(1, [pel.Dense(2, "identity", bias=bias)], precision="float64")
    pel.train(network, X, Y, optimizer=pel.LBFGS(), epochs=100)
    costs[bias] = pel.trace(network, X, Y).cost
    print(f"{name}: cost {costs[bias]:.6f}")
    colour = THEMES["light"].series[k]
    right.plot(X, network.predict(X), color=colour, label=[name, "_"])  # _: not in the legend
right.set(xlabel="x", title="x + 1 and x − 1 (grey)")
legend(left, "light")
legend(right, "light")
plt.show()
