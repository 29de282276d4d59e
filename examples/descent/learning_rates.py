"""
Rates that crawl, converge and diverge
======================================

The learning rate says how long a step is for a given slope. If it is too small, learning crawls. If
it is too large, each step goes further beyond the minimum than the one before, and the cost grows
without end. Where the cost is a parabola, as here, theory says from where on: 2/λ, with λ the
largest eigenvalue of the second derivatives, the curvature. Look at both sides of it.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.views.style import axes

generator = np.random.default_rng(0)
X = generator.normal(size=(50, 3)) * [2.0, 1.0, 0.5]
Y = X @ [1.0, -2.0, 3.0] + generator.normal(size=50)
second_derivatives = 2 * X.T @ X / len(X)  # of the mean squared error, by the three weights
bound = 2 / np.linalg.eigvalsh(second_derivatives).max()
print(f"2/λ = {bound:.4f}")


def descent(share, epochs):
    """Steps from weights of 0 at a share of 2/λ; an epoch is one step, with all examples."""
    network = pel.Network(3, [pel.Dense(1, "identity", bias="none")], initial="zeros")
    settings = {"optimizer": pel.SGD(share * bound), "batch_size": "all", "epochs": epochs}
    run = pel.start(network, X, Y, **settings)
    *_, stopped = run  # the last event says why
    return run.history.costs, stopped


_, (left, right) = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
axes(left, "light").set(xlabel="step", ylabel="cost", yscale="log", ylim=(0.5, 1e4))
for share in (0.01, 0.5, 0.99, 1.05):
    costs, stopped = descent(share, 1000)
    left.plot(costs[:101], label=f"rate {share} · 2/λ")
    print(f"{share} · 2/λ: cost {costs[0]:.2f}, after 100 steps {costs[100]:.4g}")
    print("   ", stopped.sentence)
left.legend(loc="upper right", frameon=False)
left.set_title("four rates")

shares = np.linspace(0.02, 1.1, 55)
reached = {"cost": [descent(share, 101)[0][-1] for share in shares]}
pel.plot_sweep(shares, reached, xlabel="rate, in 2/λ", ylabel="", log="y", ax=right)
right.axvline(1, linestyle=":", color="gray")
right.set_title("after 100 steps")
plt.show()

# %%
# Who does not follow the run, but lets ``pel.train`` carry it out, gets that sentence as an error.

network = pel.Network(3, [pel.Dense(1, "identity", bias="none")], initial="zeros")
try:
    pel.train(network, X, Y, optimizer=pel.SGD(1.05 * bound), batch_size="all", epochs=1000)
except pel.DivergedError as error:
    print(error)
