"""Measure distorted pictures beside scipy.ndimage, and write it into docs/benchmarks.md.

    make bench-augmenting

Everybody has one thread and takes turns. SciPy does what its users write: picture by picture,
``gaussian_filter`` for both fields and one ``map_coordinates`` a channel, with random numbers of
NumPy's quickest generator. What counts is the processor's time, so that others may be at work.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from benchmarks.report import write
from pellucid.arrays import Array
from pellucid.compiled import core
from pellucid.equations.augmenting import Augment, distorted
from pellucid.equations.distorting import Amounts, drawn, inverse_map, sources

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
MARK = "bench-augmenting"
ROUNDS, OURS, THEIRS = 15, 4000, 200  # pictures in a round
CASES = {
    "28 × 28, shift, turn, scale": Augment((28, 28), shift=2, rotate=15, scale=0.15),
    "28 × 28, elastic": Augment((28, 28), elastic=(4, 34)),
    "28 × 28, all of these and noise": Augment(
        (28, 28), shift=2, rotate=15, scale=0.15, elastic=(4, 34), noise=0.05
    ),
    "32 × 32 × 3, flip, crop": Augment((32, 32, 3), flip=True, crop=4, fill="edge"),
    "32 × 32 × 3, all of these": Augment(
        *((32, 32, 3), 2, 15, 0, 0.15, (4, 34), 0.05, True, 4), fill="edge"
    ),
}


def by_scipy(a: Augment, X: Array, random: np.random.Generator) -> Array:
    """Return the pictures distorted with other random numbers and SciPy's functions."""
    out = np.empty_like(X)
    amounts = Amounts(a.shift, a.rotate, a.shear, a.scale, a.flip, a.crop)
    mode = "nearest" if a.fill == "edge" else "constant"
    for i, row in enumerate(X):
        raw = random.integers(0, 2**64, 9, np.uint64, endpoint=False)
        y, x = sources(a.height, a.width, *inverse_map(drawn(raw, amounts)))
        if a.elastic is not None:
            sigma, alpha = a.elastic
            dx, dy = random.uniform(-1, 1, (2, a.height, a.width))
            x = x + alpha * gaussian_filter(dx, sigma, mode="constant")
            y = y + alpha * gaussian_filter(dy, sigma, mode="constant")
        picture = row.reshape(a.height, a.width, a.channels).astype(np.float32)
        channels = [
            map_coordinates(picture[..., c], (y, x), order=1, mode=mode) for c in range(a.channels)
        ]
        moved = np.stack(channels, axis=-1).reshape(-1)
        if a.noise:
            moved += random.normal(0, 255 * a.noise, moved.shape).astype(np.float32)
        out[i] = np.clip(moved + 0.5, 0, 255)
    return out


def microseconds(do: Callable[[Array], object], X: Array) -> float:
    """Return the time of the processor that a picture takes."""
    begun = time.process_time()
    do(X)
    return 1e6 * (time.process_time() - begun) / len(X)


def measured(a: Augment) -> tuple[list[float], list[float]]:
    """Return what a picture takes us, and SciPy, in each round."""
    random = np.random.default_rng(0)
    X = random.integers(0, 256, (OURS, a.n_values)).astype(np.uint8)
    examples, ours, theirs = np.arange(OURS), [], []
    for epoch in range(ROUNDS):
        ours.append(microseconds(lambda X, e=epoch: distorted(a, X, examples, 0, e), X))
        theirs.append(microseconds(lambda X: by_scipy(a, X, random), X[:THEIRS]))
    return ours, theirs


def main() -> None:
    """Measure all cases and write the table."""
    with_what = core().instruction_sets()[0]
    lines = [
        f"µs of the processor a picture of uint8, on one thread ({with_what}): medians of {ROUNDS}",
        "rounds in turn, least and greatest in brackets. *SciPy* is how many times as long",
        "`gaussian_filter` and `map_coordinates` take, picture by picture.\n",
        "| pictures | Pellucid µs | SciPy |",
        "|---|---|---|",
    ]
    for name, augment in CASES.items():
        ours, theirs = measured(augment)
        ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
        cells = [
            f"{median(numbers):.3g} ({min(numbers):.3g} to {max(numbers):.3g})"
            for numbers in (ours, ratios)
        ]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} × |")
        print(lines[-1], flush=True)
    write(PAGE, "\n".join(lines), MARK)


if __name__ == "__main__":
    main()
