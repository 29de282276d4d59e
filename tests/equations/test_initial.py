"""Initial weights: known answers, mean and variance of each row, what makes weights orthogonal."""

from math import log, pi, prod, sqrt

import numpy as np
import pytest

from pellucid.equations.initial import INITIALS, Fans, initial_of
from pellucid.equations.random import INITIAL, normal, uniform, words
from pellucid.errors import ArchitectureError

ROWS = sorted(INITIALS)
ROWS_WITH_BIASES = sorted(name for name, row in INITIALS.items() if row.biases)
LARGEST = sqrt(-2 * log(2**-53))  # Box and Muller's radius of the smallest word, 8.57…
TURN = 2**64  # a second word is an angle: this would be a full turn

# Words, shape, fan in → weights of size 1, by hand. A first word of all ones has radius 0; the
# word 0 is −1 as a uniform number, 2⁶³ is 0.
NORMAL = [0, 0, 2**64 - 1, 5]
UNIFORM = [0, 2**63, 2**62, 3 * 2**62]
KNOWN = {
    "normal": (NORMAL, (2, 2), 9, [LARGEST, 0, 0, 0]),
    "xavier": (UNIFORM, (1, 4), 20, [-0.5, 0, -0.25, 0.25]),
    "he": (NORMAL, (4, 1), 8, [LARGEST / 2, 0, 0, 0]),
    "lecun": (NORMAL, (1, 4), 4, [LARGEST / 2, 0, 0, 0]),
    "nielsen": (NORMAL, (2, 2), 4, [LARGEST / 2, 0, 0, 0]),
    "orthogonal": ([0, TURN // 2, 0, TURN // 4], (2, 2), 2, [-1, 0, 0, 1]),  # of −x, 0 | 0, x
    "uniform": (UNIFORM, (2, 2), 2, [-1, 0, -0.5, 0.5]),
    "small": (NORMAL, (2, 2), 9, [LARGEST, 0, 0, 0]),
    "constant": (NORMAL, (2, 2), 9, [1, 1, 1, 1]),
    "zeros": (NORMAL, (2, 2), 9, [0, 0, 0, 0]),
}
SIZES = {"uniform": 0.5, "small": 0.01, "constant": 0.5}  # 1 for all others
VARIANCE = {  # of the rows that draw each weight by itself
    "normal": lambda n_in, n_out: 1,
    "xavier": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
    "lecun": lambda n_in, n_out: 1 / n_in,
    "nielsen": lambda n_in, n_out: 1 / n_in,
    "uniform": lambda n_in, n_out: 1 / 12,
    "small": lambda n_in, n_out: 1e-4,
}


def drawn(name, seed, shape):
    """Weights as a network would begin with, their fan in that of a single connection."""
    row, size = initial_of(name)
    n = prod(shape) + prod(shape) % 2
    weights = size * row.weights(words(seed, INITIAL, n), shape, Fans(*shape))
    return weights[: prod(shape)].reshape(shape)


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(INITIALS), "give each row of INITIALS an entry in KNOWN"
    assert set(VARIANCE) | {"orthogonal", "constant", "zeros"} == set(INITIALS)


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    raw, shape, fan_in, expected = KNOWN[name]
    weights = INITIALS[name].weights(np.array(raw, np.uint64), shape, Fans(fan_in, shape[1]))
    np.testing.assert_allclose(weights, expected, rtol=1e-15, atol=1e-15)
    assert INITIALS[name].size == SIZES.get(name, 1)


@pytest.mark.parametrize("shape", [(784, 128), (400, 250)])
@pytest.mark.parametrize("name", sorted(VARIANCE))
def test_mean_is_zero_and_variance_as_the_row_says(name, shape):
    """A hundred thousand draws: within 5 standard errors of a normal sample's."""
    weights, variance = drawn(name, 1, shape), VARIANCE[name](*shape)
    assert abs(weights.mean()) < 5 * sqrt(variance / weights.size)
    assert abs(weights.var() / variance - 1) < 5 * sqrt(2 / weights.size)


@pytest.mark.parametrize(("name", "bound"), [("xavier", 0.5), ("uniform", 0.5)])
def test_even_draws_stay_within_their_bound(name, bound):
    """√(6 / 24), and the size."""
    for seed in range(30):
        assert np.abs(drawn(name, seed, (10, 14))).max() <= bound
    assert np.abs(drawn(name, 0, (10, 14))).max() > 0.95 * bound


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (1, 1), (1, 9), (9, 1), (784, 30)])
def test_orthogonal_weights(shape):
    """Columns, or of a wide matrix rows, of length 1 at right angles."""
    W = drawn("orthogonal", 3, shape)
    product = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(product, np.eye(min(shape)), atol=1e-14)


def test_orthogonal_weights_are_evenly_distributed():
    """Over 4000 draws each entry of 3×3 has mean 0 and variance ⅓, and both determinants come.

    Without the signs of R the diagonal would lean to one side.
    """
    found = np.array([drawn("orthogonal", seed, (3, 3)) for seed in range(4000)])
    assert np.abs(found.mean(0)).max() < 5 * sqrt(1 / 3 / 4000)
    np.testing.assert_allclose((found**2).mean(0), 1 / 3, atol=5 * sqrt(4 / 45 / 4000))
    assert abs(np.linalg.det(found).mean()) < 5 / sqrt(4000)


@pytest.mark.parametrize("name", ROWS)
def test_extreme_words_give_finite_weights(name):
    """Also of linearly dependent rows, and of a single unit."""
    raw = np.array([0, 2**64 - 1, 2**64 - 1, 0, 0, 0, 2**64 - 1, 2**64 - 1], np.uint64)
    for shape in ((1, 1), (2, 4), (4, 2), (8, 1), (1, 7)):
        for words_given in (raw, raw[:1].repeat(8), raw[1:2].repeat(8)):
            weights = INITIALS[name].weights(words_given, shape, Fans(*shape))
            assert weights.dtype == np.float64
            assert weights.ndim == 1
            assert len(weights) >= prod(shape)
            assert np.isfinite(weights).all()


def test_only_nielsens_rows_draw_biases():
    """DESIGN.md §7: `--init normal` is N(0, 1), biases too."""
    assert ROWS_WITH_BIASES == ["nielsen", "normal"]


@pytest.mark.parametrize("name", ROWS_WITH_BIASES)
def test_biases_are_standard_normal_numbers(name):
    raw = words(8, INITIAL, 6)
    np.testing.assert_array_equal(INITIALS[name].biases(raw, (5,), Fans(784, 5)), normal(raw))


def test_the_first_three_rows_are_for_ever():
    """A seed stands for the same network as in the first version, to the bit."""
    raw = words(5, INITIAL, 8)
    for name, expected in (
        ("normal", normal(raw)),
        ("xavier", (6.0 / (3 + 2)) ** 0.5 * uniform(raw)),
        ("he", (2.0 / 3) ** 0.5 * normal(raw)),
    ):
        row, size = initial_of(name)
        np.testing.assert_array_equal(size * row.weights(raw, (3, 2), Fans(3, 2)), expected)


@pytest.mark.parametrize(
    ("text", "size"),
    [("he", 1), ("uniform", 0.5), ("uniform:0.05", 0.05), ("small:1e-4", 1e-4), ("xavier:2", 2)],
)
def test_initial_of_a_name_and_its_size(text, size):
    row, found = initial_of(text)
    assert row is INITIALS[text.split(":")[0]]
    assert found == size


@pytest.mark.parametrize(
    "text",
    ["", "glorot", "He", "uniform:x", "uniform:1,2", "uniform:nan", "uniform:inf"],
)
def test_initial_of_anything_else_is_refused(text):
    with pytest.raises(ArchitectureError, match="^initial: .*expected"):
        initial_of(text)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(ArchitectureError, match=f"one of {', '.join(INITIALS)}, got 'glorot'"):
        initial_of("glorot")


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained(name):
    row = INITIALS[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.weights.__doc__


def test_angles_of_the_known_answer():
    """What makes the hand-worked orthogonal matrix: half a turn, then a quarter of one."""
    raw = np.array(KNOWN["orthogonal"][0], np.uint64)
    expected = LARGEST * np.array([np.cos(pi), np.sin(pi), np.cos(pi / 2), np.sin(pi / 2)])
    np.testing.assert_allclose(normal(raw), expected, rtol=1e-15, atol=1e-14)
