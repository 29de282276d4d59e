"""The parts of a report about the network and how it was trained."""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

from pellucid.equations.losses import loss_of
from pellucid.plan.recipe import Recipe
from pellucid.training.history import History
from pellucid.views.curves import plot_history
from pellucid.views.network import plot_network
from pellucid.views.report.page import Block, Section, Table, picture
from pellucid.views.report.reported import Reported, column, number, shown

EPOCHS = 12  # rows of the table of epochs


def about_network(told: Reported) -> Section:
    """Return what was trained: drawn, and layer by layer."""
    network = told.model.network
    architecture, layers = network.architecture, []
    for l, layer in enumerate(architecture.layers, start=1):
        weights = sum(architecture.n_weights(k, l) for k in architecture.inputs(l))
        biases = {"neuron": architecture.sums(l), "layer": 1, "none": 0}[layer.bias]
        fed = ", ".join(str(k) for k in architecture.inputs(l))
        row = (str(l), fed, f"{layer.units:,}", layer.activation, layer.norm)
        layers.append((*row, f"{weights:,}", f"{biases:,}"))
    head = ("layer", "fed by", "neurons", "activation", "normalization", "weights", "biases")
    left_out = architecture.n_left_out
    caption = (
        f"{network.n_parameters:,} parameters in {network.precision}. Layer 0 is the input, "
        f"{architecture.n_inputs:,} numbers."
        + (f" Masks leave {left_out:,} weights out." if left_out else "")
    )
    drawn = picture(
        lambda figure, theme: _network(told, figure, theme),
        "Blue weights are positive, orange ones negative; thick ones are large. Of wide layers "
        "the first and the last neurons are drawn.",
        (min(7.5, 1.2 + 1.6 * architecture.n_layers), 4.6),
    )
    return Section("Network", (drawn, Table(head, tuple(layers), caption)))


def _network(told: Reported, figure: Figure, theme: str) -> None:
    plot_network(told.model.network, ax=figure.add_subplot(), theme=theme)


def about_training(told: Reported) -> Section:
    """Return how it was trained: the recipe, the curves, the epochs, the starts."""
    blocks: list[Block] = []
    if told.history.epochs:
        log = _spread(told.history) > 30
        caption = "Cost of each epoch's steps, and of the validation part at its end." + (
            " The scale is logarithmic." if log else ""
        )
        draw = partial(_curves, told.history, log)
        blocks += [picture(draw, caption, (7.0, 3.6)), _epochs(told.history)]
    if told.history.starts:
        blocks.append(_starts(told))
    return Section("Training", (*blocks, _recipe(told.run.plan.recipe)))


def _curves(history: History, log: bool, figure: Figure, theme: str) -> None:
    plot_history(history, ax=figure.add_subplot(), log=log, theme=theme)


def _spread(history: History) -> float:
    costs = history.costs[history.costs > 0]
    return float(costs.max() / costs.min()) if len(costs) else 1.0


def _epochs(history: History) -> Table:
    n = len(history.epochs)
    places = sorted(set(np.linspace(0, n - 1, min(n, EPOCHS)).round().astype(int).tolist()))
    head = (
        "epoch",
        "training cost",
        "validation cost",
        history.score,
        *history.metrics,
        "seconds so far",
    )
    chosen = [history.epochs[place] for place in places]
    columns = (
        [str(r.epoch) for r in chosen],
        column("", [r.cost for r in chosen]),
        column("", [r.validation_cost for r in chosen]),
        column(history.score, [r.validation_score for r in chosen]),
        *(column("", [r.metrics[k] for r in chosen]) for k in range(len(history.metrics))),
        [f"{r.seconds:.2f}" for r in chosen],
    )
    caption = f"{len(places)} of {n:,} epochs:" if n > len(places) else ""
    names = tuple(name.replace("_", " ") for name in head)
    return Table(names, tuple(zip(*columns, strict=True)), caption)


def _starts(told: Reported) -> Table:
    rows = tuple(
        (
            str(start.seed),
            f"{start.cost:.6g}",
            shown(told.history.score, start.score),
            str(start.epochs),
            start.reason,
            "kept" if start.kept else "",
        )
        for start in told.history.starts
    )
    head = ("seed", "cost", told.history.score.replace("_", " "), "epochs", "stopped by", "")
    return Table(head, rows, "Networks that were trained from different seeds.")


def _recipe(recipe: Recipe) -> Table:
    """What differs from nothing at all: the loss, the optimizer, and each number that is set."""
    row, plain = loss_of(recipe.loss), Recipe()
    rows = [
        ("loss", f"{recipe.loss}: {row.formula}"),
        ("optimizer", repr(recipe.optimizer)),
        ("batch", f"{recipe.batch_size} examples"),
        ("epochs", f"at most {recipe.epochs:,}"),
        ("seed", str(recipe.seed)),
    ]
    told = {"loss", "optimizer", "batch_size", "epochs", "seed", "l1_divisor", "l2_divisor"}
    for name in Recipe.__dataclass_fields__:
        value = getattr(recipe, name)
        if name not in told and value != getattr(plain, name):
            rows.append((name.replace("_", " "), _said(value)))
    for name in ("l1", "l2"):
        if getattr(recipe, name):
            rows.append((f"{name} divided by", getattr(recipe, f"{name}_divisor")))
    return Table(("recipe", ""), tuple(rows))


def _said(value: object) -> str:
    return number(value) if isinstance(value, int | float) else str(value)
