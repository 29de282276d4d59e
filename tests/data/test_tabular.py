import numpy as np
import pandas as pd
import pytest

from pellucid import DataError
from pellucid.arrays import SparseRows
from pellucid.data.columns import as_table
from pellucid.data.reading import Reading
from pellucid.data.table import Table
from pellucid.data.tabular import Known, dataset_of, part_of

N = 200
random = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "age": random.normal(40, 10, N).round(1),
        "town": random.choice(["a", "b", "c"], N),
        "day": pd.date_range("2024-01-01", periods=N).astype(str),
        "shop": np.arange(N) % 10,
        "price": random.normal(1000, 100, N),
        "y": random.choice(["no", "yes"], N, p=[0.75, 0.25]),
    }
)


def dataset(frame=FRAME, test=None, known=None, **said):
    reading = Reading(**{"target": ("y",), **said})
    test = None if test is None else as_table(test)
    return dataset_of(
        as_table(frame), reading, name="t", origin="The table", test=test, known=known
    )


def test_classes_are_set_aside_in_proportion():
    found = dataset()
    assert (len(found.train), len(found.test)) == (160, 40)
    assert found.classes == ("no", "yes")
    shares = [np.mean(part.Y) for part in (found.train, found.test)]
    assert abs(shares[0] - shares[1]) < 0.02
    assert found.table.task == "classes"
    assert "one row in five, drawn with seed 0, in proportion" in found.source


def test_the_encoding_is_that_of_the_training_part_alone():
    found = dataset(FRAME.assign(age=np.where(FRAME["town"] == "c", 1e6, FRAME["age"])), time="day")
    first = FRAME.iloc[:160]
    alone = dataset_of(as_table(first), Reading(("y",)), name="t", origin="", test=as_table(first))
    assert found.table.encoding.spread[1] == alone.table.encoding.spread[1]  # of the days
    late = FRAME.assign(town=np.where(np.arange(N) >= 160, "late", FRAME["town"]))
    names = dataset(late, time="day").table.encoding.names
    assert "town = a" in names
    assert "town = late" not in names


def test_groups_stay_together_in_every_part():
    found = dataset(group="shop")
    assert "shop" not in found.table.encoding.names  # it would say nothing of other shops
    assert len(found.train) + len(found.test) == N
    assert len(set(found.holding.keys)) == 8
    assert len(found.holding.keys) == len(found.train) == 160
    assert "whole groups drawn with seed 0, 40 of 200 rows" in found.source


def test_the_latest_are_judged_by():
    shuffled = FRAME.sample(frac=1, random_state=1)
    found = dataset(shuffled, time="day", target=("price",))
    latest = FRAME["price"].to_numpy()[160:]
    assert sorted(found.test.Y[:, 0]) == sorted(latest)
    assert "the latest, 40 of 200 rows" in found.source


def test_another_table_can_be_the_test_part():
    test = FRAME.iloc[:7].assign(town="new")
    found = dataset(test=test)
    assert (len(found.train), len(found.test)) == (N, 7)
    np.testing.assert_array_equal(found.test.Y, found.train.Y[:7])


def test_rows_without_an_answer_are_left_out_with_a_word():
    said = []
    frame = FRAME.assign(y=FRAME["y"].where(np.arange(N) > 2, None))
    reading = Reading(("y",))
    found = dataset_of(as_table(frame), reading, name="t", origin="", report=said.append)
    assert len(found.train) + len(found.test) == N - 3
    assert "3 rows left out, where 'y' is missing" in said
    with pytest.raises(DataError, match="'y': expected answers to learn from, got none at all"):
        dataset(FRAME.assign(y=np.nan))


def test_pixels_are_pictures():
    matrix = np.random.default_rng(0).integers(0, 256, (50, 65)).astype(np.uint8)
    matrix[:, 64] %= 2
    names = (*(f"p{j}" for j in range(64)), "y")
    table = Table(names, tuple(matrix.T), matrix)
    said = []
    found = dataset_of(table, Reading(("y",)), name="t", origin="", report=said.append)
    assert "its columns are the pixels of pictures, 8 × 8" in said
    assert (found.image.height, found.image.width, found.image.maximum) == (8, 8, 255)
    assert found.train.X.dtype == np.uint8
    assert found.classes == ("0", "1")


def test_many_categories_are_kept_sparsely():
    frame = FRAME.assign(zip=[f"z{i % 90}" for i in range(N)])
    found = dataset(frame.drop(columns=["price", "age"]))
    assert isinstance(found.train.X, SparseRows)
    assert isinstance(found.test.X, SparseRows)


def test_what_a_model_knows_goes_before_what_would_be_found():
    first = dataset()
    known = Known(first.table, first.classes, first.image)
    other = FRAME.iloc[:100].assign(age=FRAME["age"] * 100)
    again = dataset(other, known=known)
    assert again.table is first.table
    part = part_of(as_table(FRAME), first.table, first.classes, "t.csv")
    rows = np.sort(np.concatenate([first.train.X, first.test.X]), axis=0)
    np.testing.assert_array_equal(np.sort(part.X, axis=0), rows)


def test_to_judge_the_right_answers_are_needed():
    first = dataset()
    with pytest.raises(DataError, match=r"t.csv: expected the column 'y'.*pellucid predict"):
        part_of(as_table(FRAME.drop(columns="y")), first.table, first.classes, "t.csv")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"target": ()}, r"t is a table: name the column to predict.*'age', 'town'"),
        ({"target": ("Y1",)}, "got 'Y1'"),
        ({"target": ("pri",)}, r"got 'pri'. Did you mean 'price'\?"),
        ({"target": ("y", "y")}, "each column to predict once"),
        ({"kinds": {"twon": "number"}}, r"got 'twon'. Did you mean 'town'\?"),
        ({"time": "town"}, "'town': expected a date or a number in every row to split by"),
        ({"group": "sohp"}, "got 'sohp'. Did you mean 'shop'"),
    ],
)
def test_what_is_not_in_the_table_is_refused(said, message):
    with pytest.raises(DataError, match=message):
        dataset(**said)


def test_too_few_rows_are_not_divided():
    found = dataset(pd.DataFrame({"a": [1.0], "y": [2.5]}))
    assert found.test is None
    assert "too few to set a test part aside" in found.source
