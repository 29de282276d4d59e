import json

import pytest

from pellucid import DataError
from pellucid.data.reading import Reading

FULL = Reading(
    ("a", "b"), "numbers", {"zip": "category"}, "t.csv", "group", None, ";", "utf-8", ",", False
)


@pytest.mark.parametrize("reading", [Reading(), FULL, Reading(target=("y",), time="day")])
def test_it_comes_back_from_json(reading):
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading


def test_what_is_not_said_is_not_written():
    assert Reading().to_json() == {}
    assert Reading(header=False).to_json() == {"header": False}


@pytest.mark.parametrize("data", [None, [], {"magic": 1}])
def test_other_data_are_refused(data):
    with pytest.raises(ValueError, match="expected a table with some of"):
        Reading.from_json(data)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"task": "magic"}, "task: expected one of classes, numbers, labels, got 'magic'"),
        ({"group": "a", "time": "b"}, "one column to split by"),
    ],
)
def test_what_nobody_can_mean_is_refused(said, message):
    with pytest.raises(DataError, match=message):
        Reading(**said)
