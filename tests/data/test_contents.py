import numpy as np
import pytest

from pellucid.data.contents import describe, groups, warnings_of
from pellucid.data.dataset import Dataset, ImageFormat, Part


def made(Y, test=None, classes=None, X=None, image=None):
    X = np.arange(3.0 * len(Y)).reshape(-1, 3) if X is None else X
    part = None if test is None else Part(np.ones((len(test), X.shape[1])), test)
    return Dataset("made", Part(X, Y), part, classes, image, "Made here.")


def codes(*counts):
    return np.repeat(np.arange(len(counts)), counts).astype(np.int32)


def test_a_description_counts_what_is_there():
    X = np.array([[1.0, 5.0, 0.0], [2.0, 5.0, 9.0], [0.0, 5.0, 2.0], [1.0, 5.0, 4.0]])
    got = describe(made(codes(3, 1), codes(1, 0), ("a", "b"), X))
    assert (got.n_train, got.n_test, got.n_inputs, got.n_constant) == (4, 1, 3, 1)
    assert (got.least, got.most, got.mean) == (0.0, 9.0, 39 / 12)
    assert got.n_bytes == (4 + 1) * 3 * 8
    assert got.classes == (("a", 3, 1, 0.75, True), ("b", 1, 0, 0.25, True))
    assert got.targets is None


def test_what_is_missing_is_counted_and_left_out_of_the_rest():
    nan = np.nan
    X = np.array([[1.0, nan, 4.0], [3.0, nan, nan], [3.0, nan, 4.0]])
    got = describe(made(codes(3), None, ("a",), X))
    assert (got.n_missing, got.n_constant) == (4, 1)
    assert (got.least, got.most, got.mean) == (1.0, 4.0, 3.0)


def test_five_numbers_of_targets():
    Y = np.array([[4.0, 1.0], [1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [10.0, 1.0]])
    got = describe(made(Y))
    assert got.n_test is None
    assert got.classes is None
    assert got.targets == ((1.0, 2.0, 3.0, 4.0, 10.0, 4.0), (1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
    assert warnings_of(got) == [
        "A target is the same in all examples: there is nothing to learn about it."
    ]


@pytest.mark.parametrize(
    ("counts", "rare"),
    [((500, 500), []), ((500, 51), []), ((1000, 50), ["b"]), ((30, 9), ["b"]), ((30, 10), [])],
)
def test_a_class_is_rare_by_its_share_or_its_number(counts, rare):
    got = describe(made(codes(*counts), None, ("a", "b")))
    assert [row.name for row in got.classes if row.rare] == rare


def test_what_is_rare_or_absent_is_said():
    got = describe(made(codes(1500, 12, 3), codes(9, 2, 0), ("a", "b", "c")))
    assert warnings_of(got) == [
        "Rare: b (12), c (3). Accuracy hardly counts them; judge with --metric f1, too.",
        "Not in the test part: c.",
    ]
    many = tuple(f"c{i}" for i in range(9))
    said = warnings_of(describe(made(codes(*[1000], *[2] * 8), codes(1, *[0] * 8), many)))
    assert "c5 (2) and 3 more." in said[0]
    assert said[1].endswith("c5….")


def test_groups_hold_every_example_once_and_show_some():
    Y = np.random.default_rng(0).permutation(codes(20, 5, 0))
    got = groups(Y, ["a", "b", "c"], each=8, seed=0)
    assert [(g.name, g.n, len(g.rows)) for g in got] == [("a", 20, 8), ("b", 5, 5), ("c", 0, 0)]
    for code, group in enumerate(got):
        assert (Y[group.rows] == code).all()
        assert len(set(group.rows.tolist())) == len(group.rows)
    assert sum(group.share for group in got) == pytest.approx(1)


def test_the_seed_draws_the_examples():
    Y = codes(100)
    first, again, other = (groups(Y, ["a"], 10, seed)[0].rows for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_numbers_are_cut_into_fifths():
    values = np.random.default_rng(0).permutation(100).astype(float)
    got = groups(values[:, None], None, each=3, seed=0)
    assert [group.n for group in got] == [20] * 5
    for k, group in enumerate(got):
        assert (values[group.rows] // 20 == k).all()
    assert got[0].name == "0 … 19.8"
    assert [(g.name, g.n) for g in groups(np.ones((4, 1)), None, 3, 0)] == [("1", 4)]
    assert sum(group.n for group in groups(np.array([0.0, 0, 0, 0, 1]), None, 3, 0)) == 5


def test_pictures_keep_their_format():
    image = ImageFormat(1, 3)
    assert describe(made(codes(4), None, ("a",), image=image)).image is image
