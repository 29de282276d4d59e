"""
One neuron multiplies three bits
================================

The product of bits, numbers that are 0 or 1, is 1 only if all of them are. So one neuron is enough:
it adds the bits and asks whether the sum is above 2½. With a step as its activation function the
answer is exact, and for any number of bits. With a steep sigmoid, which can be trained, it is as
near as one wants. This is the small example of Lin, Tegmark and Rolnick (2017), Why does deep and
cheap learning work so well?
"""

from itertools import product

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.views.style import axes, legend


def multiplier(n, activation="step", steepness=1.0):
    """A neuron for the product of n bits."""
    network = pel.Network(n, [pel.Dense(1, activation)], precision="float64")
    network.weights[1][:] = steepness
    network.biases[1][:] = -steepness * (n - 0.5)
    return network


bits = np.array(list(product((0, 1), repeat=3)))
step, soft = multiplier(3), multiplier(3, "sigmoid", 10.0)
print("bits      product   step   sigmoid, ten times as steep")
for row, hard, near in zip(bits, step.predict(bits), soft.predict(bits), strict=True):
    print(f"{row}   {row.prod()}         {hard.item():.0f}      {near.item():.6f}")

for n in (2, 3, 5, 12):
    rows = np.array(list(product((0, 1), repeat=n)))
    wrong = np.sum(multiplier(n).predict(rows)[:, 0] != rows.prod(axis=1))
    print(f"{n:2} bits: {wrong} wrong of {len(rows)} rows")

# %%
# The sigmoid is nearest to its threshold where the sum is 2 or 3, half a unit away from 2½. There
# its error is 1 / (1 + exp(β/2)) for a steepness of β: with each 10 that β grows, the error becomes
# about 150 times smaller.

steepness = np.array([1, 5, 10, 20, 30, 40, 60])
errors = [
    np.abs(multiplier(3, "sigmoid", beta).predict(bits)[:, 0] - bits.prod(axis=1)).max()
    for beta in steepness
]
ax = axes(None, "light")
ax.plot(steepness, 1 / (1 + np.exp(steepness / 2)), label="1 / (1 + exp(β/2))")
ax.plot(steepness, errors, "o", label="the largest error of the eight")
ax.set(xlabel="steepness β", ylabel="error", yscale="log", title="three bits, one sigmoid neuron")
legend(ax, "light")
plt.show()
