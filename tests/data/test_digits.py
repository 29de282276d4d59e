import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits as original

from pellucid.data.digits import load_digits


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "pellucid"


def test_the_digits_are_those_of_scikit_learn():
    got = load_digits()
    assert (len(got.train), len(got.test)) == (1437, 360)
    assert got.train.X.dtype == np.uint8
    rows = np.vstack([np.column_stack([part.X, part.Y]) for part in (got.train, got.test)])
    X, Y = original(return_X_y=True)
    assert sorted(map(tuple, rows)) == sorted(map(tuple, np.column_stack([X, Y]).astype(int)))


def test_every_digit_is_in_proportion_in_the_test_part():
    got = load_digits()
    total = np.bincount(got.train.Y) + np.bincount(got.test.Y)
    assert np.abs(np.bincount(got.test.Y) - total / 5).max() < 1


def test_the_second_time_scikit_learn_is_not_imported(cache):
    reports = []
    first = load_digits(reports.append)
    second = load_digits(reports.append)
    assert len(reports) == 1
    assert np.array_equal(first.train.X, second.train.X)
    program = (
        "import sys; from pellucid.data.sources import load_data; load_data('digits'); "
        "sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_a_damaged_or_unwritable_cache_does_no_harm(cache):
    whole = load_digits()
    (cache / "digits.npy").write_bytes(b"damaged")
    assert np.array_equal(load_digits().test.X, whole.test.X)
    (cache / "digits.npy").unlink()
    cache.rmdir()
    cache.write_text("a file in the way")
    assert np.array_equal(load_digits().test.X, whole.test.X)
