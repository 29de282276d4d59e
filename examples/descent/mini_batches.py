"""
Mini-batches
============

Between one example at a time and all at once lie mini-batches: the gradient is the mean over a few
examples. How many? It depends on what is kept the same. After as many epochs (as many looks at the
data) small batches are ahead, because they have made more steps. After as many steps large batches
are ahead, because each of their steps is more exact; but they have looked at more data for it.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import pellucid as pel

digits = load_digits()
X, X_test, Y, Y_test = train_test_split(
    digits.data / 16, digits.target, test_size=597, random_state=0
)
sizes = (1, 4, 16, 64, 256, 1200)


def error(size, seed, epochs, steps=None):
    """The share of test digits that are wrong."""
    network = pel.Network(64, [pel.Dense(30, "sigmoid"), pel.Dense(10, "softmax")], seed=seed)
    pel.train(
        network,
        X,
        Y,
        optimizer=pel.SGD(0.3),
        batch_size=size,
        epochs=epochs,
        steps=steps,
        seed=seed,
    )
    return np.mean(network.predict(X_test).argmax(axis=1) != Y_test)


errors = {
    "10 epochs": [[error(size, seed, 10) for seed in range(5)] for size in sizes],
    "500 steps": [[error(size, seed, 500, 500) for seed in range(5)] for size in sizes],
}
print("examples in a batch:   ", *(f"{size:6}" for size in sizes))
for name, each in errors.items():
    print(f"wrong after {name}: ", *(f"{share:6.1%}" for share in np.median(each, axis=1)))
pel.plot_sweep(sizes, errors, xlabel="examples in a batch", ylabel="share wrong", log="x")
plt.show()
