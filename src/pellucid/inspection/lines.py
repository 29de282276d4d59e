"""What a walk consists of: sections, lines, and statements that something equals something."""

from dataclasses import dataclass
from typing import NamedTuple


class Statement(NamedTuple):
    """What equals each other: a name, its formula, numbers in their places, the result."""

    parts: tuple[str, ...]  # expressions
    value: float  # the result, in full precision


class Line(NamedTuple):
    """An equation, or a few that belong together."""

    statements: tuple[Statement, ...]
    remark: str = ""  # prose


@dataclass(frozen=True)
class Section:
    """Lines under a title."""

    title: str
    lines: tuple[Line, ...]
    rule: str = ""  # an expression that holds for all of them
    about: str = ""  # prose, in which names may stand


def says(*parts: str, value: float, remark: str = "") -> Line:
    """Return a line of one statement."""
    return Line((Statement(parts, value),), remark)


def together(*lines: Line) -> Line:
    """Return the statements of several lines as one."""
    remarks = [line.remark for line in lines if line.remark]
    return Line(tuple(s for line in lines for s in line.statements), "; ".join(remarks))
