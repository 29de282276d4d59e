"""
How many examples does it take?
===============================

The same network learns from 25, 50, 100 … 800 handwritten digits, each time with the same number
of steps, and is judged by 360 digits that it has never seen. Which examples it gets, and its first
weights, are a matter of luck, so each size is tried ten times; the band in the picture goes from
the luckiest to the unluckiest. Both axes are logarithmic: look at how much each doubling brings.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.data.digits import load_digits

digits = load_digits()
X, Y = digits.train.X, digits.train.Y
sizes, seeds, steps = (25, 50, 100, 200, 400, 800), range(10), 2000

errors = np.empty((len(sizes), len(seeds)))
for i, size in enumerate(sizes):
    for seed in seeds:
        some = np.random.default_rng(seed).permutation(len(X))[:size]
        layers = [pel.Dense(50, "relu"), pel.Dense(10, "softmax")]
        network = pel.Network(64, layers, seed=seed, scale=1 / 16)
        pel.train(network, X[some], Y[some], batch_size=10, epochs=steps, steps=steps)
        wrong = network.predict(digits.test.X).argmax(axis=1) != digits.test.Y
        errors[i, seed] = wrong.mean()
    low, middle, high = np.percentile(errors[i], (0, 50, 100))
    print(f"{size:>4} examples: {middle:5.1%} wrong, from {low:.1%} to {high:.1%}")

# %%
# A straight line in such a picture is a power law, error ∝ n^−s; learning curves of many methods
# look like one over a wide range (Hestness et al. 2017). Its slope, by least squares:

slope, _ = np.polyfit(np.log(sizes), np.log(np.median(errors, axis=1)), 1)
print(f"s = {-slope:.2f}: twice the examples, {1 - 2**slope:.0%} fewer errors")

pel.plot_sweep(
    sizes,
    {"digits set aside": 100 * errors},
    xlabel="training examples",
    ylabel="read wrongly, %",
    log=("x", "y"),
)
plt.show()
