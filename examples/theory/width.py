"""
Wider networks come closer
==========================

One hidden layer with enough neurons comes as near as one likes to any continuous curve over a
stretch of the axis, be they sigmoids, ramps or steps (Cybenko 1989; Hornik 1991; Leshno, Lin,
Pinkus and Schocken 1993). First hidden neurons are placed along the axis, and only the output's
weights fitted: steps add stairs, ramps bends. Then all is trained. Look how the error falls.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.views.style import axes, legend

x = np.linspace(0, 1, 601)[:, None]
curve = np.sin(3 * np.pi * x) + np.exp(x)


def placed(width, activation, steepness):
    """Neuron j turns on at x = j / width; the output's weights are those of least squares."""
    hidden = pel.Network(1, [pel.Dense(width, activation)], precision="float64")
    hidden.weights[1][:] = steepness
    hidden.biases[1][:] = -steepness * np.arange(width) / width
    A = np.hstack([hidden.predict(x), np.ones_like(x)])
    return A @ np.linalg.lstsq(A, curve)[0]


def trained(width):
    network = pel.Network(1, [pel.Dense(width, "sigmoid"), pel.Dense(1, "identity")])
    pel.train(network, x, curve, optimizer=pel.LevenbergMarquardt(), epochs=100, starts=5)
    return network.predict(x)


kinds = {"steps": ("step", 1), "ramps": ("relu", 1), "sigmoids": ("sigmoid", 8)}
_, panels = plt.subplots(1, 3, figsize=(8.4, 3), sharey=True, layout="constrained")
for ax, (name, kind) in zip(panels, kinds.items(), strict=True):
    axes(ax, "light").plot(x, curve, linewidth=5, alpha=0.4, label="wanted")
    ax.plot(x, placed(8, *kind), label="network")
    ax.set(title=f"8 {name}", xlabel="x")
legend(panels[0], "light")

# %%
# The error is the root of the mean squared difference; a power of the width is a straight line.
# Training moves neurons to where they are needed, but its line does not go on falling: the theorem
# says that there is a good network; it does not say that training finds it.

widths = np.array([1, 2, 4, 8, 16, 32, 64])
outputs = {name + ", placed": [placed(n, *kinds[name]) for n in widths] for name in kinds}
outputs["sigmoids, placed"] = [placed(n, "sigmoid", n) for n in widths]  # steeper where denser
outputs["sigmoids, trained"] = [trained(n) for n in widths]
errors = {name: [np.sqrt(np.mean((P - curve) ** 2)) for P in row] for name, row in outputs.items()}
for name, e in errors.items():
    slope = np.polyfit(np.log(widths[4:]), np.log(e[4:]), 1)[0]
    print(f"{name:>17}: {e[0]:.1g} to {e[-1]:.1g}; last slope {slope:5.2f}")
ax = pel.plot_sweep(widths, errors, xlabel="hidden neurons", log=("x", "y"))
ax.legend(loc="lower left", frameon=False)
plt.show()
