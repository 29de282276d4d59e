"""Commands as processes of their own."""

import os
import subprocess
import sys

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
