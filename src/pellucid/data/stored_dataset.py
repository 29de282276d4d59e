"""Data in files become a data set: held in memory where they fit, else left where they are."""

from dataclasses import replace
from pathlib import Path

from pellucid.data.assemble import TEST_FRACTION, TEST_SEED, assemble, coded
from pellucid.data.cache import Report, silent
from pellucid.data.dataset import Dataset, Part
from pellucid.data.memory import bytes_said, fits
from pellucid.data.split import split_chunks
from pellucid.data.stored import Stored, open_parts

FEW = 5  # chunks; of fewer, whole ones make no fair test part


def read_stored(
    path: Path,
    report: Report = silent,
    *,
    target: str | None = None,
    in_files: bool | None = None,
) -> Dataset:
    """Return the data set of a .npy file with its targets beside it, or of a folder of shards.

    Rows of more than a quarter of the free memory stay in files. Without a test part of their own,
    one chunk in five is taken, drawn with seed 0, so that the test part is the same wherever the
    rows are held; of fewer than five chunks in memory, one example in five.

    Parameters
    ----------
    target : str, optional
        Of Parquet files: the column to predict.
    in_files : bool, optional
        Whether the rows stay in files, in the place of what the memory says.

    Raises
    ------
    DataError
        Files that are damaged, or do not fit together.
    FileError
        A file that cannot be read.
    """
    train, test = open_parts(path, target)
    brought = test is not None
    if test is None and len(train.X.sizes) >= FEW:
        train, test = _set_aside(train)
    parts = [train] if test is None else [train, test]
    n_bytes = sum(part.X.nbytes for part in parts)
    stays = not fits(n_bytes) if in_files is None else in_files
    name, origin = path.resolve().stem, f"The rows in {path.resolve().name}"
    if stays:
        report(f"{path} has {bytes_said(n_bytes)} of rows, which stay in files")
        found = _left_where_they_are(name, str(path), parts)
        origin += ", which stay in files"
    else:
        pairs = [(X[:], Y) for X, Y in parts]
        found = assemble(name, str(path), pairs[0], pairs[1] if pairs[1:] else None, origin)
        if test is None:
            return found  # which says itself how its test part was made
    return replace(found, source=f"{origin}, {_about(test, brought)}")


def _set_aside(whole: Stored) -> tuple[Stored, Stored]:
    kept, held = split_chunks(whole.X, TEST_FRACTION, TEST_SEED)
    train, test = (
        Stored(whole.X.take_chunks(chunks), whole.Y[whole.X.rows_of(chunks)])
        for chunks in (kept, held)
    )
    return train, test


def _left_where_they_are(name: str, file: str, parts: list[Stored]) -> Dataset:
    targets, classes = coded([Y for _, Y in parts], file)
    made = [Part(X, Y) for (X, _), Y in zip(parts, targets, strict=True)]
    return Dataset(name, made[0], made[1] if made[1:] else None, classes, None, "")


def _about(test: Stored | None, brought: bool) -> str:
    """How the test part was made, as the end of a sentence."""
    if test is None:
        return "too few chunks to set a test part aside."
    if brought:
        return "with the test part they bring."
    return (
        f"which bring no test part: one chunk of rows in five, drawn with seed {TEST_SEED}, became "
        "the test part."
    )
