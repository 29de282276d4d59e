"""A network as a model of ONNX, the exchange format that other languages and devices read."""

from typing import TYPE_CHECKING

from pellucid.errors import DataError, UnsupportedError
from pellucid.export.onnx_graph import Graph
from pellucid.export.onnx_layers import write_network
from pellucid.model.network import Network
from pellucid.network.passes import views
from pellucid.network.segments import buffer_segments, parameter_segments

if TYPE_CHECKING:
    from onnx import ModelProto

# The first version with the error function, and the format it came with, in which constants are no
# inputs. What is written is the same in every later one, so the oldest readers are served too.
OPSET, FORMAT = 9, 4


def to_onnx(network: Network) -> "ModelProto":
    """Return a network as a model of ONNX.

    Parameters
    ----------
    network : Network
        Not changed; the model has its weights as they are now.

    Returns
    -------
    onnx.ModelProto
        With an input "X" (n, n_inputs) and an output "P" (n, n_out), both in the network's
        precision, any n. It gives what ``network.predict`` gives, to rounding. Scaling of the
        inputs is inside.

    Raises
    ------
    DataError
        Something else than a network.
    UnsupportedError
        The package onnx is not installed.

    Examples
    --------
    ::

        with open("network.onnx", "wb") as file:
            file.write(pel.to_onnx(network).SerializeToString())
    """
    if not isinstance(network, Network):
        raise DataError(
            f"network: expected a Network, got {type(network).__name__}. A model has it as "
            "model.network; an estimator or a pipeline is converted by skl2onnx.to_onnx."
        )
    try:
        from onnx import helper, numpy_helper
    except ModuleNotFoundError:
        raise UnsupportedError(
            "to_onnx: expected the package onnx, which is not installed. Install it with: "
            "pip install 'pellucid[onnx]'"
        ) from None
    architecture, graph = network.architecture, graph_of(network)
    kind = helper.np_dtype_to_tensor_dtype(network.parameters.dtype)
    written = helper.make_graph(
        [
            helper.make_node(
                node.operator, node.inputs, node.outputs, name=node.outputs[0], **node.attributes
            )
            for node in graph.nodes
        ],
        "network",
        [helper.make_tensor_value_info("X", kind, ["n", architecture.n_inputs])],
        [helper.make_tensor_value_info("P", kind, ["n", architecture.n_outputs])],
        [numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
    )
    return helper.make_model(
        written,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=FORMAT,
        producer_name="pellucid",
    )


def graph_of(network: Network) -> Graph:
    """Return a network as nodes that make "P" of "X"."""
    network.check()
    graph, architecture = Graph(network.precision), network.architecture
    parameters = views(network.parameters, parameter_segments(architecture))
    buffers = views(network.buffers, buffer_segments(architecture))
    P = write_network(graph, architecture, parameters, buffers, "X")
    graph.rename({P: "P"})
    return graph
