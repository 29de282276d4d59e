"""How much memory there is, and how much data and runs will take, said before it is taken."""

import contextlib
import os
from pathlib import Path

SHARE = 4  # of the free memory, one part in so many may be filled with rows


def free_memory() -> int | None:
    """Return how many bytes a process may still take, or None where the system does not say."""
    found = [n for n in (_available(), _left_of_container()) if n is not None]
    return min(found) if found else None


def fits(n_bytes: int) -> bool:
    """Return whether rows of so many bytes are to be held in memory."""
    free = free_memory()
    return free is None or n_bytes <= free // SHARE


def bytes_said(n: float) -> str:
    """Return a number of bytes as people read it: "123 MB", "1.5 GB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if n < 1000 or unit == "GB":
            break
        n /= 1000
    return f"{n:.1f} {unit}" if n < 10 and unit != "bytes" else f"{n:,.0f} {unit}"


def _available() -> int | None:
    """What Linux says; elsewhere the pages that are not in use, where that is known."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with contextlib.suppress(AttributeError, ValueError, OSError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _left_of_container(folder: Path = Path("/sys/fs/cgroup")) -> int | None:
    """What the control group of a container leaves; None where it sets no limit."""
    with contextlib.suppress(OSError, ValueError):
        limit = int((folder / "memory.max").read_text())  # "max" is no number
        return max(limit - int((folder / "memory.current").read_text()), 0)
    return None
