"""More pictures from those one has: shifted, turned, slanted, stretched, bent, mirrored, noisy.

A network that is to read digits sees each of them a little different in every epoch. Which
distortion a picture gets depends on the seed, the epoch and the number of the example, and on
nothing else: not on batches, threads, or what was drawn before.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from pellucid.arrays import Array
from pellucid.compiled import core
from pellucid.equations.checks import (
    checked_amount,
    checked_crop,
    checked_elastic,
    checked_shape,
    is_finite,
)
from pellucid.equations.distorting import (
    WORDS,
    Amounts,
    bilinear,
    displacements,
    drawn,
    gaussian_taps,
    inverse_map,
    noisy,
    sources,
)
from pellucid.equations.noise import gaussian, quantiles
from pellucid.equations.random import AUGMENT, lanes, words
from pellucid.errors import DataError, RecipeError, UnsupportedError

FILLS = ("paper", "edge")
KINDS = ("uint8", "float32", "float64")
# How much of each there may be.
MOST = {"rotate": 180.0, "shear": 80.0, "scale": 0.9, "noise": 1.0}
# What random numbers of an example are for: the `layer` of their address.
WHOLE, FIELD, GRAIN = range(3)


@dataclass(frozen=True)
class Augment:
    """How pictures are distorted while a network trains; each amount is the largest there can be.

    A picture is mirrored, scaled, slanted, turned and shifted about its middle, bent, cut, all in
    one step with one interpolation (bilinear), and then made noisy. Amounts are drawn evenly
    from ± the number given.

    Parameters
    ----------
    shape : (height, width) or (height, width, channels)
        Of a picture, in pixels; 1 channel for grey, 3 for colours, which move together.
    shift : float
        Pixels, along x and along y.
    rotate, shear : float
        Degrees. Shearing slants along x, as italics are slanted.
    scale : float
        Share: 0.15 is a factor of 0.85 … 1.15, along x and along y each its own.
    elastic : (sigma, alpha), optional
        Bends the picture (Simard, Steinkraus and Platt 2003): each pixel's displacement along x
        and along y is drawn from −1 … 1, smoothed by a Gaussian of `sigma` pixels, outside of the
        picture 0, and multiplied by `alpha` pixels.
    noise : float
        Deviation of the normal noise on each number, as a share of `maximum`.
    flip : bool
        Mirror every second picture left to right. Not for digits or letters.
    crop : int
        Add so many pixels on each side, and cut a picture of the old size out at a random place:
        a shift by whole pixels, which blurs nothing.
    fill : {"paper", "edge"}
        What lies outside of the picture: 0, as around ink, or the nearest pixel.
    maximum : float, optional
        The largest value of a pixel. Without it 255 for uint8 and 1 for floats.

    Raises
    ------
    RecipeError

    Notes
    -----
    The Gaussian's sum is 1. That leaves each displacement with a deviation of
    ``alpha / (sigma √(12 π))`` pixels away from the border: 1.38 for σ 4 and α 34, and
    1.28 over a picture of 28 × 28, since it is less at the border. Simard and others speak of
    fields that are normalized to a length of 1; read so, it would be 34 / 28 = 1.21 pixels. Both
    give the published pictures. Ciresan and others have σ 5 to 6, α 36 to 38: about 1 pixel.

    Noise is kept within 0 … `maximum`, or where the picture itself goes beyond, within that.

    References
    ----------
    Simard, Steinkraus and Platt 2003, Best practices for convolutional neural networks applied to
    visual document analysis; Ciresan, Meier, Gambardella and Schmidhuber 2010, Deep, big, simple
    neural nets excel on handwritten digit recognition.
    """

    shape: tuple[int, ...]
    shift: float = 0.0
    rotate: float = 0.0
    shear: float = 0.0
    scale: float = 0.0
    elastic: tuple[float, float] | None = None
    noise: float = 0.0
    flip: bool = False
    crop: int = 0
    fill: str = "paper"
    maximum: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", checked_shape(self.shape))
        size = max(self.height, self.width)
        for name, most in ({"shift": float(size)} | MOST).items():
            object.__setattr__(self, name, checked_amount(name, getattr(self, name), most))
        if self.elastic is not None:
            object.__setattr__(self, "elastic", checked_elastic(self.elastic))
        object.__setattr__(self, "crop", checked_crop(self.crop, size))
        if not isinstance(self.flip, bool):
            raise RecipeError(f"flip: expected True or False, got {self.flip!r}.")
        if self.fill not in FILLS:
            raise RecipeError(f"fill: expected one of {', '.join(FILLS)}, got {self.fill!r}.")
        if self.maximum is not None and not (is_finite(self.maximum) and self.maximum > 0):
            raise RecipeError(f"maximum: expected a number above 0, got {self.maximum!r}.")

    @property
    def height(self) -> int:
        """Lines of a picture."""
        return self.shape[0]

    @property
    def width(self) -> int:
        """Pixels of a line."""
        return self.shape[1]

    @property
    def channels(self) -> int:
        """Numbers of a pixel: 1 or 3."""
        return self.shape[2] if len(self.shape) == 3 else 1

    @property
    def n_values(self) -> int:
        """Numbers of a picture, which is a row of X."""
        return self.height * self.width * self.channels

    @property
    def moves(self) -> bool:
        """Whether pixels come from other places; there may be noise alone."""
        moved = (self.shift, self.rotate, self.shear, self.scale, self.flip, self.crop)
        return any((*moved, self.elastic))


def distorted(
    augment: Augment, X: Array, examples: Array, seed: int, epoch: int, *, threads: int = 1
) -> Array:
    """Return the pictures in the rows of X as they are to be seen in an epoch.

    Parameters
    ----------
    augment : Augment
    X : (n, n_values) uint8, float32 or float64
        Pictures line by line, and of each pixel all channels.
    examples : (n,) int64
        Which examples of the training part they are, from 0.
    seed, epoch : int
    threads : int
        At most so many; the result does not depend on it. The interpreter is free meanwhile.

    Returns
    -------
    Array
        New, of the same shape and type.

    Raises
    ------
    DataError
        Rows of another width or type, or not one number for each.

    Notes
    -----
    Random numbers have the key (seed, AUGMENT) and the address (epoch, step = example). With layer
    0 there are the nine words of ``distorting.drawn``; with layer 1 lanes of 16 bits for the
    elastic field, (2, height, width), x before y; with layer 2 those of the noise, one a number.

    The compiled core calculates in float32, in float64 where X is so; without the core this is
    NumPy, a hundred times slower, whose pictures differ by rounding.
    """
    X, examples = _checked_rows(augment, X, examples)
    try:
        best = core().instruction_sets()[0]
    except UnsupportedError:
        return in_numpy(augment, X, examples, seed, epoch)
    return in_core(augment, X, examples, seed, epoch, threads, best)


def in_numpy(augment: Augment, X: Array, examples: Array, seed: int, epoch: int) -> Array:
    """Return what ``distorted`` does, by the functions of ``distorting.py``, in float64."""
    out, maximum = np.empty_like(X), _maximum(augment, X)
    for row, example in enumerate(examples.tolist()):
        values = X[row].astype(np.float64)
        if augment.moves:
            picture = values.reshape(augment.height, augment.width, augment.channels)
            values = _moved(augment, picture, seed, epoch, example).reshape(-1)
        if augment.noise:
            address = {"epoch": epoch, "step": example, "layer": GRAIN}
            grain = lanes(seed, AUGMENT, (1, augment.n_values), **address)[0]
            values = noisy(values, gaussian(grain, augment.noise * maximum), maximum)
        out[row] = np.clip(np.floor(values + 0.5), 0, 255) if X.dtype == np.uint8 else values
    return out


def _moved(a: Augment, picture: Array, seed: int, epoch: int, example: int) -> Array:
    raw = words(seed, AUGMENT, WORDS, epoch=epoch, step=example, layer=WHOLE)
    amounts = Amounts(a.shift, a.rotate, a.shear, a.scale, a.flip, a.crop)
    y, x = sources(a.height, a.width, *inverse_map(drawn(raw, amounts)))
    if a.elastic is not None:
        size = (2, a.height * a.width)
        random = lanes(seed, AUGMENT, size, epoch=epoch, step=example, layer=FIELD)
        dx, dy = displacements(random.reshape(2, a.height, a.width), a.elastic[1], _taps(a))
        y, x = y + dy, x + dx
    return bilinear(picture, y, x, edge=a.fill == "edge")


def in_core(
    a: Augment, X: Array, examples: Array, seed: int, epoch: int, threads: int, set_: str
) -> Array:
    """Return what ``distorted`` does, by the compiled core with one of its instruction sets."""
    out, maximum = np.empty_like(X), _maximum(a, X)
    core().distort(
        X,
        examples,
        out,
        height=a.height,
        width=a.width,
        channels=a.channels,
        shift=a.shift,
        rotate=a.rotate,
        shear=a.shear,
        scale=a.scale,
        flip=a.flip,
        crop=a.crop,
        edge=a.fill == "edge",
        moves=a.moves,
        alpha=0.0 if a.elastic is None else a.elastic[1],
        taps=_taps(a),
        deviation=a.noise * maximum,
        maximum=maximum,
        quantiles=_quantiles("float64" if X.dtype == np.float64 else "float32"),
        seed=seed,
        epoch=epoch,
        threads=threads,
        instruction_set=set_,
    )
    return out


@cache
def _quantiles(precision: str) -> Array:
    return quantiles().astype(precision)


def _taps(a: Augment) -> Array:
    """The Gaussian of the elastic field, or nothing where there is none."""
    return np.zeros(0) if a.elastic is None else gaussian_taps(a.elastic[0], max(a.shape[:2]))


def _maximum(a: Augment, X: Array) -> float:
    usual = 255.0 if X.dtype == np.uint8 else 1.0
    return usual if a.maximum is None else float(a.maximum)


def _checked_rows(a: Augment, X: Array, examples: Array) -> tuple[Array, Array]:
    if X.ndim != 2 or X.shape[1] != a.n_values or X.dtype.name not in KINDS:
        raise DataError(
            f"X: expected rows of {a.n_values} numbers, pictures of {a.shape}, of "
            f"{', '.join(KINDS)}; got {X.dtype} of shape {X.shape}."
        )
    if examples.shape != (len(X),) or examples.dtype != np.int64 or (examples < 0).any():
        raise DataError(
            f"examples: expected {len(X)} numbers of at least 0 as int64, one for each row, got "
            f"{examples.dtype} of shape {examples.shape}."
        )
    return np.ascontiguousarray(X), np.ascontiguousarray(examples)
