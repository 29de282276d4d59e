"""What a user says of a file: how it is to be read, and what of it is to be predicted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pellucid.errors import DataError

TASKS = ("classes", "numbers", "labels")


@dataclass(frozen=True)
class Reading:
    """How a file becomes a data set; where nothing is said, it is found.

    Parameters
    ----------
    target : tuple of str
        Of tables: the columns to predict.
    task : {"classes", "numbers", "labels"}, optional
        What the target is: one of several classes, quantities, or columns of yes and no.
    kinds : mapping of str to str
        What columns are, by name: number, category, boolean, date or identifier (left out).
    test : str, optional
        Another file, with the examples to judge by at last.
    group : str, optional
        A column whose rows of the same value stay together, on one side of every split.
    time : str, optional
        A column to split by: what is latest is judged by.
    separator, encoding, decimal : str, optional
        Of a CSV file.
    header : bool, optional
        Whether its first line names the columns.
    """

    target: tuple[str, ...] = ()
    task: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    test: str | None = None
    group: str | None = None
    time: str | None = None
    separator: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    header: bool | None = None

    def __post_init__(self) -> None:
        if self.task is not None and self.task not in TASKS:
            raise DataError(f"task: expected one of {', '.join(TASKS)}, got {self.task!r}.")
        if self.group is not None and self.time is not None:
            raise DataError("expected one column to split by, got a group and a time. Leave one.")

    def to_json(self) -> dict[str, Any]:
        """Return what differs from the default, as plain data."""
        said = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in said.items() if value not in (None, (), {})}

    @classmethod
    def from_json(cls, data: Any) -> "Reading":
        """Return it again.

        Raises
        ------
        ValueError
            Entries that nobody knows.
        """
        known = {item.name for item in fields(cls)}
        if not isinstance(data, dict) or not set(data) <= known:
            raise ValueError(f"reading: expected a table with some of {', '.join(sorted(known))}")
        return cls(**{**data, "target": tuple(data.get("target", ()))})
