"""How pictures look: colours for one thing the same everywhere, light and dark.

A figure is drawn on the axes it is given, or on new ones; nothing of matplotlib's state is
changed, and nothing is shown or saved.
"""

from dataclasses import dataclass

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure

from pellucid.errors import RecipeError

# Okabe and Ito 2008, told apart by colour-blind eyes; black is the theme's ink.
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"


@dataclass(frozen=True)
class Theme:
    """Colours of paper, ink and what is in between."""

    paper: str
    ink: str
    faint: str  # grids, edges of what is in the background
    negative: str  # signed numbers: what is below 0
    positive: str
    series: tuple[str, ...]  # lines that belong together, in order

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
    "light": Theme("#ffffff", "#1b1b1b", "#d0d0d0", ORANGE, BLUE, (BLUE, VERMILION, GREEN, PURPLE)),
    "dark": Theme("#15181c", "#e8e8e8", "#4a4f57", ORANGE, SKY, (SKY, ORANGE, GREEN, PURPLE)),
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
    """Return `ax`, or the axes of a new figure of `size` inches, in the colours of a theme.

    Figures are made without pyplot, which would keep them; notebooks show them all the same.
    """
    colours = theme_of(theme)
    if ax is None:
        ax = Figure(figsize=size, layout="constrained").add_subplot()
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


def legend(ax: Axes, theme: str) -> None:
    """Name the lines, beside nothing that would hide them."""
    colours = theme_of(theme)
    ax.legend(frameon=False, labelcolor=colours.ink, loc="best")
