"""What many tests share: the engines that are here, small data, and the command line."""

import hashlib
import json
import signal
import sys
from typing import NamedTuple

import numpy as np
import pytest

from pellucid.cli.main import main
from pellucid.data.sources import load_data
from pellucid.engines.select import engines

# A job in the background of a shell is born with Ctrl-C ignored, and its children with it; the
# tests that send one need children that hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ENGINES = [name for name, what in engines().items() if not what.startswith("not here")]


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON object on standard output, of which there is nothing else."""
        assert self.out.endswith("}\n"), self
        assert self.out.count("\n") == 1, self
        return json.loads(self.out)


@pytest.fixture(scope="session", params=ENGINES)
def engine(request):
    """Each engine that is installed, by name."""
    return request.param


@pytest.fixture(scope="session")
def blobs():
    """Three classes of points in the plane: X (90, 2) and codes (90,)."""
    random = np.random.default_rng(0)
    codes = np.arange(90) % 3
    middles = np.array([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])
    X = middles[codes] + random.normal(size=(90, 2))
    return X.astype(np.float32), codes.astype(np.int32)


@pytest.fixture(scope="session")
def line():
    """A table of numbers to predict: X (80, 3) and Y (80, 2)."""
    random = np.random.default_rng(1)
    X = random.normal(size=(80, 3))
    Y = np.stack([X @ [1.0, -2.0, 0.5], np.sin(X[:, 0])], axis=1)
    return X.astype(np.float32), Y.astype(np.float32)


def _sha(*arrays):
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@pytest.fixture(scope="session")
def sha():
    """Return the SHA-256 of the bytes of some arrays."""
    return _sha


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """A folder for the cache that is not the user's, with the small digits in it."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        load_data("digits")
    return folder


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys, cache):
    """Run a command in this process, in an empty folder; return code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("COLUMNS", "80")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["pellucid", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        return Done(ended.value.code or 0, found.out, found.err)

    return run


@pytest.fixture
def tables(tmp_path):
    """Own data as .npz files: numbers to predict, and classes with names."""
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 3))
    np.savez(tmp_path / "numbers.npz", X=X, Y=X @ [1.0, -2.0, 0.5])
    names = np.array(["small", "large"])[(X[:, 0] > 0).astype(int)]
    np.savez(tmp_path / "names.npz", X=X, Y=names)
    return tmp_path
