"""Cells of tables: their colours, and room for what is written in and beside them."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from pellucid.views.judgements import plot_confusion
from pellucid.views.style import THEMES
from pellucid.views.tables import cells


def inside(ax):
    """Whether every text of the axes is on the page, and is of a size that can be read."""
    figure = ax.figure
    figure.draw_without_rendering()
    page = figure.bbox
    texts = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.title]
    boxes = [text.get_window_extent() for text in texts if text.get_text()]
    fits = [
        page.x0 <= b.x0 and b.x1 <= page.x1 and page.y0 <= b.y0 <= b.y1 <= page.y1 for b in boxes
    ]
    return all(fits) and all(text.get_fontsize() >= 5.5 for text in texts)


@pytest.mark.parametrize("theme", THEMES)
def test_right_is_ink_and_wrong_is_orange(theme):
    colours = THEMES[theme]
    picture = cells(np.array([[0.5, 0.5, 0], [0, 1, 0], [0.5, 0, 0.5]]), colours)[..., :3]
    assert picture[0, 1] == pytest.approx(to_rgb(colours.negative), abs=0.01)
    assert picture[1, 0] == pytest.approx(to_rgb(colours.paper), abs=0.01)
    assert picture[1, 1] == pytest.approx(colours.amount(0.8)[:3], abs=0.01)
    distance = [abs(picture[k, k] - to_rgb(colours.paper)).sum() for k in range(3)]
    assert distance[1] > distance[0] > 0  # all of class 1 are right, half of class 0


def test_a_table_without_mistakes():
    picture = cells(np.eye(2), THEMES["light"])
    assert picture[0, 1] == pytest.approx((1, 1, 1, 1))
    assert np.isfinite(picture).all()


@pytest.mark.parametrize("n_classes", [2, 3, 10, 26])
@pytest.mark.parametrize("size", [(3.2, 2.4), (6.4, 5.0)])
def test_names_and_numbers_have_room(n_classes, size):
    Y = np.arange(10_000) % n_classes
    P = np.where(np.arange(10_000) % 7, Y, (Y + 1) % n_classes)
    _, ax = plt.subplots(figsize=size, layout="constrained")
    plot_confusion(P, Y, classes=[f"{k}: a class with a name" for k in range(n_classes)], ax=ax)
    assert inside(ax)
    boxes = [text.get_window_extent() for text in ax.texts]
    cell = ax.bbox.width / n_classes
    assert all(box.width <= cell for box in boxes)
    if n_classes > 20:
        assert not boxes
