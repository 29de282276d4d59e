"""``pellucid info``: what is installed, and which engine would run."""

import os
import platform
from typing import Annotated

import typer

from pellucid.cli.console import say, say_json


def info(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show versions, engines, instruction sets and folders.

    Example: pellucid info --json
    """
    import numpy as np

    from pellucid import __version__
    from pellucid.data.cache import cache_folder
    from pellucid.engines.select import engines

    found = {
        "pellucid": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "engines": engines(),
        "cache": str(cache_folder()),
    }
    if as_json:
        say_json(found)
        return
    for name, value in found.items():
        if name != "engines":
            say(f"{name:<10}{value}")
    for name, what in engines().items():
        say(f"{'engine':<10}{name}: {what}")
