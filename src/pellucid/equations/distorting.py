"""What distorting a picture is made of: where each pixel comes from, and what lies there.

Places are pixels: x to the right, y down, the first pixel's middle at (0, 0). Everything here is
about one picture and in float64; ``augmenting.py`` puts it together.
"""

from math import cos, radians, sin, tan
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.dropout import LANES
from pellucid.equations.random import uniform

WORDS = 9  # that decide how a picture is moved as a whole
FAR = 4.0  # standard deviations, beyond which a Gaussian is taken for 0


class Amounts(NamedTuple):
    """The most that a picture may be moved as a whole, as ``Augment`` has it."""

    shift: float  # pixels
    rotate: float  # degrees
    shear: float
    scale: float  # share
    flip: bool
    crop: int  # pixels


class Drawn(NamedTuple):
    """How one picture is moved as a whole: what chance has made of the amounts."""

    shift_x: float  # pixels, the cut's among them
    shift_y: float
    angle: float  # radians, counter-clockwise as one sees it
    slant: float
    scale_x: float  # factors
    scale_y: float
    flipped: bool


def drawn(raw: Array, most: Amounts) -> Drawn:
    """Return what nine words make of the amounts.

    Words 0 … 5 are even over ± the amount: shift along x and y, angle, slant, and what is added to
    1 for the factors along x and y. Word 6: mirrored where its highest bit is set. Words 7 and 8:
    where the cut begins along x and y, from −crop to crop, by their upper 32 bits. A word has its
    place whether it is needed or not: asking for one thing more changes none of the others.
    """
    u = uniform(raw[:6])
    cut_x, cut_y = (((int(word) >> 32) * (2 * most.crop + 1) >> 32) - most.crop for word in raw[7:])
    return Drawn(
        most.shift * float(u[0]) + cut_x,
        most.shift * float(u[1]) + cut_y,
        radians(most.rotate) * float(u[2]),
        radians(most.shear) * float(u[3]),
        1 + most.scale * float(u[4]),
        1 + most.scale * float(u[5]),
        most.flip and int(raw[6]) >> 63 == 1,
    )


def inverse_map(d: Drawn) -> tuple[Array, Array]:
    """Return M (2, 2) and t (2,): a pixel at p comes from M (p − t), both from the middle, (x, y).

    Forward a picture is mirrored, scaled, slanted (x grows with y), turned, shifted:
    p = R H S F q + t. So M = F S⁻¹ H⁻¹ R⁻¹.
    """
    sign, slope = -1.0 if d.flipped else 1.0, tan(d.slant)
    turned_back = np.array([[cos(d.angle), -sin(d.angle)], [sin(d.angle), cos(d.angle)]])
    straight = np.array([[1.0, -slope], [0.0, 1.0]])
    sizes = np.array([[sign / d.scale_x, 0.0], [0.0, 1.0 / d.scale_y]])
    return sizes @ straight @ turned_back, np.array([d.shift_x, d.shift_y])


def sources(height: int, width: int, M: Array, t: Array) -> tuple[Array, Array]:
    """Return where each pixel comes from: y and x, (height, width) each."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    x, y = x - middle_x - t[0], y - middle_y - t[1]
    return M[1, 0] * x + M[1, 1] * y + middle_y, M[0, 0] * x + M[0, 1] * y + middle_x


def gaussian_taps(sigma: float, size: int) -> Array:
    """Return e^(−k²/2σ²) for k = −r … r, their sum 1 before those beyond `size` were left out.

    r is 4 σ, or ``size − 1`` if that is less: what lies further off is not in the picture.
    """
    reach = int(FAR * sigma + 0.5)
    k = np.arange(-reach, reach + 1)
    taps = np.exp(-0.5 * (k / sigma) ** 2)
    kept = min(reach, size - 1)
    return (taps / taps.sum())[reach - kept : reach + kept + 1]


def smoothed(field: Array, taps: Array) -> Array:
    """Return the field (height, width) blurred along both axes; outside it is 0."""
    reach = len(taps) // 2
    for _ in range(2):  # down the columns; then, turned, along the rows
        n, padded = len(field), np.pad(field, ((reach, reach), (0, 0)))
        field = sum(tap * padded[k : k + n] for k, tap in enumerate(taps)).T
    return field


def displacements(lanes: Array, alpha: float, taps: Array) -> tuple[Array, Array]:
    """Return by how much each pixel's source is moved along x and along y.

    Parameters
    ----------
    lanes : (2, height, width)
        Random numbers 0 … 65535, each of which becomes one of [−1, 1].
    """
    field_x, field_y = alpha * ((lanes + 0.5) * (2.0 / LANES) - 1.0)
    return smoothed(field_x, taps), smoothed(field_y, taps)


def bilinear(picture: Array, y: Array, x: Array, *, edge: bool) -> Array:
    """Return what lies at (y, x) of a picture (height, width, channels), between its pixels too.

    Outside of it are 0, or with `edge` the nearest pixel.
    """
    height, width, _ = picture.shape
    frame = ((1, 2), (1, 2), (0, 0))
    framed = np.pad(picture, frame, mode="edge") if edge else np.pad(picture, frame)
    y, x = np.clip(y + 1, 0, height + 1), np.clip(x + 1, 0, width + 1)
    i, j = y.astype(int), x.astype(int)
    down, right = (y - i)[..., None], (x - j)[..., None]
    above = framed[i, j] + right * (framed[i, j + 1] - framed[i, j])
    below = framed[i + 1, j] + right * (framed[i + 1, j + 1] - framed[i + 1, j])
    return above + down * (below - above)


def noisy(values: Array, noise: Array, maximum: float) -> Array:
    """Return values + noise within 0 … maximum, or within the values' own range where wider."""
    return np.clip(values + noise, min(values.min(), 0.0), max(values.max(), maximum))
