"""What distorting is made of: where pixels come from, what lies there, how fields are smoothed."""

from math import cos, pi, radians, sin, sqrt, tan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pellucid.equations.distorting import (
    WORDS,
    Amounts,
    Drawn,
    bilinear,
    displacements,
    drawn,
    gaussian_taps,
    inverse_map,
    noisy,
    smoothed,
    sources,
)
from pellucid.equations.random import AUGMENT, lanes, words

STILL = Drawn(0.0, 0.0, 0.0, 0.0, 1.0, 1.0, False)
MOST = Amounts(2.0, 30.0, 20.0, 0.25, True, 3)


def moved(picture, edge=False, **changed):
    picture = np.atleast_3d(np.asarray(picture, float))
    y, x = sources(*picture.shape[:2], *inverse_map(STILL._replace(**changed)))
    return bilinear(picture, y, x, edge=edge)[..., 0]


def picture(height=5, width=5):
    return np.random.default_rng(0).integers(1, 256, (height, width)).astype(float)


def test_words_are_numbers_of_their_places():
    """The ends of what a word can be: −1, nearly 1 and the middle; cuts by the upper half."""
    low, high, middle = 0, 2**64 - 1, 2**63
    raw = np.array([low, high, middle, low, high, middle, middle, low, high], np.uint64)
    found = drawn(raw, MOST)
    expected = (-2 - 3, 2 + 3, 0, -radians(20), 1.25, 1.0, True)
    assert found == pytest.approx(expected, abs=1e-15)
    assert not drawn(raw, MOST._replace(flip=False)).flipped
    raw[6] = 2**63 - 1
    assert not drawn(raw, MOST).flipped
    raw[7:] = 2**63
    assert drawn(raw, MOST._replace(shift=0.0))[:2] == (0, 0)


def test_every_cut_is_as_frequent():
    """Chi-square over the 7 places of 4000; 6 degrees of freedom, 6 standard deviations."""
    still = Amounts(0.0, 0.0, 0.0, 0.0, False, 3)
    many = [drawn(words(1, AUGMENT, WORDS, step=i), still)[:2] for i in range(4000)]
    for column in np.array(many, int).T:
        counts = np.bincount(column + 3, minlength=7)
        assert ((counts - 4000 / 7) ** 2 / (4000 / 7)).sum() < 6 + 6 * sqrt(12)


def test_amounts_fill_their_range_evenly_and_have_nothing_to_do_with_each_other():
    many = np.array([drawn(words(1, AUGMENT, WORDS, step=i), MOST) for i in range(4000)])
    turns, slants = radians(30), radians(20)
    ranges = [(-turns, turns), (-slants, slants), (0.75, 1.25), (0.75, 1.25)]
    for column, (least, most) in zip(many[:, 2:6].T, ranges, strict=True):
        assert least <= column.min() < column.max() <= most
        assert abs(column.mean() - (least + most) / 2) < 6 * (most - least) / sqrt(12 * 4000)
        assert column.var() == pytest.approx((most - least) ** 2 / 12, rel=0.1)
    assert abs(many[:, 6].mean() - 0.5) < 6 * 0.5 / sqrt(4000)
    assert np.abs(np.corrcoef(many.T) - np.eye(7)).max() < 0.1


def test_nothing_drawn_changes_nothing():
    for edge in (False, True):
        assert (moved(picture(4, 7), edge) == picture(4, 7)).all()


def test_a_shift_by_whole_pixels():
    """To the right and up; paper or the nearest pixel comes in."""
    before = picture()
    after = moved(before, shift_x=2.0, shift_y=-1.0)
    assert (after[:4, 2:] == before[1:, :3]).all()
    assert not after[4].any()
    assert not after[:, :2].any()
    after = moved(before, edge=True, shift_x=2.0)
    assert (after[:, 2:] == before[:, :3]).all()
    assert (after[:, :2] == before[:, :1]).all()


def test_half_a_pixel_is_the_mean_of_neighbours():
    before = picture()
    after = moved(before, shift_x=0.5)
    np.testing.assert_allclose(after[:, 1:], (before[:, :-1] + before[:, 1:]) / 2)
    np.testing.assert_allclose(after[:, 0], before[:, 0] / 2)  # half paper


@pytest.mark.parametrize("quarters", [1, 2, 3, -1])
def test_quarter_turns_of_squares(quarters):
    for size in (5, 6):
        after = moved(picture(size, size), angle=quarters * pi / 2)
        np.testing.assert_allclose(after, np.rot90(picture(size, size), quarters), atol=1e-10)


def test_mirrored_left_to_right():
    assert (moved(picture(4, 7), flipped=True) == picture(4, 7)[:, ::-1]).all()


def test_a_ramp_stretched_by_2_rises_half_as_fast():
    ramp = np.tile(np.arange(9.0), (3, 1))
    expected = np.tile(4 + (np.arange(9) - 4) / 2, (3, 1))
    np.testing.assert_allclose(moved(ramp, scale_x=2.0), expected)
    np.testing.assert_allclose(moved(ramp.T, scale_y=2.0), expected.T)


def test_slanting_moves_lower_lines_to_the_right():
    """By 45° a line moves as far as it lies below the middle."""
    before = np.zeros((5, 5))
    before[:, 2] = 7
    np.testing.assert_allclose(moved(before, slant=pi / 4), 7 * np.eye(5), atol=1e-12)


@settings(derandomize=True, deadline=None)
@given(
    st.builds(
        Drawn,
        *(st.floats(-9, 9), st.floats(-9, 9), st.floats(-3, 3), st.floats(-1.2, 1.2)),
        *(st.floats(0.2, 3), st.floats(0.2, 3), st.booleans()),
    )
)
def test_the_inverse_map_undoes_the_steps_one_after_another(d):
    """A point, mirrored, scaled, slanted, turned, shifted by hand, is found again."""
    qx, qy = 1.5, -2.25
    x, y = (-qx if d.flipped else qx) * d.scale_x, qy * d.scale_y
    x = x + tan(d.slant) * y
    x, y = x * cos(d.angle) + y * sin(d.angle), y * cos(d.angle) - x * sin(d.angle)
    M, t = inverse_map(d)
    np.testing.assert_allclose(M @ ([x + d.shift_x, y + d.shift_y] - t), (qx, qy), atol=1e-9)


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3]), st.booleans())
def test_between_pixels_as_scipy_has_it(height, width, channels, edge):
    random = np.random.default_rng(height * 10 + width)
    before = random.uniform(0, 255, (height, width, channels))
    y = random.uniform(-3, height + 2, (6, 7))
    x = random.uniform(-3, width + 2, (6, 7))
    wide = np.pad(before, ((4, 4), (4, 4), (0, 0)))  # scipy's constant ends at the last middle
    for channel in range(channels):
        mode = {"mode": "nearest"} if edge else {"mode": "constant", "cval": 0.0}
        source, off = (before, 0) if edge else (wide, 4)
        expected = ndimage.map_coordinates(
            source[..., channel], (y + off, x + off), order=1, **mode
        )
        found = bilinear(before, y, x, edge=edge)[..., channel]
        np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 4.0, 5.5])
def test_taps_are_scipy_s_gaussian(sigma):
    one = np.zeros(101)
    one[50] = 1
    expected = ndimage.gaussian_filter1d(one, sigma)
    taps = gaussian_taps(sigma, 101)
    reach = len(taps) // 2
    assert reach == int(4 * sigma + 0.5)
    np.testing.assert_allclose(taps, expected[50 - reach : 51 + reach], atol=1e-15)
    assert taps.sum() == pytest.approx(1)


def test_taps_that_cannot_reach_anything_are_left_out():
    whole, few = gaussian_taps(4.0, 101), gaussian_taps(4.0, 3)
    assert (few == whole[14:19]).all()
    assert gaussian_taps(4.0, 1).shape == (1,)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (1, 9), (7, 30), (40, 2)])
def test_fields_are_smoothed_as_scipy_does_with_paper_around(shape):
    field = np.random.default_rng(1).uniform(-1, 1, shape)
    expected = ndimage.gaussian_filter(field, 4.0, mode="constant")
    found = smoothed(field, gaussian_taps(4.0, max(shape)))
    np.testing.assert_allclose(found, expected, atol=1e-14)


def bent(size, n):
    """Displacements (n, 2, size, size) of n examples, with σ 4 and α 34."""
    taps = gaussian_taps(4.0, size)
    random = [lanes(0, AUGMENT, (2, size**2), epoch=0, step=i, layer=1) for i in range(n)]
    return np.array([displacements(r.reshape(2, size, size), 34.0, taps) for r in random])


def test_how_large_elastic_displacements_are():
    """α / (σ √(12 π)) away from the border: what a blur leaves of evenly drawn numbers."""
    fields = bent(60, 300)
    inner = sqrt((fields[:, :, 20:40, 20:40] ** 2).mean())
    assert inner == pytest.approx(34 / (4 * sqrt(12 * pi)), rel=0.03)
    assert inner == pytest.approx(1.38, rel=0.03)
    assert abs(fields.mean()) < 0.05
    assert abs((fields[:, 0] * fields[:, 1]).mean()) < 0.05
    assert sqrt((bent(28, 500) ** 2).mean()) == pytest.approx(1.28, abs=0.04)


def test_noise_stays_within_the_values_there_can_be():
    noise = np.array([-3.0, 3.0, 0.5])
    assert noisy(np.array([1.0, 9.0, 5.0]), noise, 10.0).tolist() == [0, 10, 5.5]
    assert noisy(np.array([-2.0, 12.0, 5.0]), noise, 10.0).tolist() == [-2, 12, 5.5]
