"""The 1,797 handwritten digits of 8 x 8 pixels that scikit-learn carries."""

import contextlib
from pathlib import Path

import numpy as np

from pellucid.arrays import Array
from pellucid.data.cache import Report, cache_folder, load_array, save_array, silent
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.split import split
from pellucid.errors import FileError

SHAPE = (1797, 65)  # 64 pixels 0 … 16, then the digit
FORMAT = ImageFormat(8, 8, 16, "box")
TEST_FRACTION, TEST_SEED = 0.2, 0


def load_digits(report: Report = silent) -> Dataset:
    """Return the digits: 1,437 to train on and 360 to test on, every digit in proportion.

    The first time they are taken from scikit-learn (which takes a second to import) and kept in
    the cache folder.
    """
    table = load_array(kept_digits()[0], np.uint8, SHAPE)
    if table is None:
        table = _from_sklearn(report)
    codes = table[:, 64].astype(np.int32)
    kept, held = split(codes, TEST_FRACTION, TEST_SEED)
    train, test = (Part(table[rows, :64], codes[rows]) for rows in (kept, held))
    source = (
        "The 1,797 digits of 8 x 8 pixels in scikit-learn (UCI, Alpaydin and Kaynak 1998), of "
        f"which one in five of each digit, drawn with seed {TEST_SEED}, became the test part."
    )
    return Dataset("digits", train, test, tuple("0123456789"), FORMAT, source)


def kept_digits() -> list[Path]:
    """Return the file in the cache folder that holds the digits, whether it is there or not."""
    return [cache_folder() / "digits.npy"]


def _from_sklearn(report: Report) -> Array:
    from sklearn import datasets

    report("taking the digits from scikit-learn")
    X, Y = datasets.load_digits(return_X_y=True)
    table = np.column_stack([X, Y]).astype(np.uint8)
    with contextlib.suppress(FileError):  # a cache that cannot be written costs a second a time
        save_array(kept_digits()[0], table)
    return table
