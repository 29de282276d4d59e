"""What is said of the data is what can be counted in them."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.views.report.data import COLUMNS, _layout, about_data
from tests.views.report.reading import blocks, diabetes_run, digits_run, told_of


def test_parts_and_their_sizes():
    run, test = digits_run(300)
    (table,) = blocks(about_data(told_of(run, test)), "table")[:1]
    assert [row[:2] for row in table.rows] == [
        ("training", "240"),
        ("validation", "60"),
        ("test", "300"),
    ]


def test_columns_are_described_by_their_numbers():
    run, _ = diabetes_run()
    table = blocks(about_data(told_of(run)), "table")[1]
    column = run.examples.X[:, 2]
    assert len(table.rows) == 10
    wanted = [column.min(), column.mean(), column.max(), column.std()]
    found = [float(cell.replace("−", "-")) for cell in table.rows[2][1:5]]
    np.testing.assert_allclose(found, wanted, rtol=2e-3)
    assert table.rows[2][5] == str(len(np.unique(column)))


def test_wide_tables_are_cut_and_say_so():
    X = np.random.default_rng(0).normal(size=(30, 25))
    run = pel.start(pel.Network(25, [pel.Dense(1, "identity")]), X, X[:, 0], epochs=1)
    list(run)
    table = blocks(about_data(told_of(run)), "table")[1]
    assert len(table.rows) == COLUMNS
    assert "The first 20 of 25 are shown" in table.caption


def test_a_picture_of_each_class_that_there_is():
    run, test = digits_run(100)
    names = tuple("abcdefghij")
    model = pel.Model(run.network, names, pel.ImageFormat(8, 8, 1), "cross_entropy")
    (shown,) = blocks(about_data(told_of(run, test, model)), "pictures")
    assert [picture.caption for picture in shown.pictures] == list(names)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (pel.ImageFormat(8, 8, 1), "8 × 8 pixels each, from 0 (paper) to 1 (ink)"),
        (
            pel.ImageFormat(4, 16, 1, "whole"),
            "Photographs 16 pixels wide and 4 high, grey from 0 (dark) to 1 (light).",
        ),
        (
            pel.ImageFormat(2, 2, 255, "whole", 3),
            "Photographs 2 pixels wide and 2 high, each of three colours from 0 (dark) to 255",
        ),
    ],
)
def test_what_a_picture_is_made_of_is_said(image, said):
    assert said in _layout(image)
