"""
How much fits into a memory
===========================

A memory by Hebb's rule cannot hold just any number of patterns: each disturbs the others. Here
random patterns of n neurons are stored, more and more of them, and the network is started in one
that it should know. Does it stay near? The theory for very large n says yes up to 0.138 n patterns,
and then suddenly no (Amit, Gutfreund and Sompolinsky 1985). Look how the fall sharpens with n.
"""

import numpy as np
from matplotlib import pyplot as plt

from pellucid.equations.historical import asynchronous_update, hebb_couplings
from pellucid.views.style import axes, legend

random = np.random.default_rng(0)


def overlap(n, load):
    """What is left of up to 20 stored patterns when nothing moves any more: 1 is all."""
    patterns = random.choice([-1.0, 1.0], (round(load * n), n))
    K, known = hebb_couplings(patterns).T, patterns[:20]  # symmetric; columns are read faster so
    state, before = known, None
    while not np.array_equal(state, before):
        state, before = asynchronous_update(K, state, range(n)), state
    return (state * known).mean()


loads = np.arange(0.08, 0.201, 0.01)
ax = axes(None, "light")
found = {}
for n, repeats in ((100, 20), (400, 5), (1600, 1)):
    left = [np.mean([overlap(n, load) for _ in range(repeats)]) for load in loads]
    k = np.argmax(np.array(left) < 0.9)
    share = (left[k - 1] - 0.9) / (left[k - 1] - left[k])
    found[n] = loads[k - 1] + share * (loads[k] - loads[k - 1])
    print(f"n = {n:4}: below 0.9 from {found[n]:.3f} n patterns on")
    ax.plot(loads, left, marker=".", label=f"n = {n}")
ax.axvline(0.138, color="black", linestyle=":", label="0.138")
ax.set(xlabel="patterns stored for each neuron", ylabel="overlap with what was stored")
legend(ax, "light")
plt.show()
