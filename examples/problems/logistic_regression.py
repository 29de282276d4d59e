"""
Logistic regression
===================

Two kinds of iris, versicolor and virginica, are to be told apart by the length and the width of
their petals. A single sigmoid neuron gives the probability that a flower is a virginica: this is
logistic regression, known to statistics since Cox (1958). So it must find the weights that
scikit-learn's LogisticRegression finds, and does. Along a straight line both kinds are equally
likely. With a neuron for each kind, and softmax in the place of sigmoid, it works for three kinds.
"""

from matplotlib import pyplot as plt
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import pellucid as pel

iris = load_iris()
petals, kinds = iris.data[:, 2:], (iris.target - 1) % 3
names = ["versicolor", "virginica", "setosa"]
X, Y = petals[kinds < 2], kinds[kinds < 2]

# %%
# Both keep weights small by the penalty λ/2 Σ w². Scikit-learn's λ is 1 / (C n) for n flowers;
# Pellucid divides by n where it is told so.

C = 10.0
recipe = {"optimizer": pel.LBFGS(tolerance=1e-8, cost_tolerance=0.0), "epochs": 10000}
recipe |= {"l2": 1 / C, "l2_divisor": "dataset"}


def compared(layer, X, Y):
    network = pel.Network(2, [layer], precision="float64")
    pel.train(network, X, Y, **recipe)
    model = LogisticRegression(C=C, tol=1e-8, max_iter=10000).fit(X, Y)
    W, b = network.weights[1].T, network.biases[1]
    print(f"network:      {W.round(4).tolist()}, {b.round(4).tolist()}")
    print(f"scikit-learn: {model.coef_.round(4).tolist()}, {model.intercept_.round(4).tolist()}")
    difference = max(abs(W - model.coef_).max(), abs(b - model.intercept_).max())
    print(f"largest difference: {difference:.0e}")
    return network, model


two = compared(pel.Dense(1, "sigmoid"), X, Y)
three = compared(pel.Dense(3, "softmax"), petals, kinds)

# %%
# Left two kinds, right three: the colour says which is likeliest. All borders are straight.

_, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.8), layout="constrained")
for ax, (network, _), rows, codes in ((left, two, X, Y), (right, three, petals, kinds)):
    classes = names[: codes.max() + 1]
    pel.plot_boundary(pel.boundary(network, rows), rows, codes, classes=classes, ax=ax)
    ax.set(xlabel="length of the petal, cm", ylabel="width of the petal, cm", aspect="auto")
left.get_legend().set_loc("upper left")
plt.show()
