"""Rows that stay in files take little memory, however many they are. Measured, on Linux."""

from pathlib import Path

import numpy as np
import pytest

import pellucid as pel
from benchmarks.streaming import ROW, streamed, write

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="tells of itself in another way"
)


def test_rows_of_400_MB_take_less_than_120_MB(tmp_path):
    """Two windows of 32 MiB, what is read just now, and the targets: not a third of the rows."""
    path = write(tmp_path, 400_000_000)
    found = streamed(path, threads=1)
    assert found.rows == 400_000_000 // ROW
    assert found.peak - found.before < 120
    assert found.cost < np.log(10)  # it has learnt something meanwhile


def test_what_is_written_is_what_it_says(tmp_path):
    X, Y = pel.stored(write(tmp_path, 12_345 * ROW + 7))
    assert X.shape == (12_345, 1000)
    assert X.dtype == np.float32
    assert (X[9_990:10_010][:, :10].argmax(axis=1) == Y[9_990:10_010]).all()
