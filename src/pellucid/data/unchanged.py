"""Files that are opened again and again, and have to stay as they were when first seen."""

import hashlib
import os
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from pellucid.errors import DataError, FileError

BLOCKS, BLOCK = 16, 1 << 16  # how many blocks of a file a fingerprint looks at, and their bytes


@dataclass(frozen=True)
class Unchanged:
    """A file by its size and the time at which it was last written.

    It is opened for each reading, so that any number of threads, processes and files goes, and
    none is left open.
    """

    path: Path
    size: int
    mtime_ns: int

    def open(self) -> FileIO:
        """Open the file for reading bytes, unbuffered.

        Raises
        ------
        DataError
            It is no longer the file that it was.
        FileError
            It cannot be read.
        """
        try:
            file = self.path.open("rb", buffering=0)
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            raise FileError(f"cannot read {self.path}: {reason}. Put it back.") from problem
        now = os.fstat(file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self.size, self.mtime_ns):
            file.close()
            raise DataError(
                f"{self.path} has been written to since it was opened. Leave it as it is while it "
                "is in use, and begin again."
            )
        return file

    def fingerprint(self) -> str:
        """Return name, size, time, and a digest of up to 16 blocks of 64 KiB, evenly spread."""
        digest = hashlib.sha256()
        last = max(self.size - BLOCK, 0)
        with self.open() as file:
            for place in sorted({last * i // (BLOCKS - 1) for i in range(BLOCKS)}):
                file.seek(place)
                digest.update(file.read(BLOCK))
        return f"{self.path.name} {self.size} {self.mtime_ns} {digest.hexdigest()};"


def unchanged(path: Path) -> Unchanged:
    """Return a file as it is now.

    Raises
    ------
    FileError
        It is missing, or cannot be looked at.
    """
    try:
        now = path.stat()
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise FileError(f"cannot read {path}: {reason}. Check the name.") from problem
    return Unchanged(path, now.st_size, now.st_mtime_ns)
