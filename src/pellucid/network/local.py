"""Neurons that see a part of a picture: layers whose connections are local."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.errors import ArchitectureError
from pellucid.network.architecture import LARGEST
from pellucid.network.layer import Dense, check_size

Shape = tuple[int, int, int]  # height, width, channels: of a picture, or of a local layer


def local_layers(
    shape: Sequence[int],
    squares: Sequence[tuple[int, int, int]],
    activation: str = "relu",
    **alike: Any,
) -> list[Dense]:
    """Return layers whose neurons each see one square of a picture, or of the layer before.

    The squares of a layer are spread evenly from edge to edge. Unlike in a convolution no weight
    is shared: what is learnt of one place holds there only. On pictures of things such layers
    learn sooner and better than whole ones, with a fraction of the weights.

    Parameters
    ----------
    shape : (height, width) or (height, width, channels)
        Of the picture, in pixels.
    squares : sequence of (side, step, units)
        For each layer the side of its squares, how far they are apart at most, and how many
        neurons see each of them, in all its channels. For the second layer the squares of the
        first are the pixels, and their neurons the channels.
    activation : str
        Of every layer.
    **alike
        The other arguments of ``Dense``, for every layer: bias, norm, pieces.

    Returns
    -------
    layers : list of Dense
        For the beginning of a network. A layer's neurons come square by square, row by row.

    Raises
    ------
    ArchitectureError
        Numbers that are no sizes, or squares larger than the picture.

    References
    ----------
    LeCun 1989, Generalization and network design strategies: its third network.

    Examples
    --------
    >>> local_layers((2, 3), [(2, 1, 1)])
    [Dense(2, 'relu', masks={0: ('10', '11', '01', '10', '11', '01')})]
    """
    seen, layers = _sizes(shape), []
    for number, square in enumerate(squares):
        mask, seen = _mask(seen, square)
        sums = np.repeat(mask, alike.get("pieces", 1), axis=1)
        layers.append(Dense(mask.shape[1], activation, masks={number: sums}, **alike))
    return layers


def _mask(shape: Shape, square: tuple[int, int, int]) -> tuple[Array, Shape]:
    """Which weights exist, (height · width · channels, neurons) bool, and how the neurons lie."""
    height, width, channels = shape
    side, step, units = _square(square, height, width)
    tops, lefts = _starts(height, side, step), _starts(width, side, step)
    n_weights = height * width * channels * len(tops) * len(lefts) * units
    if n_weights > LARGEST:
        raise ArchitectureError(
            f"local: expected at most {LARGEST} weights, got {n_weights}. Take fewer neurons, "
            "larger steps or smaller pictures."
        )
    mask = np.zeros((*shape, len(tops), len(lefts), units), bool)
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            mask[top : top + side, left : left + side, :, i, j] = True
    neurons = (len(tops), len(lefts), units)
    return mask.reshape(height * width * channels, -1), neurons


def _square(square: tuple[int, int, int], height: int, width: int) -> tuple[int, int, int]:
    try:
        side, step, units = square
    except (TypeError, ValueError):
        raise ArchitectureError(
            f"local: expected squares as (side, step, units) such as (8, 4, 16), got {square!r}."
        ) from None
    for name, value in (("side", side), ("step", step), ("units", units)):
        check_size(value, f"local: {name}")
    if step > side:
        raise ArchitectureError(
            f"local: expected steps of at most the side, {side}, so that every pixel is seen, got "
            f"{step}."
        )
    if side > min(height, width):
        raise ArchitectureError(
            f"local: expected squares that fit into {height} × {width}, got a side of {side}."
        )
    return side, step, units


def _starts(length: int, side: int, step: int) -> list[int]:
    """Where the squares begin along one direction."""
    gaps = -(-(length - side) // step)
    return [round(i * (length - side) / gaps) for i in range(gaps + 1)] if gaps else [0]


def _sizes(shape: Sequence[int]) -> Shape:
    try:
        sizes = [operator.index(size) for size in shape]
    except TypeError:
        sizes = []
    if len(sizes) not in (2, 3) or min(sizes) < 1:
        raise ArchitectureError(
            f"local: expected a shape (height, width) or (height, width, channels), got {shape!r}."
        )
    height, width, *depth = sizes
    return height, width, depth[0] if depth else 1
