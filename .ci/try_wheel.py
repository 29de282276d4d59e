"""Whether an installed wheel holds the native core and learns with it; cibuildwheel asks."""

import numpy as np

import pellucid as pel

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([0, 1, 1, 0])  # exclusive or

network = pel.Network(2, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], seed=0)
pel.train(network, X, Y, optimizer=pel.Adam(0.05), epochs=300, engine="native")
assert (network.predict(X).argmax(axis=1) == Y).all()
