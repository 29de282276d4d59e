import numpy as np
import pytest

from pellucid.data.assemble import assemble
from pellucid.errors import DataError

X = np.arange(120.0).reshape(30, 4)


def made(X, Y, test=None):
    return assemble("a", "a.npz", (X, np.asarray(Y)), test, "Arrays")


def both(dataset):
    return np.concatenate([dataset.train.Y, dataset.test.Y])


def test_whole_numbers_are_classes_in_ascending_order():
    got = made(X, np.tile([7, -2, 10], 10))
    assert got.classes == ("-2", "7", "10")
    assert got.train.Y.dtype == np.int32
    assert list(np.bincount(both(got))) == [10, 10, 10]
    for row, code in zip(got.train.X, got.train.Y, strict=True):
        assert ("7", "-2", "10")[int(row[0]) // 4 % 3] == got.classes[code]


@pytest.mark.parametrize("labels", [["b", "a", "ä"], [b"b", b"a", "ä".encode()]])
def test_texts_are_classes(labels):
    assert made(X, labels * 10).classes == ("a", "b", "ä")


def test_truths_columns_and_one_hot_rows_are_classes_too():
    assert made(X, np.arange(30) % 2 == 0).classes == ("False", "True")
    assert made(X, np.arange(30)[:, None] % 3).classes == ("0", "1", "2")
    got = made(X, np.eye(3, dtype=np.int64)[np.arange(30) % 3])
    assert got.classes == ("0", "1", "2")
    assert list(np.bincount(both(got))) == [10, 10, 10]


def test_floats_are_numbers_to_predict():
    got = made(X, np.linspace(0, 1, 30, dtype=np.float32))
    assert got.classes is None
    assert got.train.Y.shape == (24, 1)
    assert got.test.Y.dtype == np.float32
    assert "classes" not in got.source
    assert made(X, np.arange(90).reshape(30, 3)).train.Y.shape == (24, 3)


def test_one_in_five_is_set_aside_and_it_is_said():
    got = made(X, np.repeat([0, 1], 15))
    assert (len(got.train), len(got.test)) == (24, 6)
    assert list(np.bincount(got.test.Y)) == [3, 3]
    assert got.source == (
        "Arrays, which bring no test part: one in five examples, drawn with seed 0, "
        "in proportion to the classes, became the test part."
    )


@pytest.mark.parametrize("Y", [[0], [0.5], [0, 1], ["a", "b"]])
def test_too_few_examples_have_no_test_part(Y):
    got = made(X[: len(Y)], Y)
    assert got.test is None
    assert "too few" in got.source


def test_classes_of_both_parts_are_counted_together():
    got = made(X, np.arange(30) % 2 + 5, (X[:3], np.array([5, 6, 9])))
    assert got.classes == ("5", "6", "9")
    assert list(got.test.Y) == [0, 1, 2]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.uint16])
@pytest.mark.parametrize("channel", [(), (1,)])
def test_pictures_lie_in_rows_and_have_a_format(dtype, channel):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 28, 28, *channel)).astype(dtype)
    got = made(pixels, np.arange(30) % 3)
    assert got.train.X.shape == (24, 784)
    assert got.train.X.dtype == np.uint8
    assert (got.image.height, got.image.width, got.image.centring) == (28, 28, "mass")
    assert got.scale == 1 / 255
    assert made(pixels[:, :20], np.arange(30) % 3).image.centring == "box"


def test_pictures_of_other_numbers_have_no_format():
    for pixels in (np.zeros((30, 4, 4)), np.full((30, 4, 4), 300), np.full((30, 4, 4), -1)):
        got = made(pixels, np.arange(30) % 3)
        assert got.image is None
        assert got.train.X.shape == (24, 16)


@pytest.mark.parametrize(
    ("inputs", "labels", "test", "message"),
    [
        (np.zeros((30, 4, 4, 3)), np.arange(30) % 3, None, "Reshape"),
        (X, np.zeros((30, 2, 2)), None, "one row for each example"),
        (X, np.zeros((30, 2, 2), int), None, "one label for each"),
        (X, np.arange(30), None, "store them as floats"),
        (X, [b"\xff"] * 30, None, "UTF-8"),
        (X, [1 + 2j] * 30, None, "numbers or texts"),
        (X, np.arange(30) % 3, (X[:, :3], np.arange(30) % 3), "same shape in both"),
        (X, np.arange(30) % 3, (X, np.zeros(30)), "same kind of Y"),
        (X, np.zeros((30, 2)), (X, np.zeros((30, 3))), "as many columns"),
    ],
)
def test_what_does_not_fit_is_refused(inputs, labels, test, message):
    with pytest.raises(DataError, match=message) as raised:
        made(inputs, labels, test)
    assert "a.npz" in str(raised.value)
