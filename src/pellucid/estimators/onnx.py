"""How skl2onnx converts our estimators: what comes out, its shapes, its nodes.

It is told of them once somebody has imported it; see ``waiting.py``. The network itself is written
down by ``export/``, and so is what the best-default ones make of a table before.
"""

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin

from pellucid.arrays import Array
from pellucid.estimators.onnx_columns import given_columns
from pellucid.estimators.tabular import Tabular
from pellucid.export.onnx_encoding import LEARNING, VERSION, write_encoding, write_numbers
from pellucid.export.onnx_graph import Graph
from pellucid.export.onnx_layers import write_network
from pellucid.network.passes import views
from pellucid.network.segments import buffer_segments, parameter_segments

# What a user may ask of a classifier's outputs, as of scikit-learn's own.
OPTIONS = {
    "zipmap": [True, False, "columns"],
    "output_class_labels": [False, True],
    "nocl": [True, False],
}


def register(kind: type) -> None:
    """Tell skl2onnx of a class of classifiers or regressors."""
    from skl2onnx import update_registered_converter as tell

    name = f"Pellucid{kind.__name__}"
    if issubclass(kind, ClassifierMixin):
        tell(kind, name, classifier_shapes, convert_classifier, options=OPTIONS)
    else:
        tell(kind, name, regressor_shapes, convert_regressor)


def classifier_shapes(operator: Any) -> None:
    """Say what comes out: labels (n,) or (n, n_labels), and probabilities (n, n_columns)."""
    from skl2onnx.common.data_types import Int64TensorType, StringTensorType
    from skl2onnx.common.utils import check_input_and_output_numbers

    check_input_and_output_numbers(operator, _n_inputs(operator), output_count_range=2)
    model, n = operator.raw_operator, operator.inputs[0].get_first_dimension()
    text = _classes(operator.scope_inst, model).dtype.kind == "U"
    n_columns = _n_columns(model)
    shape = [n, n_columns] if _is_multilabel(model) else [n]
    labels, probabilities = operator.outputs
    labels.set_type(StringTensorType(shape) if text else Int64TensorType(shape))
    probabilities.set_type(_floats(operator, [n, n_columns]))


def regressor_shapes(operator: Any) -> None:
    """Say what comes out: predictions (n, n_outputs)."""
    from skl2onnx.common.utils import check_input_and_output_numbers

    check_input_and_output_numbers(operator, _n_inputs(operator), output_count_range=1)
    model, n = operator.raw_operator, operator.inputs[0].get_first_dimension()
    shape = [n, model.network_.architecture.n_outputs // _n_levels(model)]
    operator.outputs[0].set_type(_floats(operator, shape))


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """Write a classifier down: the network, then probabilities, then labels."""
    model, graph = operator.raw_operator, Graph(_precision(operator))
    P = _network(graph, model)
    if _is_multilabel(model):
        above = graph.node("Greater", P, 0.5)
        labels = graph.node("Cast", above, attributes={"to": _kind(np.int64)})
    else:
        if model.network_.architecture.n_outputs < _n_columns(model):
            P = graph.node("Concat", graph.node("Sub", 1.0, P), P, attributes={"axis": 1})
        winner = graph.node("ArgMax", P, attributes={"axis": 1, "keepdims": 0})
        classes = graph.constant(_classes(scope, model), "classes")
        labels = graph.node("Gather", classes, winner, attributes={"axis": 0})
    _put_all(graph, scope, operator, container, [labels, P])


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """Write a regressor down: the network, and of several quantiles the middle one."""
    model, graph = operator.raw_operator, Graph(_precision(operator))
    P = _network(graph, model)
    if _n_levels(model) > 1:
        P = _middle(graph, P, model)
    _put_all(graph, scope, operator, container, [P])


def _middle(graph: Graph, P: str, model: Any) -> str:
    """Return one level of each output, after putting them in ascending order, as predict does."""
    n_levels = len(model._levels)
    shape = np.array([0, model.n_outputs_, n_levels])  # 0: as many rows as there are
    ascending = graph.node(
        "TopK",
        graph.node("Reshape", P, graph.constant(shape)),
        graph.constant(np.array([n_levels])),
        attributes={"axis": 2, "largest": 0, "sorted": 1},
        n_outputs=2,
    )
    nearest = graph.constant(np.array(model._nearest))
    return graph.node("Gather", ascending, nearest, attributes={"axis": 2})


def _network(graph: Graph, model: Any) -> str:
    """Write the network of an estimator; it reads "X"."""
    network = model.network_
    parameters = views(network.parameters, parameter_segments(network.architecture))
    buffers = views(network.buffers, buffer_segments(network.architecture))
    X = graph.node("Cast", "X", attributes={"to": _kind(graph.dtype)})
    return write_network(graph, network.architecture, parameters, buffers, X)


def _put_all(graph: Graph, scope: Any, operator: Any, container: Any, made: list[str]) -> None:
    """Put what makes X into skl2onnx's model, then what the graph makes of it."""
    names = _put(graph, scope, container, {"X": _inputs(scope, operator, container)})
    for value, output in zip(made, operator.outputs, strict=True):
        container.add_node("Identity", [names[value]], [output.full_name])


def _inputs(scope: Any, operator: Any, container: Any) -> str:
    """Return the name of what the network takes: what is given or, of a table, what it becomes."""
    model = operator.raw_operator
    if not isinstance(model, Tabular):
        return str(operator.inputs[0].full_name)
    graph, given = Graph("float64"), given_columns(model, operator.inputs)
    if model.encoding_ is None:
        numbers = write_numbers(graph, given, range(model.n_features_in_))
        X = graph.node("Cast", numbers, attributes={"to": _kind(np.float32)})
    else:
        X = write_encoding(graph, model.encoding_, given)
    outer = {
        value.name: variable.full_name
        for value, variable in zip(given, operator.inputs, strict=True)
    }
    return _put(graph, scope, container, outer)[X]


def _put(graph: Graph, scope: Any, container: Any, outer: dict[str, str]) -> dict[str, str]:
    """Put nodes and constants into skl2onnx's model; return their names, which are new there.

    `outer` has those of the values that the graph reads.
    """
    from onnx.numpy_helper import from_array

    inside = [name for node in graph.nodes for name in node.outputs] + list(graph.constants)
    names = {name: scope.get_unique_variable_name(name) for name in inside}
    graph.rename(names | outer)
    for name, array in graph.constants.items():
        content = from_array(array, name)
        if array.dtype.kind == "U":  # which skl2onnx takes as a list only
            content = [text.encode() for text in array.ravel().tolist()]
        container.add_initializer(name, _kind(array.dtype), array.shape, content)
    for node in graph.nodes:
        container.add_node(
            node.operator,
            list(node.inputs),
            list(node.outputs),
            op_domain=node.domain,
            op_version=VERSION if node.domain == LEARNING else None,
            name=scope.get_unique_operator_name(node.operator),
            **node.attributes,
        )
    return names


def _classes(scope: Any, model: Any) -> Array:
    """Return the labels as ONNX has them, texts or int64; or what option nocl gives for them."""
    from skl2onnx.common.utils_classifier import get_label_classes

    classes = np.asarray(get_label_classes(scope, model))
    text = all(isinstance(label, str) for label in classes.tolist())
    return classes.astype(str if text else np.int64)


def _n_inputs(operator: Any) -> list[int | None]:
    """How many inputs there may be: for a table of its own one a column, too."""
    return [1, None if isinstance(operator.raw_operator, Tabular) else 1]


def _n_columns(model: Any) -> int:
    """How many probabilities there are: of two classes a faithful one has one output only."""
    n: int = model.network_.architecture.n_outputs
    return n if isinstance(model, Tabular) else max(2, n)


def _n_levels(model: Any) -> int:
    """How many quantiles there are of each output; 1 where none were asked for."""
    return 1 if isinstance(model, Tabular) else max(1, len(model._levels))


def _is_multilabel(model: Any) -> bool:
    if isinstance(model, Tabular):
        return bool(model._multilabel)
    return bool(model._label_binarizer.y_type_.startswith("multilabel"))


def _precision(operator: Any) -> str:
    """The precision of the user's X; all but float64 is calculated with in float32."""
    from skl2onnx.common.data_types import DoubleTensorType

    double = any(isinstance(given.type, DoubleTensorType) for given in operator.inputs)
    return "float64" if double else "float32"


def _floats(operator: Any, shape: list[Any]) -> Any:
    """A type of skl2onnx's for numbers of that precision."""
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    double = _precision(operator) == "float64"
    return DoubleTensorType(shape) if double else FloatTensorType(shape)


def _kind(dtype: Any) -> int:
    """Return ONNX's number of a type."""
    from onnx.helper import np_dtype_to_tensor_dtype

    return int(np_dtype_to_tensor_dtype(np.dtype(dtype)))
