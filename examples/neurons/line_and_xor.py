"""
A line, and exclusive or
========================

A neuron divides its inputs by a straight line (with more inputs by a plane, a hyperplane). That is
enough for OR, which is 1 if any input is. It is not enough for exclusive or, XOR, which is 1 if
just one is: no line has (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other. Nor do
more layers help while their neurons are linear. A hidden layer of two curved neurons does.
"""

import numpy as np
from matplotlib import pyplot as plt

import pellucid as pel

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
either, exclusive = np.array([0, 1, 1, 1]), np.array([0, 1, 1, 0])
output = pel.Dense(1, "sigmoid")


def trained(layers, Y):
    """The best of twenty starts, and how many of them got all four right."""
    network = pel.Network(2, layers)
    history = pel.train(
        network, X, Y, optimizer=pel.Adam(0.05), batch_size="all", epochs=500, starts=20
    )
    right = sum(start.score == 1 for start in history.starts)
    print(f"{right:2} of 20, the best says {network.predict(X).ravel().round(2)}")
    return network


print("wanted: 0 1 1 1 for OR, 0 1 1 0 for XOR")
one_or = trained([output], either)
one_xor = trained([output], exclusive)
linear_xor = trained([pel.Dense(4, "identity"), output], exclusive)
hidden_xor = trained([pel.Dense(2, "tanh"), output], exclusive)

# %%
# The line of a neuron is where its weighted sum is 0; the arrow points to where it is positive. The
# single neuron answers ½ to all of XOR, so its line means nothing. Each of two hidden neurons draws
# a line of its own, and the output puts the two together.

figure, three = plt.subplots(1, 3, figsize=(9, 3.3), layout="constrained")
cases = (
    ("OR, one neuron", one_or, either),
    ("XOR, one neuron", one_xor, exclusive),
    ("XOR, two hidden neurons", hidden_xor, exclusive),
)
for ax, (title, network, Y) in zip(three, cases, strict=True):
    response = pel.boundary(network, X, spans=[(-0.5, 1.5), (-0.5, 1.5)])
    pel.plot_boundary(response, X, Y, network=network, ax=ax)
    ax.get_legend().remove()
    ax.set_title(title)
named = three[2].get_legend_handles_labels()  # one legend for all three
figure.legend(*named, loc="outside lower center", ncols=3, frameon=False)
plt.show()
