"""The yardstick: OpenBLAS's product of two 4096 × 4096 matrices in float32, through NumPy."""

import numpy as np

from benchmarks.configurations import Configuration
from benchmarks.problem import Problem, Work
from pellucid.arrays import Array

N = 4096
GFLOP = 2e-9 * N**3


def prepare(problem: Problem, configuration: Configuration) -> Work:
    """Return a product; it is one, however many steps the case has."""
    A = np.random.default_rng(0).standard_normal((N, N), np.float32)
    C = np.empty_like(A)

    def advance(rows: Array) -> None:
        np.matmul(A, A, out=C)

    return Work(advance, list)
