"""MNIST and Fashion-MNIST: fetched once, proved by their digests, kept in the cache folder."""

import hashlib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.cache import Report, cache_folder, load_array, save_array, silent
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.ways import PIXELS, UnfitError, by_debian, by_openml, by_pip
from pellucid.errors import DownloadError

FASHION_FILES = Path("/usr/share/datasets/fashion-mnist")
PARTS = ("train-images", "train-labels", "test-images", "test-labels")
Way = Callable[[Path, int], list[Array]]


class Original(NamedTuple):
    """Pictures of 28 × 28 as they were published: where they are had, and what they must be."""

    name: str
    title: str
    ways: dict[str, Way]  # tried in turn
    sizes: tuple[int, int]  # of the training and the test part
    digests: tuple[str, ...]  # SHA-256 of the bytes of each of PARTS
    classes: tuple[str, ...]
    image: ImageFormat
    source: str


# The digests are of the bodies of the published IDX files (after headers of 16 and 8 bytes).
MNIST = Original(
    "mnist",
    "MNIST",
    {"pip": by_pip, "OpenML": partial(by_openml, "mnist_784")},
    (60000, 10000),
    (
        "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
        "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
        "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
        "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
    tuple("0123456789"),
    ImageFormat(28, 28, 255, "mass"),
    "MNIST (LeCun, Cortes and Burges 1998): 70,000 handwritten digits of 28 x 28 pixels, "
    "with its own test part of 10,000.",
)
# Its makers cut each photograph to the article and let that fill the picture: centring is "box".
FASHION_MNIST = Original(
    "fashion-mnist",
    "Fashion-MNIST",
    {
        "Debian's package": partial(by_debian, "dataset-fashion-mnist", FASHION_FILES),
        "OpenML": partial(by_openml, "Fashion-MNIST"),
    },
    (60000, 10000),
    (
        "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
        "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
        "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
        "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
    ),
    (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    ImageFormat(28, 28, 255, "box"),
    "Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): 70,000 articles of clothing of 28 x 28 pixels, "
    "with its own test part of 10,000.",
)


def load_original(original: Original, report: Report = silent) -> Dataset:
    """Return MNIST or Fashion-MNIST, each 60,000 and 10,000 pictures; fetched first where absent.

    Raises
    ------
    DownloadError
        It is not in the cache folder, or damaged there, and could not be fetched.
    FileError
        The cache folder cannot be written.
    """
    arrays, title = _cached(original), original.title
    if arrays is None:
        there = any(path.exists() for path in kept_in(original))
        report(f"{title} in the cache is damaged" if there else f"{title} is not in the cache yet")
        fetch_original(original, report)
        arrays = _cached(original)
    if arrays is None:
        raise DownloadError(
            f"{title} was fetched, but cannot be read from {_folder(original)}. "
            f"Run: pellucid datasets fetch {original.name}"
        )
    X, Y, X_test, Y_test = arrays
    train, test = Part(X, Y.astype(np.int32)), Part(X_test, Y_test.astype(np.int32))
    return Dataset(original.name, train, test, original.classes, original.image, original.source)


def fetch_original(original: Original, report: Report = silent) -> Path:
    """Fetch a data set by the first of its ways that works; return the folder it is kept in.

    Parameters
    ----------
    original : Original
        With the sizes and digests that the data must have, whichever way they came.
    report : callable
        Is told in a sentence what is being done.

    Raises
    ------
    DownloadError
        No way worked; the message gives the reason for each.
    FileError
        The cache folder cannot be written.
    """
    title, reasons = original.title, []
    for name, way in original.ways.items():
        report(f"fetching {title} through {name}")
        try:
            with tempfile.TemporaryDirectory(prefix="pellucid-") as folder:
                arrays = way(Path(folder), original.sizes[0])
            _check_digests(arrays, original)
        except UnfitError as problem:
            reasons.append(f"  {name}: {problem}")
            continue
        for path, array in zip(kept_in(original), arrays, strict=True):
            save_array(path, array)
        report(f"{title} is in {_folder(original)}")
        return _folder(original)
    raise DownloadError(
        f"{title} could not be fetched:\n"
        + "\n".join(reasons)
        + "\nConnect to the network and try "
        f"again, or give the folder of its four IDX files instead of the name {original.name}."
    )


def _folder(original: Original) -> Path:
    return cache_folder() / original.name


def kept_in(original: Original) -> list[Path]:
    """Return the files in the cache folder that hold a data set, whether they are there or not."""
    return [_folder(original) / f"{part}.npy" for part in PARTS]


def _cached(original: Original) -> list[Array] | None:
    shapes = [shape for n in original.sizes for shape in ((n, PIXELS), (n,))]
    pairs = zip(kept_in(original), shapes, strict=True)
    arrays = [load_array(path, np.uint8, shape) for path, shape in pairs]
    whole = [array for array in arrays if array is not None]
    return whole if len(whole) == len(arrays) else None


def _check_digests(arrays: list[Array], original: Original) -> None:
    for part, array, digest in zip(PARTS, arrays, original.digests, strict=True):
        got = hashlib.sha256(array.tobytes()).hexdigest()
        if got != digest:
            raise UnfitError(f"{part}: expected SHA-256 {digest[:12]}…, got {got[:12]}…")
