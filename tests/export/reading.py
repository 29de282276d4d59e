"""Operators of ONNX as its specification has them, in NumPy, so that a graph can be carried out."""

from functools import reduce

import numpy as np
from scipy import special

TYPES = {1: np.float32, 7: np.int64, 9: bool, 11: np.float64}  # as the operator Cast counts them


def label_encoder(x, keys_strings, **rest):
    """A number or another text for each text."""
    kind, dtype = ("float", np.float32) if "default_float" in rest else ("string", object)
    table = dict(zip(keys_strings, rest[f"values_{kind}s"], strict=True))
    found = [table.get(text, rest[f"default_{kind}"]) for text in x.ravel()]
    return np.array(found, dtype).reshape(x.shape)


def one_hot(x, cats_strings, zeros):
    """A new last axis, along which the place of the text has 1; others have zeros, as is asked."""
    assert zeros == 1
    return (x[..., None] == np.array(cats_strings, object)).astype(np.float32)


def reshape(x, shape):
    """To a shape in which 0 is what there was at that place."""
    return x.reshape([n or x.shape[i] for i, n in enumerate(shape)])


OPERATORS = {
    "Abs": np.abs,
    "Add": np.add,
    "Cast": lambda x, to: x.astype(TYPES[to]),
    "Concat": lambda *x, axis: np.concatenate(x, axis),
    "ConstantOfShape": lambda shape: np.zeros(shape, np.float32),
    "Div": np.divide,
    "Elu": lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
    "Erf": special.erf,
    "Exp": np.exp,
    "Gather": lambda x, i, axis: np.take(x, i, axis),
    "Greater": np.greater,
    "IsNaN": np.isnan,
    "LabelEncoder": label_encoder,
    "LeakyRelu": lambda z, alpha: np.where(z > 0, z, alpha * z),
    "Less": np.less,
    "Log": np.log,
    "MatMul": np.matmul,
    "Max": lambda *x: reduce(np.maximum, x),
    "Min": lambda *x: reduce(np.minimum, x),
    "Mul": np.multiply,
    "Neg": np.negative,
    "OneHotEncoder": one_hot,
    "Relu": lambda z: np.where(z > 0, z, 0),
    "Reshape": reshape,
    "Selu": lambda z, alpha, gamma: gamma * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
    "Shape": lambda x: np.array(x.shape),
    "Sigmoid": special.expit,
    "Softmax": special.softmax,
    "Softplus": lambda z: np.logaddexp(z, 0),
    "Softsign": lambda z: z / (1 + np.abs(z)),
    "Sqrt": np.sqrt,
    "Sub": np.subtract,
    "Tanh": np.tanh,
    "Where": np.where,
}


def carry_out(graph, X):
    """Every value of a graph by name; X is the input of that name, or inputs by theirs."""
    values = {**graph.constants, **(X if isinstance(X, dict) else {"X": X})}
    with np.errstate(over="ignore", under="ignore"):
        for node in graph.nodes:
            f, given = OPERATORS[node.operator], [values[name] for name in node.inputs]
            (name,) = node.outputs
            assert name not in values
            values[name] = f(*given, **node.attributes)
    return values
