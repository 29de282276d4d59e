"""A row of pixels as a picture: ink where the numbers are large."""

import base64
import io

import numpy as np
from PIL import Image

import pellucid as pel
from pellucid.views.report.ink import ink


def pixels(address):
    content = base64.b64decode(address.split(",")[1])
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"), float)


def test_ink_is_where_the_numbers_are_large():
    made = ink(np.array([0, 0, 9, 0]), pel.ImageFormat(2, 2, 9), "a corner", 0.8)
    light, dark = pixels(made.light), pixels(made.dark)
    n = len(light)
    assert light.shape == (120, 120)
    assert light[: n // 2 - 1].min() > 250  # paper
    assert light[n // 2 + 1 :, : n // 2 - 1].max() < 40  # ink
    assert dark[: n // 2 - 1].max() < 40
    assert dark[n // 2 + 1 :, : n // 2 - 1].min() > 200
    assert made.caption == "a corner"


def test_a_photograph_has_its_proportions_and_no_negative():
    row = np.repeat([0, 255, 255, 255], 3)
    made = ink(row, pel.ImageFormat(1, 4, 255, "whole", 3), "", 0.8)
    light, dark = pixels(made.light), pixels(made.dark)
    assert light.shape == (30, 120)
    assert np.array_equal(light, dark)
    assert light[:, :28].max() < 10
    assert light[:, 32:].min() > 245
    thin = ink(np.zeros(500), pel.ImageFormat(500, 1, 255, "whole"), "", 0.8)
    assert pixels(thin.light).shape == (120, 15)
