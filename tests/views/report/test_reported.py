"""What the sections share: the part to judge by, the worst rows, numbers as texts."""

import numpy as np
import pytest

from pellucid.views.report.reported import as_given, codes, column, duration, number, shown
from tests.views.report.reading import diabetes_run, digits_run, told_of


def test_the_last_part_is_judged_by():
    run, test = digits_run(200)
    assert told_of(run, test).last.name == "test"
    assert told_of(run).last.name == "validation"
    alone, _ = diabetes_run()
    assert told_of(alone).last.name == "training"


def test_the_walked_example_has_the_largest_loss():
    run, (X, Y) = digits_run(200)
    losses = -np.log(run.network.predict(X)[np.arange(len(Y)), Y])
    told = told_of(run, (X, Y))
    assert told.example == losses.argmax()
    assert told.mistakes[0].row == losses.argmax()
    assert told.levels == ()


def test_targets_of_quantiles_are_given_once():
    run, test = diabetes_run("quantile:0.1,0.9", 2)
    told = told_of(run, test)
    assert told.levels == (0.1, 0.9)
    X, Y, weights = as_given(told.last.examples, run.plan.recipe.loss)
    np.testing.assert_allclose(Y[:, 0], test[1], rtol=1e-6)
    assert Y.shape == (len(test[1]), 1)
    assert X.shape == test[0].shape
    assert weights is None


def test_codes_however_targets_are_written():
    assert codes(np.array([2, 0])).tolist() == [2, 0]
    assert codes(np.array([[0, 0, 1], [1, 0, 0]])).tolist() == [2, 0]
    assert codes(np.array([[0.2], [0.7]])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("name", "values", "wanted"),
    [
        ("cost", [2.15760, 0.4110, None], ["2.1576", "0.4110", "–"]),
        ("cost", [1234.5, -85.25, float("nan")], ["1,234.50", "−85.25", "–"]),
        ("cost", [2.5, 1e-9], ["2.5", "1e−09"]),
        ("cost", [0.0, None], ["0.000", "–"]),
        ("accuracy", [0.5, None], ["50.00 %", "–"]),
    ],
)
def test_numbers_below_each_other_have_as_many_decimals(name, values, wanted):
    assert column(name, values) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (shown("accuracy", 0.98765), "98.77 %"),
        (shown("below_0.9", 0.5), "50.00 %"),
        (shown("r2", -1.5), "−1.5"),
        (shown("cost", None), "–"),
        (shown("f1", float("nan")), "–"),
        (number(1234.0), "1,234"),
        (number(-0.12345), "−0.1235"),
        (duration(0.0123), "12.3 ms"),
        (duration(12.3), "12.3 s"),
        (duration(600), "10 min"),
    ],
)
def test_numbers_as_people_read_them(text, wanted):
    assert text == wanted
