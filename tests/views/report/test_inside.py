"""Findings, weights, and one example walked."""

import numpy as np

import pellucid as pel
from pellucid.views.report.inside import about_health, about_inside, about_one_example
from tests.views.report.reading import blocks, digits_run, told_of


def test_findings_are_shown_with_their_cures():
    X = np.random.default_rng(0).normal(size=(100, 3)) * [1, 1, 1000]
    run = pel.start(pel.Network(3, [pel.Dense(8), pel.Dense(2, "softmax")]), X, X[:, 0] > 0)
    list(run)
    told = told_of(run)
    notices = blocks(about_health(told), "notice")
    assert notices
    assert [n.title for n in notices] == [f"{f.fault} ({f.where})" for f in told.diagnosis]
    assert all(len(n.cures) == 2 and n.text for n in notices)


def test_health_is_said_too():
    run, _ = digits_run(400, 15, optimizer=pel.Adam(0.01))
    told = told_of(run)
    assert told.diagnosis.healthy
    assert blocks(about_health(told), "text")[0].text == "Nothing found."


def test_weights_are_drawn_where_inputs_are_pixels():
    run, _ = digits_run(100)
    assert len(blocks(about_inside(told_of(run)), "picture")) == 1
    model = pel.Model(run.network, tuple("0123456789"), pel.ImageFormat(8, 8, 1))
    assert len(blocks(about_inside(told_of(run, model=model)), "picture")) == 2


def test_the_walk_is_of_the_row_that_is_named():
    run, (X, Y) = digits_run(100)
    told = told_of(run, (X, Y))
    section = about_one_example(told)
    assert f"Row {told.example} of the test part" in blocks(section, "text")[0].text
    (formulas,) = blocks(section, "formulas")
    rows = np.arange(told.example, told.example + 32) % len(X)
    wanted = pel.walk(run.network, X[rows], Y[rows], recipe=run.plan.recipe)
    assert formulas.html == wanted._repr_html_()


def test_weights_of_colours_have_panels_and_words_of_their_own():
    run, _ = digits_run(100)
    names, wide = tuple("0123456789"), pel.ImageFormat(4, 16, 1, "whole")
    (weights, _) = blocks(
        about_inside(told_of(run, model=pel.Model(run.network, names, wide))), "picture"
    )
    assert "blue answers to light, orange is against it." in weights.caption
    rng = np.random.default_rng(0)
    colours = pel.start(
        pel.Network(12, [pel.Dense(5), pel.Dense(2, "softmax")]),
        rng.normal(size=(40, 12)),
        np.arange(40) % 2,
        epochs=1,
    )
    list(colours)
    model = pel.Model(colours.network, ("a", "b"), pel.ImageFormat(2, 2, 255, "whole", 3))
    (weights, _) = blocks(about_inside(told_of(colours, model=model)), "picture")
    assert "into 5 of the 5 neurons" in weights.caption
    assert weights.caption.endswith("Of each the weights from red, green and blue.")
