"""The compiled core, ``pellucid._native``, if it was built."""

import importlib
from typing import Any

from pellucid.errors import UnsupportedError


def core() -> Any:
    """Return the compiled module.

    Raises
    ------
    UnsupportedError
        It was not built, or cannot be loaded.
    """
    try:
        return importlib.import_module("pellucid._native")
    except ModuleNotFoundError as problem:
        if problem.name != "pellucid._native":
            raise
        raise UnsupportedError(
            "the native core was not built (no C++ compiler was found when Pellucid was installed)"
        ) from None
    except ImportError as problem:
        raise UnsupportedError(f"the native core cannot be loaded ({problem})") from None
