import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pellucid import DataError, FileError, stored, stored_rows
from pellucid.data.stored import CHUNK, is_folder_of_rows, open_parts, parts_of

X = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
Y = np.arange(60) % 3


@pytest.fixture(params=["npy", "npz", "parquet"])
def shards(request, tmp_path):
    """Three shards of 20 rows, of each kind."""
    for i in range(3):
        write(
            tmp_path,
            request.param,
            f"part-{i:02}",
            X[20 * i : 20 * i + 20],
            Y[20 * i : 20 * i + 20],
        )
    return tmp_path


def write(folder, kind, name, X, Y):
    if kind == "npy":
        np.save(folder / f"{name}-X.npy", X)
        np.save(folder / f"{name}-Y.npy", Y)
    elif kind == "npz":
        np.savez(folder / f"{name}.npz", X=X, Y=Y)
    else:
        columns = {f"c{j}": X[:, j] for j in range(X.shape[1])}
        pq.write_table(pa.table({**columns, "y": Y}), folder / f"{name}.parquet", row_group_size=8)


def test_shards_are_one_matrix_in_the_order_of_their_names(shards):
    rows, targets = stored(shards)
    assert rows.shape == (60, 4)
    assert rows.dtype == np.float32
    assert (rows[:] == X).all()
    assert (targets == Y).all()
    assert (rows[np.arange(59, -1, -7)] == X[::-7]).all()


def test_shards_with_test_in_their_name_are_the_test_part(shards):
    kind = next(shards.iterdir()).suffix[1:]
    write(shards, kind, "part-TEST", X[:7], Y[:7])
    write(shards, kind, "contest", X[:5], Y[:5])  # another word
    train, test = open_parts(shards)
    assert (len(train.X), len(train.Y)) == (65, 65)
    assert (test.X[:] == X[:7]).all()
    assert (Y[:7] == test.Y).all()
    assert len(stored(shards).X) == 65


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        ("X.npy", "Y.npy"),
        ("x.npy", "y.npy"),
        ("X.npy", "y.npy"),
        ("x.npy", "Y.npy"),
        ("train-X.npy", "train-Y.npy"),
        ("x_train.npy", "y_train.npy"),
        ("Box X 7.npy", "Box Y 7.npy"),
    ],
)
def test_targets_lie_beside_under_the_same_name(tmp_path, inputs, targets):
    np.save(tmp_path / inputs, X)
    np.save(tmp_path / targets, Y)
    for path in (tmp_path / inputs, str(tmp_path / inputs), tmp_path):
        rows, found = stored(path)
        assert (rows[:] == X).all()
        assert (found == Y).all()


@pytest.mark.parametrize("name", ["X.npy", "train-X.npy", "data.npy", "Box.npy"])
def test_missing_targets_are_asked_for_by_name(tmp_path, name):
    np.save(tmp_path / name, X)
    with pytest.raises(DataError, match=r"Call the inputs X\.npy.*the targets the same with Y"):
        stored(tmp_path / name)
    assert (stored_rows(tmp_path / name)[:] == X).all()


def test_a_parquet_target_has_a_name(tmp_path):
    path = tmp_path / "table.parquet"
    table = pa.table({"a": X[:, 0], "grade": Y, "b": X[:, 1]})
    pq.write_table(table, path)
    rows, targets = stored(path, target="grade")
    assert (rows[:] == X[:, :2]).all()
    assert (targets == Y).all()
    assert (stored_rows(path, target="grade")[:] == X[:, :2]).all()
    assert stored_rows(path).shape == (60, 3)
    with pytest.raises(DataError, match="expected a column 'Y' with the targets, got a, grade, b"):
        stored(path)
    with pytest.raises(DataError, match="expected a column 'rank'"):
        stored(path, target="rank")


def test_chunks_are_as_asked_for_or_of_a_size_that_reads_well(tmp_path):
    np.save(tmp_path / "X.npy", np.zeros((60_000, 40), np.float32))
    np.save(tmp_path / "Y.npy", np.zeros(60_000))
    assert set(stored_rows(tmp_path / "X.npy", chunk=7000).sizes) == {7000, 4000}
    assert set(stored_rows(tmp_path / "X.npy").sizes) == {600}  # a hundredth
    np.save(tmp_path / "X.npy", np.zeros((60_000, 1000), np.uint8))
    assert stored_rows(tmp_path / "X.npy").sizes[0] == CHUNK // 1000
    assert stored_rows(tmp_path / "X.npy", window=99).window == 99


def test_row_groups_and_archives_are_chunks(tmp_path):
    for kind, sizes in (("parquet", [8, 8, 4]), ("npz", [20])):
        (tmp_path / kind).mkdir()
        write(tmp_path / kind, kind, "a", X[:20], Y[:20])
        assert stored(tmp_path / kind, chunk=3).X.sizes.tolist() == sizes


@pytest.mark.parametrize(("option", "value"), [("chunk", 0), ("window", -1), ("chunk", 2.5)])
def test_sizes_are_numbers_of_rows(tmp_path, option, value):
    np.save(tmp_path / "X.npy", X)
    with pytest.raises(DataError, match=f"{option}: expected a number of rows"):
        stored_rows(tmp_path / "X.npy", **{option: value})


def test_files_that_do_not_fit_together_are_named(tmp_path):
    write(tmp_path, "npy", "a", X, Y)
    write(tmp_path, "npy", "b", X[:, :3], Y)
    with pytest.raises(DataError, match="of one width and type, got 4 columns .* and 3"):
        stored(tmp_path)
    write(tmp_path, "npy", "b", X.astype(np.float64), Y)
    with pytest.raises(DataError, match="4 of float64 in .*b-X"):
        stored(tmp_path)
    write(tmp_path, "npy", "b", X, Y[:-1])
    with pytest.raises(DataError, match=r"b-X\.npy: expected a target for each of its 60 rows"):
        stored(tmp_path)
    write(tmp_path, "npy", "b", X, Y * 0.5)
    with pytest.raises(DataError, match="targets of one kind and width"):
        stored(tmp_path)
    write(tmp_path, "npy", "b-test", X[:, :2], Y)
    write(tmp_path, "npy", "b", X, Y)
    with pytest.raises(DataError, match="one width in both parts, got 4 to train on and 2"):
        open_parts(tmp_path)
    write(tmp_path, "npz", "c", X, Y)
    with pytest.raises(DataError, match=r"files of one kind.*got \.npy, \.npz"):
        stored(tmp_path)


def test_what_holds_no_rows_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    assert not is_folder_of_rows(tmp_path)
    with pytest.raises(DataError, match="got none"):
        stored(tmp_path)
    with pytest.raises(DataError, match=r"expected a file \.npy, \.npz or \.parquet"):
        stored(tmp_path / "notes.txt")
    with pytest.raises(FileError, match="cannot read"):
        stored(tmp_path / "X.npy")
    np.save(tmp_path / "thing.npy", X)
    assert is_folder_of_rows(tmp_path)
    with pytest.raises(DataError, match="with an X in their names"):
        stored(tmp_path)


def test_idx_files_go_before(tmp_path):
    np.save(tmp_path / "X.npy", X)
    assert is_folder_of_rows(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"")
    assert not is_folder_of_rows(tmp_path)
    assert not is_folder_of_rows(tmp_path / "X.npy")


def test_a_folder_of_tests_alone_is_trained_on(tmp_path):
    write(tmp_path, "npy", "test", X, Y)
    assert [len(part) for part in parts_of(tmp_path)] == [1, 0]
