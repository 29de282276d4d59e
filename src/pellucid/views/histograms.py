"""How weights spread while a network learns, and activations over the examples."""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from pellucid.arrays import Array, as_values
from pellucid.errors import DataError
from pellucid.inspection.directions import existing
from pellucid.inspection.signs_network import LEVEL, OFF
from pellucid.inspection.traced import Trace
from pellucid.model.network import Network
from pellucid.views.given import expect
from pellucid.views.style import Theme, axes, inches, legend, theme_of, whole
from pellucid.views.surfaces import short

KINDS = {"weights": ("weights", "weight"), "biases": ("bias", "bias")}  # of segments; one of them
FEW = 12  # values up to which each has its own line
BINS = 60  # of a histogram at most, from the least to the greatest value
POINTS = 300  # of a path that are drawn
PER_LAYER = 0.75  # inches


def plot_histograms(
    network: Network,
    path: npt.ArrayLike,
    *,
    kind: str = "weights",
    layer: int | None = None,
    xlabel: str = "epoch",
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Draw how the weights or the biases of a layer spread, epoch by epoch.

    Each column is a histogram: much ink, many values. The solid line is the median, between the
    dashed ones are 90 %. Up to 12 values each have a line; of a single row there is a histogram.

    Parameters
    ----------
    network : Network
    path : (m, n_parameters) or (n_parameters,)
        As ``pellucid.follow`` returns it; or ``network.parameters``.
    kind : {"weights", "biases"}
    layer : int, optional
        From 1; without it those of all layers together. Masked weights are left out.
    xlabel : str
        What a row of the path is; "step" where a run was followed step by step.
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        A path of another network, an unknown kind, or a layer that there is not.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(8, "tanh"), pel.Dense(1, "sigmoid")])
    >>> run = pel.start(network, [[0, 1], [1, 0]], [0, 1], epochs=5)
    >>> ax = plot_histograms(network, pel.follow(run), layer=1)
    >>> ax.get_title()
    'layer 1: 16 weights'
    """
    expect("network", network, Network, "pel.Network")
    values = _chosen(network, path, kind, layer)
    ax, colours = axes(ax, theme), theme_of(theme)
    of = "all layers" if layer is None else f"layer {layer}"
    one = KINDS[kind][1]
    title = f"{of}: {values.shape[1]:,} {kind if values.shape[1] > 1 else one}"
    ax.set_title(title, fontsize="medium", color=colours.ink)
    if len(values) == 1:
        ax.hist(values[0], bins=_bins(values), color=colours.series[0])
        ax.set(xlabel=one, ylabel="how many")
        return ax
    epochs = np.arange(len(values))
    if values.shape[1] <= FEW:
        for k in range(values.shape[1]):
            ax.plot(epochs, values[:, k], color=colours.of_class(k))
    else:
        _strip(ax, values, colours)
        _middle(ax, epochs, values, colours)
        legend(ax, theme, loc="above", size="small", columns=2)
    whole(ax)
    ax.set(xlabel=xlabel, ylabel=one)
    return ax


def plot_activation_histograms(
    trace: Trace, *, bins: int = 40, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Draw how the activations of each layer spread over the examples.

    Each layer has a scale of its own, whose ends are written beside it. Of activations that are
    exactly 0 the share is told and the others are drawn.

    Parameters
    ----------
    trace : Trace
        As ``pellucid.trace`` makes it, of some hundred examples.
    bins : int
    ax : Axes, optional
    theme : {"light", "dark"}

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        Fewer than two bins, or no whole number of them.

    Notes
    -----
    Dead are units that are off for each example, saturated are sums where the slope is less than
    about a hundredth of the steepest, as the doctor judges them (``pellucid.examine``).

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(1, [pel.Dense(3, "tanh"), pel.Dense(1, "sigmoid")], seed=0)
    >>> ax = plot_activation_histograms(pel.trace(network, [[0.1], [0.2]], [0, 1]))
    >>> [text.get_text() for text in ax.texts if "layer" in text.get_text()][0]
    'layer 1: 3 tanh, 0 % saturated'
    """
    expect("trace", trace, Trace, "pel.trace")
    if not isinstance(bins, int | np.integer) or bins < 2:
        raise DataError(f"bins: expected a whole number of at least 2, got {bins!r}.")
    layers = range(1, trace.architecture.n_layers + 1)
    ax, colours = axes(ax, theme, (6.4, PER_LAYER * len(layers) + 0.4)), theme_of(theme)
    size = min(9.0, 72 * inches(ax)[1] / len(layers) / 4)
    for l in layers:
        _ridge(ax, trace.A[l].astype(np.float64).ravel(), float(-l), bins, size, colours)
        ax.text(0.0, -l + 0.64, _described(trace, l), fontsize=size, color=colours.ink)
    ax.set(xlim=(-0.14, 1.14), ylim=(-len(layers) - 0.1, -0.02), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax


def _chosen(network: Network, path: npt.ArrayLike, kind: str, layer: int | None) -> Array:
    """The values that are asked for, (m, n), masked weights left out."""
    if kind not in KINDS:
        raise DataError(f"kind: expected weights or biases, got {kind!r}.")
    given = np.asarray(path)
    rows = as_values(given[None] if given.ndim == 1 else given, "path").astype(np.float64)
    n = len(network.parameters)
    if rows.shape[1] != n or not len(rows):
        raise DataError(
            f"path: expected rows of {n} parameters, as pellucid.follow returns them for this "
            f"network, got shape {given.shape}."
        )
    wanted = np.zeros(n, bool)
    for segment in network.segments:
        if segment.kind == KINDS[kind][0]:
            wanted[segment.offset : segment.stop] = layer in (None, segment.layer)
    wanted &= existing(network.architecture)
    if not wanted.any():
        last = network.architecture.n_layers
        raise DataError(f"layer: expected one with {kind}, from 1 to {last}, got {layer}.")
    return rows[:, wanted]


def _strip(ax: Axes, values: Array, colours: Theme) -> None:
    """A column of ink for each row of values."""
    m = len(values)
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    some = np.unique(np.linspace(0, m - 1, min(m, POINTS)).round().astype(int))
    shares = [np.histogram(values[i], _bins(values), (low, high))[0] for i in some]
    ax.imshow(
        np.array(shares).T,
        cmap=colours.amount,
        norm=PowerNorm(0.5, 0, np.max(shares)),  # so that the tails are seen too
        origin="lower",
        aspect="auto",
        extent=(-0.5, m - 0.5, low, high),
        interpolation="nearest",
    )


def _bins(values: Array) -> int:
    """As many as so many values in a row fill."""
    return int(np.clip(values.shape[1] / 8, 10, BINS))


def _middle(ax: Axes, epochs: Array, values: Array, colours: Theme) -> None:
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95], axis=1)
    colour = colours.series[1]
    ax.plot(epochs, median, color=colour, linewidth=1.5, label="median")
    ax.plot(epochs, low, color=colour, linewidth=1, linestyle="--", label="90 % between")
    ax.plot(epochs, high, color=colour, linewidth=1, linestyle="--")


def _ridge(ax: Axes, values: Array, base: float, bins: int, size: float, colours: Theme) -> None:
    """One layer's histogram on its own scale, from 0 to 1 across, standing on `base`."""
    low, high = min(0.0, float(values.min())), float(values.max())
    high = high if high > low else low + 1.0
    drawn = values[values != 0] if (values == 0).any() else values
    counts, edges = np.histogram(drawn, bins, (low, high))
    x, heights = (edges - low) / (high - low), 0.52 * counts / max(int(counts.max()), 1)
    ax.stairs(base + heights, x, baseline=base, fill=True, color=colours.series[0], alpha=0.5)
    ax.stairs(base + heights, x, baseline=base, color=colours.series[0], linewidth=1.2)
    ax.plot([0, 1], [base, base], color=colours.faint, linewidth=0.8, zorder=0)
    for at, value, side in ((-0.015, low, "right"), (1.015, high, "left")):
        ax.text(at, base, short(value), ha=side, va="center", fontsize=size, color=colours.ink)


def _described(trace: Trace, l: int) -> str:
    """A layer's name, and what is wrong with its activations, if anything could be."""
    layer, A, N = trace.architecture.layer(l), trace.A[l], trace.N[l]
    words = [f"layer {l}: {layer.units} {layer.activation}"]
    if layer.activation in LEVEL:
        words.append(f"{100 * (np.abs(N) >= LEVEL[layer.activation]).mean():.0f} % saturated")
    if layer.activation in OFF:
        dead = int((N.max(axis=0) <= -OFF[layer.activation]).sum())
        words += [f"{dead} dead"] if dead else []
    if (A == 0).any():
        words.append(f"{100 * (A == 0).mean():.0f} % are 0")
    return ", ".join(words)
