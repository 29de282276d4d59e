"""
Which inputs mattered
=====================

A network reads a digit, or tells the grower of a wine. Which inputs made it say so? An attribution
shares the prediction out among them: how far each input moved the output, away from what the
network says of a baseline (a blank picture, the mean wine). Integrated gradients (Sundararajan,
Taly and Yan 2017) follow the slope all the way from the baseline to the example, so that the shares
add up to the difference: nothing is left over. The slope at the example alone misses this.
"""

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_wine

import pellucid as pel
from pellucid.data.digits import load_digits

digits = load_digits()
reader = pel.Network(64, [pel.Dense(30, "relu"), pel.Dense(10, "softmax")], scale=1 / 16)
pel.train(reader, digits.train.X, digits.train.Y, epochs=50)

some = digits.test.X[:6]
for method in ("gradient_x_input", "integrated_gradients"):
    found = pel.attribution(reader, some, method=method)
    moved = (found.F - found.F_baseline).mean()
    print(f"{method}: of {moved:.3f} on average, at most {found.gaps.max():.0e} left over")

# %%
# Pixels of six digits: blue speaks for what the network says, orange against it. Where it is nearly
# certain its output hardly has a slope any more; that is why the slope alone explains little.

_, panels = plt.subplots(1, 6, figsize=(8.4, 1.9), layout="constrained")
for example, ax in enumerate(panels):
    pel.plot_attribution(found, example=example, image=digits.image, ax=ax)
    ax.set_title(f"a {digits.test.Y[example]}, says {found.outputs[example]}")

# %%
# Wines of three growers, with 13 things measured in each. What moves the output most, on average
# over the wines, beside how many more are taken for another grower's when a column is shuffled
# (permutation importance; Breiman 2001). Two ways to ask, and nearly one answer.

wine = load_wine()
shift, scale = -wine.data.mean(axis=0) / wine.data.std(axis=0), 1 / wine.data.std(axis=0)
layers = [pel.Dense(10, "tanh"), pel.Dense(3, "softmax")]
taster = pel.Network(13, layers, scale=scale.tolist(), shift=shift.tolist())
pel.train(taster, wine.data, wine.target, epochs=100, l2=0.01)

found = pel.attribution(taster, wine.data)
shuffled = pel.permutation_importance(taster, wine.data, wine.target)
for name, order in (("attributions", found.order), ("shuffling", shuffled.order)):
    print(f"most by {name}:", ", ".join(wine.feature_names[j] for j in order[:5]))
print(f"correlation: {np.corrcoef(found.mean_size, shuffled.mean)[0, 1]:.2f}")
pel.plot_attribution(found, example=0, names=wine.feature_names, row=wine.data[0])
plt.show()
