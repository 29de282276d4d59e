"""The data of an experiment, divided into what is trained on, watched, and judged by at the end."""

import csv
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pellucid as pel
from pellucid.arrays import Array
from pellucid.data.cache import cache_folder
from pellucid.data.sources import load_data
from pellucid.files import make_folder, write_atomically

Pair = tuple[Array, Array]

# The tables of "An Introduction to Statistical Learning" (James, Witten, Hastie, Tibshirani and
# Taylor 2023), from the package of its authors; they are fetched once into the user's cache.
PACKAGE = "ISLP==0.6.0"
DIGESTS = {
    "Bikeshare.csv": "ac6950ae6f11efcc69c29d6bb13e8881c001e27d36434660d59444a1414f712c",
    "Wage.csv": "9c89796d7f2b9c77ffa76a2d2a2aa68ecccb4b36684fc2776f4c9e18c5fd4991",
}


class Parts(NamedTuple):
    """Inputs and targets by part, and how the network is to see them."""

    training: Pair
    validation: Pair | None = None
    test: Pair | None = None
    scale: Any = 1.0  # the network sees X · scale + shift
    shift: Any = 0.0
    centre: float = 0.0  # targets are trained as (Y − centre) / spread
    spread: float = 1.0


def parts_of(data: dict[str, Any], seed: int) -> Parts:
    """Return the data that a ``[data]`` table describes; tables are divided by the seed."""
    name = data["name"]
    if name == "mnist":
        return _mnist(data["validation"])
    if name == "xor":
        return Parts(training=(np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), _column([0, 1, 1, 0])))
    X, Y = _friedman1(data, seed) if name == "friedman1" else _table(data)
    return _divided(X, Y, data, seed)


def _mnist(n_validation: int) -> Parts:
    """As Nielsen divides it: the last of the training file's images are for validation."""
    whole = load_data("mnist", print)
    X, Y = whole.train.X, whole.train.Y
    assert whole.test is not None
    n = len(X) - n_validation
    validation = (X[n:], Y[n:]) if n_validation else None
    # 1/256, as in the file that comes with his book.
    return Parts((X[:n], Y[:n]), validation, (whole.test.X, whole.test.Y), scale=1 / 256)


def _divided(X: Array, Y: Array, data: dict[str, Any], seed: int) -> Parts:
    """Shuffle by the seed, divide, and measure how large the training part's columns are."""
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = _count(data["test"], len(X))
    n_validation = _count(data.get("validation", 0), len(X) - n_test)
    test, validation, training = np.split(order, [n_test, n_test + n_validation])
    mean, deviation = X[training].mean(axis=0), X[training].std(axis=0)
    scale = 1 / np.where(deviation > 0, deviation, 1.0)
    centre, spread = 0.0, 1.0
    if data.get("standardize", True):
        centre, spread = float(Y[training].mean()), float(Y[training].std())
    return Parts(
        (X[training], Y[training]),
        (X[validation], Y[validation]) if n_validation else None,
        (X[test], Y[test]),
        tuple(scale.tolist()),
        tuple((-mean * scale).tolist()),
        centre,
        spread,
    )


def _friedman1(data: dict[str, Any], seed: int) -> Pair:
    from sklearn.datasets import make_friedman1

    n = data["training"] + data["test"]
    X, Y = make_friedman1(n, noise=data["noise"], random_state=seed)
    return X, _column(Y)


def _table(data: dict[str, Any]) -> Pair:
    if data["name"] == "diabetes":
        from sklearn.datasets import load_diabetes

        X, Y = load_diabetes(return_X_y=True)
        return X, _column(Y)
    with _islp(data["name"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [_column([float(row[name]) for row in rows]) for name in data["numbers"]]
    for name in data["classes"]:
        texts = [row[name] for row in rows]
        codes = np.unique(texts, return_inverse=True)[1].astype(np.int32)
        columns.append(pel.one_hot(codes, codes.max() + 1).astype(float))
    return np.hstack(columns), _column([float(row[data["target"]]) for row in rows])


def _islp(name: str) -> Path:
    """Return the path of a table in the cache, fetched there with pip where it is not."""
    path = cache_folder() / "islp" / name
    if path.exists():
        return path
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", *options, "--dest", folder, PACKAGE]
        subprocess.run(command, check=True, capture_output=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as archive:
            content = archive.read(f"ISLP/data/{name}")
    if hashlib.sha256(content).hexdigest() != DIGESTS[name]:
        raise SystemExit(f"{name} in {PACKAGE} is not the table that was expected.")
    make_folder(path.parent)
    write_atomically(path, content)
    return path


def _column(numbers: Any) -> Array:
    return np.asarray(numbers, float).reshape(-1, 1)


def _count(number: float, n: int) -> int:
    """A number of rows as it is; a share of them rounded."""
    return int(number) if number >= 1 else round(number * n)
