"""Folders of small pictures for tests, written with Pillow."""

import numpy as np
from PIL import Image


def picture(seed, height=5, width=7, colours=True):
    """Random pixels, (height, width, 3) or (height, width)."""
    shape = (height, width, 3) if colours else (height, width)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def smooth(height, width):
    """Slopes of colour, which survive compression and resizing."""
    y, x = np.linspace(0, 255, height)[:, None], np.linspace(0, 255, width)
    planes = np.broadcast_arrays(y, x, 255 - y)
    return np.stack(planes, axis=2).astype(np.uint8)


def write(path, pixels, **options):
    """Write an array as a picture, with the folders above it; the kind is the suffix's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


def write_classes(folder, classes=("cat", "dog"), n=5, **about):
    """n PNG files a class; returns their pixels, class by class."""
    made = []
    for k, name in enumerate(classes):
        for i in range(n):
            made.append(picture(100 * k + i, **about))
            write(folder / name / f"{i}.png", made[-1])
    return np.stack(made)
