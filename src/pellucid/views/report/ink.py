"""An example as a small picture of ink on paper."""

from matplotlib.figure import Figure

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.views.report.page import Picture, picture
from pellucid.views.weights import plot_ink


def ink(row: Array, image: ImageFormat, caption: str, side: float) -> Picture:
    """Return a row of pixels as a picture of `side` inches that fills its frame."""

    def draw(figure: Figure, theme: str) -> None:
        figure.set_layout_engine("none")
        plot_ink(row, image, ax=figure.add_axes((0, 0, 1, 1)), theme=theme)

    return picture(draw, caption, (side, side), pixels=True)
