"""How pictures look: colours for one thing the same everywhere, light and dark.

A figure is drawn on the axes it is given, or on those of a new figure of pyplot, as scikit-learn's
displays do, so that ``plt.show()`` shows it. Settings of matplotlib are not changed.
"""

from dataclasses import dataclass
from typing import Literal

from matplotlib import colormaps
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.ticker import MaxNLocator

from pellucid.errors import RecipeError

# Okabe and Ito 2008, told apart by colour-blind eyes; black is the theme's ink.
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
# Paul Tol 2021, from his schemes dark, light, medium and muted: for further classes, chosen so that
# each stays apart from all before it for eyes without green or red cones too.
INDIGO, FOREST, MOSS = "#332288", "#225522", "#666633"
WINE, ROSE, PINK, SAND = "#882255", "#EE99AA", "#FFAABB", "#EEDD88"

# Shapes of points, one a class, for eyes and printers without colour.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", "*", ">")

LINE, GAP = 11.8, 2.5  # points: a line of small letters in a legend, and between its entries
Corner = Literal[
    "best", "upper left", "upper right", "lower left", "lower right", "beside", "above"
]


@dataclass(frozen=True)
class Theme:
    """Colours of paper, ink and what is in between."""

    paper: str
    ink: str
    faint: str  # grids, edges of what is in the background
    negative: str  # signed numbers: what is below 0
    positive: str
    series: tuple[str, ...]  # lines that belong together, in order
    classes: tuple[str, ...]  # of class 0, 1, …; begins as series does

    def of_class(self, k: int) -> str:
        """The colour of class k; beyond the last they begin again."""
        return self.classes[k % len(self.classes)]

    @property
    def signed(self) -> Colormap:
        """A map for signed numbers: 0 is the paper."""
        colours = [self.negative, self.paper, self.positive]
        return LinearSegmentedColormap.from_list("signed", colours)

    @property
    def amount(self) -> Colormap:
        """A map for amounts: 0 is the paper, much is ink."""
        return LinearSegmentedColormap.from_list("amount", [self.paper, self.ink])

    @property
    def density(self) -> Colormap:
        """A map for surfaces, even to the eye and in grey."""
        return colormaps["cividis"]


THEMES = {
    "light": Theme(
        "#ffffff",
        "#1b1b1b",
        "#d0d0d0",
        ORANGE,
        BLUE,
        (BLUE, VERMILION, GREEN, PURPLE),
        (BLUE, VERMILION, GREEN, PURPLE, SKY, ORANGE, INDIGO, WINE, FOREST, ROSE),
    ),
    "dark": Theme(
        "#15181c",
        "#e8e8e8",
        "#4a4f57",
        ORANGE,
        SKY,
        (SKY, ORANGE, GREEN, PURPLE),
        (SKY, ORANGE, GREEN, PURPLE, YELLOW, VERMILION, BLUE, SAND, PINK, MOSS),
    ),
}


def theme_of(name: str) -> Theme:
    """Return a row of THEMES.

    Raises
    ------
    RecipeError
    """
    if name not in THEMES:
        raise RecipeError(f"theme: expected one of {', '.join(THEMES)}, got {name!r}.")
    return THEMES[name]


def axes(ax: Axes | None, theme: str, size: tuple[float, float] = (6.4, 4.0)) -> Axes:
    """Return `ax`, or the axes of a new figure of `size` inches, in the colours of a theme."""
    colours = theme_of(theme)
    if ax is None:
        _, ax = plt.subplots(figsize=size, layout="constrained")
    figure = ax.get_figure()
    if figure is not None:
        figure.set_facecolor(colours.paper)
    ax.set_facecolor(colours.paper)
    for spine in ax.spines.values():
        spine.set_color(colours.faint)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.tick_params(colors=colours.ink, which="both")
    for text in (ax.xaxis.label, ax.yaxis.label, ax.title):
        text.set_color(colours.ink)
    ax.set_prop_cycle(color=list(colours.series))
    return ax


def bare(ax: Axes) -> Axes:
    """Take ticks and frame away, for pictures that are no charts."""
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def legend(
    ax: Axes, theme: str, *, loc: Corner = "best", size: str = "medium", columns: int = 1
) -> None:
    """Name the lines: in a corner or where it hides least, or outside of the axes."""
    colours = theme_of(theme)
    frame = {"facecolor": colours.paper, "edgecolor": "none", "framealpha": 0.8}
    look = {"labelcolor": colours.ink, "fontsize": size}
    if loc == "beside":
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), **look, **frame)
    elif loc == "above":  # between the axes and their title
        close = {"borderpad": 0.2, "labelspacing": 0.3, "columnspacing": 1.2, "ncols": columns}
        key = ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), **close, **look, **frame)
        lines = [text.get_text().count("\n") + 1 for text in key.get_texts()]
        rows = -(-len(lines) // columns)
        high = max(sum(lines[i : i + rows]) for i in range(0, len(lines), rows))
        pad = LINE * high + GAP * (rows + 2)
        ax.set_title(ax.get_title(), pad=pad, fontsize=ax.title.get_fontsize())
    else:
        ax.legend(loc=loc, **look, **frame)


def literal(name: str) -> str:
    """A name of the user's that is drawn as it is: no formula, no line break, never left out."""
    text = " ".join(name.split()).replace("$", r"\$")
    return f"\u200a{text}" if text.startswith("_") else text  # legends leave out what starts so


def whole(ax: Axes) -> None:
    """Mark whole numbers along x, such as epochs, and round ones."""
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))


def inches(ax: Axes) -> tuple[float, float]:
    """How wide and high the axes are, or will be about: what is written in them has to fit."""
    dpi = ax.figure.dpi
    return float(ax.bbox.width / dpi), float(ax.bbox.height / dpi)


def over(colour: tuple[float, ...], theme: str) -> str:
    """The colour of text over a surface: ink or paper, whichever stands out more."""
    colours = theme_of(theme)
    here, ink, paper = (
        _light(colour) for colour in (colour[:3], to_rgb(colours.ink), to_rgb(colours.paper))
    )
    stands_out = max(ink, here) * min(paper, here) > min(ink, here) * max(paper, here)  # as ratios
    return colours.ink if stands_out else colours.paper


def _light(colour: tuple[float, ...]) -> float:
    """The luminance of a colour, with what the screen reflects."""
    red, green, blue = (part**2.2 for part in colour)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue) + 0.05
