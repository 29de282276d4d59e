"""Random numbers that can be addressed: the same for Python and C++, for ever.

Raw words come from Philox4x64-10 (Salmon et al. 2011), keyed by (seed, stream) and addressed by
(block, step, epoch, layer): any of them can be computed without those before it, so a run that
is resumed in the middle of an epoch draws exactly what it would have drawn. Distributions are
made here, from the words, because those of ``numpy.random.Generator`` are not promised to stay.
"""

import numpy as np

from pellucid.arrays import Array

# What a number is drawn for; different streams of one seed have nothing in common.
SHUFFLE, SPLIT, INITIAL, DROPOUT, NOISE, INSPECTION, AUGMENT = range(7)

SORTED = 4096  # up to this many numbers are permuted by sorting
ROUNDS = 8  # of the Feistel network beyond
_WORD = 2**64


def words(
    seed: int, stream: int, n: int, *, epoch: int = 0, step: int = 0, layer: int = 0
) -> Array:
    """Return the first n raw words of an address, uint64.

    Word 4 i + j is output j of the Philox block with counter (i, step, epoch, layer) and key
    (seed, stream).
    """
    start = step * _WORD + epoch * _WORD**2 + layer * _WORD**3
    # NumPy's generator counts up before its first block, so it is started one block early.
    generator = np.random.Philox(counter=(start - 1) % _WORD**4, key=seed % _WORD + stream * _WORD)
    return np.asarray(generator.random_raw(n), np.uint64)


def lanes(
    seed: int, stream: int, shape: tuple[int, int], *, epoch: int, step: int, layer: int
) -> Array:
    """Return numbers 0 … 65535: words cut in four, lowest bits first, laid out row by row."""
    n = shape[0] * shape[1]
    raw = words(seed, stream, -(-n // 4), epoch=epoch, step=step, layer=layer)
    return raw.astype("<u8").view("<u2")[:n].reshape(shape)


def uniform(raw: Array) -> Array:
    """Numbers in [−1, 1), one a word, from its upper 53 bits."""
    return (raw >> np.uint64(11)) * 2.0**-52 - 1.0


def normal(raw: Array) -> Array:
    """Numbers of N(0, 1), one a word, two from each pair of words (Box and Muller 1958)."""
    first, second = raw[0::2], raw[1::2]
    radius = np.sqrt(-2.0 * np.log(((first >> np.uint64(11)) + 1) * 2.0**-53))  # of (0, 1]
    angle = (second >> np.uint64(11)) * (2.0**-53 * 2.0 * np.pi)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)


def permutation(seed: int, stream: int, epoch: int, n: int, *, step: int = 0) -> Array:
    """Return a permutation of 0 … n − 1 as int64; ``permuted`` gives single places of it."""
    return permuted(np.arange(n), n, seed, stream, epoch, step=step)


def permuted(
    positions: Array, n: int, seed: int, stream: int, epoch: int, *, step: int = 0
) -> Array:
    """Return what stands at `positions` of a permutation of 0 … n − 1, without making it whole.

    Up to 4096 numbers are sorted by random words, which is exactly uniform. More of them go
    through a Feistel network of 8 rounds, which permutes the numbers of as many bits as n − 1 has
    (Luby and Rackoff 1988); where a result is n or more it is permuted again, until it is not
    (cycle walking, Black and Rogaway 2002), fewer than twice on average. On a handful of numbers
    such a network is visibly not uniform; on thousands it is.
    """
    if n <= SORTED:
        return np.argsort(words(seed, stream, n, epoch=epoch, step=step), kind="stable")[positions]
    keys = words(seed, stream, ROUNDS, epoch=epoch, step=step)
    places = np.asarray(positions).astype(np.uint64)
    outside = np.ones(places.shape, bool)
    while outside.any():
        places[outside] = _feistel(places[outside], n, keys)
        outside = places >= n
    return places.astype(np.int64)


def _feistel(places: Array, n: int, keys: Array) -> Array:
    bits = (n - 1).bit_length()
    low = np.uint64(bits // 2)
    low_mask = np.uint64((1 << (bits // 2)) - 1)
    high_mask = np.uint64((1 << (bits - bits // 2)) - 1)
    left, right = places >> low, places & low_mask
    for i, key in enumerate(keys):
        if i % 2 == 0:
            left = left ^ (_mix(right, key) & high_mask)
        else:
            right = right ^ (_mix(left, key) & low_mask)
    return (left << low) | right


def _mix(half: Array, key: np.uint64) -> Array:
    # Two multiplications by odd constants with the upper half folded down: bits 32 … 63 of the
    # product depend on every bit of half and key.
    mixed = (half ^ key) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return mixed >> np.uint64(32)
