"""Every data set by its name, and the one door to all of them: ``load``."""

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pellucid.data.cache import Report, silent
from pellucid.data.dataset import Dataset
from pellucid.data.digits import load_digits
from pellucid.data.idx import is_idx_name, read_idx_folder, read_idx_pair
from pellucid.data.mnist import fetch_mnist, load_mnist
from pellucid.data.npz import read_npz
from pellucid.errors import DataError


class Source(NamedTuple):
    """A named data set: what it is, how it is loaded, how fetched (None: it is always here)."""

    description: str
    load: Callable[[Report], Dataset]
    fetch: Callable[[Report], Path] | None
    citation: str


SOURCES = {
    "mnist": Source(
        "70,000 handwritten digits, 28 x 28 pixels: 60,000 to train on, 10,000 to test on",
        load_mnist,
        fetch_mnist,
        "LeCun, Cortes and Burges 1998, The MNIST database; CC BY-SA 3.0",
    ),
    "digits": Source(
        "1,797 handwritten digits, 8 x 8 pixels: 1,437 to train on, 360 to test on",
        load_digits,
        None,
        "Alpaydin and Kaynak 1998, UCI Machine Learning Repository; CC BY 4.0",
    ),
}


def load(name_or_path: str, report: Report = silent) -> Dataset:
    """Return a data set by its name, or from a file or folder.

    Parameters
    ----------
    name_or_path : str
        A name in SOURCES; an .npz file; a folder of IDX files; an IDX file of pictures with its
        labels beside it. A name comes first: for a folder called mnist, write ./mnist.
    report : callable
        Is told in a sentence what is being done, when it takes time.

    Raises
    ------
    DataError
        Unknown, damaged, or arrays that do not fit together.
    FileError
        The file cannot be read.
    DownloadError
        A named data set could not be fetched.
    """
    name = str(name_or_path)
    if name in SOURCES:
        return SOURCES[name].load(report)
    path = Path(name).expanduser()
    if path.is_dir():
        return read_idx_folder(path)
    if path.is_file() and path.suffix == ".npz":
        return read_npz(path)
    if path.is_file() and is_idx_name(path):
        return read_idx_pair(path)
    raise _unknown(name, path)


def _unknown(name: str, path: Path) -> DataError:
    if path.is_file():
        problem = f"{name}: expected an .npz file or an IDX file of pictures, got another kind."
    else:
        problem = f"{name!r} is neither a data set with a name nor a file or folder."
    near = difflib.get_close_matches(name.lower(), _candidates(path), n=2)
    hint = f" Did you mean {' or '.join(near)}?" if near and not path.is_file() else ""
    return DataError(
        f"{problem}{hint} Known by name: {', '.join(SOURCES)}. From files: .npz with X and Y, "
        "or a folder of IDX files (train-images-idx3-ubyte, train-labels-idx1-ubyte, …)."
    )


def _candidates(path: Path) -> list[str]:
    """The known names, and what lies in the folder where the path was looked for."""
    try:
        beside = [str(path.with_name(p.name)) for p in path.parent.iterdir()]
    except (OSError, ValueError):
        beside = []
    return [*SOURCES, *beside]
