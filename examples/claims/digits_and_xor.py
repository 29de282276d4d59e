"""
Are digits like exclusive or?
=============================

Two often-read claims: handwritten digits, like exclusive or, are a problem that no linear network
can solve; and they are hard for anything but neural networks. Both are asked of digits of 8 × 8
pixels. A linear network cannot learn exclusive or at all; see how many digits it reads, and how
many the oldest method there is, to look for the most similar known digit (Fix and Hodges 1951).
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

import pellucid as pel
from pellucid.views.style import axes

digits = load_digits()
X, X_test, Y, Y_test = train_test_split(digits.data / 16, digits.target, random_state=0)
softmax = pel.Dense(10, "softmax")
networks = {
    "linear network": pel.Network(64, [softmax]),
    "network, 64 hidden neurons": pel.Network(64, [pel.Dense(64, "relu"), softmax]),
}
for network in networks.values():
    pel.train(network, X, Y, epochs=200, optimizer=pel.Adam(0.01))
methods = {
    "most similar known digit": KNeighborsClassifier(1).fit(X, Y),
    "support vectors": SVC(gamma="scale").fit(X, Y),
}
answers = {name: network.predict(X_test).argmax(axis=1) for name, network in networks.items()}
answers |= {name: method.predict(X_test) for name, method in methods.items()}
right = {name: np.mean(answer == Y_test) for name, answer in answers.items()}
for name, share in right.items():
    print(f"{name:>26}: {share:.1%} of {len(Y_test)} unseen digits")
known = np.mean(networks["linear network"].predict(X).argmax(axis=1) == Y)
print(f"of those it learnt from the linear network reads {known:.1%}")

ax = axes(None, "light", (7, 2.8))
ax.barh(list(right), [100 * (1 - share) for share in right.values()])
ax.set(xlabel="unseen digits read wrongly, %", title="who reads digits, and how well")
plt.show()
