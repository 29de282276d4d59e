"""
The cost as a landscape
=======================

A network with many weights has a cost over as many dimensions, which nobody can draw. But the path
of a training can be kept, and the plane found in which it moves most (Li et al. 2018): of that
plane a map can be drawn. Here is the map for a small network, and the walk over it as a film.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from matplotlib import pyplot as plt
from PIL import Image
from sklearn.datasets import make_moons

import pellucid as pel

X, Y = make_moons(200, noise=0.15, random_state=0)
network = pel.Network(2, [pel.Dense(8, "tanh"), pel.Dense(1, "sigmoid")], seed=1)
path = pel.follow(pel.start(network, X, Y, optimizer=pel.Adam(0.02), epochs=100))
plane = pel.principal_directions(path)
print(f"{path.shape[1]} weights and biases, {len(path)} points of a path")
print(f"{plane.shares.sum():.1%} of its squared distances from the end lie in the plane")

surface = pel.cost_surface(
    network, X, Y, plane.first, plane.second, origin=plane.origin, path=path, n=41
)
print(f"cost at the start {surface.path_costs[0]:.3f}, at the end {surface.path_costs[-1]:.3f}")
print(f"beside the plane at the start: {surface.path_distances[0]:.2f}, at the end: 0")
pel.plot_cost_surface(surface)

# %%
# The map is true in the plane. The path is not in it, least of all where it began: it is drawn
# where it is nearest, and its costs are its own. The film shows it growing. It is a GIF, which any
# browser plays; here are four of its pictures.

_, four = plt.subplots(2, 2, figsize=(9, 6.8), layout="constrained")
with TemporaryDirectory() as folder:
    film = pel.save_descent(surface, Path(folder) / "descent.gif", frames=20)
    with Image.open(film) as gif:
        print(f"{gif.n_frames} pictures, {film.stat().st_size // 1024} KiB")
        for ax, k in zip(four.flat, (0, 6, 12, gif.n_frames - 1), strict=True):
            gif.seek(k)
            ax.imshow(gif.convert("RGB"))
            ax.axis("off")
plt.show()
