"""
From "8, wrong" to right
========================

A network has ten outputs, one for each digit; the output with the largest activation is its
answer. Its first weights are random, and so is its first answer: shown this 7, which it will never
be trained with, it says 8. Each step of training looks at ten other digits and changes the weights
a little, so that the right output comes nearer to 1 and all others nearer to 0. Look at the ten
activations before training, on the way, and at the end.
"""

from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.data.digits import load_digits
from pellucid.views.style import THEMES, axes

digits = load_digits()
X, Y = digits.train.X, pel.one_hot(digits.train.Y, 10)
seven = digits.test.X[digits.test.Y == 7][:1]


def untrained(seed):
    layers = [pel.Dense(30, "sigmoid"), pel.Dense(10, "sigmoid")]
    return pel.Network(64, layers, seed=seed, scale=1 / 16)


seed = next(seed for seed in range(1000) if untrained(seed).predict(seven).argmax() == 8)
network = untrained(seed)
answers = {0: network.predict(seven)[0]}
right = {0: (network.predict(digits.test.X).argmax(axis=1) == digits.test.Y).mean()}

run = pel.start(
    network, X, Y, loss="half_sse", optimizer=pel.SGD(3), batch_size=10, epochs=30, every=20
)
for event in run:
    if isinstance(event, pel.Stepped):
        answers[event.step] = network.predict(seven)[0]
        right[event.step] = (network.predict(digits.test.X).argmax(axis=1) == digits.test.Y).mean()

# %%
# The answers to this 7, and how many of the 360 digits set aside the network reads rightly.

steps = (0, 20, 100, max(answers))
for step in steps:
    answer = answers[step].argmax()
    verdict = "right" if answer == 7 else "wrong"
    print(f"after {step:4} steps: {answer}, {verdict}; of all digits {right[step]:.1%} right")

_, (first, *panels) = plt.subplots(1, 5, figsize=(8.4, 3), layout="constrained")
pel.plot_ink(seven, digits.image, ax=first).set_title("the digit")
colours = THEMES["light"]
for step, ax in zip(steps, panels, strict=True):
    bars = axes(ax, "light").barh(range(10), answers[step], color=colours.faint)
    answer = answers[step].argmax()
    bars[answer].set_color(colours.positive if answer == 7 else colours.negative)
    ax.set(xlim=(0, 1), yticks=range(10), xlabel="activation", title=f"{step} steps: a {answer}")
panels[0].set_ylabel("digit")
plt.show()
