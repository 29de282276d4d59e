"""Every error Pellucid raises, as one tree. Each says what was expected, what came, what to do.

PellucidError
├── ValueProblem (also ValueError)     something given has a wrong value
│   ├── ArchitectureError              a network that cannot exist
│   ├── RecipeError                    a way of training that cannot work
│   ├── DataError                      arrays, files or labels that do not fit
│   ├── ModelFileError                 a model file or checkpoint that cannot be read
│   └── UnsupportedError               right in itself, but this engine cannot do it
├── DivergedError (also ValueError)    the cost became infinite or undefined
├── DownloadError                      a data set could not be obtained
└── FileError (also OSError)           the disk said no: full, missing, not a folder
"""

from collections.abc import Callable
from typing import NoReturn


class PellucidError(Exception):
    """Any error raised on purpose by Pellucid."""


class ValueProblem(PellucidError, ValueError):
    """Something given has a wrong value."""


class ArchitectureError(ValueProblem):
    """A network that cannot exist: sizes, connections or names that do not fit."""


class RecipeError(ValueProblem):
    """A way of training that cannot work: a loss, an optimizer or a number that does not fit."""


class DataError(ValueProblem):
    """Arrays, files or labels that do not fit the network or are damaged."""


class ModelFileError(ValueProblem):
    """A model file or checkpoint that is damaged, foreign, or of an unknown version."""


class UnsupportedError(ValueProblem):
    """Right in itself, but this engine cannot do it."""


class DivergedError(PellucidError, ValueError):
    """Training stopped because the cost became infinite or undefined; earlier weights were kept."""


class DownloadError(PellucidError):
    """A data set could not be obtained."""


class FileError(PellucidError, OSError):
    """The disk said no: a full disk, a missing folder, a path that is a file."""


def unsupported(name: str, library: str) -> Callable[..., NoReturn]:
    """Return a function to stand for `name` where its library is not installed, and says so."""

    def not_installed(*_: object, **__: object) -> NoReturn:
        raise UnsupportedError(
            f"{name}: expected {library}, which pictures need and which is not installed. Install "
            "it with: pip install 'pellucid[figures]'"
        )

    return not_installed
