"""A limit to the memory that a process may take."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STATUS = Path("/proc/self/statm")


@contextmanager
def limited_memory(n_bytes: int) -> Iterator[None]:
    """Let the process take so many bytes more than it has; where Linux is not, no limit is set."""
    if not STATUS.exists():
        yield
        return
    import resource

    pages = int(STATUS.read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
