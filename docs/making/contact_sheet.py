"""The contact sheet: every picture that the package draws, in light and dark, on one page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

import pellucid as pel
from docs.making.curves import saved
from pellucid.arrays import Array
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.sources import load_data
from pellucid.inspection.surfaces import CostSurface
from pellucid.views.style import THEMES

HEAD = """\
# Pictures

Every picture, in light and in dark: a contact sheet made by the functions themselves. Each takes
`ax=`, to draw on axes that are there, and `theme="light"` or `"dark"`; each returns the axes, so
that all that matplotlib can do to them can still be done. They need the extra `figures`
(`pip install 'pellucid[figures]'`).

Colours mean the same everywhere: blue is positive and orange negative, and 0 is the paper; training
is blue and validation vermilion (in the dark sky blue and orange); a class keeps its colour. All of
them can be told apart by colour-blind eyes.

A [report](/api/pellucid.write_report.rst) puts those that suit a run on one page of HTML.
"""
Draw = Callable[[Axes, str], Axes]
# Inches: as wide as a picture stands on the page, so that what is written in it can be read.
WIDTH, HEIGHT = 4.1, 3.0
AUGMENT = pel.Augment((8, 8), rotate=15.0, scale=0.15, elastic=(2.0, 5.0), maximum=16)
HEIGHTS = {
    "plot_activations": 1.4,
    "plot_activation_histograms": 1.7,
    "plot_roc": 3.2,
    "plot_contact_sheet": 3.6,
}


@dataclass(frozen=True)
class Digits:
    """A network that reads digits, and how it came about."""

    data: Dataset
    test: Part
    image: ImageFormat
    network: pel.Network
    path: Array
    run: pel.Run

    @property
    def P(self) -> Array:
        """What it says of the test part."""
        return self.network.predict(self.test.X)


class Material:
    """What is drawn. Each is made when it is first asked for."""

    @cached_property
    def digits(self) -> Digits:
        """64 pixels, 20 hidden neurons, 10 classes."""
        data = load_data("digits")
        assert data.test
        assert data.image
        layers = [pel.Dense(20, "sigmoid"), pel.Dense(10, "softmax")]
        network = pel.Network(64, layers, scale=data.scale)
        run = pel.start(
            network, data.train.X, data.train.Y, optimizer=pel.SGD(0.5), epochs=25, validation=0.2
        )
        return Digits(data, data.test, data.image, network, pel.follow(run), run)

    @cached_property
    def moons(self) -> tuple[pel.Network, Array, Array, Array]:
        """Two inputs and two classes that lie around each other; with the path of the training."""
        rng = np.random.default_rng(0)
        angle, Y = rng.uniform(0, np.pi, 200), np.repeat([0, 1], 100)
        X = np.where(
            Y[:, None] == 0,
            np.column_stack([np.cos(angle), np.sin(angle)]),
            np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)]),
        )
        X = X + 0.15 * rng.normal(size=X.shape)
        layers = [pel.Dense(6, "tanh"), pel.Dense(2, "softmax")]
        network = pel.Network(2, layers, precision="float64", seed=1)
        run = pel.start(network, X, Y, optimizer=pel.SGD(0.5), epochs=60)
        return network, X, Y, pel.follow(run)

    @cached_property
    def surface(self) -> CostSurface:
        """The cost of the moons in the plane in which the training mostly went."""
        network, X, Y, path = self.moons
        main = pel.principal_directions(path)
        return pel.cost_surface(network, X, Y, main.first, main.second, path=path)

    @cached_property
    def ranges(self) -> tuple[Array, Array, Array, tuple[float, ...]]:
        """An input, targets that spread the more the larger it is, and predicted quantiles."""
        rng, levels = np.random.default_rng(0), (0.05, 0.5, 0.95)
        X = rng.uniform(0, 1, (300, 1))
        Y = np.sin(4 * X) + (0.05 + 0.3 * X) * rng.normal(size=X.shape)
        network = pel.Network(
            1, [pel.Dense(16, "tanh"), pel.Dense(3, "identity")], precision="float64"
        )
        pel.train(
            network, X, Y, loss="quantile:0.05,0.5,0.95", optimizer=pel.Adam(0.01), epochs=200
        )
        return X, Y, network.predict(X), levels

    @cached_property
    def line(self) -> tuple[pel.Network, Array, Array]:
        """A network of one weight, and a straight line with noise to learn."""
        rng = np.random.default_rng(0)
        X = rng.normal(size=(50, 1))
        network = pel.Network(1, [pel.Dense(1, "identity", bias="none")], precision="float64")
        network.weights[1][:] = -1.0
        return network, X, 2 * X + rng.normal(size=X.shape)


def drawings(material: Material) -> dict[str, Draw]:
    """Return by the name of each picture function how to draw with it on axes, in a theme."""
    return _of_digits(material) | _of_planes(material) | _of_numbers(material)


def _of_digits(material: Material) -> dict[str, Draw]:
    d = material.digits
    x, Y = d.test.X, d.test.Y
    trace = pel.trace(d.network, x, Y)
    image, weights = d.image, d.network.weights[1][:, 0]
    why = pel.attribution(d.network, x[:1])
    names = d.data.classes
    return {
        "plot_network": lambda ax, theme: pel.plot_network(
            d.network, trace, most=4, ax=ax, theme=theme
        ),
        "plot_activations": lambda ax, theme: pel.plot_activations(trace, ax=ax, theme=theme),
        "plot_contact_sheet": lambda ax, theme: pel.plot_contact_sheet(
            d.data.train.X, d.data.train.Y, image, classes=names, each=9, ax=ax, theme=theme
        ),
        "plot_ink": lambda ax, theme: pel.plot_ink(x[0], image, ax=ax, theme=theme),
        "plot_augmented": lambda ax, theme: pel.plot_augmented(
            d.data.train.X, image, AUGMENT, n=3, copies=4, ax=ax, theme=theme
        ),
        "plot_unit_weights": lambda ax, theme: pel.plot_unit_weights(
            d.network, 3, image, ax=ax, theme=theme
        ),
        "plot_signed": lambda ax, theme: pel.plot_signed(weights, image, ax=ax, theme=theme),
        "plot_attribution": lambda ax, theme: pel.plot_attribution(
            why, example=0, image=image, row=x[0], ax=ax, theme=theme
        ),
        "plot_history": lambda ax, theme: pel.plot_history(d.run.history, ax=ax, theme=theme),
        "plot_histograms": lambda ax, theme: pel.plot_histograms(
            d.network, d.path, layer=1, ax=ax, theme=theme
        ),
        "plot_activation_histograms": lambda ax, theme: pel.plot_activation_histograms(
            trace, ax=ax, theme=theme
        ),
        "plot_confusion": lambda ax, theme: pel.plot_confusion(
            d.P, Y, classes=names, ax=ax, theme=theme
        ),
        "plot_calibration": lambda ax, theme: pel.plot_calibration(d.P, Y, ax=ax, theme=theme),
        "plot_roc": lambda ax, theme: pel.plot_roc(d.P, Y, classes=names, ax=ax, theme=theme),
    }


def _of_planes(material: Material) -> dict[str, Draw]:
    network, X, Y, _ = material.moons
    plane = pel.boundary(network, X)
    unit = pel.response(network, X, 1, 0, inputs=[0, 1])
    surface = material.surface
    line, x, y = material.line
    along = pel.cost_line(line, x, y, "w_0,0^1", "mse", span=(-2, 6), rate=0.2)
    graph = pel.derivative_graph(network)
    return {
        "plot_boundary": lambda ax, theme: pel.plot_boundary(
            plane, X, Y, classes=["0", "1"], network=network, ax=ax, theme=theme
        ),
        "plot_response": lambda ax, theme: pel.plot_response(unit, ax=ax, theme=theme),
        "plot_cost_line": lambda ax, theme: pel.plot_cost_line(along, ax=ax, theme=theme),
        "plot_cost_surface": lambda ax, theme: pel.plot_cost_surface(surface, ax=ax, theme=theme),
        "plot_derivative_graph": lambda ax, theme: pel.plot_derivative_graph(
            graph, ax=ax, theme=theme
        ),
    }


def _of_numbers(material: Material) -> dict[str, Draw]:
    X, Y, P, levels = material.ranges
    rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    errors = {
        "moons": np.array([[_cost(material, rate, seed) for seed in range(5)] for rate in rates])
    }
    return {
        "plot_activation_function": lambda ax, theme: pel.plot_activation_function(
            ["relu", "tanh", "gelu"], ax=ax, theme=theme
        ),
        "plot_residuals": lambda ax, theme: pel.plot_residuals(P[:, 1:2], Y, ax=ax, theme=theme),
        "plot_intervals": lambda ax, theme: pel.plot_intervals(
            P, Y, levels=levels, x=X.ravel(), ax=ax, theme=theme
        ),
        "plot_sweep": lambda ax, theme: pel.plot_sweep(
            rates, errors, xlabel="learning rate", ylabel="cost", log=("x",), ax=ax, theme=theme
        ),
    }


def _cost(material: Material, rate: float, seed: int) -> float:
    """Train on the moons for twenty epochs; return the cost that is reached."""
    _, X, Y, _ = material.moons
    network = pel.Network(2, [pel.Dense(6, "tanh"), pel.Dense(2, "softmax")], seed=seed)
    run = pel.train(network, X, Y, optimizer=pel.SGD(rate), epochs=20, seed=seed)
    return float(run.costs[-1])


def film(material: Material, folder: Path) -> list[str]:
    """Write the film of a descent in each theme; return where."""
    files = [folder / f"descent-{theme}.gif" for theme in THEMES]
    for theme, file in zip(THEMES, files, strict=True):
        pel.save_descent(material.surface, file, theme=theme)
    return [f"{folder.name}/{file.name}" for file in files]


def sheet(name: str) -> Axes:
    """Return axes for a function's picture."""
    size = WIDTH, HEIGHTS.get(name, HEIGHT)
    return plt.subplots(figsize=size, layout="constrained")[1]


def pages(site: Path) -> dict[str, str]:
    """Draw all pictures; return the page that shows them."""
    material, folder = Material(), site / "drawn"
    sections = [
        section(
            name,
            [saved(draw(sheet(name), t), folder / f"{name}-{t}.png").as_posix() for t in THEMES],
        )
        for name, draw in drawings(material).items()
    ]
    return {
        "pictures.md": "\n".join([HEAD, *sections, section("save_descent", film(material, folder))])
    }


def section(name: str, files: list[str]) -> str:
    """Return a function's name, what it shows, and its pictures, one for each theme."""
    said = (getattr(pel, name).__doc__ or "").partition("\n")[0]
    images = [
        f"```{{image}} /{file}\n:alt: {name}, {theme}\n```\n"
        for file, theme in zip(files, THEMES, strict=True)
    ]
    return (
        f"## {name}\n\n{said} [`pel.{name}`](/api/pellucid.{name}.rst)\n\n"
        f"````{{container}} pair\n{''.join(images)}````\n"
    )
