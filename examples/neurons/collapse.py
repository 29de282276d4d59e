"""
Layers that collapse
====================

Without curved activation functions many layers are no more than one: the product of their weight
matrices is a matrix too. Here such a network is trained, and then brought to that one layer, which
predicts the same to the last digits. With tanh in the hidden layers there is no such matrix, and
the package says so.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.views.style import axes, legend

X = np.linspace(-2, 2, 81)[:, None]
Y = np.sin(2 * X + 0.5)


def trained(activation):
    """Three layers, the hidden ones with this activation function."""
    layers = [pel.Dense(10, activation), pel.Dense(10, activation), pel.Dense(1, "identity")]
    network = pel.Network(1, layers, precision="float64")
    pel.train(network, X, Y, optimizer=pel.Adam(0.01), batch_size="all", epochs=1000)
    return network


linear, curved = trained("identity"), trained("tanh")
one = pel.collapse(linear)
print(one)

# %%
# The same asked of the network with tanh:

try:
    pel.collapse(curved)
except pel.UnsupportedError as error:
    print(error)

# %%
# So three linear layers can do what one can: a straight line. The best that training makes of them
# is the line of least squares. The layers with tanh follow the curve.

slope, height = np.polyfit(X[:, 0], Y[:, 0], 1)
print(f"least squares: {slope:.5f} x + {height:.5f}")
print(f"the network:   {one.M.item():.5f} x + {one.b.item():.5f}")

ax = axes(None, "light")
ax.plot(X, Y, ".", color="gray", label="targets")
ax.plot(X, linear.predict(X), linewidth=6, alpha=0.4, label="three linear layers")
ax.plot(X, one.network.predict(X), "--", label="the one layer they come to")
ax.plot(X, curved.predict(X), label="three layers, two with tanh")
ax.set(xlabel="input", ylabel="prediction", title="what a matrix can follow, and what it cannot")
legend(ax, "light")
plt.show()
