import numpy as np
import pytest
from PIL import Image

from pellucid.data.dataset import ImageFormat
from pellucid.data.decoding import decode
from pellucid.data.photographs import (
    is_coloured,
    is_cut,
    middle,
    photograph,
    size_said,
    upright_size,
    what_was_done,
)
from tests.data.folders import picture, smooth, write


def read(path, height, width, channels=3):
    format = ImageFormat(height, width, 255, "whole", channels)
    return decode(path, lambda image: photograph(image, format))


def test_a_picture_of_the_right_size_keeps_its_pixels(tmp_path):
    made = picture(0)
    got, size = read(write(tmp_path / "a.png", made), 5, 7)
    assert np.array_equal(got, made)
    assert size == (5, 7)


def test_the_longer_side_is_cut_at_both_ends(tmp_path):
    """Halves of a picture that is twice as wide as it is to be: what is kept is its middle."""
    made = np.zeros((40, 80, 3), np.uint8)
    made[:, 20:60] = 200
    path = write(tmp_path / "a.png", made)
    got, size = read(path, 20, 20)
    assert size == (40, 80)
    assert np.abs(got[:, 1:-1].astype(int) - 200).max() <= 4  # beside the paper, bicubic swings
    tall, _ = read(write(tmp_path / "b.png", made.transpose(1, 0, 2)), 20, 20)
    assert np.array_equal(tall, got.transpose(1, 0, 2))


@pytest.mark.parametrize(
    ("size", "wanted", "box"),
    [
        ((10, 20), (5, 5), (5, 0, 15, 10)),
        ((20, 10), (5, 5), (0, 5, 10, 15)),
        ((10, 10), (5, 10), (0, 2.5, 10, 7.5)),
        ((7, 7), (7, 7), (0, 0, 7, 7)),
        ((1, 1), (4, 3), (0.125, 0, 0.875, 1)),
    ],
)
def test_the_box_has_the_wanted_proportions(size, wanted, box):
    assert middle(size, wanted) == pytest.approx(box)


def test_resizing_averages(tmp_path):
    got, _ = read(write(tmp_path / "a.png", smooth(300, 500)), 30, 50)
    assert np.abs(got.astype(int) - smooth(30, 50)).max() <= 6


def test_a_large_jpeg_is_read_as_a_png_of_it_would_be(tmp_path):
    made = smooth(640, 960)
    jpeg, size = read(write(tmp_path / "a.jpg", made, quality=95), 32, 48)
    png, _ = read(write(tmp_path / "a.png", made), 32, 48)
    assert size == (640, 960)
    assert np.abs(jpeg.astype(int) - png).max() <= 4


def test_a_large_jpeg_is_decoded_small(tmp_path):
    path = write(tmp_path / "a.jpg", smooth(640, 960))
    format, decoded = ImageFormat(32, 48, 255, "whole", 3), []

    def watched(image):
        found = photograph(image, format)
        decoded.append(image.size)
        return found

    decode(path, watched)
    assert decoded == [(120, 80)]  # an eighth, more than twice what is wanted


def test_a_jpeg_of_a_camera_held_sideways(tmp_path):
    made = smooth(640, 320)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = np.ascontiguousarray(np.rot90(made))
    path = write(tmp_path / "a.jpg", turned, exif=exif, quality=95)
    assert decode(path, upright_size) == (640, 320)
    got, size = read(path, 40, 20)
    assert size == (640, 320)
    assert np.abs(got.astype(int) - smooth(40, 20)).max() <= 8


def test_grey_has_one_number_a_pixel(tmp_path):
    got, _ = read(write(tmp_path / "a.png", picture(0, colours=False)), 5, 7, channels=1)
    assert np.array_equal(got, picture(0, colours=False))
    coloured, _ = read(tmp_path / "a.png", 5, 7)
    assert np.array_equal(coloured, np.repeat(got[..., None], 3, axis=2))


def test_colour_is_told_from_grey_that_says_it_has_colours(tmp_path):
    grey = np.repeat(smooth(50, 50)[..., :1], 3, axis=2)
    assert not decode(write(tmp_path / "a.png", grey), is_coloured)
    assert not decode(write(tmp_path / "a.jpg", grey), is_coloured)
    assert not decode(write(tmp_path / "b.png", grey[..., 0]), is_coloured)
    assert decode(write(tmp_path / "c.jpg", smooth(500, 500)), is_coloured)


def test_what_was_done_is_said():
    format = ImageFormat(32, 32, 255, "whole", 3)
    assert what_was_done((32, 32), format) == (
        "a photograph of 32 x 32, taken as it is, in colour."
    )
    assert what_was_done((50, 100), format) == (
        "a photograph of 100 x 50 (width x height), resized to 32 x 32, the longer side cut at "
        "both ends, in colour."
    )
    assert "cut" not in what_was_done((100, 100), ImageFormat(9, 9, 255, "whole"))
    assert size_said(3, 4) == "4 x 3 (width x height)"
    assert is_cut((100, 101), (1, 1))
    assert not is_cut((200, 100), (64, 32))
