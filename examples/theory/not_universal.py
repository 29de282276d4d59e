"""
What is not universal
=====================

An often-read claim is that any activation function will do as long as it is not a straight line.
It is run here and found wrong: neurons that square their sum are not linear, and fail all the same.
A weighted sum of parabolas is a parabola, however many there are. A layer can come near every
continuous curve exactly if its activation function is not a polynomial (Leshno, Lin, Pinkus and
Schocken 1993). Look at which errors go on falling with the width, and which stand still.
"""

from functools import partial

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.equations.activations import ACTIVATIONS

x = np.linspace(-1, 1, 401)[:, None]
curve = np.sin(3 * x) + np.abs(x)


table = {name: partial(ACTIVATIONS[name].f, xp=np) for name in ("step", "relu", "sigmoid")}
functions = {"z": lambda z: z, "z²": lambda z: z**2, "z³": lambda z: z**3, **table}


def fitted(f, width):
    """The hidden layer's weights are drawn; the output's are those of least squares."""
    layer = pel.Dense(width, "identity")
    sums = pel.Network(1, [layer], initial="normal", precision="float64").predict(4 * x)
    A = np.hstack([f(sums), np.ones_like(x)])
    weights, _, rank, _ = np.linalg.lstsq(A, curve, rcond=1e-12)
    return A @ weights, rank


# %%
# Polynomial neurons do what the best polynomial of their degree does, and no better. The rank says
# why: it counts how many really different curves the layer has to offer, the constant among them.
# Powers of z offer one more than their degree, at any width; the others ever more.

widths = (1, 2, 4, 8, 16, 32, 64, 128)
errors = {name: [] for name in functions}
for name, f in functions.items():
    for width in widths:
        P, rank = fitted(f, width)
        errors[name].append(np.sqrt(np.mean((P - curve) ** 2)))
    print(f"{name:>8}: error {errors[name][-1]:.4f}, rank {rank:3} at {width} neurons")
for degree in (1, 2, 3):
    polynomial = np.polynomial.Polynomial.fit(x.ravel(), curve.ravel(), degree)
    best = np.sqrt(np.mean((polynomial(x) - curve) ** 2))
    print(f"error {best:.4f} of the best polynomial of degree {degree}")

_, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), sharey=True, layout="constrained")
for ax, title, names in ((left, "polynomials", ("z", "z²", "z³")), (right, "others", table)):
    shown = {name: errors[name] for name in names}
    pel.plot_sweep(widths, shown, xlabel="hidden neurons", log=("x", "y"), ax=ax).set(title=title)
plt.show()
