"""Files are written whole or not at all, and read without trusting them."""

import json
import os
import stat
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import FileError, ModelFileError
from pellucid.files import (
    HEADER_LIMIT,
    VALUES_LIMIT,
    decode,
    encode,
    make_folder,
    read_bytes,
    write_atomically,
    write_tensors,
)

HERE = Path("digits.safetensors")
SMALL = encode(
    {"weights.0.1": np.array([[1, 2], [3, 4]], np.float32), "shift": np.array([0.5])},
    {"format": "test", "version": 1, "layers": [{"units": 2}]},
)


def file_of(header, body=b""):
    """A safetensors file with any header at all."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def tensor(shape=(1,), begin=0, end=4, dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


def refused(content, expected=None):
    with pytest.raises(ModelFileError, match=expected) as caught:
        decode(content, HERE)
    assert HERE.name in str(caught.value)
    assert "train the model anew" in str(caught.value)


# Writing


def test_what_is_written_piece_by_piece_is_whole(tmp_path):
    def write(file):
        for piece in (b"old", b"er"):
            file.write(piece)
        file.seek(0)
        file.write(b"c")

    write_atomically(tmp_path / "a", write)
    assert read_bytes(tmp_path / "a") == b"clder"

    def fail(file):
        file.write(b"new")
        raise KeyError("midway")

    with pytest.raises(KeyError):
        write_atomically(tmp_path / "a", fail)
    assert read_bytes(tmp_path / "a") == b"clder"
    assert os.listdir(tmp_path) == ["a"]


def test_tensors_are_written_as_they_are_encoded_without_a_copy(tmp_path):
    large = np.arange(500_000, dtype=np.float32)
    tensors = {
        "large": large,
        "none": np.empty((0, 3), np.float32),
        "turned": np.arange(6.0).reshape(2, 3).T,
        "one": np.array(7.0),
        "mask": np.eye(3, dtype=np.uint8)[:, ::2],
    }
    whole = encode(tensors, {"a": 1})
    tracemalloc.start()
    try:
        write_tensors(tmp_path / "a", tensors, {"a": 1})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read_bytes(tmp_path / "a") == whole
    assert peak < large.nbytes / 4
    found, _ = decode(whole, HERE)
    for name, tensor in tensors.items():
        assert np.array_equal(found[name], tensor)


def test_a_file_is_written_over_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "model.safetensors"
    for content in (b"old", b"new and longer", b""):
        write_atomically(path, content)
        assert read_bytes(path) == content
        assert os.listdir(tmp_path) == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing/model", "no such file"), ("file/model", "not a directory"), ("folder", "director")],
)
def test_a_failed_write_says_why_and_leaves_everything_as_it_was(tmp_path, name, reason):
    """A missing folder, a file in the way, a folder of that name with something in it."""
    (tmp_path / "file").write_bytes(b"kept")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    with pytest.raises(FileError, match=f"cannot write .*{reason}.*[Nn]ame another") as caught:
        write_atomically(tmp_path / name, b"content")
    assert isinstance(caught.value, OSError)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path, monkeypatch):
    """A disk that fails at the sync, with all bytes written, changes nothing."""
    path = tmp_path / "model"
    write_atomically(path, b"old")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="no space left on device. Free some space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["model"]


def test_make_folder_makes_those_above_and_minds_files_in_the_way(tmp_path):
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    for inside in ("file", "file/under"):
        with pytest.raises(FileError, match="cannot make the folder .*: name another"):
            make_folder(tmp_path / inside)


def test_reading_nothing_says_so(tmp_path):
    with pytest.raises(FileError, match=r"cannot read .*none: no such file.* Check the name"):
        read_bytes(tmp_path / "none")


# The codec


shapes = st.lists(st.integers(0, 4), max_size=4).map(tuple)
arrays = st.builds(
    lambda shape, dtype, fortran, seed: np.array(
        np.random.default_rng(seed).integers(0, 256, shape), dtype, order="F" if fortran else "C"
    ),
    shapes,
    st.sampled_from([np.float32, np.float64, np.uint8]),
    st.booleans(),
    st.integers(0, 9),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    tensors=st.dictionaries(st.text("abc.é0", min_size=1), arrays, max_size=4),
    metadata=st.dictionaries(st.text("abcé", min_size=1), json_values, min_size=1, max_size=3),
)
def test_round_trip(tensors, metadata):
    """Any shape, empty ones and single numbers too, in either order of memory, and any JSON."""
    found, texts = decode(encode(tensors, metadata), HERE)
    assert texts == metadata
    assert set(found) == set(tensors)
    for name, array in tensors.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert (found[name] == array).all()
        assert not found[name].flags.writeable


def test_columns_and_turned_arrays_are_stored_as_they_read():
    """safetensors 0.8.0 stores what is not contiguous scrambled; encode turns it first."""
    whole = np.arange(12.0).reshape(3, 4)
    given_arrays = {"turned": whole.T, "columns": whole[:, ::2], "back": whole[::-1]}
    found, _ = decode(encode(given_arrays, {}), HERE)
    for name, array in given_arrays.items():
        assert found[name].tolist() == array.tolist()


def test_other_programs_read_it():
    from safetensors.numpy import load

    assert load(SMALL)["weights.0.1"].tolist() == [[1, 2], [3, 4]]


def test_what_could_not_be_read_again_is_not_written():
    with pytest.raises(ModelFileError, match="expected at most .* values of description"):
        encode({}, {"names": list(range(VALUES_LIMIT))})
    with pytest.raises(ModelFileError, match=f"expected at most {HEADER_LIMIT} bytes"):
        encode({}, {"name": "x" * HEADER_LIMIT})
    with pytest.raises(ValueError, match="JSON compliant"):
        encode({}, {"cost": float("nan")})


# Damaged and hostile files


def test_every_truncation_is_refused():
    for length in range(len(SMALL)):
        refused(SMALL[:length])


def test_every_changed_byte_is_refused_or_read():
    """All 255 changes of every byte: what decode returns fits the file; nothing else escapes."""
    read = 0
    for place in range(len(SMALL)):
        for change in range(1, 256):
            content = bytearray(SMALL)
            content[place] ^= change
            try:
                tensors, _ = decode(bytes(content), HERE)
            except ModelFileError:
                continue
            read += 1
            assert sum(array.nbytes for array in tensors.values()) == 24
    assert read >= 24 * 255  # every change of a number is another number


def test_more_bytes_at_the_end_are_refused():
    refused(SMALL + b"\0", "1 bytes are left over")


@pytest.mark.parametrize("length", [0, 1, 7, 8, 100])
def test_noise_is_refused(length):
    refused(b"\xff" * length)
    refused(b"{" * length)


F4 = b"\0\0\0\0"
LIES = {
    "a giant length": ((2**64 - 1).to_bytes(8, "little") + b"{}", "claims"),
    "a length just over": ((HEADER_LIMIT + 1).to_bytes(8, "little"), "claims"),
    "a length beyond the file": ((100).to_bytes(8, "little") + b"{}", "ends inside"),
    "not a table": (file_of([1]), "not a table"),
    "not text": (file_of(b"\xff\xfe{}"), "not JSON"),
    "a name twice": (
        file_of(b'{"a":%b,"a":%b}' % ((json.dumps(tensor()).encode(),) * 2), F4),
        "not JSON",
    ),
    "a key twice inside": (file_of(b'{"a":{"dtype":"F32","dtype":"F64"}}'), "not JSON"),
    "NaN": (file_of(b'{"a":NaN}'), "not JSON"),
    "infinity": (file_of(b'{"a":-Infinity}'), "not JSON"),
    "an unknown type": (file_of({"a": tensor(dtype="I32")}, F4), "unknown type"),
    "a type that is a list": (file_of({"a": tensor(dtype=["F32"])}, F4), "unknown type"),
    "a type of another width": (file_of({"a": tensor(dtype="F64")}, F4), "does not fit"),
    "a giant shape": (file_of({"a": tensor((2**31, 2**31))}, F4), "does not fit"),
    "a shape that overflows to fit": (file_of({"a": tensor((2**32, 2**32, 1))}, F4), "not fit"),
    "a side beyond 64 bits": (file_of({"a": tensor((0, 10**30), 0, 0)}), "wrong shape"),
    "an empty giant": (file_of({"a": tensor((0, 2**62, 2**62), 0, 0)}), "impossible shape"),
    "a negative shape": (file_of({"a": tensor((-1, -1))}, F4), "wrong shape"),
    "a fraction": (file_of({"a": tensor((1.0,))}, F4), "wrong shape"),
    "a truth as a number": (file_of({"a": tensor((True,))}, F4), "wrong shape"),
    "a text as a shape": (file_of({"a": {**tensor(), "shape": "1"}}, F4), "wrong shape"),
    "many sides": (file_of({"a": tensor((1,) * 9)}, F4), "wrong shape"),
    "a negative offset": (file_of({"a": tensor(begin=-4, end=0)}, F4), "wrong shape"),
    "an offset that is a text": (file_of({"a": tensor(begin="0")}, F4), "wrong shape"),
    "ends before it begins": (file_of({"a": tensor(begin=4, end=0)}, F4), "does not fit"),
    "ends beyond the file": (file_of({"a": tensor((2,), end=8)}, F4), "does not fit"),
    "a hole before": (file_of({"a": tensor(begin=4, end=8)}, F4 * 2), "does not follow"),
    "a hole between": (
        file_of({"a": tensor(), "b": tensor(begin=8, end=12)}, F4 * 3),
        "does not follow",
    ),
    "an overlap": (
        file_of({"a": tensor((2,), end=8), "b": tensor(begin=4, end=8)}, F4 * 2),
        "does not follow",
    ),
    "the same place twice": (file_of({"a": tensor(), "b": tensor()}, F4), "does not follow"),
    "no description": (file_of({"a": {}}, F4), "not described"),
    "three offsets": (file_of({"a": {**tensor(), "data_offsets": [0, 4, 4]}}, F4), "not described"),
    "a number for a tensor": (file_of({"a": 3}, F4), "not described"),
    "nothing for a tensor": (file_of({"a": None}, F4), "not described"),
    "metadata that are a list": (file_of({"__metadata__": ["a"]}), "not texts"),
    "metadata that are numbers": (file_of({"__metadata__": {"a": 1}}), "not texts"),
    "metadata that are no JSON": (file_of({"__metadata__": {"a": "{"}}), "not JSON"),
    "metadata with NaN": (file_of({"__metadata__": {"a": "NaN"}}), "not JSON"),
    "metadata with a key twice": (file_of({"__metadata__": {"a": '{"b":1,"b":2}'}}), "not JSON"),
    "deep nesting": (file_of(b"[" * 30_000), "not JSON"),
    "deep nesting in metadata": (file_of({"__metadata__": {"a": "[" * 30_000}}), "not JSON"),
    "a long number": (file_of(b'{"a":' + b"9" * 10_000 + b"}"), "not JSON"),
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_lies_are_refused(lie):
    refused(*LIES[lie])


@settings(deadline=None, derandomize=True, max_examples=300)
@given(header=json_values, body=st.binary(max_size=16))
def test_any_header_is_refused_or_read(header, body):
    try:
        tensors, _ = decode(file_of(header, body), HERE)
    except ModelFileError:
        return
    assert sum(array.nbytes for array in tensors.values()) == len(body)


sides = st.lists(st.integers(-1, 3) | st.sampled_from([2**31, 2**62, 2**63, 2**64]), max_size=3)
offsets = st.integers(-1, 17) | st.sampled_from([2**31, 2**63, 2**64])


@settings(deadline=None, derandomize=True, max_examples=500)
@given(
    header=st.dictionaries(
        st.text("abc", min_size=1, max_size=2),
        st.builds(tensor, sides, offsets, offsets, st.sampled_from(["F32", "F64", "U8", "I8"])),
        max_size=3,
    ),
    body=st.binary(max_size=16),
)
def test_any_description_of_tensors_is_refused_or_covers_the_file(header, body):
    try:
        tensors, _ = decode(file_of(header, body), HERE)
    except ModelFileError:
        return
    assert sum(array.nbytes for array in tensors.values()) == len(body)
    assert set(tensors) == set(header)


# Memory


def most_allocated(content):
    """The most memory that decode held at one moment, whatever became of it."""
    tracemalloc.start()
    try:
        decode(content, HERE)
    except ModelFileError:
        pass
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most


def test_tensors_are_not_copied():
    """Reading 8 MB of tensors takes less than 64 KiB beside the file."""
    content = encode({"a": np.ones(10**6), "b": np.zeros((2, 3), np.uint8)}, {"version": 1})
    assert most_allocated(content) < 1 << 16


FULL, MANY = HEADER_LIMIT - 100, VALUES_LIMIT - 10
BOMBS = {
    "a full list of lists": b"[" + b"[]," * (FULL // 3) + b"0]",
    "lists": b"[" + b"[]," * (MANY // 2) + b"0]",
    "tables": b"[" + b'{"":{}},' * (MANY // 3) + b"0]",
    "keys": b"{" + b",".join(b'"%x":{}' % i for i in range(MANY // 2)) + b"}",
    "numbers": b"[" + b"1e9," * MANY + b"0]",
    "depth": b"[" * MANY,
    "a wide text": b'{"__metadata__":{"a":"\\"' + b"a" * FULL + '😀\\""}}'.encode(),
    "a wide escaped text": b'{"__metadata__":{"a":"\\"' + b"a" * (FULL - 50) + b'\\ud83d\\ude00"}}',
    "a text in metadata": b'{"__metadata__":{"a":"\\"%b\\\\ud83d\\\\ude00\\""}}'
    % (b"a" * FULL)[:-50],
    "lists in metadata": b'{"__metadata__":{"a":"[' + b"[]," * (MANY // 2 - 4) + b'0]"}}',
    "sides": json.dumps({"a": tensor([10**15] * (MANY - 20))}).encode(),
    "tensors": json.dumps(
        {f"{i:x}": tensor((0,), 0, 0) for i in range(VALUES_LIMIT // 8)}
    ).encode(),
}


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_a_header_takes_less_than_ten_mebibytes_whatever_it_says(bomb):
    content = file_of(BOMBS[bomb])
    assert len(content) <= 8 + HEADER_LIMIT
    assert most_allocated(content) < 10 << 20


@settings(deadline=None, derandomize=True, max_examples=200)
@given(place=st.integers(0, len(SMALL) - 1), value=st.integers(0, 255))
def test_a_damaged_file_takes_little_more_than_a_whole_one(place, value):
    content = bytearray(SMALL)
    content[place] = value
    assert most_allocated(bytes(content)) < 2 * len(SMALL) + (1 << 14)


def test_the_same_content_gives_the_same_bytes():
    """Whatever the order in which tensors are named, and readable by the format's own library."""
    from safetensors.numpy import load

    tensors = {
        "mask": np.array([[1, 0], [1, 1]], np.uint8),
        "narrow": np.arange(3, dtype=np.float32),
        "wide": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    }
    metadata = {"format": "test", "more": [1, 2.5, None]}
    content = encode(tensors, metadata)
    assert encode(dict(reversed(tensors.items())), metadata) == content
    read = load(content)
    assert set(read) == set(tensors)
    for name, tensor in tensors.items():
        assert read[name].dtype == tensor.dtype
        assert np.array_equal(read[name], tensor)
