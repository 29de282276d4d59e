import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pellucid import DataError
from pellucid.data.columns import as_table
from pellucid.data.table import Coded, Table
from pellucid.data.target import (
    Scaling,
    codes_of,
    missing_of,
    numbers_of,
    scaling_of,
    target_of,
)


def table(**columns):
    return as_table(pd.DataFrame(columns))


@pytest.mark.parametrize(
    ("cells", "task", "Y", "classes"),
    [
        (["b", "a", "b"] * 2, "classes", [1, 0, 1] * 2, ("a", "b")),
        ([10, 9, 10] * 2, "classes", [1, 0, 1] * 2, ("9", "10")),  # by size, not as texts
        ([1.0, 2.0, 1.0] * 2, "classes", [0, 1, 0] * 2, ("1", "2")),
        ([True, False, True] * 2, "classes", [1, 0, 1] * 2, ("False", "True")),
        ([0.5, 2.0, 1.0] * 2, "numbers", [[0.5], [2], [1]] * 2, None),
        (list(range(60)), "numbers", [[i] for i in range(60)], None),
        ([1, 2, 3], "numbers", [[1], [2], [3]], None),  # as many as rows
    ],
)
def test_what_a_column_is_as_a_target(cells, task, Y, classes):
    found = target_of(table(y=cells), ["y"])
    assert (found.task, found.classes) == (task, classes)
    assert found.Y.tolist() == Y
    assert found.Y.dtype == (np.int32 if classes else np.float64)


def test_the_task_can_be_said():
    assert target_of(table(y=[1, 2, 1] * 3), ["y"], "numbers").Y.shape == (9, 1)
    assert target_of(table(y=[0.5, 1.5] * 3), ["y"], "classes").classes == ("0.5", "1.5")
    assert target_of(table(y=["7", "8.5"]), ["y"], "numbers").Y.tolist() == [[7], [8.5]]


def test_texts_that_are_kept_once_keep_their_classes():
    cells = Coded(("b", "never", "a"), np.array([0, 2, 0, 2], np.int32))
    found = target_of(Table(("y",), (cells,)), ["y"])
    assert (found.classes, found.Y.tolist()) == (("a", "b"), [1, 0, 1, 0])


def test_several_columns_are_numbers_or_labels():
    frame = table(a=[0, 1, 1], b=["yes", "no", "yes"], c=[0.5, 1, 2])
    labels = target_of(frame, ["a", "b"])
    assert (labels.task, labels.classes) == ("labels", None)
    assert labels.Y.tolist() == [[0, 1], [1, 0], [1, 1]]
    assert target_of(frame, ["a", "c"]).task == "numbers"
    assert numbers_of(frame, ["a", "b"], "labels").tolist() == labels.Y.tolist()


@pytest.mark.parametrize(
    ("columns", "names", "task", "message"),
    [
        ({"y": ["a", "b"], "z": ["c", "d"]}, ["y", "z"], None, "'y': expected numbers to predict"),
        ({"y": [0, 1], "z": [0, 1]}, ["y", "z"], "classes", "one column of classes.*got 2: y, z"),
        ({"y": [f"n{i}" for i in range(50)]}, ["y"], None, "got 50 different values in 50 rows"),
        ({"y": [1, "x"]}, ["y"], "numbers", "got 'x' in row 1, counted from 0"),
        ({"y": [1.0, np.inf]}, ["y"], None, "finite numbers to predict"),
        ({"y": [1.0, 2.0]}, ["y"], "labels", "expected a label, 0 and 1 or yes and no"),
    ],
)
def test_what_is_no_target_is_refused(columns, names, task, message):
    with pytest.raises(DataError, match=message):
        target_of(table(**columns), names, task)


def test_a_class_that_a_model_does_not_know_is_shown_with_its_row():
    cells = table(y=["a", "b", "c"]).column("y")
    assert codes_of("y", cells, ("c", "b", "a")).tolist() == [2, 1, 0]
    with pytest.raises(DataError, match=r"'y': expected the classes.*\(a, b\), got 'c' in row 2"):
        codes_of("y", cells, ("a", "b"))
    assert codes_of("y", np.array([3.0, 10.0]), ("10", "3")).tolist() == [1, 0]


@pytest.mark.parametrize(
    "cells",
    [
        np.array([1.0, np.nan]),
        Coded(("a",), np.array([0, -1], np.int32)),
        table(y=["a", None]).column("y"),
    ],
)
def test_what_is_missing_is_known(cells):
    assert missing_of(cells).tolist() == [False, True]


@given(hnp.arrays(np.float64, (9, 2), elements=st.floats(-1e6, 1e6)))
def test_scaled_numbers_come_back(Y):
    scaling = scaling_of(Y)
    scaled = scaling.apply(Y)
    np.testing.assert_allclose(scaling.restored(scaled), Y, rtol=1e-9, atol=1e-6)
    varied = Y.std(axis=0) > 1e-6 * np.abs(Y).max(axis=0).clip(1)
    np.testing.assert_allclose(scaled.std(axis=0)[varied], 1, rtol=1e-6)


def test_each_level_of_a_target_is_restored_as_its_target_is():
    found = Scaling((10.0, 0.0), (2.0, 1.0)).restored(np.array([[1.0, 2.0, 1.0, 2.0]]))
    assert found.tolist() == [[12, 14, 1, 2]]
