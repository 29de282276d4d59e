"""Telling skl2onnx of our estimators once it has been imported, whenever and by whomever that is.

It finds converters in a table of its own, by class, and has to be told of ours. To import it for
that would cost everybody seconds; to ask for a call would be a line that every program needs and
nobody remembers. So Python is asked to say when it comes.
"""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


def offer_to_skl2onnx(kind: type) -> None:
    """Have a class of estimators converted by ``estimators/onnx.py``."""

    def register() -> None:
        from pellucid.estimators import onnx

        onnx.register(kind)

    once_imported("skl2onnx", register)


def once_imported(library: str, then: Callable[[], None]) -> None:
    """Call `then` when a library has been imported; at once where it is there already."""
    if sys.modules.get(library) is not None:  # None: Python's way to say that it cannot be had
        then()
    else:
        sys.meta_path.insert(0, _Waiting(library, then))


class _Waiting(MetaPathFinder):
    """Finds a library as the others in ``sys.meta_path`` do, and is told when it has been run."""

    def __init__(self, library: str, then: Callable[[], None]) -> None:
        self._library, self._then = library, then

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return where the library is, with a loader that calls `then` afterwards."""
        if fullname != self._library:
            return None
        after = sys.meta_path[sys.meta_path.index(self) + 1 :]
        found = (finder.find_spec(fullname, path, target) for finder in after)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_tell(module: ModuleType) -> None:
                load(module)
                self._then()

            vars(spec.loader)["exec_module"] = load_and_tell
        return spec
