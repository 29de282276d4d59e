"""Films have the pictures that were asked for, and bad wishes leave nothing behind."""

import numpy as np
import pytest
from PIL import Image

import pellucid as pel
from pellucid.views.films import save_film, sheet


def film(path, n_points=30, frames=7, fps=10.0):
    figure, drawn = sheet(), []
    figure.set_layout_engine("none")
    ax = figure.add_axes((0, 0, 1, 1))
    (bar,) = ax.plot([0, 0], [0, 1], color="blue", linewidth=40)
    ax.set(xlim=(-1, 30), ylim=(0, 1))

    def draw(k):
        drawn.append(k)
        bar.set_xdata([k, k])

    return save_film(figure, draw, n_points, path, frames=frames, fps=fps), drawn


def test_points_from_the_first_to_the_last(tmp_path):
    path, drawn = film(tmp_path / "film.gif")
    assert drawn == [0, 5, 10, 14, 19, 24, 29]
    with Image.open(path) as gif:
        assert gif.n_frames == 7
        places = []
        for k in range(7):
            gif.seek(k)
            picture = np.asarray(gif.convert("RGB"), int)
            places.append(np.nonzero(picture[:, :, 2] - picture[:, :, 0] > 100)[1].mean())
    width = 31 / picture.shape[1]  # from a pixel to the axis
    np.testing.assert_allclose(np.array(places) * width - 1, drawn, atol=0.5)


def test_short_paths_have_a_picture_a_point(tmp_path):
    assert film(tmp_path / "film.gif", n_points=3)[1] == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("film.gif", {"frames": 1}, "frames: expected a whole number of at least 2, got 1"),
        ("film.gif", {"fps": 0}, "fps: expected a number above 0 and up to 50, got 0"),
        ("film.mp4", {}, "path: expected a name that ends in .gif"),
    ],
)
def test_bad_wishes(tmp_path, name, settings, said):
    with pytest.raises(pel.RecipeError, match=said):
        film(tmp_path / name, **settings)
    assert list(tmp_path.iterdir()) == []


def test_no_such_folder(tmp_path):
    with pytest.raises(pel.FileError, match="cannot write"):
        film(tmp_path / "nowhere" / "film.gif")
