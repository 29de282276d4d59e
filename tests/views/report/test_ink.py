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
