"""Data in files become a data set: held in memory where they fit, else left where they are."""

from pathlib import Path

from pellucid.data.assemble import TEST_FRACTION, TEST_SEED, assemble, coded
from pellucid.data.cache import Report, silent
from pellucid.data.dataset import Dataset, Part
from pellucid.data.memory import bytes_said, fits
from pellucid.data.split import split_chunks
from pellucid.data.stored import Stored, open_parts

FEW = 5  # chunks; of fewer, whole ones make no fair test part


def read_stored(path: Path, report: Report = silent, *, in_files: bool | None = None) -> Dataset:
    """Return the data set of a .npy file with its targets beside it, or of a folder of shards.

    Rows of more than a quarter of the free memory stay in files. Without a test part of their own,
    one chunk in five is taken, drawn with seed 0, so that the test part is the same wherever the
    rows are held; of fewer than five chunks in memory, one example in five.

    Parameters
    ----------
    in_files : bool, optional
        Whether the rows stay in files, in the place of what the memory says.

    Raises
    ------
    DataError
        Files that are damaged, or do not fit together.
    FileError
        A file that cannot be read.
    """
    train, test = open_parts(path)
    n_bytes = train.X.nbytes + (0 if test is None else test.X.nbytes)
    stays = not fits(n_bytes) if in_files is None else in_files
    name, origin = path.resolve().stem, f"The rows in {path.resolve().name}"
    own = test is not None
    if test is None and len(train.X.sizes) >= FEW:
        train, test = _set_aside(train)
    if not stays:
        pairs = [(X[:], Y) for X, Y in (train, *(() if test is None else (test,)))]
        found = assemble(name, str(path), pairs[0], pairs[1] if test else None, origin)
        return found if own or test is None else _told(found, origin)
    report(f"{path} has {bytes_said(n_bytes)} of rows, which stay in files")
    Ys, classes = coded([Y for _, Y in (train, *(() if test is None else (test,)))], str(path))
    parts = [Part(X, Y) for (X, _), Y in zip((train, test or train), (Ys[0], Ys[-1]), strict=True)]
    origin = f"{origin}, which stay in files"
    if test is None:
        source = f"{origin}, too few chunks to set a test part aside."
        return Dataset(name, parts[0], None, classes, None, source)
    source = f"{origin}, with the test part they bring."
    whole = Dataset(name, parts[0], parts[1], classes, None, source)
    return whole if own else _told(whole, origin)


def _set_aside(whole: Stored) -> tuple[Stored, Stored]:
    kept, held = split_chunks(whole.X, TEST_FRACTION, TEST_SEED)
    train, test = (
        Stored(whole.X.take_chunks(chunks), whole.Y[whole.X.rows_of(chunks)])
        for chunks in (kept, held)
    )
    return train, test


def _told(found: Dataset, origin: str) -> Dataset:
    """The same data set, with the truth about its test part."""
    source = (
        f"{origin}, which bring no test part: one chunk of rows in five, drawn with seed "
        f"{TEST_SEED}, became the test part."
    )
    return Dataset(found.name, found.train, found.test, found.classes, found.image, source)
