"""What the tests of fetching share: a small data set, and places it is fetched from."""

import gzip
import hashlib
import http.server
import json
import sys
import threading
import venv

import numpy as np
import pytest

from pellucid.data.mnist import MNIST
from tests.data.stand_ins import arff, openml_answers, turn_openml_to

N, N_TEST = 12, 5


@pytest.fixture
def small():
    """A small stand-in for MNIST: train and test, its arrays, and what it is expected to be."""
    rng = np.random.default_rng(0)
    tables = [
        np.column_stack([np.arange(n) % 10, rng.integers(0, 256, (n, 784))]) for n in (N, N_TEST)
    ]
    arrays = [part.astype(np.uint8) for t in tables for part in (t[:, 1:], t[:, 0])]
    digests = [hashlib.sha256(array.tobytes()).hexdigest() for array in arrays]
    return tables, arrays, MNIST._replace(sizes=(N, N_TEST), digests=tuple(digests))


@pytest.fixture
def no_pip(monkeypatch, tmp_path):
    """A Python of its own, without pip."""
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))


@pytest.fixture
def own_index(monkeypatch, tmp_path):
    """A folder that is all that pip sees."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, value in (
        ("PIP_CONFIG_FILE", "/dev/null"),
        ("PIP_NO_INDEX", "1"),
        ("PIP_FIND_LINKS", str(folder)),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return folder


@pytest.fixture
def openml(monkeypatch, small):
    """A server on this machine that speaks OpenML; scikit-learn is turned to it."""
    data = arff(small[0])
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            if "/download/" in self.path:
                content = gzip.compress(data)
            else:
                answers = openml_answers(address, data, md5)
                key = self.path.split("/json/data/")[1].split("/")[0]
                content = gzip.compress(json.dumps(answers[key]).encode())
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    turn_openml_to(monkeypatch, address)
    yield seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def no_openml(monkeypatch):
    """A port on which nobody listens."""
    turn_openml_to(monkeypatch, "http://127.0.0.1:9")
