"""Pictures of rows of tables, each in light and dark."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

import pellucid as pel
from pellucid.equations.schedules import SCHEDULES, Course
from pellucid.views import style

DPI = 100  # as in executed.py: a picture has twice as many dots as the page shows
STEPS = 100
# Schedules with numbers that show what they do, over a run of a hundred steps of ten epochs.
SHOWN = {
    "constant": pel.Constant(0.1),
    "linear": pel.Linear(0.1, 0.01),
    "cosine": pel.Cosine(0.1),
    "exponential": pel.Exponential(0.1, 0.5, steps=20),
    "inverse_time": pel.InverseTime(0.1, steps=20),
    "step": pel.StepDecay(0.1, 0.3, steps=30),
    "warm_up": pel.WarmUp(pel.Cosine(0.1), steps=20),
    "one_cycle": pel.OneCycle(0.1),
    "plateau": pel.Plateau(0.1, 0.3, patience=2),
}
COSTS = (1.0, 0.7, 0.5, 0.5, 0.5, 0.5, 0.4, 0.4, 0.4, 0.4)  # of ten epochs, for plateau


def saved(ax: Axes, path: Path) -> Path:
    """Write the figure of some axes with twice the dots that a page shows; return where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure = ax.figure.get_figure(root=True)
    figure.savefig(path, dpi=2 * DPI, facecolor=figure.get_facecolor())
    plt.close(figure)
    return Path(path.parent.name, path.name)


def in_both(name: str, said: str, folder: Path, draw: Callable[[str], Axes]) -> str:
    """Draw a picture in light and dark; return the lines that show the one that fits the page."""
    lines = []
    for theme in style.THEMES:
        ax = draw(theme)
        width = round(ax.figure.get_figure(root=True).get_size_inches()[0] * DPI)
        place = saved(ax, folder / f"{name}-{theme}.png").as_posix()
        lines.append(
            f"```{{image}} /{place}\n:alt: {said}\n:width: {width}px\n:class: only-{theme}\n```\n"
        )
    return "\n".join(lines)


def activation(name: str, folder: Path) -> str:
    """Draw an activation function with its derivative."""

    def draw(theme: str) -> Axes:
        ax = style.axes(None, theme, (4.4, 2.8))
        pel.plot_activation_function(name, ax=ax, theme=theme)
        if ax.get_title() == name:  # it stands above the picture already
            ax.set_title("")
        return ax

    return in_both(f"activation-{name}", f"{name} and its derivative", folder, draw)


def derivative_graph(n_layers: int, folder: Path) -> str:
    """Draw which derivative is made from which, in a chain of so many layers."""
    graph = pel.derivative_graph(pel.Network(1, [pel.Dense(1)] * n_layers))
    said = f"the derivatives of a network of {n_layers} layers, from the cost back to the weights"

    def draw(theme: str) -> Axes:
        return pel.plot_derivative_graph(graph, theme=theme)

    return in_both(f"derivatives-{n_layers}", said, folder, draw)


def schedules(folder: Path) -> str:
    """Draw what each schedule makes of a run of a hundred steps."""
    return in_both("schedules", "the schedules' values by step", folder, _schedules)


def _schedules(theme: str) -> Axes:
    figure, grid = plt.subplots(
        3, 3, figsize=(7.4, 5.2), sharex=True, sharey=True, layout="constrained"
    )
    t = range(STEPS)
    for ax, name in zip(grid.flat, SCHEDULES, strict=True):
        style.axes(ax, theme)
        values = [value_at(name, step) for step in t]
        ax.plot(t, values)
        ax.set_title(name, fontsize="medium")
        ax.set_ylim(0, 0.11)
    for ax in grid[-1]:
        ax.set_xlabel("step t")
    return figure.axes[0]


def value_at(name: str, step: int) -> float:
    """Return the value of the schedule that is shown under a name, at a step."""
    course = Course(STEPS, STEPS // len(COSTS), COSTS[: step * len(COSTS) // STEPS])
    value = SCHEDULES[name].value(SHOWN[name], np.array([step]), course)
    return float(value[0])
