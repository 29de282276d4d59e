"""A page of HTML made of sections, whole in one file: nothing is fetched, nothing is run.

What stands on it is data (``Section`` and the blocks below); ``page.html`` beside this file says
how it looks. Every text is escaped there.
"""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pellucid.views.style import THEMES

PIXELS = 150  # an inch, where a picture is made of pixels


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Code:
    """Lines that keep their shape; shown at once, or when the reader asks for them."""

    text: str
    title: str = ""  # what to click on; without one the lines are shown at once
    kind: str = "code"


@dataclass(frozen=True)
class Formulas:
    """A piece of HTML that has been escaped where it was made: a walk's equations."""

    html: str
    kind: str = "formulas"


@dataclass(frozen=True)
class Table:
    """Rows of texts below a head; numbers stand to the right, as they do in books."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    kind: str = "table"

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers."""
        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.head)
        return tuple(all(_is_number(cell) for cell in column) for column in columns)


@dataclass(frozen=True)
class Picture:
    """A picture by light and by dark, as addresses that hold the data themselves."""

    light: str
    dark: str
    caption: str
    width: float  # inches
    kind: str = "picture"


@dataclass(frozen=True)
class Pictures:
    """Small pictures in rows."""

    pictures: tuple[Picture, ...]
    kind: str = "pictures"


@dataclass(frozen=True)
class Notice:
    """Something to act on: what it is, why, and what to do."""

    title: str
    text: str
    cures: tuple[tuple[str, str], ...]  # (where, what to write)
    severity: str
    kind: str = "notice"


Block = Text | Code | Formulas | Table | Picture | Pictures | Notice


@dataclass(frozen=True)
class Section:
    """A part of the page, with a title that the table of contents leads to."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        """The title as the end of an address."""
        return "".join(c if c.isalnum() else "-" for c in self.title.lower())


@dataclass(frozen=True)
class Page:
    """All of it: a title, the numbers to see first, and sections."""

    title: str
    lead: str
    tiles: tuple[tuple[str, str], ...]  # (number, what it is)
    sections: tuple[Section, ...]
    foot: str


def html(page: Page) -> str:
    """Return the page as HTML."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(page=page, themes=THEMES)


def picture(
    draw: Callable[[Figure, str], None],
    caption: str,
    size: tuple[float, float],
    *,
    pixels: bool = False,
) -> Picture:
    """Return what `draw` draws on a figure of `size` inches, in both themes.

    As lines, unless `pixels` is set: for pictures that are made of pixels or of many points.
    """
    light, dark = (_address(draw, size, theme, pixels) for theme in ("light", "dark"))
    return Picture(light, dark, caption, size[0])


def _address(
    draw: Callable[[Figure, str], None], size: tuple[float, float], theme: str, pixels: bool
) -> str:
    figure = Figure(figsize=size, layout="constrained", facecolor=THEMES[theme].paper)
    FigureCanvasAgg(figure)
    draw(figure, theme)
    content = io.BytesIO()
    # The same run gives the same bytes: names inside are made from a fixed word, without a date.
    with rc_context({"svg.hashsalt": "pellucid"}):
        if pixels:
            figure.savefig(content, format="png", dpi=PIXELS, metadata={"Software": None})
        else:
            figure.savefig(content, format="svg", metadata={"Date": None})
    kind = "png" if pixels else "svg+xml"
    return f"data:image/{kind};base64,{base64.b64encode(content.getvalue()).decode()}"


def _is_number(cell: str) -> bool:
    stripped = cell.replace(",", "").replace("%", "").replace("−", "-").strip()
    if stripped in ("", "–"):
        return True
    try:
        float(stripped)
    except ValueError:
        return False
    return True
