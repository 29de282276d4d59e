import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from pellucid.data.decoding import KINDS, decode, eight_bits, is_sideways, quiet, shown, shrinking
from pellucid.errors import DataError, FileError, RecipeError
from tests.data.folders import picture, smooth, write

ORIENTATION = 0x0112


def pixels(path, mode="RGB"):
    return decode(path, lambda image: np.asarray(eight_bits(image, mode)))


def png_of(width, height, data=b""):
    """A PNG whose head says how large it is, whatever follows."""

    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_what_was_written_comes_back_exactly(tmp_path):
    made = picture(0)
    for suffix in ("png", "bmp", "tif"):
        assert np.array_equal(pixels(write(tmp_path / f"a.{suffix}", made)), made)
    write(tmp_path / "a.webp", made, lossless=True)
    assert np.array_equal(pixels(tmp_path / "a.webp"), made)
    write(tmp_path / "a.jpg", smooth(40, 60), quality=95)
    off = pixels(tmp_path / "a.jpg").astype(int) - smooth(40, 60)
    assert np.abs(off).mean() < 3


def test_grey_is_what_pillow_makes_of_colours(tmp_path):
    made = picture(0)
    grey = pixels(write(tmp_path / "a.png", made), "L")
    expected = made @ [0.299, 0.587, 0.114]
    assert np.abs(grey - expected).max() < 1
    assert grey.shape == (5, 7)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_as_the_camera_was_held(tmp_path, orientation):
    made = picture(1)
    undo = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = write(tmp_path / "a.png", np.ascontiguousarray(undo(made)), exif=exif)
    assert np.array_equal(pixels(path), made)
    assert decode(path, is_sideways) == (orientation > 4)


def test_sixteen_bits_are_brought_to_eight_and_turned_too(tmp_path):
    made = picture(2, colours=False)
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    deep = made[::-1, ::-1].astype(np.uint16) * 257
    path = write(tmp_path / "a.png", deep, exif=exif)
    assert np.array_equal(pixels(path, "L"), made)
    assert np.array_equal(pixels(path)[..., 2], made)


def test_every_depth_of_sixteen_bits_is_rounded_to_the_nearest(tmp_path):
    deep = np.arange(1 << 16, dtype=np.uint16).reshape(256, 256)
    got = pixels(write(tmp_path / "a.png", deep), "L")
    assert np.array_equal(got, np.rint(deep / 257))


@pytest.mark.parametrize("orientation", [1, 6, 7])
@pytest.mark.parametrize("tile", [1, 40, 1000, 10**6])
def test_tiles_make_the_same_picture(tmp_path, monkeypatch, tile, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    clear = np.dstack([picture(4, 37, 53), picture(5, 37, 53)])[..., :4]
    for i, made in enumerate((picture(6, 37, 53), clear, picture(7, 37, 53, colours=False))):
        path = write(tmp_path / f"{i}.png", made, exif=exif)
        for mode in ("L", "RGB"):
            at_once = pixels(path, mode)
            with monkeypatch.context() as patch:
                patch.setattr("pellucid.data.decoding.TILE", tile)
                assert np.array_equal(pixels(path, mode), at_once)


@pytest.mark.parametrize("shrink", [2, 3])
@pytest.mark.parametrize("tile", [40, 10**6])
def test_of_a_shrunk_picture_each_pixel_is_the_mean_of_several(tmp_path, monkeypatch, tile, shrink):
    monkeypatch.setattr("pellucid.data.decoding.TILE", tile)
    made = picture(8, 37, 53)
    path = write(tmp_path / "a.png", made)
    got = decode(path, lambda image: np.asarray(eight_bits(image, "RGB", shrink)))
    assert got.shape == (-(-37 // shrink), -(-53 // shrink), 3)
    for y, x in np.ndindex(got.shape[:2]):
        block = made[shrink * y : shrink * (y + 1), shrink * x : shrink * (x + 1)]
        assert np.abs(got[y, x] - block.mean(axis=(0, 1))).max() < 1


def test_only_large_pictures_are_shrunk():
    sizes = {(2000, 2000): 1, (2001, 2000): 2, (4000, 4000): 2, (7000, 7000): 4, (1, 1): 1}
    assert {size: shrinking(Image.new("1", size)) for size in sizes} == sizes


def test_what_is_clear_becomes_white(tmp_path):
    clear = np.dstack([picture(3), np.zeros((5, 7), np.uint8)])
    assert (pixels(write(tmp_path / "a.png", clear)) == 255).all()


@pytest.mark.parametrize(
    ("width", "height"), [(10_000, 5_001), (20_000, 20_000), (2**31 - 1, 2**31 - 1)]
)
def test_bombs_are_known_by_their_heads(tmp_path, width, height):
    (tmp_path / "bomb.png").write_bytes(png_of(width, height))
    with quiet(), pytest.raises(DataError, match=r"bomb.png: expected at most 50 million pixels"):
        pixels(tmp_path / "bomb.png")


def test_a_picture_that_holds_less_than_it_says_is_damaged(tmp_path):
    (tmp_path / "short.png").write_bytes(png_of(100, 100, zlib.compress(bytes(50))))
    with pytest.raises(DataError, match=r"short.png: expected a picture .* damaged"):
        pixels(tmp_path / "short.png")


def test_text_that_unpacks_to_very_much_is_refused(tmp_path):
    packed = zlib.compress(bytes(100_000_000))
    body = b"zTXt" + b"Comment\0\0" + packed
    text = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    whole = png_of(2, 2, zlib.compress(bytes(14)))
    (tmp_path / "text.png").write_bytes(whole[:33] + text + whole[33:])
    with pytest.raises(DataError, match=r"text.png: expected a picture"):
        pixels(tmp_path / "text.png")


def test_other_kinds_are_not_even_tried(tmp_path):
    write(tmp_path / "a.ppm", picture(0))
    (tmp_path / "a.ppm").rename(tmp_path / "a.png")
    with pytest.raises(DataError, match=", ".join(KINDS)):
        pixels(tmp_path / "a.png")


def test_own_errors_and_those_of_the_disk_go_through(tmp_path):
    path = write(tmp_path / "a.png", picture(0))

    def refuse(image):
        raise RecipeError("as it is")

    with pytest.raises(RecipeError, match="as it is"):
        decode(path, refuse)
    with pytest.raises(FileError, match="no such file"):
        pixels(tmp_path / "b.png")


def test_names_can_always_be_printed(tmp_path):
    assert shown(tmp_path / "a.png") == str(tmp_path / "a.png")
    assert shown("Käse\n\x1b[31m") == "Käse??[31m"
    assert shown(b"a\xff".decode("utf-8", "surrogateescape")) == "a\ufffd"
