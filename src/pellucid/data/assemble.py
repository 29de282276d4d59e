"""From raw arrays to a data set: pictures in rows, labels as codes, a part set aside for tests.

Where the arrays come from is the readers' matter.
"""

import math

import numpy as np

from pellucid.arrays import Array, as_matrix, as_values
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.split import split
from pellucid.errors import DataError

TEST_FRACTION, TEST_SEED = 0.2, 0

Pair = tuple[Array, Array]


def assemble(name: str, file: str, train: Pair, test: Pair | None, origin: str) -> Dataset:
    """Return the data set made of raw arrays (X, Y); without a test pair, one in five is taken.

    Parameters
    ----------
    name, file : str
        What to call the data set, and its file in an error.
    train, test : (X, Y)
        X: rows, or pictures (n, h, w). Y: whole numbers or texts (classes), or floats.
    origin : str
        Where the arrays come from, as the beginning of a sentence.

    Raises
    ------
    DataError
        Arrays that do not fit together, or hold something else than numbers and names.
    """
    pairs = [train] if test is None else [train, test]
    for X, Y in pairs:
        if np.ndim(X) == 0 or np.ndim(Y) == 0 or len(X) != len(Y):
            raise DataError(
                f"{file}: expected one label for each example, "
                f"got X of shape {np.shape(X)} and Y of shape {np.shape(Y)}."
            )
    inputs, image = _inputs([X for X, _ in pairs], file)
    targets, classes = coded([Y for _, Y in pairs], file)
    parts = [Part(X, Y) for X, Y in zip(inputs, targets, strict=True)]
    if test is not None:
        source = f"{origin}, with the test part they bring."
        return Dataset(name, parts[0], parts[1], classes, image, source)
    return _set_aside(Dataset(name, parts[0], None, classes, image, origin))


def _set_aside(whole: Dataset) -> Dataset:
    n, X, Y = len(whole.train), whole.train.X, whole.train.Y
    if n < 2 or (whole.classes is not None and np.bincount(Y).max() < 2):
        source = f"{whole.source}, too few to set a test part aside."
        return Dataset(whole.name, whole.train, None, whole.classes, whole.image, source)
    kept, held = split(n if whole.classes is None else Y, TEST_FRACTION, TEST_SEED)
    shares = "" if whole.classes is None else ", in proportion to the classes"
    source = (
        f"{whole.source}, which bring no test part: one in five examples, "
        f"drawn with seed {TEST_SEED}{shares}, became the test part."
    )
    train, test = Part(X[kept], Y[kept]), Part(X[held], Y[held])
    return Dataset(whole.name, train, test, whole.classes, whole.image, source)


def _inputs(arrays: list[Array], file: str) -> tuple[list[Array], ImageFormat | None]:
    """Rows of numbers; pictures of whole numbers 0 … 255 also have a format."""
    flat = [_flat(array, file) for array in arrays]
    height, width = flat[0].shape[1:] if flat[0].ndim == 3 else (0, 0)
    pixels = flat[0].ndim == 3 and all(_are_pixels(array) for array in flat)
    rows = []
    for array in flat:
        if array.shape[1:] != flat[0].shape[1:]:
            raise DataError(
                f"{file}: expected examples of the same shape in both parts, "
                f"got {flat[0].shape[1:]} to train on and {array.shape[1:]} to test on."
            )
        row = array.reshape(len(array), math.prod(array.shape[1:]))
        rows.append(as_matrix(row.astype(np.uint8) if pixels else row, name=f"{file}: X"))
    if not pixels:
        return rows, None
    return rows, ImageFormat(height, width, 255, "mass" if height == width == 28 else "box")


def _flat(array: Array, file: str) -> Array:
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]  # one channel: grey
    if array.ndim not in (2, 3):
        raise DataError(
            f"{file}: expected X of shape (n, d), or grey pictures (n, height, width), "
            f"got {array.shape}. Reshape it to one row for each example."
        )
    return array


def _are_pixels(array: Array) -> bool:
    if array.dtype == np.uint8 or array.dtype.kind not in "iu":
        return array.dtype == np.uint8
    return bool(array.min(initial=0) >= 0 and array.max(initial=0) <= 255)


def coded(arrays: list[Array], file: str) -> tuple[list[Array], tuple[str, ...] | None]:
    """Return codes and class names for whole numbers and texts, values and None for floats."""
    kinds = {_kind(array, file) for array in arrays}
    if len(kinds) > 1:
        raise DataError(f"{file}: expected the same kind of Y in both parts, got {sorted(kinds)}.")
    if kinds == {"numbers"}:
        values = [as_values(array, f"{file}: Y") for array in arrays]
        if len({array.shape[1] for array in values}) > 1:
            raise DataError(f"{file}: expected as many columns of Y in both parts.")
        return values, None
    names, codes = np.unique(
        np.concatenate([_labels(array, file) for array in arrays]), return_inverse=True
    )
    if len(names) > 20 and len(names) > len(codes) // 2 and names.dtype.kind in "iu":
        raise DataError(
            f"{file}: Y holds {len(names)} different whole numbers in {len(codes)} examples: "
            "too many for classes. If they are quantities, store them as floats."
        )
    ends = np.cumsum([len(array) for array in arrays])[:-1]
    parts = np.split(codes.reshape(-1).astype(np.int32), ends)
    return parts, tuple(str(value) for value in names)


def _kind(array: Array, file: str) -> str:
    if array.dtype.kind in "US":
        return "texts"
    if array.dtype.kind not in "buif":
        raise DataError(
            f"{file}: expected Y as numbers or texts, got values of type {array.dtype}."
        )
    several_columns = array.ndim == 2 and array.shape[1] > 1 and not _is_one_hot(array)
    return "numbers" if array.dtype.kind == "f" or several_columns else "whole numbers"


def _is_one_hot(array: Array) -> bool:
    return bool(((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all())


def _labels(array: Array, file: str) -> Array:
    """A vector of labels; one-hot rows become the number of their column."""
    if array.ndim == 2 and array.shape[1] > 1 and array.dtype.kind in "bui":
        return np.asarray(array.argmax(axis=1))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError(f"{file}: expected one label for each example, got Y of {array.shape}.")
    if array.dtype.kind == "S":
        try:
            return np.char.decode(array, "utf-8")
        except UnicodeDecodeError:
            raise DataError(f"{file}: expected labels in UTF-8.") from None
    return array
