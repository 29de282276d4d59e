"""
Judging a network
=================

How good is a network that reads digits? One number, the share it reads rightly, hides a lot. Which
digits does it take for which? When it says "90 %", is it right nine times in ten? Would it find
more of the 8s if it were allowed some false alarms? And what do its worst mistakes look like, would
you have read them? All of this is asked of 360 digits that took no part in training.
"""

from matplotlib import pyplot as plt

import pellucid as pel
from pellucid.data.digits import load_digits
from pellucid.evaluation.confusion import confusion
from pellucid.evaluation.mistakes import worst_mistakes

digits = load_digits()
network = pel.Network(64, [pel.Dense(20, "relu"), pel.Dense(10, "softmax")], scale=1 / 16)
pel.train(network, digits.train.X, digits.train.Y, epochs=15)

trace = pel.trace(network, digits.test.X, digits.test.Y)
P, Y = trace.P, digits.test.Y
table = confusion(P, Y)
found, rightly_said = table.diagonal() / table.sum(axis=1), table.diagonal() / table.sum(axis=0)
print(f"{table.trace()} of {table.sum()} right; cost {trace.cost:.3f}")
print("    found, right when said (recall, precision)")
for digit in range(10):
    print(f"{digit}:  {found[digit]:4.0%}   {rightly_said[digit]:4.0%}")

# %%
# Rows are what the digits are, columns what they were taken for.

pel.plot_confusion(P, Y)

# %%
# Left: of the answers given with a probability of about p, how many are right? On the diagonal the
# network knows how sure it may be; the expected calibration error is the mean distance from it.
# Right: each digit against the rest. With a lower threshold more of its examples are found, and
# more others taken for it; the area is the chance that it is given more than another digit.

_, (left, right) = plt.subplots(1, 2, figsize=(8.4, 4), layout="constrained")
pel.plot_calibration(P, Y, ax=left)
pel.plot_roc(P, Y, ax=right)
near = abs(P.max(axis=1) - 0.9) < 0.05
print(f"said with about 90 %: {(P.argmax(axis=1) == Y)[near].mean():.0%} of {near.sum()} right")
eights, alarms = ((P[rows, 8] > 0.15).mean() for rows in (Y == 8, Y != 8))
print(f"called an 8 from 15 % on: {eights:.0%} of the 8s, and {alarms:.1%} of the others")

# %%
# So this network is right more often than it says, and finds every 8 for a few false alarms. The
# worst mistakes, those for which the right digit's probability was smallest:

worst = worst_mistakes(P, Y, trace.losses, at_most=8)
_, panels = plt.subplots(1, 8, figsize=(8.4, 1.6), layout="constrained")
for ax, mistake in zip(panels, worst, strict=True):
    pel.plot_ink(digits.test.X[mistake.row], digits.image, ax=ax)
    ax.set_title(f"a {mistake.right}, says\n{mistake.taken_for} ({P[mistake.row].max():.0%})")
plt.show()
