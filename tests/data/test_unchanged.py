import os

import pytest

from pellucid import DataError, FileError
from pellucid.data.unchanged import BLOCK, BLOCKS, unchanged


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(bytes(range(256)) * 16)
    return path


def test_a_file_is_read_as_long_as_it_is_the_same(file):
    seen = unchanged(file)
    for _ in range(2):
        with seen.open() as opened:
            assert opened.read(3) == b"\0\1\2"


@pytest.mark.parametrize("how", ["longer", "time"])
def test_a_file_that_was_written_to_is_refused(file, how):
    seen = unchanged(file)
    if how == "longer":
        with file.open("ab") as opened:
            opened.write(b"x")
        os.utime(file, ns=(seen.mtime_ns, seen.mtime_ns))
    else:
        os.utime(file, ns=(seen.mtime_ns, seen.mtime_ns + 1))
    with pytest.raises(DataError, match="has been written to since it was opened"):
        seen.open()


def test_a_file_that_is_gone_is_an_error_of_the_disk(file):
    seen = unchanged(file)
    file.unlink()
    with pytest.raises(FileError, match="cannot read .*rows: no such file"):
        seen.open()
    with pytest.raises(FileError, match="cannot read .*rows: no such file"):
        unchanged(file)


def test_fingerprints_look_at_name_size_time_and_content(file):
    first = unchanged(file)
    content = bytearray(file.read_bytes())
    content[7] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(first.mtime_ns, first.mtime_ns))
    changed = unchanged(file).fingerprint()
    content[7] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(first.mtime_ns, first.mtime_ns))
    assert unchanged(file).fingerprint() == first.fingerprint() != changed
    before = first.fingerprint()
    other = file.rename(file.with_name("other"))
    assert unchanged(other).fingerprint() != before


def test_of_a_large_file_only_some_blocks_are_read(tmp_path):
    """Nothing is noticed between two blocks; the first and the last block always are."""
    path, size = tmp_path / "large", 4 * BLOCK * BLOCKS
    path.write_bytes(bytes(size))
    os.utime(path, ns=(1, 1))
    plain = unchanged(path).fingerprint()

    def changed_at(place):
        with path.open("r+b") as file:
            file.seek(place)
            file.write(b"x")
        os.utime(path, ns=(1, 1))
        found = unchanged(path).fingerprint()
        with path.open("r+b") as file:
            file.seek(place)
            file.write(b"\0")
        os.utime(path, ns=(1, 1))
        return found

    assert changed_at(0) != plain
    assert changed_at(size - 1) != plain
    assert changed_at(2 * BLOCK) == plain
