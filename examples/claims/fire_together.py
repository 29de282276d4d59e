"""
Fire together, wire together?
=============================

Hebb's rule makes a weight larger where the neurons at its two ends are active together. It is often
given as how neural networks learn. Networks that are trained by a cost do something else: where
Hebb multiplies two activations, gradient descent multiplies an activation and an error, and so it
comes to rest. A neuron is to learn AND, once by each rule, and says yes above ½. Look at its
answers, and at what becomes of its weights. (What Hebb's rule is good for: memories that complete.)
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.equations.historical import hebb_update
from pellucid.views.style import axes, legend

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])  # the third, always 1, is for the bias
Y = np.array([0, 0, 0, 1])
hebb = pel.Network(3, [pel.Dense(1, "identity", bias="none")], initial="zeros")
descent = hebb.copy()
lengths = {"Hebb": [], "gradient descent": []}
for _ in range(100):
    for x, y in zip(X, Y, strict=True):
        hebb.weights[1][:] = hebb_update(hebb.weights[1], x, [y])
    pel.train(descent, X, Y, optimizer=pel.SGD(0.3), batch_size="all", epochs=1)
    for name, network in zip(lengths, (hebb, descent), strict=True):
        lengths[name].append(np.linalg.norm(network.parameters))

for name, network in zip(lengths, (hebb, descent), strict=True):
    answers = network.predict(X).ravel()
    print(f"{name:>16}: {answers.round(2)}, so {(answers > 0.5).astype(int)}; wanted {Y}")
    print(f"{'':>16}  weights {network.parameters.round(2)}")

ax = axes(None, "light")
for name, length in lengths.items():
    ax.plot(range(1, 101), length, label=name)
ax.set(xlabel="passes through the four examples", ylabel="length of the weights", yscale="log")
ax.set_title("what comes to rest, and what does not")
legend(ax, "light")
plt.show()
