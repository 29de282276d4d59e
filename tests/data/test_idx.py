import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pellucid.data.idx import (
    DTYPES,
    is_idx_name,
    is_idx_set,
    read_idx,
    read_idx_folder,
    read_idx_pair,
)
from pellucid.errors import DataError, FileError

arrays = st.sampled_from(sorted(DTYPES.values())).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0))
)


def idx_bytes(array):
    codes = {np.dtype(text): code for code, text in DTYPES.items()}
    big = array.astype(array.dtype.newbyteorder(">"))
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, codes[big.dtype], array.ndim]) + sizes + big.tobytes()


def header(code, *sizes):
    return bytes([0, 0, code, len(sizes)]) + np.array(sizes, ">u4").tobytes()


def write(path, content):
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("idx")


@given(arrays, st.booleans())
def test_what_was_written_is_read(scratch, array, packed):
    content = idx_bytes(array)
    path = write(scratch / "a.idx", gzip.compress(content, 1) if packed else content)
    got = read_idx(path)
    assert got.dtype == array.dtype.newbyteorder("=")
    assert got.dtype.isnative
    assert got.shape == array.shape
    assert got.tobytes() == array.astype(got.dtype).tobytes()


@given(st.data())
def test_no_damage_to_a_file_brings_another_error(scratch, data):
    content = bytearray(idx_bytes(np.arange(24, dtype=np.uint8).reshape(2, 3, 4)))
    if data.draw(st.booleans()):
        content = bytearray(gzip.compress(bytes(content)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = write(scratch / "damaged", bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        got = read_idx(path)
    except DataError:
        return
    assert got.size <= 24


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got nothing"),
        (b"\0\0", "got 00 00"),
        (b"P5 28 28 255\n", "got 50 35 20 32"),
        (header(0x0A, 3) + bytes(3), "00 00 0a 01"),
        (bytes([0, 0, 8, 0, 7]), "00 00 08 00"),
        (bytes([0, 0, 8, 200]) + bytes(800), "00 00 08 c8"),
        (header(8, 2, 3)[:9], "ends in its header"),
        (header(8, 2, 3) + bytes(5), "6 bytes of data, got 5"),
        (header(8, 2, 3) + bytes(7), "6 bytes of data, got at least 7"),
        (header(0x0E, 2**30, 2**29) + bytes(7), "got 7"),
        (header(0x0E, *[2**32 - 1] * 8) + bytes(7), "more than any memory"),
        (header(8, 0, *[2**32 - 1] * 3), "more than any memory"),
    ],
)
def test_files_that_lie_are_refused(tmp_path, content, message):
    path = write(tmp_path / "lie.idx", content)
    with pytest.raises(DataError, match=message) as raised:
        read_idx(path)
    assert str(path) in str(raised.value)
    packed = write(tmp_path / "lie.gz", gzip.compress(content))
    with pytest.raises(DataError):
        read_idx(packed)


def test_a_gzip_bomb_stops_after_what_it_announced(tmp_path):
    path = write(tmp_path / "bomb.gz", gzip.compress(header(8, 10) + bytes(50_000_000)))
    with pytest.raises(DataError, match="10 bytes of data, got at least 11"):
        read_idx(path)


def test_a_gzip_file_may_not_announce_more_than_it_can_hold(tmp_path):
    path = write(tmp_path / "bomb.gz", gzip.compress(header(8, 2**16, 2**16) + bytes(1000)))
    with pytest.raises(DataError, match="claims to unpack"):
        read_idx(path)


@pytest.mark.parametrize("cut", [1, 5, 12, 40])
def test_truncated_gzip_is_refused(tmp_path, cut):
    content = gzip.compress(idx_bytes(np.arange(90.0)))
    path = write(tmp_path / "short.gz", content[:-cut])
    with pytest.raises(DataError):
        read_idx(path)


def test_what_is_not_a_file_is_not_read(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_idx(tmp_path / "absent")
    with pytest.raises(FileError, match="not a file"):
        read_idx(tmp_path)


def pictures(n, side=28):
    rng = np.random.default_rng(n)
    return rng.integers(0, 256, (n, side, side), np.uint8), np.arange(n, dtype=np.uint8) % 3


def write_pair(folder, prefix, n, dot="-", packed=False, side=28):
    X, Y = pictures(n, side)
    for array, kind, rank in ((X, "images", 3), (Y, "labels", 1)):
        content = idx_bytes(array)
        name = f"{prefix}{kind}{dot}idx{rank}-ubyte"
        if packed:
            write(folder / f"{name}.gz", gzip.compress(content))
        else:
            write(folder / name, content)
    return X.reshape(n, -1), Y


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("prefixes", [("train-", "t10k-"), ("emnist-x-train-", "emnist-x-test-")])
def test_a_folder_of_four_files_is_a_data_set(tmp_path, packed, prefixes):
    X, Y = write_pair(tmp_path, prefixes[0], 30, packed=packed)
    X_test, Y_test = write_pair(tmp_path, prefixes[1], 10, packed=packed)
    got = read_idx_folder(tmp_path)
    assert np.array_equal(got.train.X, X)
    assert np.array_equal(got.train.Y, Y)
    assert np.array_equal(got.test.X, X_test)
    assert np.array_equal(got.test.Y, Y_test)
    assert got.classes == ("0", "1", "2")
    assert (got.image.height, got.image.maximum, got.image.centring) == (28, 255, "mass")


def test_a_pair_gives_one_in_five_to_the_test_part(tmp_path):
    write_pair(tmp_path, "", 30, dot=".", side=10)
    got = read_idx_folder(tmp_path)
    assert (len(got.train), len(got.test)) == (24, 6)
    assert list(np.bincount(got.test.Y)) == [2, 2, 2]
    assert "one in five" in got.source
    assert got.image.centring == "box"
    same = read_idx_pair(tmp_path / "images.idx3-ubyte")
    assert np.array_equal(same.train.X, got.train.X)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte.gz"),
        ("TRAIN-IMAGES-IDX3-UBYTE.GZ", "Train-Labels.idx1-ubyte"),
        ("train_images.idx3", "train_labels_idx1"),
        ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
        ("images.idx3_ubyte", "labels.idx1"),
        ("my.own set-images-idx3-ubyte", "my.own set-labels-idx1-ubyte"),
    ],
)
def test_names_as_they_are_met(tmp_path, images, labels):
    X, Y = pictures(10, 5)
    write(tmp_path / images, gzip.compress(idx_bytes(X)))  # whatever the name ends in
    write(tmp_path / labels, idx_bytes(Y))
    for got in (read_idx_folder(tmp_path), read_idx_pair(tmp_path / images)):
        assert len(got.train) + len(got.test) == 10
        assert images in got.source
    assert is_idx_name(tmp_path / images)
    assert not is_idx_name(tmp_path / labels)


@pytest.mark.parametrize("name", ["images.png", "idx3-ubyte", "train-images-idx1-ubyte", "images"])
def test_other_names_are_no_pictures(name):
    assert not is_idx_name(Path(name))


def test_a_pair_to_train_on_brings_the_one_to_test_on(tmp_path):
    write_pair(tmp_path, "train-", 30)
    write_pair(tmp_path, "t10k-", 10)
    got = read_idx_pair(tmp_path / "train-images-idx3-ubyte")
    assert (len(got.train), len(got.test)) == (30, 10)
    alone = read_idx_pair(tmp_path / "t10k-images-idx3-ubyte")
    assert len(alone.train) + len(alone.test) == 10


def test_of_several_sets_in_a_folder_one_is_named(tmp_path):
    """As in the archive of EMNIST."""
    for i, name in enumerate(("emnist-letters", "emnist-digits")):
        write_pair(tmp_path, f"{name}-train-", 30 + i, packed=True)
        write_pair(tmp_path, f"{name}-test-", 10 + i, packed=True)
    got = read_idx_folder(tmp_path, "EMNIST-digits")
    assert (got.name, len(got.train), len(got.test)) == ("emnist-digits", 31, 11)
    assert is_idx_set(tmp_path / "emnist-letters")
    for name in ("emnist", "emnist-letters-train", "", "a\0b", "absent/emnist-letters"):
        assert not is_idx_set(tmp_path / name)


def test_files_packed_and_unpacked_count_once(tmp_path):
    write_pair(tmp_path, "train-", 30)
    write_pair(tmp_path, "train-", 30, packed=True)
    assert len(read_idx_folder(tmp_path).train) == 24


def test_folders_and_pairs_that_are_none_are_refused(tmp_path):
    with pytest.raises(DataError, match="pictures with labels: none"):
        read_idx_folder(tmp_path)
    with pytest.raises(FileError, match="no such"):
        read_idx_folder(tmp_path / "absent")
    write_pair(tmp_path, "a-", 30)
    write_pair(tmp_path, "b-", 30)
    with pytest.raises(DataError, match=r"holds 2 data sets. Name one of them: .*/a, .*/b\."):
        read_idx_folder(tmp_path)
    with pytest.raises(DataError, match="pictures with labels: none"):
        read_idx_folder(tmp_path, "c")
    (tmp_path / "a-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="labels beside it"):
        read_idx_pair(tmp_path / "a-images-idx3-ubyte")


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((4, 5), np.uint8), np.zeros(4, np.uint8), "pictures of bytes"),
        (np.zeros((4, 5, 5)), np.zeros(4, np.uint8), "pictures of bytes"),
        (np.zeros((4, 5, 5), np.uint8), np.zeros((4, 1), np.uint8), "whole numbers"),
        (np.zeros((4, 5, 5), np.uint8), np.zeros(3, np.uint8), "one label for each"),
        (np.zeros((0, 5, 5), np.uint8), np.zeros(0, np.uint8), "at least one example"),
        (
            np.zeros((4, 0, 5), np.uint8),
            np.zeros(4, np.uint8),
            "at least one example and one column",
        ),
    ],
)
def test_pictures_and_labels_fit_together(tmp_path, images, labels, message):
    write(tmp_path / "images-idx3-ubyte", idx_bytes(images))
    write(tmp_path / "labels-idx1-ubyte", idx_bytes(labels))
    with pytest.raises(DataError, match=message):
        read_idx_folder(tmp_path)


def test_the_header_of_the_tests_is_the_one_of_the_format():
    """MNIST's own first bytes, from its description."""
    content = idx_bytes(np.zeros((60000, 28, 28), np.uint8))
    assert content[:16].hex(" ") == "00 00 08 03 00 00 ea 60 00 00 00 1c 00 00 00 1c"
    assert len(content) == 16 + math.prod((60000, 28, 28))
