"""Commands as processes of their own, and models to ask."""

import os
import subprocess
import sys

import numpy as np
import pytest

MAIN = "import sys; sys.argv[0] = 'pellucid'; from pellucid.cli.main import main; main()"


@pytest.fixture
def program(tmp_path, cache):
    """Begin ``pellucid`` as a process of its own, in an empty folder."""
    begun = []

    def begin(*words, **options):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        settings = streams | {"stderr": subprocess.PIPE, "text": True, "cwd": tmp_path} | options
        environment = os.environ | {"XDG_CACHE_HOME": str(cache), "COLUMNS": "80"}
        settings["env"] = environment | settings.get("env", {})
        command = [sys.executable, "-c", MAIN, *map(str, words)]
        begun.append(subprocess.Popen(command, **settings))
        return begun[-1]

    yield begin
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def tables(tmp_path):
    """Own data as .npz files: numbers to predict, and classes with names."""
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 3))
    np.savez(tmp_path / "numbers.npz", X=X, Y=X @ [1.0, -2.0, 0.5])
    names = np.array(["small", "large"])[(X[:, 0] > 0).astype(int)]
    np.savez(tmp_path / "names.npz", X=X, Y=names)
    return tmp_path
