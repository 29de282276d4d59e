"""What several tests of training share."""

import pytest

from tests.training.runs import RUNS, begin


@pytest.fixture
def stored(blobs, tmp_path):
    """A checkpoint in the middle of an epoch, and its path."""
    run = begin(blobs, RUNS["early"], "reference", norm="batch")
    for event in run:
        if getattr(event, "step", 0) == 8:
            break
    run.save(tmp_path / "checkpoint.safetensors")
    return run, tmp_path / "checkpoint.safetensors"
