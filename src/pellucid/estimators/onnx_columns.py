"""Which columns of a table each input of a model of ONNX holds, as skl2onnx hands them on.

From a frame it makes an input a column, from an array a single one; ``initial_types`` may have
some of each.
"""

from collections.abc import Sequence
from typing import Any

from pellucid.errors import DataError
from pellucid.export.onnx_encoding import Given


def given_columns(model: Any, inputs: Sequence[Any]) -> list[Given]:
    """Return what each input holds, called "X.0", "X.1" …

    Inputs that all have names of columns stand for these, in any order. Others stand for the
    columns from the first to the last, each for as many as it is wide.

    Parameters
    ----------
    model : Classifier or Regressor
        Fitted.
    inputs : sequence of skl2onnx's Variable

    Raises
    ------
    DataError
        Other columns than those that the model was fitted to, numbers where it has texts, or
        dates that are texts.
    """
    from skl2onnx.common.data_types import StringTensorType

    names = _names(model)
    places = _places([variable.raw_name for variable in inputs], _widths(inputs, len(names)), names)
    given = []
    for i, variable in enumerate(inputs):
        texts = isinstance(variable.type, StringTensorType)
        _check(model, places[i], variable, texts)
        given.append(Given(f"X.{i}", places[i], texts))
    return given


def _names(model: Any) -> list[str]:
    if model.encoding_ is None:
        return [f"x{j}" for j in range(model.n_features_in_)]
    return [column.name for column in model.encoding_.columns]


def _widths(inputs: Sequence[Any], n_columns: int) -> list[int]:
    """How many columns each input has; skl2onnx need not know of what was calculated."""
    known = [variable.type.shape[-1:] for variable in inputs]
    alone = len(inputs) == 1
    return [
        shape[0] if shape and isinstance(shape[0], int) else n_columns if alone else 1
        for shape in known
    ]


def _places(said: list[str], widths: list[int], names: list[str]) -> list[tuple[int, ...]]:
    if sum(widths) != len(names):
        raise DataError(
            f"inputs: expected {len(names)} columns, as where the model was fitted, got "
            f"{sum(widths)}. Give to_onnx the first row of such a table."
        )
    if sorted(said) == sorted(names) and len(set(names)) == len(names):
        return [(names.index(name),) for name in said]
    ends = [sum(widths[: i + 1]) for i in range(len(widths))]
    places = [tuple(range(end - n, end)) for end, n in zip(ends, widths, strict=True)]
    for name, (j, *_) in zip(said, places, strict=True):
        if name in names and name != names[j]:
            raise DataError(
                f"inputs: expected {names[j]!r} in place {j}, as where the model was fitted, got "
                f"{name!r}. Call every input by its column, or have them in the same order."
            )
    return places


def _check(model: Any, places: tuple[int, ...], variable: Any, texts: bool) -> None:
    """Categories are compared as texts, and a number has many; dates ONNX does not know."""
    encoding = model.encoding_
    columns = [] if encoding is None else [encoding.columns[j] for j in places]
    for column in columns:
        if column.form is not None:
            raise DataError(
                f"column {column.name!r}: expected numbers; dates that are texts ONNX cannot read. "
                "Fit the model to a table that has them as dates, and hand them over as seconds "
                "since 1970."
            )
        if column.values is not None and not texts:
            raise DataError(
                f"column {column.name!r}: expected texts (StringTensorType), as where the model "
                f"was fitted, got {type(variable.type).__name__}. Give to_onnx a row of such a "
                "table, or initial_types with an input of texts for it."
            )
