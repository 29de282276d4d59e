"""Scores by part, and the examples that are most wrong."""

import numpy as np

import pellucid as pel
from pellucid.views.report.results import WORST, about_mistakes, about_results
from tests.views.report.reading import accuracy, blocks, diabetes_run, digits_run, told_of


def test_scores_of_each_part():
    run, test = digits_run(200)
    (table,) = blocks(about_results(told_of(run, test)), "table")
    assert table.head == ("part", "examples", "cost", "accuracy")
    assert [row[0] for row in table.rows] == ["training", "validation", "test"]
    assert table.rows[2][3] == f"{100 * accuracy(run, *test):.2f} %"


def test_pictures_follow_the_kind_of_targets():
    def captions(run, test=None):
        (drawn,) = blocks(about_results(told_of(run, test)), "pictures")
        return " ".join(p.caption for p in drawn.pictures)

    digits = captions(*digits_run(200))
    assert "Right and chosen classes" in digits
    assert "how likely" in digits
    assert "false alarms" in digits
    assert "order of the median" in captions(*diabetes_run("quantile:0.1,0.9", 2))
    assert "What is left of the targets" in captions(*diabetes_run())


def test_worst_numbers_are_those_farthest_off():
    run, (X, Y) = diabetes_run()
    (table,) = blocks(about_mistakes(told_of(run, (X, Y))), "table")
    off = (run.network.predict(X)[:, 0] - Y) ** 2
    assert [int(row[0]) for row in table.rows] == np.argsort(-off, kind="stable")[:WORST].tolist()


def test_misjudged_rows_of_a_table_are_listed():
    X = np.random.default_rng(0).normal(size=(80, 3))
    Y = np.random.default_rng(1).integers(0, 2, 80)
    run = pel.start(pel.Network(3, [pel.Dense(2, "softmax")]), X, Y, epochs=1)
    list(run)
    (table,) = blocks(about_mistakes(told_of(run)), "table")
    P = run.network.predict(X)
    for row, right, taken, *_ in table.rows:
        assert Y[int(row)] == int(right)
        assert P[int(row)].argmax() == int(taken) != int(right)


def test_where_nothing_is_misjudged_that_is_said():
    X = np.array([[-1.0], [1.0]])
    network = pel.Network(1, [pel.Dense(2, "softmax")])
    network.weights[1] = [[-5.0, 5.0]]
    run = pel.start(network, X, [0, 1], epochs=1)
    list(run)
    (text,) = blocks(about_mistakes(told_of(run)), "text")
    assert text.text == "Not one of the 2 training examples is taken for another."
