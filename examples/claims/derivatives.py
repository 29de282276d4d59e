"""
What a derivative is not
========================

Three often-read claims: a delta is the amount of error; a step subtracts the learning rate times
the cost; the weights with the largest derivatives matter most. A derivative is none of this. It
says how fast the cost changes while a number changes a very little. Look how large delta is where
the error is largest, where a weight goes that is told its cost, and what is left after learning.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_iris

import pellucid as pel
from pellucid.views.style import axes, legend

neuron = pel.Network(1, [pel.Dense(1, "sigmoid")], precision="float64")
neuron.parameters[:] = 1, 0  # the weight and the bias, so that the weighted sum is the input
z = np.linspace(-8, 8, 161)[:, None]
trace = pel.trace(neuron, z, np.zeros_like(z), loss="half_sse")
error, delta = trace.A[1][:, 0], trace.delta[1][:, 0]
print(f"most delta at error {error[delta.argmax()]:.2f}; at {error[-1]:.4f} only {delta[-1]:.4f}")

ax = axes(None, "light")
ax.plot(z, np.column_stack([error, delta]), label=["error", "delta"])
ax.set(xlabel="weighted sum, where 0 is wanted", title="a delta is no amount of error")
legend(ax, "light")

# %%
# One weight is to learn y = 2x. It starts once below 2, once above. A cost is never negative, so
# subtracting it only ever leads down: right from above, though ever slower, and wrong from below.

ax = axes(None, "light")
ax.set(xlabel="step", ylabel="weight", title="a weight that should become 2")
x = np.array([0.5, 1.0])
for start in (1.0, 4.0):
    for rule in ("derivative", "cost"):
        w = [start]
        for _ in range(8):
            error = w[-1] * x - 2 * x
            w.append(w[-1] - 0.2 * np.mean(2 * error * x if rule == "derivative" else error**2))
        ax.plot(w, label=f"minus {rule}, from {start:g}")
legend(ax, "light")

# %%
# A network has learnt how wide an iris petal is. Its derivatives are all but 0, as at any minimum.
# Its weights matter none the less: see by how much the cost rises without one of them.

iris = load_iris().data
X, Y = iris[:, :3] - iris[:, :3].mean(axis=0), iris[:, 3]
network = pel.Network(3, [pel.Dense(3, "tanh"), pel.Dense(1, "identity")], precision="float64")
pel.train(network, X, Y, optimizer=pel.LevenbergMarquardt(), epochs=1000)
print(f"cost: {pel.trace(network, X, Y).cost:.4f}")
for row in pel.what_matters(network, X, Y, n=5).rows:
    print(
        f"derivative {row.derivative:8.1e}, rise of the cost without the weight {row.removed:.4f}"
    )
plt.show()
