"""
Why a bias
==========

A neuron without a bias makes of its input x the activation σ(wx). An often-read claim is that its
weight only changes how steep this curve is, and so can never bring the activation near 0 at x = 2.
This is run here and found wrong: a negative weight does it. What no weight can do is something
else, namely be low at x = 2 and high at x = 3. That takes a bias.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.equations.bounded import sigmoid
from pellucid.views.style import axes


def trained(bias, X, Y):
    """One neuron with one input, from a weight of 1."""
    layer = pel.Dense(1, "sigmoid", bias=bias)
    network = pel.Network(1, [layer], initial="constant:1", precision="float64")
    pel.train(network, X, Y, optimizer=pel.SGD(1.0), batch_size="all", epochs=2000)
    return network


alone = trained("none", [[2.0]], [0.0])
w_alone = alone.weights[1].item()
print(f"0 wanted at x = 2: w = {w_alone:.2f}, activation {alone.predict([[2.0]]).item():.5f}")

# %%
# At x = 0 every weight gives ½. From there σ(wx) goes one way: with w > 0 it is above ½ at every
# positive x, with w < 0 below. So x = 2 and x = 3 are always on the same side of ½. A bias moves
# the curve along the axis: σ(wx + b) passes through ½ at x = −b/w. Which way? A positive bias makes
# the activation larger, at every x and for every w, because σ rises; a negative one lowers it.
# (The claim goes on that b > 0 lowers it. That is wrong too.)

X, Y = np.array([[2.0], [3.0]]), np.array([0.0, 1.0])
without, with_bias = trained("none", X, Y), trained("neuron", X, Y)
w, b = with_bias.weights[1].item(), with_bias.biases[1].item()
print(f"0 and 1 wanted at x = 2 and 3: {without.predict(X).ravel().round(3)} without a bias")
print(f"{with_bias.predict(X).ravel().round(3)} with one: w = {w:.2f}, −b/w = {-b / w:.2f}")

panels = {
    "the weight turns the curve": {f"w = {v}": (v, 0) for v in (0.5, 1, 3)} | {"w = −1": (-1, 0)},
    "w = 1: the bias moves it": {"b = −4": (1, -4), "b = 0": (1, 0), "b = 4": (1, 4)},
    "trained for the two dots": {"no bias": (without.weights[1].item(), 0), "bias": (w, b)},
}
x = np.linspace(-6, 6, 301)
_, three = plt.subplots(1, 3, figsize=(9, 3.8), sharey=True, layout="constrained")
for ax, (title, curves) in zip(three, panels.items(), strict=True):
    axes(ax, "light").set(title=title, xlabel="input x", xticks=range(-6, 7, 3))
    for label, (v, shift) in curves.items():
        ax.plot(x, sigmoid(v * x + shift), label=label)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, frameon=False)
three[0].set_ylabel("activation")
three[2].plot(X, Y, "o", color="black")
plt.show()
