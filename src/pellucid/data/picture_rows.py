"""Many pictures become rows: decoded side by side, in order, and kept where that is worth it."""

import hashlib
import json
import math
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from pellucid.arrays import Array
from pellucid.data.cache import Report, cache_folder, load_array, save_rows
from pellucid.data.dataset import ImageFormat
from pellucid.data.decoding import decode, quiet
from pellucid.data.memory import bytes_said
from pellucid.data.photographs import Size, is_cut, photograph
from pellucid.data.stored import stored_rows
from pellucid.errors import DataError, FileError
from pellucid.files import write_atomically
from pellucid.rows import StoredRows

BLOCK = 256  # pictures that are decoded before their rows are put where they belong, at most
BLOCK_BYTES = 1 << 26  # and what these rows take, at most
HELPERS = 8  # threads at most: each may hold a picture of PIXEL_LIMIT
WORTH = 64_000_000  # bytes of files from where on decoding them again takes longer than reading
CACHE_LIMIT = 32_000_000_000  # bytes of decoded pictures that are kept in all
LAYOUT = 2  # of the kept files: another number where pictures are decoded in another way

Result = TypeVar("Result")


@dataclass(frozen=True)
class Rows:
    """Pictures as rows.

    Attributes
    ----------
    X : Array or StoredRows, shape (n, format.n_values)
        uint8; in memory, mapped from a file of the cache, or left there.
    left_out : dict of str
        What is wrong with those that are damaged, by their place among the files.
    seen : Seen
        What they were before.
    """

    X: Array | StoredRows
    left_out: dict[int, str]
    seen: "Seen"


@dataclass
class Seen:
    """The pictures of a part before: the smallest and the largest, and what had to be done."""

    smallest: Size = (0, 0)
    largest: Size = (0, 0)
    resized: bool = False
    cut: bool = False

    def note(self, size: Size, wanted: Size) -> None:
        """Count in a picture of `size`."""
        known = [each for each in (self.smallest, self.largest, size) if each != (0, 0)]
        self.smallest, self.largest = min(known, key=math.prod), max(known, key=math.prod)
        self.resized |= size != wanted
        self.cut |= is_cut(size, wanted)


def read_rows(
    whose: str,
    paths: Sequence[Path],
    format: ImageFormat,
    damaged: str,
    report: Report,
    *,
    in_files: bool = False,
) -> Rows:
    """Return pictures as rows, in the order of `paths`.

    Where they are to stay in files, or there is much to decode, the rows are kept in the cache and
    read or mapped from there; the next time nothing is decoded.

    Parameters
    ----------
    whose : str
        The folder and the part: what the cache has of it from before it changed makes room.
    paths : sequence of Path
    format : ImageFormat
    damaged : {"stop", "leave-out"}
        Whether a file that is no picture is an error.
    report : callable
    in_files : bool
        Whether the rows stay in the cache, and are read when they are asked for.

    Raises
    ------
    DataError
        A damaged file where `damaged` is "stop".
    FileError
        The cache cannot be written.
    """
    size, digest = _fingerprint(paths, format)
    if size < WORTH and not in_files:
        return _in_memory(paths, format, damaged)
    return _kept(whose, paths, format, damaged, digest, report, in_files)


def each(
    paths: Sequence[Path], use: Callable[[Path], Result], size: int = BLOCK
) -> Iterator[list[Result | str]]:
    """Yield what `use` returns of each path, `size` at a time, in order; of damaged ones why."""

    def careful(path: Path) -> Result | str:
        try:
            return use(path)
        except (DataError, FileError) as problem:
            return str(problem)

    with quiet(), ThreadPoolExecutor(min(_cores(), HELPERS)) as helpers:
        for begin in range(0, len(paths), size):
            yield list(helpers.map(careful, paths[begin : begin + size]))


def stop_at(problem: str) -> DataError:
    """Return the error of a damaged file, with the way round it."""
    return DataError(f"{problem} Repair or remove the file, or go on without: --damaged leave-out.")


def _in_memory(paths: Sequence[Path], format: ImageFormat, damaged: str) -> Rows:
    X, n = np.empty((len(paths), format.n_values), np.uint8), 0
    rows = Rows(X, {}, Seen())
    for block in _blocks(paths, format, damaged, rows):
        X[n : n + len(block)] = block
        n += len(block)
    return replace(rows, X=X[:n])


def _blocks(
    paths: Sequence[Path], format: ImageFormat, damaged: str, rows: Rows
) -> Iterator[Array]:
    """Decode, yield each block of those that are not damaged, and note the others in `rows`."""

    def row(path: Path) -> tuple[Array, Size]:
        return decode(path, lambda image: photograph(image, format))

    size = min(max(BLOCK_BYTES // format.n_values, HELPERS), BLOCK)
    for begin, found in zip(range(0, len(paths), size), each(paths, row, size), strict=True):
        for place, problem in enumerate(found, start=begin):
            if isinstance(problem, str):
                if damaged == "stop":
                    raise stop_at(problem)
                rows.left_out[place] = problem
        good = [pair for pair in found if not isinstance(pair, str)]
        for _, before in good:
            rows.seen.note(before, (format.height, format.width))
        if good:
            yield np.stack([pixels.reshape(-1) for pixels, _ in good])


def _kept(
    whose: str,
    paths: Sequence[Path],
    format: ImageFormat,
    damaged: str,
    digest: str,
    report: Report,
    in_files: bool,
) -> Rows:
    """Rows that lie in the cache, decoded now if they are not there."""
    store = cache_folder() / "pictures"
    own = hashlib.sha256(repr((whose, format)).encode()).hexdigest()[:16]
    file = store / f"{own}-{digest[:32]}.npy"
    found = _recall(file, format, damaged, in_files)
    if found is not None:
        report(f"taking them from the cache, {file}")
        return found
    needed = len(paths) * format.n_values
    _make_room(store, own, needed)
    report(f"decoding them once into the cache, {file}")
    rows = Rows(np.empty((0, format.n_values), np.uint8), {}, Seen())
    n = save_rows(file, _blocks(paths, format, damaged, rows), format.n_values)
    os.utime(file, (0, 0))  # its name says what it holds: decoded again it is the same file
    about = {"n": n, "left_out": rows.left_out, "seen": asdict(rows.seen)}
    write_atomically(file.with_suffix(".json"), json.dumps(about).encode())
    found = _recall(file, format, damaged, in_files)
    if found is None:
        raise FileError(f"cannot read {file}, written just now. See what happens to that folder.")
    return found


def _recall(file: Path, format: ImageFormat, damaged: str, in_files: bool) -> Rows | None:
    """What is in the cache, if all of it is there."""
    try:
        about = json.loads(file.with_suffix(".json").read_bytes())
        left_out = {int(place): str(said) for place, said in about["left_out"].items()}
        seen = Seen(**about["seen"])
        for name in ("smallest", "largest"):  # which JSON has made lists of
            height, width = getattr(seen, name)
            setattr(seen, name, (height, width))
        X = open_rows(file, (int(about["n"]), format.n_values), in_files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if X is None:
        return None
    if left_out and damaged == "stop":
        raise stop_at(next(iter(left_out.values())))
    os.utime(file.with_suffix(".json"))  # what was used last is the last to make room
    return Rows(X, left_out, seen)


def open_rows(file: Path, shape: tuple[int, int], in_files: bool) -> Array | StoredRows | None:
    """Return the rows in a file of the cache, mapped into memory or left there.

    None where there is no such file, or it is damaged.
    """
    if not in_files:
        return load_array(file, np.uint8, shape)
    try:
        X = stored_rows(file)
    except (DataError, FileError):
        return None
    return X if X.shape == shape and X.dtype == np.uint8 else None


def _make_room(store: Path, own: str, needed: int) -> None:
    """Remove what was decoded of this folder before it changed, then what was used longest ago."""
    files = sorted(store.glob("*.npy"), key=_last_used)
    stale = [file for file in files if file.name.startswith(own)]
    held = sum(file.stat().st_size for file in files)
    for file in [*stale, *(file for file in files if file not in stale)]:
        if file in stale or held + needed > CACHE_LIMIT:
            held -= file.stat().st_size
            file.with_suffix(".json").unlink(missing_ok=True)
            file.unlink(missing_ok=True)
    existing = next(folder for folder in (store, *store.parents) if folder.is_dir())
    free = shutil.disk_usage(existing).free
    if needed > free:
        raise FileError(
            f"cannot keep decoded pictures in {store}: expected {bytes_said(needed)} free there, "
            f"got {bytes_said(free)}. Free some space, or choose a smaller --size."
        )


def _last_used(file: Path) -> float:
    about = file.with_suffix(".json")
    return about.stat().st_mtime if about.is_file() else 0.0


def _fingerprint(paths: Sequence[Path], format: ImageFormat) -> tuple[int, str]:
    """The size of all files, and a digest of their names, sizes and times, and of the format."""
    digest = hashlib.sha256(repr((LAYOUT, format)).encode())
    total = 0
    for path in paths:
        try:
            status = path.stat()
            size, changed = status.st_size, status.st_mtime_ns
        except OSError:
            size = changed = 0  # the decoder will say what is wrong
        total += size
        digest.update(os.fsencode(path) + f"\0{size} {changed};".encode())
    return total, digest.hexdigest()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
