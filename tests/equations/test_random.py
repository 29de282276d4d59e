"""Random numbers: Philox's published answers, a second Philox, frozen values, uniformity."""

from math import cos, log, pi, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.equations.random import (
    DROPOUT,
    INITIAL,
    NOISE,
    SHUFFLE,
    SORTED,
    SPLIT,
    lanes,
    normal,
    permutation,
    permuted,
    uniform,
    words,
)

LOW = 2**64 - 1
word = st.integers(0, LOW)


def philox(counter, key):
    """Philox4x64-10 in Python's own integers, after Salmon et al. 2011, §3.3."""
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = c[0] * 0xD2E7470EE14C6C93, c[2] * 0xCA5A826395121157
        c = [
            (second >> 64) ^ c[1] ^ k[0],
            second & LOW,
            (first >> 64) ^ c[3] ^ k[1],
            first & LOW,
        ]
        k = [(k[0] + 0x9E3779B97F4A7C15) & LOW, (k[1] + 0xBB67AE8584CAA73B) & LOW]
    return c


def feistel(place, n, keys):
    """One pass of the permutation beyond 4096 numbers, in Python's own integers."""
    bits = (n - 1).bit_length()
    low = bits // 2
    left, right = divmod(place, 1 << low)
    for i, key in enumerate(keys):
        half = right if i % 2 == 0 else left
        mixed = (half ^ key) * 0x9E3779B97F4A7C15 & LOW
        mixed = ((mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93 & LOW) >> 32
        if i % 2 == 0:
            left ^= mixed % (1 << (bits - low))
        else:
            right ^= mixed % (1 << low)
    return left << low | right


# Random123, kat_vectors, philox4x64 10: counter, key, output.
PUBLISHED = [
    (
        (0, 0, 0, 0),
        (0, 0),
        "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b",
    ),
    (
        (LOW,) * 4,
        (LOW,) * 2,
        "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0",
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
    ),
]


@pytest.mark.parametrize(("counter", "key", "output"), PUBLISHED)
def test_the_second_philox_gives_the_published_answers(counter, key, output):
    assert philox(counter, key) == [int(text, 16) for text in output.split()]


def test_words_give_the_published_answer():
    """Counter 0, key 0: seed 0, stream 0 (shuffling), epoch, step and layer 0."""
    found = words(0, 0, 4)
    assert found.dtype == np.uint64
    assert " ".join(f"{w:016x}" for w in found) == PUBLISHED[0][2]


@settings(deadline=None, derandomize=True, max_examples=200)
@given(seed=word, stream=word, step=word, epoch=word, layer=word, n=st.integers(0, 17))
def test_words_are_philox_at_any_address(seed, stream, step, epoch, layer, n):
    """Word 4 i + j is output j of the block with counter (i, step, epoch, layer)."""
    expected = [w for i in range(5) for w in philox((i, step, epoch, layer), (seed, stream))]
    found = words(seed, stream, n, epoch=epoch, step=step, layer=layer)
    assert found.tolist() == expected[:n]


def test_words_cross_the_ends_of_counters():
    """The largest step carries nothing into the epoch."""
    found = words(1, 2, 8, step=LOW, epoch=LOW, layer=LOW)
    assert found.tolist() == philox((0, LOW, LOW, LOW), (1, 2)) + philox((1, LOW, LOW, LOW), (1, 2))


def test_fewer_words_are_the_beginning_of_more():
    assert (words(3, INITIAL, 1000)[:7] == words(3, INITIAL, 7)).all()


def test_streams_epochs_steps_layers_and_seeds_share_no_word():
    base = {"seed": 1, "stream": 1, "epoch": 1, "step": 1, "layer": 1}
    variants = [base] + [{**base, name: 2} for name in base]
    drawn = [words(n=64, **variant) for variant in variants]
    assert len(np.unique(np.concatenate(drawn))) == 64 * len(variants)
    assert (SHUFFLE, SPLIT, INITIAL, DROPOUT, NOISE) == (0, 1, 2, 3, 4)


def test_frozen_values():
    """For ever: the numbers a saved seed stands for. A change here breaks every resumed run."""
    raw = words(2026, DROPOUT, 6, epoch=3, step=17, layer=2)
    assert [f"{w:016x}" for w in raw] == [
        *("0862ffed7fde3ef8", "eab04d9a39134d97", "08733363959643f8"),
        *("c2c5a460b05c68cb", "b7fea352312f9380", "e7bd0f468899e47f"),
    ]
    first = [0.7906266880438708, 0.06592709741436908, 0.1661148298013322, 0.012455272978403542]
    np.testing.assert_allclose(uniform(words(0, INITIAL, 4)), first, rtol=1e-15)
    first = [
        *(-0.46022893429172657, -0.09670761032787088, -1.0379249010314282),
        *(-0.04063411302799978, -0.595254101126258, 0.23705983084397486),
    ]
    np.testing.assert_allclose(normal(words(0, INITIAL, 6)), first, rtol=0, atol=1e-15)
    drawn = lanes(5, DROPOUT, (2, 3), epoch=1, step=2, layer=3)
    assert drawn.tolist() == [[30766, 50387, 6187], [47677, 1842, 32403]]
    assert permutation(0, SHUFFLE, 0, 10).tolist() == [4, 0, 6, 5, 9, 3, 8, 7, 2, 1]
    assert permutation(0, SHUFFLE, 1, 10).tolist() == [5, 0, 6, 2, 7, 9, 4, 8, 3, 1]
    large = permuted(np.arange(6), 60000, 0, SHUFFLE, 0)
    assert large.tolist() == [41669, 36613, 37394, 45815, 22878, 36912]
    assert permuted(np.arange(6), 5000, 7, SPLIT, 2).tolist() == [
        4971,
        4924,
        4235,
        1958,
        3120,
        1289,
    ]


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 5), (8, 16)])
def test_lanes_are_quarters_of_words_lowest_first(shape):
    address = {"epoch": 4, "step": 9, "layer": 2}
    raw = words(8, DROPOUT, 40, **address)
    expected = [(int(w) >> shift) % 65536 for w in raw for shift in (0, 16, 32, 48)]
    drawn = lanes(8, DROPOUT, shape, **address)
    assert drawn.shape == shape
    assert drawn.reshape(-1).tolist() == expected[: shape[0] * shape[1]]


def test_lanes_are_uniform():
    """Chi-square over 256 groups of 160000 lanes; 255 degrees of freedom, 6 standard deviations."""
    drawn = lanes(1, DROPOUT, (400, 400), epoch=0, step=0, layer=1)
    expected = drawn.size / 256
    square = ((np.bincount(drawn.reshape(-1) // 256) - expected) ** 2 / expected).sum()
    assert square < 255 + 6 * sqrt(2 * 255)


def test_uniform_by_hand():
    """The 53 upper bits; −1 is reached, 1 is not; the lower 11 bits do not matter."""
    raw = np.array([0, 2**11 - 1, 2**63, LOW, 3 * 2**62], np.uint64)
    assert uniform(raw).tolist() == [-1, -1, 0, 1 - 2**-52, 0.5]


def test_normal_is_box_and_muller():
    raw = words(6, INITIAL, 40)
    found = normal(raw)
    for i in range(0, 40, 2):
        u, v = ((int(w) >> 11) / 2**53 for w in raw[i : i + 2])
        radius = sqrt(-2 * log(u + 2**-53))
        assert found[i] == pytest.approx(radius * cos(2 * pi * v), abs=1e-14)
        assert found[i + 1] == pytest.approx(radius * sin(2 * pi * v), abs=1e-14)


def test_normal_is_finite_at_the_ends():
    raw = np.array([0, 0, LOW, LOW, 0, LOW], np.uint64)
    assert np.isfinite(normal(raw)).all()


def test_moments():
    """400000 draws: mean, variance and fourth moment within 6 standard errors."""
    n, raw = 400_000, words(11, INITIAL, 400_000)
    for found, moments in ((uniform(raw), (1 / 3, 1 / 5, 1 / 9)), (normal(raw), (1, 3, 105))):
        variance, fourth, eighth = moments
        assert abs(found.mean()) < 6 * sqrt(variance / n)
        assert abs((found**2).mean() - variance) < 6 * sqrt((fourth - variance**2) / n)
        assert abs((found**4).mean() - fourth) < 6 * sqrt((eighth - fourth**2) / n)


def test_the_two_normals_of_a_pair_are_unrelated():
    pairs = normal(words(12, INITIAL, 200_000)).reshape(-1, 2)
    assert abs((pairs[:, 0] * pairs[:, 1]).mean()) < 6 / sqrt(len(pairs))


SIZES = [*range(1, 201), SORTED - 1, SORTED, SORTED + 1, 8192, 8193, 60_000]


@pytest.mark.parametrize("sizes", [SIZES[:100], SIZES[100:200], SIZES[200:]])
def test_permutation_is_a_bijection(sizes):
    for n in sizes:
        found = permutation(9, SHUFFLE, 5, n)
        assert found.dtype == np.int64
        assert (np.sort(found) == np.arange(n)).all()


@pytest.mark.parametrize("n", [1, 2, 77, SORTED, SORTED + 1, 60_000])
def test_single_places_are_those_of_the_whole(n):
    whole = permutation(4, SPLIT, 2, n)
    places = np.random.default_rng(n).integers(0, n, (5, 7))
    assert (permuted(places, n, 4, SPLIT, 2) == whole[places]).all()


@pytest.mark.parametrize("n", [2, 500, 4096])
def test_small_permutations_sort_by_random_words(n):
    """Equal words cannot be told apart from a draw, so ties keep their order."""
    keys = words(3, SHUFFLE, n, epoch=8).tolist()
    assert permutation(3, SHUFFLE, 8, n).tolist() == sorted(range(n), key=keys.__getitem__)


@pytest.mark.parametrize("n", [4097, 5000, 8192, 8193, 100_000, 2**33 + 5])
def test_large_permutations_are_the_feistel_network(n):
    """Against whole-number Python, repeated until the result is below n."""
    keys = [int(w) for w in words(21, SHUFFLE, 8, epoch=6)]
    places = np.linspace(0, n - 1, 40).astype(np.int64)
    for place, found in zip(places.tolist(), permuted(places, n, 21, SHUFFLE, 6), strict=True):
        expected = feistel(place, n, keys)
        while expected >= n:
            expected = feistel(expected, n, keys)
        assert found == expected


@pytest.mark.parametrize("n", [2, 3, 6])
def test_small_permutations_are_uniform(n):
    """Chi-square of who stands where over 3000 epochs; (n − 1)² degrees of freedom."""
    counts, epochs = np.zeros((n, n)), 3000
    for epoch in range(epochs):
        counts[np.arange(n), permutation(1, SHUFFLE, epoch, n)] += 1
    square = ((counts - epochs / n) ** 2 / (epochs / n)).sum()
    assert square < (n - 1) ** 2 + 6 * sqrt(2) * (n - 1)


@pytest.mark.parametrize("n", [4097, 60_000])
def test_large_permutations_are_uniform(n):
    """Eight places over 2000 epochs in 20 groups each: 19 degrees of freedom, 6 deviations."""
    places, epochs = np.linspace(0, n - 1, 8).astype(int), 2000
    found = np.array([permuted(places, n, 1, SHUFFLE, epoch) for epoch in range(epochs)])
    for column in found.T:
        counts = np.bincount(column * 20 // n, minlength=20)
        expected = np.diff([-(-n * k // 20) for k in range(21)]) / n * epochs
        assert ((counts - expected) ** 2 / expected).sum() < 19 + 6 * sqrt(2 * 19)


@pytest.mark.parametrize("n", [20, 5000])
def test_epochs_seeds_streams_and_steps_permute_differently(n):
    """Two independent permutations agree in about one place; never in a tenth of them."""
    drawn = [permutation(*key, n) for key in [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]]
    drawn.append(permutation(0, 0, 0, n, step=1))
    for i in range(5):
        for j in range(i):
            assert (drawn[i] == drawn[j]).sum() < max(6, n // 10)
