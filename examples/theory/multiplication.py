"""
Four neurons that multiply
==========================

A network only adds weighted numbers and bends the sums. How can it multiply? A curved activation
function f has a square in it: f(c + s) ≈ f(c) + f′(c) s + ½ f″(c) s². Four neurons with the sums
u + v, −u − v, u − v and −u + v, the last two taken away, leave 4 f″(c) uv and an error (Lin,
Tegmark and Rolnick 2017). Inputs are made small by a factor λ and the result is divided by λ², so
that the error falls as λ², until the rounding of the computer, made larger by 1/λ², takes over.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel

c = np.log(2 - np.sqrt(3))  # where the sigmoid function is bent most; at 0 it is not bent at all
a = 1 / (1 + np.exp(-c))
bent = a * (1 - a) * (1 - 2 * a)  # its second derivative there


def gate(shrink, activation="sigmoid", bias=c, second=bent, precision="float64"):
    """The four neurons, their weights set by hand, and one that adds up."""
    layers = [pel.Dense(4, activation), pel.Dense(1, "identity", bias="none")]
    network = pel.Network(2, layers, precision=precision)
    network.weights[1][:] = shrink * np.array([[1, -1, 1, -1], [1, -1, -1, 1]])
    network.biases[1][:] = bias
    network.weights[2][:] = np.array([[1], [1], [-1], [-1]]) / (4 * second * shrink**2)
    return network


print(f"0.6 · (−0.5) by sigmoid neurons:  {gate(0.1).predict([[0.6, -0.5]]).item():.4f}")
print(f"the same without the bias:        {gate(0.1, bias=0).predict([[0.6, -0.5]]).item():.4f}")
by_softplus = gate(0.1, "softplus", bias=0, second=1 / 4).predict([[0.6, -0.5]])
print(f"by softplus neurons, no bias:     {by_softplus.item():.4f}")
trace = pel.trace(gate(0.5), [[0.6, -0.5]], [[-0.3]])
pel.plot_network(gate(0.5), trace).set_title("0.6 · (−0.5) with λ = ½: not far from −0.3")

# %%
# The largest error over a thousand pairs of numbers between −1 and 1, for λ from large to small.
# The next term of the series says how large it should be: λ² f⁗/(6 f″) uv(u² + v²). The slopes are
# those of the two straight parts: 2 is an error that falls as λ², −2 one that grows as 1/λ².

X = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
UV = X[:, :1] * X[:, 1:]
shrinks, errors = np.logspace(-7, 0.5, 61), {}
for precision, best in (("float32", 2**-6), ("float64", 2**-13)):  # near (rounding unit)^(1/4)
    products = [gate(s, precision=precision).predict(X) for s in shrinks]
    error = errors[precision] = np.array([abs(P - UV).max() for P in products])
    parts = (shrinks < best / 8, (shrinks > 8 * best) & (shrinks < 0.5))
    right, left = (np.polyfit(np.log(shrinks[p]), np.log(error[p]), 1)[0] for p in reversed(parts))
    found = f"best λ {shrinks[error.argmin()]:.0e}, error {error.min():.0e}"
    print(f"{precision}: {found}; slopes {left:.2f} and {right:.2f}")
ax = pel.plot_sweep(shrinks, errors, xlabel="λ", ylabel="largest error", log=("x", "y"))
series = shrinks**2 / 6 * abs(UV * (X**2).sum(1, keepdims=True)).max()
ax.plot(shrinks, series, "k--", linewidth=1, label="what theory says: λ²")
ax.set(ylim=(1e-9, 1e3), title="too large a λ bends too much, too small a λ rounds too much")
ax.legend(frameon=False)
plt.show()
