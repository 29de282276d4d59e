"""The lower part of a network as a network, so that a hidden layer can be looked at."""

from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.segments import buffer_segments, parameter_segments


def up_to(network: Network, layer: int) -> Network:
    """Return the layers 1 … `layer` of a chain as a network of its own, over the same numbers.

    Examples
    --------
    >>> from pellucid.network.layer import Dense
    >>> network = Network(2, [Dense(3, "tanh"), Dense(1, "identity")])
    >>> up_to(network, 1).predict([[0.0, 0.0]]).shape
    (1, 3)
    """
    whole = network.architecture
    part = Architecture(whole.n_inputs, whole.layers[:layer], whole.scale, whole.shift)
    n = sum(segment.size for segment in parameter_segments(part))
    m = sum(segment.size for segment in buffer_segments(part))
    return Network.from_arrays(part, network.parameters[:n], network.buffers[:m])
