"""An example as a small picture: ink on paper, or a photograph."""

from matplotlib.figure import Figure

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.views.report.page import Picture, picture
from pellucid.views.weights import plot_ink

THIN = 0.1  # inches that a side has at least


def ink(row: Array, image: ImageFormat, caption: str, side: float) -> Picture:
    """Return a row of pixels as a picture that fills its frame, its longer side in inches."""

    def draw(figure: Figure, theme: str) -> None:
        figure.set_layout_engine("none")
        plot_ink(row, image, ax=figure.add_axes((0, 0, 1, 1)), theme=theme)

    longer = max(image.height, image.width)
    width, height = (max(side * n / longer, THIN) for n in (image.width, image.height))
    return picture(draw, caption, (width, height), pixels=True)
