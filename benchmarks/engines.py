"""Native beside reference: microseconds a step, interleaved, medians and their ratio.

Run it from the repository's root, on a quiet machine, with .venv/bin/python benchmarks/engines.py
"""

import statistics
import time

import numpy as np

import pellucid as pel
from pellucid.data.sources import load

CASES = [((30,), 10), ((100,), 32)]  # hidden layers, batch; 784 inputs, 10 softmax outputs, SGD
ROUNDS, STEPS = 7, 500


def microseconds(engine: str, hidden: tuple[int, ...], batch_size: int, X, Y) -> float:
    """Return the mean time of a step over one stretch, starting and judging left out."""
    layers = [*(pel.Dense(units, "sigmoid") for units in hidden), pel.Dense(10, "softmax")]
    network = pel.Network(784, layers, scale=1 / 255)
    optimizer = pel.SGD(0.5)
    run = pel.start(
        network, X, Y, optimizer=optimizer, batch_size=batch_size, epochs=1, every=50, engine=engine
    )
    times = []
    for event in run:
        if isinstance(event, pel.Stepped):
            times.append(time.perf_counter())
    return 1e6 * (times[-1] - times[0]) / (50 * (len(times) - 1))


def main() -> None:
    """Print a row of Markdown for each case."""
    part = load("mnist", print).train
    print(f"NumPy {np.__version__}; medians of {ROUNDS} rounds of {STEPS} steps, in turn")
    print("| network, batch | reference µs | native µs | reference / native |")
    print("|---|---|---|---|")
    for hidden, batch_size in CASES:
        n = STEPS * batch_size
        X, Y = np.asarray(part.X[:n]), part.Y[:n]
        pairs = [
            [microseconds(engine, hidden, batch_size, X, Y) for engine in ("reference", "native")]
            for _ in range(ROUNDS)
        ]
        reference, native = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratios = sorted(a / b for a, b in pairs)
        sizes = "-".join(map(str, (784, *hidden, 10)))
        print(
            f"| {sizes}, {batch_size} | {reference:.0f} | {native:.1f} | "
            f"{statistics.median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f}) |"
        )


if __name__ == "__main__":
    main()
