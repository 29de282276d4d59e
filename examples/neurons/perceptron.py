"""
The perceptron
==============

The oldest rule by which a neuron learns (Rosenblatt 1958): where its answer, 0 or 1, is wrong, add
the input to its weights or take it away. If a line separates the classes it errs at most (R/γ)²
times, with R the longest input and γ the room beside the best line (Novikoff 1962). Here mistakes
are counted; then four copies of a neuron that has learnt NAND do what none can alone: exclusive or.
"""

import numpy as np
from matplotlib import pyplot as plt
from scipy.optimize import nnls

import pellucid as pel
from pellucid.equations.historical import perceptron_pass


def learn(X, Y):
    """Pass through the examples until a pass is without mistakes."""
    W, b, count, new = np.zeros((2, 1)), np.zeros(1), 0, 1
    while new:
        W, b, new = perceptron_pass(W, b, X, Y[:, None])
        count += new
    return W, b, count


def bound(X, Y):
    """(R/γ)², where γ is how near the hull of the inputs comes to 0, those of class 0 turned."""
    turned = np.column_stack([X, np.ones(len(X))]) * np.where(Y, 1, -1)[:, None]  # the 1 is for b
    shares, _ = nnls(np.vstack([turned.T, np.ones(len(X))]), [0, 0, 0, 1])
    return (turned**2).sum(1).max() / np.sum((turned.T @ shares / shares.sum()) ** 2)


gaps, counts = (0.5, 0.2, 0.1, 0.05, 0.02), {"bound (R/γ)²": [], "mistakes": []}
for gap in gaps:  # points on both sides of a line, moved away from it by the gap
    X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    Y = X @ [0.8, 0.6] > 0.1
    X += gap * np.where(Y, 1, -1)[:, None] * [0.8, 0.6]
    counts["bound (R/γ)²"].append(most := bound(X, Y))
    counts["mistakes"].append(made := learn(X, Y)[2])
    print(f"gap {gap:4}: {made:2} mistakes, bound {most:.0f}")
pel.plot_sweep(gaps, counts, xlabel="gap on each side", ylabel="mistakes", log=("x", "y"))

# %%
# NAND is 0 only where both inputs are 1; every logical circuit can be built of it. Exclusive or of
# p and q is NAND(NAND(p, n), NAND(n, q)) with n = NAND(p, q).
pairs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
W, b, _ = learn(pairs, np.array([1, 1, 1, 0]))
second = pel.Dense(2, "step", inputs=(0, 1), masks={0: ("10", "01")})  # p and q, one to each
xor = pel.Network(2, [pel.Dense(1, "step"), second, pel.Dense(1, "step")])
xor.weights[0, 1] = xor.weights[2, 3] = W
xor.weights[0, 2], xor.weights[1, 2] = np.diag([W[0, 0], W[1, 0]]), [[W[1, 0], W[0, 0]]]
for l in (1, 2, 3):
    xor.biases[l][:] = b
print("learnt NAND:", W.ravel(), b, "exclusive or:", xor.predict(pairs).ravel())
_, ax = plt.subplots(figsize=(7.5, 2.6), layout="constrained")
pel.plot_network(xor, ax=ax).set_title("exclusive or from four copies of one neuron")
plt.show()
