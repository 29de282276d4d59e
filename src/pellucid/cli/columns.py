"""What ``pellucid datasets show`` says of a table of which nothing is to be predicted yet."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pellucid.data.describing import Described, lines_of, overview
from pellucid.data.picture_files import is_picture_list
from pellucid.data.reading import Reading
from pellucid.data.sources import source_of
from pellucid.data.table_file import is_table, read_table
from pellucid.errors import DataError


@dataclass(frozen=True)
class Columns:
    """A table's columns, and how the file was read."""

    file: str
    said: str
    n_rows: int
    columns: list[Described]

    def as_dict(self) -> dict[str, Any]:
        """Return the same as plain data."""
        columns = [column._asdict() for column in self.columns]
        return {"file": self.file, "rows": self.n_rows, "columns": columns}

    def __str__(self) -> str:
        head = f"{self.said}: {self.n_rows:,} rows, {len(self.columns):,} columns"
        hint = f"to train: pellucid train {self.file} --target COLUMN"
        return "\n".join([head, *lines_of(self.columns), hint])


def check_no_picture(out: Path | None, data: str) -> None:
    """Raise where a picture of a table is asked for.

    Raises
    ------
    DataError
    """
    if out is not None:
        raise DataError(
            f"out: expected a data set of pictures, but {data} is a table. Leave it out."
        )


def columns_in(data: str) -> Columns | None:
    """Return the columns of a table; None where `data` is something else."""
    path = Path(data).expanduser()
    if source_of(data) is not None or not path.is_file() or not is_table(path):
        return None
    if is_picture_list(path):
        return None
    table, said = read_table(path, Reading())
    return Columns(data, said, len(table), overview(table))
