import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import DataError, FileError
from pellucid.data.npy import npy_rows, read_npy


@pytest.mark.parametrize("dtype", ["u1", "<f4", "<f8", ">f4", "<i2", "<i8", "?", "<f2"])
def test_rows_come_as_engines_take_them(tmp_path, dtype):
    """uint8 and floats stay; big-endian ones turn; all others become float32."""
    X = (np.arange(60).reshape(20, 3) % 2).astype(dtype)
    np.save(tmp_path / "X.npy", X)
    rows = npy_rows(tmp_path / "X.npy")
    kept = {"u1": np.uint8, "<f8": np.float64}.get(dtype, np.float32)
    assert (rows.shape, rows.dtype, rows.groups) == ((20, 3), kept, None)
    found = rows.read(4, 9)
    assert found.dtype == kept
    assert found.flags.c_contiguous
    assert (found == X[4:9]).all()
    assert rows.name == str(tmp_path / "X.npy")


@pytest.mark.parametrize("value", ["text", 3, 2.5])
def test_any_array_is_read(tmp_path, value):
    for array in (np.array([value] * 4), np.asfortranarray(np.full((3, 4), value))):
        np.save(tmp_path / "Y.npy", array)
        found = read_npy(tmp_path / "Y.npy")
        assert found.shape == array.shape
        assert (found == array).all()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(3), "expected a matrix with an example in each row, got shape \\(3,\\)"),
        (np.zeros((3, 2, 2)), "expected a matrix"),
        (np.zeros((0, 2)), "expected a matrix"),
        (np.zeros((3, 0)), "expected a matrix"),
        (np.asfortranarray(np.ones((3, 2))), "column after column"),
        (np.array([["a", "b"]]), "expected X as numbers"),
        (np.array([[1 + 2j]]), "expected numbers or texts, got complex128"),
        (np.array([[None]]), "holds Python objects"),
    ],
)
def test_what_is_no_matrix_of_numbers_is_refused(tmp_path, array, message):
    np.save(tmp_path / "X.npy", array, allow_pickle=True)
    with pytest.raises(DataError, match=message) as problem:
        npy_rows(tmp_path / "X.npy")
    assert str(tmp_path / "X.npy") in str(problem.value)


def test_every_truncation_is_one_clear_error(tmp_path):
    path = tmp_path / "X.npy"
    np.save(path, np.ones((5, 2)))
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        for read in (npy_rows, read_npy):
            with pytest.raises(DataError, match=r"X\.npy"):
                read(path)


@settings(deadline=None, max_examples=200)
@given(place=st.integers(0, 127), bit=st.integers(0, 7))
def test_a_header_that_lies_takes_no_memory(tmp_path_factory, place, bit):
    """Whatever bit of it is turned: an error, or as many bytes as the file has."""
    path = tmp_path_factory.mktemp("lies") / "X.npy"
    np.save(path, np.ones((5, 2)))
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)
    try:
        rows = npy_rows(path)
        assert rows.read(0, rows.shape[0]).nbytes <= 80
    except DataError:
        pass


@pytest.mark.parametrize("shape", ["(1000000000000, 2)", "(-5, -2)", "(5, 2, 9)", "(-5, 2)"])
def test_shapes_that_are_not_there_are_refused(tmp_path, shape):
    path = tmp_path / "X.npy"
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
    with path.open("ab") as file:
        file.write(bytes(80))
    for read in (npy_rows, read_npy):
        with pytest.raises(DataError, match="announces|expected an array"):
            read(path)


def test_a_file_that_is_missing_or_changes_is_told(tmp_path):
    path = tmp_path / "X.npy"
    with pytest.raises(FileError, match="cannot read"):
        npy_rows(path)
    np.save(path, np.ones((5, 2)))
    rows = npy_rows(path)
    before = rows.fingerprint()
    np.save(path, np.zeros((5, 2)))
    os.utime(path, ns=(1, 1))
    with pytest.raises(DataError, match="has been written to"):
        rows.read(0, 1)
    assert npy_rows(path).fingerprint() != before
