"""First weights, drawn from the same random numbers as scikit-learn's, in the same order."""

from collections.abc import Sequence

import numpy as np

from pellucid.model.network import Network


def draw(network: Network, activations: Sequence[str], random: np.random.RandomState) -> None:
    """Draw uniform weights and biases (Glorot and Bengio 2010) into a network of plain layers.

    Bounds are √(6 / (n_from + n_to)), or √(2 / …) where `activations`, one a layer, says sigmoid;
    biases have the bounds of their layer's weights. The output is given its predecessor's name,
    as scikit-learn does.
    """
    architecture = network.architecture
    for l, name in enumerate(activations, start=1):
        fan_in, fan_out = architecture.units(l - 1), architecture.sums(l)
        bound = np.sqrt((2.0 if name == "sigmoid" else 6.0) / (fan_in + fan_out))
        network.weights[l][...] = random.uniform(-bound, bound, (fan_in, fan_out))
        network.biases[l][...] = random.uniform(-bound, bound, fan_out)
