"""Train on more than memory holds: how fast, and how much of it is resident at most. On Linux.

``python -m benchmarks.streaming FOLDER --gigabytes 20`` writes X.npy and Y.npy of so many bytes
into a folder of its own there, trains a 1000-100-10 network over it for an epoch, then over as many
of the same rows as fit into memory with ease, and removes the folder again.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

import pellucid as pel

COLUMNS, CLASSES, BATCH = 1000, 10, 32
ROW = 4 * COLUMNS  # bytes
AT_ONCE = 10_000  # rows that are written together
IN_MEMORY = 1 << 30  # bytes of rows that are held to compare with
_STATUS = Path("/proc/self/status")


class Measured(NamedTuple):
    """What an epoch took."""

    rows: int
    seconds: float
    before: float  # MB resident before the run began
    peak: float  # MB resident at most
    cost: float

    def __str__(self) -> str:
        return (
            f"{self.rows:,} rows, {self.rows * ROW / 1e9:.2f} GB: {self.rows / self.seconds:,.0f} "
            f"rows/s, {self.rows * ROW / self.seconds / 1e6:,.0f} MB/s, {self.seconds:.1f} s; "
            f"resident before {self.before:.0f} MB, at most {self.peak:.0f} MB; "
            f"cost {self.cost:.4f}"
        )


def write(folder: Path, n_bytes: int) -> Path:
    """Write float32 rows of so many bytes and their classes; the largest of ten numbers is it."""
    n, random = n_bytes // ROW, np.random.default_rng(0)
    path, Y = folder / "X.npy", np.empty(n, np.int32)
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (n, COLUMNS)}
        np.lib.format.write_array_header_1_0(file, header)
        for begin in range(0, n, AT_ONCE):
            X = random.random((min(AT_ONCE, n - begin), COLUMNS), np.float32)
            Y[begin : begin + len(X)] = X[:, :CLASSES].argmax(axis=1)
            file.write(X.data)
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # to be read from the disk
    np.save(folder / "Y.npy", Y)
    return path


def streamed(path: Path, threads: int | None = None) -> Measured:
    """Train over the file, in a process of its own."""
    return _alone(path, 0, threads)


def in_memory(path: Path, threads: int | None = None) -> Measured:
    """Train over rows that are in memory, in a process of its own."""
    return _alone(path, IN_MEMORY // ROW, threads)


def _alone(path: Path, rows: int, threads: int | None) -> Measured:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_epoch, path, rows, threads).result()


def _epoch(path: Path, rows: int, threads: int | None) -> Measured:
    X, Y = pel.stored(path)
    given = X[:rows] if rows else X
    network = pel.Network(COLUMNS, [pel.Dense(100), pel.Dense(CLASSES, "softmax")], shift=-0.5)
    pel.train(network, X[:64], Y[:64], epochs=1, batch_size=BATCH, threads=threads)
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    run = pel.start(
        network, given, Y[: len(given)], epochs=1, batch_size=BATCH, threads=threads, every=1 << 40
    )
    begun = time.perf_counter()
    ended = [event for event in run if isinstance(event, pel.EpochEnded)]
    seconds = time.perf_counter() - begun
    return Measured(len(given), seconds, before, _resident("VmHWM"), ended[-1].record.cost)


def _resident(entry: str) -> float:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    (found,) = (line.split()[1] for line in lines if line.startswith(entry))
    return int(found) * 1024 / 1e6


def main() -> None:
    """Write, measure, remove."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gigabytes", type=float, default=20.0)
    parser.add_argument("--threads", type=int)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix="streaming-") as folder:
        path = write(Path(folder), int(asked.gigabytes * 1e9))
        print("in files:", streamed(path, asked.threads), flush=True)
        print("in memory:", in_memory(path, asked.threads), flush=True)


if __name__ == "__main__":
    main()
