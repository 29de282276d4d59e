"""Several networks as one, whose output is their mean before the last function; and back."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pellucid.errors import ArchitectureError
from pellucid.model.network import Network
from pellucid.network.layer import Dense


def mean_of(networks: Sequence[Network]) -> Network:
    """Return one network that holds others side by side and averages them.

    Their hidden layers stand one chain after the other, each fed by the inputs; the output layer
    is fed by the ends of all chains. It averages weighted sums, so that probabilities are
    combined as a normalized geometric mean (Hinton 2002, product of experts).

    Parameters
    ----------
    networks : sequence of Network
        Chains with the same inputs and the same output layer.

    Raises
    ------
    ArchitectureError
        They do not fit together, or are no chains with a hidden layer.

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> parts = [Network(2, [Dense(3, "tanh"), Dense(1, "identity")], seed=s) for s in (0, 1)]
    >>> [x] = np.mean([part.predict([[1, 2]]) for part in parts], axis=0)
    >>> bool(np.allclose(mean_of(parts).predict([[1, 2]])[0], x))
    True
    """
    _check(networks)
    first = networks[0].architecture
    layers: list[Dense] = []
    ends, places = [], []  # ends of the chains; (network, its layer) of each layer
    for i, network in enumerate(networks):
        before = 0
        for l, layer in enumerate(network.architecture.layers[:-1], start=1):
            layers.append(replace(layer, inputs=(before,)))
            before = len(layers)
            places.append((i, l))
        ends.append(before)
    layers.append(replace(first.layers[-1], inputs=tuple(ends)))
    whole = Network(
        first.n_inputs,
        layers,
        initial="zeros",
        precision=networks[0].precision,
        scale=first.scale,
        shift=first.shift,
    )
    for l, (i, k) in enumerate(places, start=1):
        source = whole.architecture.inputs(l)[0]
        whole.weights[source, l][...] = networks[i].weights[k]
        whole.biases[l][...] = networks[i].biases[k]
    last = len(layers)
    for end, network in zip(ends, networks, strict=True):
        whole.weights[end, last][...] = network.weights[network.architecture.n_layers] / len(
            networks
        )
    biases = [network.biases[network.architecture.n_layers] for network in networks]
    whole.biases[last][...] = np.mean(biases, axis=0)
    return whole


def parts_of(whole: Network) -> list[Network]:
    """Return the networks that ``mean_of`` made one of, as chains that change on their own.

    All have the mean of the biases of their output layers, which is what is left of them.

    Raises
    ------
    ArchitectureError
        It is no such network.
    """
    a = whole.architecture
    ends, begins = a.inputs(a.n_layers), [0]
    begins += ends[:-1]
    parts = [_chain(whole, begin, end, len(ends)) for begin, end in zip(begins, ends, strict=True)]
    if mean_of(parts).architecture != a:
        raise ArchitectureError(f"expected a network that mean_of has made, got {whole!r}.")
    return parts


def _chain(whole: Network, begin: int, end: int, n_parts: int) -> Network:
    """The layers after `begin` to `end`, and the output layer."""
    a = whole.architecture
    places = [*range(begin + 1, end + 1), a.n_layers]
    layers = [replace(a.layer(l), inputs=None) for l in places]
    part = Network(
        a.n_inputs,
        layers,
        initial="zeros",
        precision=whole.precision,
        scale=a.scale,
        shift=a.shift,
    )
    sources = [0, *places[:-1]]
    for l, (source, place) in enumerate(zip(sources, places, strict=True), start=1):
        part.weights[l][...] = whole.weights[source, place]
        part.biases[l][...] = whole.biases[place]
    part.weights[len(places)][...] *= n_parts
    return part


def _check(networks: Sequence[Network]) -> None:
    architectures = [network.architecture for network in networks]
    ends = [(a.n_inputs, a.scale, a.shift, a.layers[-1]) for a in architectures]
    layers = [layer for a in architectures for layer in a.layers]
    deep = all(a.n_layers > 1 for a in architectures)
    if (
        not networks
        or not deep
        or any(end != ends[0] for end in ends)
        or not all(map(_is_plain, layers))
    ):
        raise ArchitectureError(
            "expected chains of plain layers with the same inputs and outputs, and a hidden layer, "
            f"got {', '.join(map(repr, networks)) or 'none'}."
        )


def _is_plain(layer: Dense) -> bool:
    return layer == Dense(layer.units, layer.activation, pieces=layer.pieces)
