import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.data import npz
from pellucid.data.npz import read_npz
from pellucid.errors import DataError, FileError

X = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
Y = np.arange(30) % 3


def saved(path, **arrays):
    np.savez(path, **arrays)
    return path


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    "names",
    [
        ("X", "Y", "X_test", "Y_test"),
        ("X", "y", "X_test", "y_test"),
        ("x_train", "y_train", "x_test", "y_test"),
    ],
)
def test_the_four_arrays_under_their_usual_names(tmp_path, save, names):
    arrays = dict(zip(names, (X, Y, X[:6], Y[:6]), strict=True))
    save(tmp_path / "a.npz", **arrays)
    got = read_npz(tmp_path / "a.npz")
    assert got.name == "a"
    assert np.array_equal(got.train.X, X)
    assert np.array_equal(got.train.Y, Y)
    assert np.array_equal(got.test.X, X[:6])
    assert got.classes == ("0", "1", "2")
    assert got.image is None
    assert "with the test part they bring" in got.source


def test_fortran_order_and_foreign_bytes_are_put_right(tmp_path):
    path = saved(tmp_path / "a.npz", X=np.asfortranarray(X.astype(">f8")), Y=Y.astype(">i2"))
    got = read_npz(path)
    rows = np.concatenate([got.train.X, got.test.X])
    assert rows.dtype == np.float64
    assert sorted(map(tuple, rows)) == sorted(map(tuple, X.astype(np.float64)))


def test_what_is_left_unread_is_said(tmp_path):
    got = read_npz(saved(tmp_path / "a.npz", X=X, Y=Y, weights=X))
    assert "(weights left unread)" in got.source


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "none of them"),
        ({"X": X}, "got X"),
        ({"X": X, "Y": Y, "X_test": X}, "X_test and Y_test or neither"),
        ({"X": X, "Y": Y, "x_train": X}, "got it twice"),
        ({"X": X, "Y": Y.astype(object)}, "pickle"),
        ({"X": X.astype(complex), "Y": Y}, "complex"),
        ({"X": X, "Y": np.array(["2020-01-01"] * 30, "datetime64[D]")}, "datetime64"),
        ({"X": X, "Y": np.array([(1, 2)] * 30, "i4,i4")}, "numbers or texts"),
        ({"X": X, "Y": Y[:-1]}, "one label for each example"),
        ({"X": np.float32(1), "Y": np.int32(1)}, "one label for each example"),
        ({"X": X[:0], "Y": Y[:0]}, "at least one example"),
        ({"X": np.where(X > 1, np.nan, X), "Y": Y}, "finite"),
        ({"X": X, "Y": np.full(30, np.inf)}, "finite"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(tmp_path, arrays, message):
    path = saved(tmp_path / "wrong.npz", **arrays)
    with pytest.raises(DataError, match=message) as raised:
        read_npz(path)
    assert "wrong.npz" in str(raised.value)


def test_a_pickle_is_not_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    path = saved(tmp_path / "a.npz", X=X, Y=np.array([Trap()] * 30, object))
    with pytest.raises(DataError, match="pickle"):
        read_npz(path)
    assert not (tmp_path / "sprung").exists()


def npy(header, body, version=(1, 0)):
    text = header.encode()
    return b"\x93NUMPY" + bytes(version) + len(text).to_bytes(2, "little") + text + body


def described(descr, shape, order=False):
    return repr({"descr": descr, "fortran_order": order, "shape": shape})


@pytest.mark.parametrize(
    "member",
    [
        npy(described("<f8", (10**12,)), bytes(8)),
        npy(described("<f8", (2**62, 2**62)), bytes(8)),
        npy(described("<f8", (-1, 4)), bytes(8)),
        npy(described("<f8", (-1, -1)), bytes(8)),
        npy(described("<f8", (4,)), bytes(31)),
        npy(described("<f8", (4,)), bytes(33)),
        npy(described("<U0", (10**12,)), b""),
        npy(described("<f8", (0, 10**30)), b""),
        npy(described("<f8", (1,) * 70), bytes(8)),
        npy(described("|O", (1,)), b"\x80\x04N."),
        npy(described("<f8", "abc"), bytes(8)),
        npy("(" * 9000, b""),
        npy("{'descr': ", b""),
        npy("__import__('os').abort()", b""),
        npy(described("<f8", (1,)), bytes(8), (9, 9)),
        npy(described("<f8", (1,)), bytes(8), (3, 0)),
        b"\x93NUMPY",
        b"",
        b"not an array",
    ],
)
def test_members_that_lie_are_refused(tmp_path, member):
    path = tmp_path / "lie.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", member)
        archive.writestr("Y.npy", member)
    with pytest.raises(DataError, match="lie.npz"):
        read_npz(path)


@pytest.mark.parametrize("letter", [0x110000, 2**32 - 1, 0xD800, 0xDFFF])
def test_texts_of_no_letters_are_refused(tmp_path, letter):
    """NumPy reads them, and fails in the middle of something else."""
    path = tmp_path / "lie.npz"
    texts = npy(described("<U1", (2,)), np.array([65, letter], "<u4").tobytes())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", npy(described("<f8", (2, 1)), bytes(16)))
        archive.writestr("Y.npy", texts)
    with pytest.raises(DataError, match="some of their letters are none"):
        read_npz(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("pellucid.data.opening.UNPACKED_LIMIT", 1 << 20)
    np.savez_compressed(tmp_path / "bomb.npz", X=np.zeros((1000, 4000)), Y=np.zeros(1000))
    with pytest.raises(DataError, match="claims to unpack from"):
        read_npz(tmp_path / "bomb.npz")


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(17), b"x" * 100])
def test_files_of_another_kind_are_refused(tmp_path, content):
    path = tmp_path / "foreign.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged or something else"):
        read_npz(path)


def test_a_missing_file_is_a_matter_of_the_disk(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_npz(tmp_path / "absent.npz")


@given(st.data())
def test_no_damage_to_a_file_brings_another_error(scratch, data):
    memory = io.BytesIO()
    (np.savez if data.draw(st.booleans()) else np.savez_compressed)(memory, X=X, Y=Y)
    content = bytearray(memory.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    (scratch / "damaged.npz").write_bytes(bytes(content))
    try:
        read_npz(scratch / "damaged.npz")
    except DataError:
        return


def test_every_name_means_one_thing():
    names = [name for names in npz.KEYS.values() for name in names]
    assert len(names) == len(set(names))
