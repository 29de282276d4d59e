import pytest

from pellucid.data.opening import check_expansion, open_file
from pellucid.errors import DataError, FileError


def test_a_file_opens(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    with open_file(tmp_path / "a") as file:
        assert file.read() == b"abc"


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        open_file(tmp_path / "a")
    with pytest.raises(FileError, match="not a file"):
        open_file(tmp_path)
    with pytest.raises(FileError, match="cannot read"):
        open_file(tmp_path / "a\0b")


def test_honest_files_may_grow_and_bombs_may_not(tmp_path):
    check_expansion(tmp_path, 10, 1 << 30)
    check_expansion(tmp_path, 1 << 30, 90 << 30)
    with pytest.raises(DataError, match="claims to unpack"):
        check_expansion(tmp_path, 1 << 20, (1 << 30) + 1)
