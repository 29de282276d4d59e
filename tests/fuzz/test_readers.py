"""Every reader, given damaged files: it reads them or raises one of our errors."""

import contextlib
from random import Random

import pytest

from tests.fuzz.limits import limited_memory
from tests.fuzz.readers import READERS, attempt

ROUNDS = 150
MEMORY = 1 << 30  # bytes more than the process has


@pytest.mark.parametrize("name", READERS)
def test_whole_files_are_read(name, tmp_path):
    """Otherwise the damaged ones would say little."""
    for content in READERS[name].seeds():
        assert attempt(READERS[name], content, tmp_path) == "read"


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_are_read_or_refused(name, tmp_path):
    reader, random = READERS[name], Random(0)
    seeds, outcomes = reader.seeds(), []
    with limited_memory(MEMORY):
        for k in range(ROUNDS):
            content = seeds[k % len(seeds)]
            for _ in range(random.randint(1, 3)):
                content = reader.damage(content, random)
            try:
                outcomes.append(attempt(reader, content, tmp_path))
            except Exception:
                with contextlib.suppress(OSError):
                    (tmp_path / f"found-{reader.file}").write_bytes(reader.pack(content))
                raise
    assert set(outcomes) - {"read"}, "no damage was noticed"
