"""Every data set by its name, and the one door to all of them: ``load_data``."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pellucid.data.cache import Report, silent
from pellucid.data.dataset import Dataset
from pellucid.data.digits import kept_digits, load_digits
from pellucid.data.idx import is_idx_name, is_idx_set, read_idx_folder, read_idx_pair
from pellucid.data.mnist import FASHION_MNIST, MNIST, fetch_original, kept_in, load_original
from pellucid.data.npz import read_npz
from pellucid.data.picture_files import is_picture_folder, is_picture_list
from pellucid.data.pictures import AS_THEY_ARE, PictureOptions, read_pictures
from pellucid.data.reading import Reading
from pellucid.data.stored import is_folder_of_rows
from pellucid.data.stored_dataset import read_stored
from pellucid.data.table import Table
from pellucid.data.table_file import is_table, read_table
from pellucid.data.table_format import TableFormat
from pellucid.data.tabular import Known, dataset_of, part_of
from pellucid.errors import DataError


class Source(NamedTuple):
    """A named data set: what it is, how it is loaded, how fetched (None: it is always here)."""

    description: str
    load: Callable[[Report], Dataset]
    fetch: Callable[[Report], Path] | None
    kept: Callable[[], list[Path]]  # its files in the cache folder, there or not
    citation: str


SOURCES = {
    "mnist": Source(
        "70,000 handwritten digits, 28 x 28 pixels: 60,000 to train on, 10,000 to test on",
        partial(load_original, MNIST),
        partial(fetch_original, MNIST),
        partial(kept_in, MNIST),
        "LeCun, Cortes and Burges 1998, The MNIST database; CC BY-SA 3.0",
    ),
    "fashion-mnist": Source(
        "70,000 pictures of clothing, 28 x 28 pixels: 60,000 to train on, 10,000 to test on",
        partial(load_original, FASHION_MNIST),
        partial(fetch_original, FASHION_MNIST),
        partial(kept_in, FASHION_MNIST),
        "Xiao, Rasul and Vollgraf 2017, Fashion-MNIST, arXiv 1708.07747; MIT",
    ),
    "digits": Source(
        "1,797 handwritten digits, 8 x 8 pixels: 1,437 to train on, 360 to test on",
        load_digits,
        None,
        kept_digits,
        "Alpaydin and Kaynak 1998, UCI Machine Learning Repository; CC BY 4.0",
    ),
}


def source_of(name: str) -> Source | None:
    """Return the data set of a name, fashion-mnist or fashion_mnist; None for any other text."""
    return SOURCES.get(name.replace("_", "-"))


def load_data(
    name_or_path: Any,
    report: Report = silent,
    reading: Reading | None = None,
    pictures: PictureOptions = AS_THEY_ARE,
    *,
    target: str | Sequence[str] = (),
    in_files: bool | None = None,
) -> Dataset:
    """Return a data set by its name, or from a file or folder.

    Parameters
    ----------
    name_or_path : str or Path
        A name in SOURCES; a table (CSV, Parquet); a folder of photographs, a sub-folder for each
        class, or a list of photographs; an .npz file; a folder of IDX files, or the beginning of
        the names of some of them; an IDX file of pictures with its labels beside it; a file X.npy
        with Y.npy beside it; a folder of shards (see ``stored``). A name comes first: for a folder
        called mnist, write ./mnist.
    report : callable
        Is told in a sentence what is being done, when it takes time, and what was found; ``print``
        shows it.
    reading : Reading, optional
        What is to be predicted, and how the file is to be read.
    pictures : PictureOptions
        How photographs become rows; nothing to other data.
    target : str or sequence of str
        Of a table: what is to be predicted, in the place of that of `reading`.
    in_files : bool, optional
        Whether rows of .npy files and shards stay there, and photographs in files of the cache
        once they were decoded; by default where they are more than a quarter of the free memory.

    Returns
    -------
    data : Dataset
        ``data.train`` and ``data.test`` have arrays X and Y, which may be read-only; Y holds codes
        where ``data.classes`` names them, otherwise numbers. ``data.scale`` suits its pictures.

    Raises
    ------
    DataError
        Unknown, damaged, or arrays that do not fit together.
    FileError
        The file cannot be read.
    DownloadError
        A named data set could not be fetched.

    Examples
    --------
    >>> import pellucid as pel
    >>> digits = pel.load_data("digits")
    >>> digits.train.X.shape, digits.test.X.shape, digits.classes[:3]
    ((1437, 64), (360, 64), ('0', '1', '2'))
    """
    if not isinstance(name_or_path, str | Path):
        kind = type(name_or_path).__name__
        raise DataError(
            f"expected the name of a data set, or where a file lies, got {kind}. Frames and arrays "
            "are given to pellucid.Classifier or pellucid.train."
        )
    name, said = str(name_or_path), reading or Reading()
    if target:
        said = replace(said, target=(target,) if isinstance(target, str) else tuple(target))
    path, source = Path(name).expanduser(), source_of(name)
    listed = is_picture_list(path) and not said.target
    if source is None and path.is_file() and is_table(path) and not listed:
        return _load_table(path, said, report)
    if source is None and not path.exists() and not is_idx_set(path):
        raise _unknown(name, path)
    if source is None and (is_folder_of_rows(path) or path.suffix == ".npy"):
        _check_no_table(name, replace(said, target=()))
        column = said.target[0] if said.target else None
        return read_stored(path, report, target=column, in_files=in_files)
    _check_no_table(name, said)
    if source is not None:
        return source.load(report)
    if listed or is_picture_folder(path):
        return read_pictures(path, pictures, report, in_files=in_files)
    if path.is_dir():
        _check_idx(path)
        return read_idx_folder(path)
    if path.is_file() and path.suffix == ".npz":
        return read_npz(path)
    if path.is_file() and is_idx_name(path):
        return read_idx_pair(path)
    if is_idx_set(path):
        return read_idx_folder(path.parent, path.name)
    raise _unknown(name, path)


def load_like(
    name_or_path: str,
    known: Known,
    report: Report = silent,
    reading: Reading | None = None,
    *,
    divided: bool = False,
) -> Dataset:
    """Return a table as a model takes it that was trained on such tables.

    Parameters
    ----------
    known : Known
        What the model knows of its table.
    divided : bool
        Whether the test part is to be set aside as for training, because it is the same file.

    Raises
    ------
    DataError
        No table, or one without the columns that the model looks at or predicts.
    """
    path, said = table_path(name_or_path), reading or Reading()
    table, how = read_known(path, known.format, report, said)
    origin = f"The table in {how}"
    if not divided:
        part = part_of(table, known.format, known.classes, path.name, report)
        return Dataset(
            _name(path), part, None, known.classes, known.image, f"{origin}.", known.format
        )
    test = None
    if said.test is not None:
        test, _ = read_known(Path(said.test).expanduser(), known.format, report, said)
    return dataset_of(
        table, said, name=_name(path), origin=origin, test=test, report=report, known=known
    )


def read_known(
    path: Path, format: TableFormat, report: Report = silent, reading: Reading | None = None
) -> tuple[Table, str]:
    """Return the table in a file, whose categories are texts as where a model was trained."""
    as_text = [column.name for column in format.columns if column.values is not None]
    return read_table(path, reading or Reading(), as_text, report)


def table_path(name: str) -> Path:
    """Return where a table lies, once it is known that there is one.

    Raises
    ------
    DataError
        Nothing, or something else, is there.
    """
    path = Path(name).expanduser()
    if path.is_file() and is_table(path):
        return path
    if path.exists() or source_of(name) is not None:
        raise DataError(
            f"{name}: expected a table (.csv, .parquet), as the model was trained on, got "
            "something else."
        )
    raise _unknown(name, path)


def _name(path: Path) -> str:
    return path.name.split(".")[0]


def _load_table(path: Path, reading: Reading, report: Report) -> Dataset:
    table, said = read_table(path, reading, (), report)
    report(f"{said}: {len(table):,} rows, {len(table.names)} columns")
    test = None
    if reading.test is not None:
        test, tested = read_table(Path(reading.test).expanduser(), reading, (), report)
        said += f" and {tested}"
    origin = f"The table in {said}"
    return dataset_of(table, reading, name=_name(path), origin=origin, test=test, report=report)


def _check_no_table(name: str, reading: Reading) -> None:
    said = [entry.replace("_", "-") for entry in reading.to_json()]
    if said:
        raise DataError(
            f"{name}: expected a table for --{said[0]} to be of use, got something else. Leave it "
            "out."
        )


def _check_idx(folder: Path) -> None:
    """Refuse a folder in which there is nothing to train on, whatever it is meant to hold."""
    if not any(is_idx_name(path) for path in folder.iterdir()):
        raise DataError(
            f"{folder}: expected a folder with a sub-folder of pictures for each class, with files "
            "of rows (.npy, .parquet, .npz) or with IDX files (train-images-idx3-ubyte, …), got "
            "none of these. Name another folder."
        )


def _unknown(name: str, path: Path) -> DataError:
    if path.is_file():
        problem = f"{name}: expected a table, an .npz file or IDX pictures, got another kind."
    else:
        problem = f"{name!r} is neither a data set with a name nor a file or folder."
    near = difflib.get_close_matches(name.lower(), _candidates(path), n=2)
    hint = f" Did you mean {' or '.join(near)}?" if near and not path.is_file() else ""
    return DataError(
        f"{problem}{hint} Known by name: {', '.join(SOURCES)}. From files: a table (.csv, "
        ".parquet), a folder of pictures with a sub-folder for each class, .npz with X and Y, "
        "X.npy with Y.npy beside it, a folder of such files, or a folder of IDX files "
        "(train-images-idx3-ubyte, train-labels-idx1-ubyte, …)."
    )


def _candidates(path: Path) -> list[str]:
    """The known names, and what lies in the folder where the path was looked for."""
    try:
        beside = [str(path.with_name(p.name)) for p in path.parent.iterdir()]
    except (OSError, ValueError):
        beside = []
    return [*SOURCES, *beside]
