import gzip
import hashlib

import numpy as np
import pytest

from pellucid.data.idx import read_idx_folder
from pellucid.data.images import read_picture, write_picture
from pellucid.data.mnist import FASHION_FILES, FASHION_MNIST, MNIST, load_original


def test_the_original_digits(monkeypatch, tmp_path):
    """Fetches MNIST (15 MB): the original bytes, as published."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    got = load_original(MNIST)
    assert (got.train.X.shape, got.test.X.shape) == ((60000, 784), (10000, 784))
    assert (got.train.X.dtype, got.train.Y.dtype) == (np.uint8, np.int32)
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert list(np.bincount(got.train.Y)) == counts
    assert list(np.bincount(got.test.Y)) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    means = [(part.X.mean(dtype=np.float64) / 255) for part in (got.train, got.test)]
    assert np.allclose(means, [0.1307, 0.1325], atol=5e-5)
    # The digests of LeCun's IDX files, header and all, as other libraries publish them.
    header = bytes([0, 0, 8, 3, 0, 0, 0xEA, 0x60, 0, 0, 0, 28, 0, 0, 0, 28])
    published = hashlib.sha256(header + got.train.X.tobytes()).hexdigest()
    assert published == "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    assert hashlib.sha256(got.test.X.tobytes()).hexdigest() == MNIST.digests[2]
    for row in got.test.X[::100]:
        write_picture(row, got.image, tmp_path / "digit.png")
        assert np.array_equal(read_picture(tmp_path / "digit.png", got.image)[0], row)
    write_idx(tmp_path / "idx", got)
    again = read_idx_folder(tmp_path / "idx")
    assert np.array_equal(again.test.X, got.test.X)
    assert np.array_equal(again.train.Y, got.train.Y)
    assert again.image == got.image
    assert again.classes == got.classes


@pytest.mark.skipif(not FASHION_FILES.exists(), reason="needs Debian's dataset-fashion-mnist")
def test_the_original_clothing(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    got = load_original(FASHION_MNIST)
    assert (got.train.X.shape, got.test.X.shape) == ((60000, 784), (10000, 784))
    assert list(np.bincount(got.train.Y)) == [6000] * 10
    assert list(np.bincount(got.test.Y)) == [1000] * 10
    # As its makers say of their examples: the first is an ankle boot.
    assert got.classes[got.train.Y[0]] == "Ankle boot"
    assert abs(got.train.X.mean(dtype=np.float64) / 255 - 0.2860) < 5e-5
    for row in got.test.X[::200]:
        write_picture(row, got.image, tmp_path / "article.png")
        assert np.array_equal(read_picture(tmp_path / "article.png", got.image)[0], row)


def write_idx(folder, dataset):
    folder.mkdir()
    for prefix, part in (("train", dataset.train), ("t10k", dataset.test)):
        n = len(part).to_bytes(4, "big")
        images = bytes([0, 0, 8, 3]) + n + bytes([0, 0, 0, 28, 0, 0, 0, 28]) + part.X.tobytes()
        labels = bytes([0, 0, 8, 1]) + n + part.Y.astype(np.uint8).tobytes()
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(images)
        (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
