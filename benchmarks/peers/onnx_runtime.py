"""onnxruntime, for predictions: the network as a graph of Gemm, Sigmoid and Softmax."""

import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks.configurations import Configuration
from benchmarks.problem import Problem, Work
from pellucid.arrays import Array


def prepare(problem: Problem, configuration: Configuration) -> Work:
    """Return calls of a session."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = configuration.threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        _graph(problem), options, providers=["CPUExecutionProvider"]
    )
    inputs = problem.asked(problem.floats)

    def advance(rows: Array) -> None:
        for x in inputs:
            session.run(None, {"A0": x})

    return Work(advance, lambda: session.run(None, {"A0": inputs[0]}))


def _graph(problem: Problem) -> bytes:
    nodes, tensors, last = [], [], len(problem.case.sizes) - 1
    for l in range(1, last + 1):
        for name, array in zip("Wb", problem.weights[2 * l - 2 : 2 * l], strict=True):
            tensors.append(numpy_helper.from_array(array, f"{name}{l}"))
        nodes.append(helper.make_node("Gemm", [f"A{l - 1}", f"W{l}", f"b{l}"], [f"Z{l}"]))
        kind = "Softmax" if l == last else "Sigmoid"
        nodes.append(helper.make_node(kind, [f"Z{l}"], [f"A{l}"]))
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", n])
        for name, n in (("A0", problem.case.sizes[0]), (f"A{last}", problem.case.sizes[-1]))
    ]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], tensors)
    opset = [helper.make_opsetid("", 21)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=10)
    return bytes(model.SerializeToString())
