"""
A memory that completes
=======================

Show a damaged picture to a network of this kind and it gives back the whole one. Every pixel is a
neuron, −1 or 1, joined with every other by a coupling. Hebb's rule of 1949 sets the couplings in
one go: pixels that agree in the stored pictures pull each other the same way, others apart. Then
one neuron after the other does what the sum of its couplings tells it, and the energy of the whole
never rises, so that the network comes to rest (Hopfield 1982). Watch three digits come back.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits

import pellucid as pel
from pellucid.equations.historical import asynchronous_update, energy, hebb_couplings
from pellucid.views.style import axes

digits = np.where(load_digits().data[:10] < 6, -1.0, 1.0)  # one of each, 64 pixels, 1 is ink
stored = digits[[3, 4, 7]]
K = hebb_couplings(stored)

random = np.random.default_rng(0)
damaged = stored.copy()
for row in damaged:
    row[random.choice(64, 12, replace=False)] *= -1

states, energies = [damaged], [energy(K, damaged)]
for neuron in range(128):  # two sweeps
    states.append(asynchronous_update(K, states[-1], [neuron % 64]))
    energies.append(energy(K, states[-1]))
print("pixels wrong before:", (damaged != stored).sum(1), "after:", (states[-1] != stored).sum(1))
print("most that the energy rose by in a step:", np.diff(energies, axis=0).max())

_, grid = plt.subplots(3, 4, figsize=(5.6, 4.6), layout="constrained")
shown = np.concatenate([damaged, states[32], states[128], stored])
for ax, picture in zip(grid.T.flat, shown, strict=True):
    pel.plot_ink(picture > 0, pel.ImageFormat(8, 8, 1), ax=ax).spines[:].set_visible(True)
for ax, title in zip(grid[0], ("damaged", "half a sweep", "two sweeps", "stored"), strict=True):
    ax.set_title(title)

ax = axes(None, "light")
ax.plot(energies, label=["3", "4", "7"])
ax.set(xlabel="neurons asked so far", ylabel="energy", title="it only goes down")
ax.legend(title="digit", frameon=False)

# %%
# One step of all neurons at once is a layer of sign neurons with K as its weights. The three digits
# pass through it unchanged. But digits resemble each other: of all ten stored by Hebb's rule none
# does. Couplings that allow for the likeness, S⁺S, keep all (Personnaz, Guyon and Dreyfus 1985).

ten = (hebb_couplings(digits), np.linalg.pinv(digits) @ digits)
for rule, S, couplings in (("Hebb", stored, K), ("Hebb", digits, ten[0]), ("S⁺S", digits, ten[1])):
    layer = pel.Network(64, [pel.Dense(64, "sign", bias="none")], precision="float64")
    layer.weights[1][:] = couplings
    print(f"{rule}: {(layer.predict(S) == S).all(axis=1).sum()} of {len(S)} stay as they are")
plt.show()
