"""
Weights drawn as pictures
=========================

A neuron that is fed by pixels has one weight for each pixel, so its weights are a picture: blue
where ink makes its weighted sum larger, orange where ink makes it smaller. First a network without
a hidden layer: its ten pictures can be compared with the mean digits. Then one with a hidden layer,
each of whose neurons looks for a pattern that is of use for several digits.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.data.digits import load_digits

digits = load_digits()
X, codes, image = digits.train.X, digits.train.Y, digits.image

single = pel.Network(64, [pel.Dense(10, "softmax")], scale=1 / 16)
hidden = pel.Network(64, [pel.Dense(20, "sigmoid"), pel.Dense(10, "softmax")], scale=1 / 16)
for network in (single, hidden):
    pel.train(network, X, codes, epochs=100, l2=0.01)
    right = (network.predict(digits.test.X).argmax(axis=1) == digits.test.Y).mean()
    print(f"{network.architecture.layers}: {right:.1%} of the digits set aside read rightly")

# %%
# Above the mean of all examples of each digit; below the weights of the single layer. They are no
# copies of the mean digit: ink where other digits have it too says little, however much there is.
# They are more like the mean of this digit less the mean of all.

means = np.array([X[codes == digit].mean(axis=0) for digit in range(10)])
likeness = {}
for name, pictures in (("mean digit", means), ("mean less that of all", means - X.mean(axis=0))):
    each = [np.corrcoef(pictures[k], single.weights[1][:, k])[0, 1] for k in range(10)]
    likeness[name] = np.mean(each)
    print(f"correlation of the weights with the {name}: {likeness[name]:.2f}")

_, (above, below) = plt.subplots(2, 10, figsize=(8.4, 2.2), layout="constrained")
for digit in range(10):
    pel.plot_ink(means[digit], image, ax=above[digit]).set_title(digit)
    pel.plot_unit_weights(single, digit, image, ax=below[digit])

# %%
# The twenty hidden neurons of the other network. A neuron speaks for a digit where its weight into
# that digit's output is positive, and against it where it is negative.

speaks_for = (hidden.weights[2] > 0).sum(axis=1)
print(f"each speaks for {speaks_for.min()} to {speaks_for.max()} of the ten digits")
_, panels = plt.subplots(2, 10, figsize=(8.4, 2.2), layout="constrained")
for unit, ax in enumerate(panels.flat):
    pel.plot_unit_weights(hidden, unit, image, ax=ax)
plt.show()
