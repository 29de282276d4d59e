"""Small files that claim or unpack to far too much: one DataError each, in little memory."""

import gzip
import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fuzz.seeds import idx, npy, zipped

LIMIT = 100  # MB that the process may grow by; what it unpacks by chance is far above it

# In a process of its own, whose greatest memory is its own too.
TRY = """
import json, re, sys
from pathlib import Path
from pellucid.data.dataset import ImageFormat
from pellucid.data.idx import read_idx
from pellucid.data.images import read_picture
from pellucid.data.npz import read_npz
from PIL import Image, PngImagePlugin, TiffImagePlugin

def picture(path):
    read_picture(path, ImageFormat(8, 8))

def photograph(path):
    read_picture(path, ImageFormat(8, 8, 255, "whole", 3))

def peak():  # getrusage also counts what the process was before it became this program
    return int(re.search("VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1]) // 1024

before = peak()
try:
    readers = {"idx": read_idx, "npz": read_npz, "picture": picture, "photograph": photograph}
    readers[sys.argv[1]](Path(sys.argv[2]))
    said = "read"
except Exception as problem:
    said = f"{type(problem).__name__}: {problem}"
print(json.dumps({"said": said, "grown": peak() - before}))
"""
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="reads Linux's /proc"
)


def tried(reader, content, tmp_path):
    """Return what came of it and by how many MB the process grew."""
    (tmp_path / "bomb").write_bytes(content)
    command = [sys.executable, "-c", TRY, reader, str(tmp_path / "bomb")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def refused(reader, content, tmp_path, message):
    found = tried(reader, content, tmp_path)
    assert found["said"].startswith("DataError: "), found
    assert message in found["said"]
    assert found["grown"] < LIMIT


ZEROS = bytes(1 << 20)


def packed_zeros(head, n_mib):
    """Return `head` and so many MiB of zeros as gzip, made without having them in memory."""
    content, pack = io.BytesIO(), zlib.compressobj(9, zlib.DEFLATED, 31)
    content.write(pack.compress(head))
    for _ in range(n_mib):
        content.write(pack.compress(ZEROS))
    content.write(pack.flush())
    return content.getvalue()


def idx_header(*sizes):
    return bytes([0, 0, 8, len(sizes)]) + np.array(sizes, ">u4").tobytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: packed_zeros(idx_header(10), 200), "10 bytes of data, got at least 11"),
        (lambda: packed_zeros(idx_header(2**31, 4), 1), "claims to unpack"),
        (lambda: packed_zeros(idx_header(2**20, 1000), 1), "1048576000 bytes of data, got 1048576"),
        (lambda: gzip.compress(packed_zeros(idx_header(2**20), 1)), "expected an IDX file"),
        (lambda: idx_header(2**31, 2**31), "of data, got 0"),
        (lambda: idx_header(*[2**32 - 1] * 8), "more than any memory"),
        (lambda: idx_header(0, *[2**32 - 1] * 3), "more than any memory"),
        (lambda: idx_header(1 << 30) + ZEROS, "got 1048576"),
    ],
    ids=[
        *("much behind it", "much announced", "less than announced", "packed twice"),
        *("plain lie", "eight lies", "none of very many", "plain and truncated"),
    ],
)
def test_idx(tmp_path, content, message):
    refused("idx", content(), tmp_path, message)


def archive_of(member, n_mib, tail=b""):
    """Return a zip whose X is a member's head and so many MiB of zeros."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("X.npy", "w", force_zip64=True) as file:
            file.write(member)
            for _ in range(n_mib):
                file.write(ZEROS)
        archive.writestr("Y.npy", npy(np.arange(10)))
    return content.getvalue() + tail


def with_sizes(content, unpacked):
    """Return an archive whose directory says another unpacked size of its first member."""
    place = content.index(b"PK\x01\x02")
    size = unpacked.to_bytes(4, "little")
    return content[: place + 24] + size + content[place + 28 :]


HEAD = npy(np.zeros((10, 2)))


def overlapping(content):
    """Return an archive in whose directory the second member lies where the first does."""
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    return content[: second + 42] + bytes(4) + content[second + 46 :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: with_sizes(archive_of(HEAD, 50), 2**32 - 2), "claims to unpack"),
        (lambda: with_sizes(zipped({"X.npy": HEAD, "Y.npy": HEAD}), 2**32 - 2), "claims to unpack"),
        (lambda: archive_of(HEAD, 150), "announces 160 bytes"),
        (lambda: with_sizes(archive_of(HEAD, 150), len(HEAD)), "damaged or something else"),
        (lambda: overlapping(zipped({"X.npy": HEAD, "Y.npy": HEAD})), "damaged or something else"),
        (lambda: zipped({"inner.npz": archive_of(HEAD, 150)}), "got none of them"),
        (lambda: zipped({f"{i}.npy": b"" for i in range(20_000)}), "got none of them"),
    ],
    ids=[
        *(
            "4 GB announced of 50 MB",
            "4 GB announced",
            "much behind it",
            "less announced than there is",
        ),
        *("one place for two", "an archive within", "very many members"),
    ],
)
def test_npz(tmp_path, content, message):
    refused("npz", content(), tmp_path, message)


def png(*chunks):
    parts = [b"\x89PNG\r\n\x1a\n"]
    for kind, body in chunks:
        summed = zlib.crc32(kind + body)
        parts += [len(body).to_bytes(4, "big"), kind, body, summed.to_bytes(4, "big")]
    return b"".join(parts)


def header(width, height, depth=8, kind=0):
    sizes = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return b"IHDR", sizes + bytes([depth, kind, 0, 0, 0])


DOT = (b"IDAT", zlib.compress(b"\0\xff\0\0\0"))
END = (b"IEND", b"")


def text():
    """A chunk of text that unpacks to 100 MB."""
    return b"zTXt", b"about\0\0" + zlib.compress(bytes(100 << 20))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: png(header(30_000, 30_000), DOT, END), "at most 50 million pixels"),
        (lambda: png(header(2**31 - 1, 2**31 - 1), DOT, END), "at most 50 million pixels"),
        (lambda: png(header(60_000, 1000, 16, 6), DOT, END), "at most 50 million pixels"),
        (lambda: png(header(2**16, 1), DOT, END), "65,535 a side, got 65536 x 1 pixels"),
        (lambda: png(header(4, 1), text(), DOT, END), "damaged or something else"),
        (lambda: png(header(4, 1), *[text()] * 20, DOT, END), "damaged or something else"),
        (
            lambda: png(header(4, 1), (b"iCCP", b"a\0\0" + text()[1][7:]), END),
            "damaged or something else",
        ),
        (lambda: png(header(0, 0), DOT, END), "damaged or something else"),
    ],
    ids=[
        *("900 million pixels", "the most there can be", "60 million of 8 bytes", "a long line"),
        *("100 MB of text", "2 GB of texts", "100 MB of colours", "no pixels"),
    ],
)
def test_png(tmp_path, content, message):
    refused("picture", content(), tmp_path, message)


def saved(mode, kind):
    """A black bar on white, of 42 million pixels in all."""
    made = Image.new("L", (7000, 6000), 255)
    made.paste(0, (2000, 1000, 3000, 5000))
    if mode == "I;16":
        made = Image.fromarray(np.asarray(made).astype(np.uint16) * 257)
    content = io.BytesIO()
    made.convert(mode).save(content, kind, **({"compress_level": 1} if kind == "PNG" else {}))
    return content.getvalue()


@pytest.mark.parametrize(
    ("mode", "kind", "limit"),
    [
        *(("1", "PNG", 100), ("L", "PNG", 100), ("P", "PNG", 100), ("I;16", "PNG", 150)),
        *(("RGB", "PNG", 250), ("RGBA", "PNG", 250), ("CMYK", "TIFF", 250), ("RGB", "JPEG", 100)),
    ],
)
def test_large_pictures_are_held_once_and_shrunk(tmp_path, mode, kind, limit):
    """Pillow has 4 bytes for a pixel that is not one number: 168 MB."""
    for reader in ("picture", "photograph"):
        found = tried(reader, saved(mode, kind), tmp_path)
        assert found["said"] == "read"
        assert found["grown"] < limit


def test_very_many_chunks_are_left_aside(tmp_path):
    notes = [(b"tEXt", b"a\0b")] * 50_000
    found = tried("picture", png(header(4, 1), *notes, DOT, END), tmp_path)
    assert found["said"] == "read"
    assert found["grown"] < LIMIT


def test_honest_files_grow_as_expected(tmp_path):
    """So that the limit above says something: what is unpacked is seen in it."""
    content = gzip.compress(idx(np.zeros(150 << 20, np.uint8), 8), 1)
    found = tried("idx", content, tmp_path)
    assert found["said"] == "read"
    assert found["grown"] > LIMIT
