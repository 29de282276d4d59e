import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from pellucid.data.dataset import ImageFormat
from pellucid.data.decoding import KINDS
from pellucid.data.digits import load_digits
from pellucid.data.images import read_picture, write_picture
from pellucid.errors import DataError, FileError
from tests.data.folders import picture

MNIST = ImageFormat(28, 28, 255, "mass")
DIGITS = ImageFormat(8, 8, 16, "box")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return load_digits().test.X


def seven(size=(200, 300), ink=0, paper=255, at=(90, 40), scale=100, mode="L"):
    """A drawn 7: a bar and a slanting stroke."""
    picture = Image.new(mode, size, paper)
    x, y = at
    line = [(x, y), (x + 0.6 * scale, y), (x + 0.2 * scale, y + scale)]
    ImageDraw.Draw(picture).line(line, fill=ink, width=max(1, scale // 10), joint="curve")
    return picture


def read(picture, path, format=MNIST, **options):
    picture.save(path, **options)
    return read_picture(path, format)


def test_every_digit_comes_back_exactly(digits, scratch):
    for row in digits:
        write_picture(row, DIGITS, scratch / "digit.png")
        got, said = read_picture(scratch / "digit.png", DIGITS)
        assert np.array_equal(got, row)
        assert got.dtype == np.uint8
    assert said == "light ink on dark paper; 8 x 8, taken as it is."


@settings(max_examples=50)
@given(st.data())
def test_a_picture_laid_out_as_mnist_comes_back_exactly(scratch, data):
    """Any ink of 20 pixels on the longer side, its centre of mass at pixel 14."""
    half = data.draw(st.integers(2, 8))
    left = np.array(
        data.draw(
            st.lists(
                st.lists(st.integers(0, 255), min_size=half, max_size=half),
                min_size=20,
                max_size=20,
            )
        )
    )
    left[[0, -1], 0] = 255
    ink = np.hstack([left, left[::-1, ::-1]])  # symmetric about its middle
    picture = np.zeros((28, 28), np.uint8)
    picture[4:24, 14 - half : 14 + half] = ink
    row = picture.reshape(-1)
    write_picture(row, MNIST, scratch / "own.png")
    got, said = read_picture(scratch / "own.png", MNIST)
    assert np.array_equal(got, row)
    Image.fromarray(255 - picture).save(scratch / "inverted.png")
    got, said = read_picture(scratch / "inverted.png", MNIST)
    assert np.array_equal(got, row)
    assert said == "dark ink on light paper: inverted; 28 x 28, taken as it is."


def test_writing_spreads_the_values_over_all_greys(scratch):
    row = np.arange(64, dtype=np.uint8) % 17
    write_picture(row, DIGITS, scratch / "grey.png")
    with Image.open(scratch / "grey.png") as image:
        assert (image.mode, image.size, image.format) == ("L", (8, 8), "PNG")
        assert np.array_equal(np.asarray(image).reshape(-1), np.rint(row.astype(float) * 255 / 16))


@pytest.mark.parametrize(
    "row", [np.zeros(63), np.full(64, 17), np.full(64, -1), np.full(64, np.nan), np.zeros((8, 8))]
)
def test_rows_that_are_no_pictures_are_not_written(tmp_path, row):
    with pytest.raises(DataError, match="a row of 64 values from 0 to 16"):
        write_picture(row, DIGITS, tmp_path / "no.png")
    assert list(tmp_path.iterdir()) == []


def test_dark_and_light_ink_give_the_same_row(tmp_path):
    dark, said_dark = read(seven(), tmp_path / "dark.png")
    light, said_light = read(seven(ink=255, paper=0), tmp_path / "light.png")
    assert np.array_equal(dark, light)
    assert said_dark.startswith("dark ink on light paper: inverted; ink of 1")
    assert said_light.startswith("light ink on dark paper; ink of 1")
    assert "20 x 20 and centred in 28 x 28 by its centre of mass" in said_dark


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK"])
def test_every_kind_of_colour_gives_the_same_row(tmp_path, mode):
    expected = read(seven(), tmp_path / "expected.png")[0]
    kind = "tiff" if mode == "CMYK" else "png"
    got = read(seven().convert(mode), tmp_path / f"mode.{kind}")[0]
    assert np.abs(got.astype(int) - expected).max() <= 2


def test_transparency_is_white(tmp_path):
    expected = read(seven(), tmp_path / "expected.png")[0]
    clear = seven(ink=(0, 0, 0, 255), paper=(0, 0, 0, 0), mode="RGBA")
    assert np.array_equal(read(clear, tmp_path / "clear.png")[0], expected)
    marked = seven().convert("RGB")
    assert np.array_equal(
        read(marked, tmp_path / "marked.png", transparency=(255, 255, 255))[0], expected
    )


def test_sixteen_bits_are_read_in_full(tmp_path):
    expected = read(seven(), tmp_path / "expected.png")[0]
    deep = Image.fromarray(np.asarray(seven()).astype(np.uint16) * 257)
    assert np.array_equal(read(deep, tmp_path / "deep.png")[0], expected)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_read(tmp_path, kind):
    expected = read(seven(), tmp_path / "expected.png")[0]
    seven().convert("RGB").save(tmp_path / "picture", kind)
    got = read_picture(tmp_path / "picture", MNIST)[0]
    assert np.abs(got.astype(int) - expected).mean() < 5


def test_place_size_and_greyness_do_not_matter(tmp_path):
    expected = read(seven(), tmp_path / "a.png")[0].astype(int)
    moved = read(seven(size=(500, 400), at=(300, 200)), tmp_path / "b.png")[0]
    larger = read(seven(size=(900, 900), at=(200, 100), scale=500), tmp_path / "c.png")[0]
    pencil = read(seven(ink=120, paper=210), tmp_path / "d.png")[0]
    noise = np.random.default_rng(0).integers(-12, 13, (300, 200))
    photo = Image.fromarray((np.asarray(seven(ink=60, paper=200)) + noise).astype(np.uint8))
    photographed = read(photo, tmp_path / "e.png")[0]
    assert np.array_equal(moved, expected)
    for got in (larger, pencil, photographed):
        assert np.abs(got - expected).mean() < 6


def test_the_camera_held_sideways_is_put_right(tmp_path):
    expected = read(seven(), tmp_path / "upright.png")[0]
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to show
    turned = seven().transpose(Image.Transpose.ROTATE_90)
    assert np.array_equal(read(turned, tmp_path / "turned.png", exif=exif)[0], expected)


def test_ink_is_laid_out_as_in_mnist(tmp_path):
    picture = read(seven(), tmp_path / "a.png")[0].reshape(28, 28).astype(float)
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    assert rows[-1] - rows[0] + 1 == 20
    assert columns[-1] - columns[0] + 1 < 20
    for axis in (0, 1):
        centre = (picture.sum(axis=axis) @ np.arange(28)) / picture.sum()
        assert abs(centre - 14) <= 0.5
    assert picture.max() == 255


def test_ink_fills_a_picture_of_the_digits(tmp_path):
    picture = read(seven(), tmp_path / "a.png", DIGITS)[0].reshape(8, 8)
    assert picture[0].any()
    assert picture[-1].any()
    assert picture.max() == 16


def test_a_small_drawing_of_the_right_size_is_still_laid_out(tmp_path):
    corner = seven(size=(28, 28), at=(3, 3), scale=10)
    picture = read(corner, tmp_path / "a.png")[0].reshape(28, 28)
    assert np.ptp(np.flatnonzero(picture.any(axis=1))) == 19


def test_grey_paper_of_the_right_size_becomes_empty(tmp_path):
    picture = read(seven((28, 28), 40, 200, (8, 4), 20), tmp_path / "a.png")[0]
    assert np.median(picture) == 0


def test_other_data_of_the_right_size_keep_their_pixels(tmp_path):
    """A picture fuller than any of MNIST's, such as clothing, belongs to other data."""
    shirt = np.zeros((28, 28), np.uint8)
    shirt[:, 5:23] = 180
    shirt[2:9, :] = 140
    got, said = read(Image.fromarray(shirt), tmp_path / "a.png")
    assert np.array_equal(got, shirt.reshape(-1))
    assert "taken as it is" in said


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (28, 28), (300, 2), (500, 500)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_sheet_is_refused(tmp_path, size, grey):
    Image.new("L", size, grey).save(tmp_path / "blank.png")
    for format in (MNIST, DIGITS):
        with pytest.raises(DataError, match=r"blank.png: .* blank picture"):
            read_picture(tmp_path / "blank.png", format)


@pytest.mark.parametrize("size", [(1, 2), (2, 1), (3, 3), (1, 400), (4000, 2)])
def test_odd_shapes_are_read(tmp_path, size):
    picture = Image.new("L", size, 255)
    picture.putpixel((0, 0), 0)
    for format in (MNIST, DIGITS, ImageFormat(1, 5, 255, "mass")):
        row, _ = read(picture, tmp_path / "odd.png", format)
        assert row.shape == (format.height * format.width,)
        assert row.max() > 0


def test_files_that_are_no_pictures_are_refused(tmp_path):
    seven().save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    for content in (b"", b"\x89PNG\r\n\x1a\n", whole[:100], whole[: len(whole) // 2], b"P5 2 2 9 "):
        (tmp_path / "damaged.png").write_bytes(content)
        with pytest.raises(DataError, match=r"damaged.png: expected a picture"):
            read_picture(tmp_path / "damaged.png", MNIST)
    with pytest.raises(FileError, match="no such file"):
        read_picture(tmp_path / "absent.png", MNIST)
    with pytest.raises(FileError, match="not a file"):
        read_picture(tmp_path, MNIST)


@pytest.mark.parametrize("kind", ["PPM", "ICO", "PCX", "TGA", "EPS"])
def test_kinds_that_are_not_listed_are_not_opened(tmp_path, kind):
    seven((64, 64), at=(9, 9), scale=40).save(tmp_path / "a", kind)
    with pytest.raises(DataError, match="PNG, JPEG, BMP, TIFF, WEBP, GIF"):
        read_picture(tmp_path / "a", MNIST)


@pytest.mark.parametrize("side", [7100, 9600, 14000])
def test_a_picture_of_too_many_pixels_is_not_decoded(tmp_path, side):
    Image.new("1", (side, side)).save(tmp_path / "huge.png")
    with pytest.raises(DataError, match="at most 50 million pixels"):
        read_picture(tmp_path / "huge.png", MNIST)


@settings(max_examples=200)
@given(st.sampled_from(KINDS), st.data())
def test_no_damage_to_a_file_brings_another_error(scratch, kind, data):
    path = scratch / "damaged"
    seven((40, 40), at=(8, 8), scale=24).save(path, kind)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content[: data.draw(st.integers(1, len(content)))]))
    try:
        row, _ = read_picture(path, MNIST)
    except DataError:
        return
    assert row.shape == (784,)


COLOUR = ImageFormat(5, 7, 255, "whole", 3)


def test_a_photograph_keeps_its_colours_and_is_not_searched_for_ink(tmp_path):
    made = picture(0)
    write_picture(made.reshape(-1), COLOUR, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert (image.mode, image.size) == ("RGB", (7, 5))
    row, said = read_picture(tmp_path / "a.png", COLOUR)
    assert np.array_equal(row, made.reshape(-1))
    assert said == "a photograph of 7 x 5 (width x height), taken as it is, in colour."
    blank = Image.new("RGB", (70, 50), (9, 8, 7))
    row, _ = read(blank, tmp_path / "blank.png", COLOUR)
    assert np.array_equal(row.reshape(-1, 3), [[9, 8, 7]] * 35)


def test_a_photograph_on_the_scale_of_its_data_set(tmp_path):
    row, _ = read(Image.new("L", (4, 4), 255), tmp_path / "a.png", ImageFormat(2, 2, 16, "whole"))
    assert row.tolist() == [16, 16, 16, 16]


def test_rows_of_colours_have_three_numbers_a_pixel(tmp_path):
    with pytest.raises(DataError, match="a row of 105 values from 0 to 255"):
        write_picture(np.zeros(35), COLOUR, tmp_path / "no.png")


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_of_a_large_picture_the_same_ink_is_found(tmp_path, kind):
    """And its size is told in the file's own pixels."""
    small, _ = read(seven((800, 1200), at=(360, 160), scale=400), tmp_path / f"small.{kind}")
    large = seven((4000, 6000), at=(1800, 800), scale=2000)
    row, said = read(large, tmp_path / f"large.{kind}")
    assert np.abs(row.astype(int) - small).max() <= 16
    box = large.point(lambda grey: 255 - grey).getbbox()
    told = [int(number) for number in re.findall(r"ink of (\d+) x (\d+)", said)[0]]
    assert np.abs(np.array(told) - (box[3] - box[1], box[2] - box[0])).max() <= 16
