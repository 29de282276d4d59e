"""Pictures of classes hold the numbers of the tables that they are drawn from."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

import pellucid as pel
from pellucid.views.judgements import plot_calibration, plot_confusion, plot_roc
from pellucid.views.style import THEMES


def outputs(n_classes, n=400, noise=0.4):
    """Probabilities that are often right, and the codes."""
    random = np.random.default_rng(n_classes)
    Y = np.arange(n) % n_classes
    P = np.exp(3 * (np.eye(n_classes)[Y] + noise * random.normal(size=(n, n_classes))))
    return P / P.sum(axis=1, keepdims=True), Y


def cells(ax):
    """The numbers written, by row and column."""
    return {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in ax.texts}


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("n_classes", [2, 3, 10, 20])
def test_confusions_as_scikit_learn_counts_them(n_classes):
    P, Y = outputs(n_classes)
    table = confusion_matrix(Y, P.argmax(1))
    expected = {(i, j): f"{n:,}" for (i, j), n in np.ndenumerate(table) if n}
    for given in (P, P.argmax(1)):
        ax = plot_confusion(given, Y)
        assert cells(ax) == expected
        assert ax.get_title() == f"{table.trace()} of 400 right"


def test_normalized_rows_are_per_cent():
    ax = plot_confusion([0, 0, 1, 1, 1], [0, 0, 0, 1, 1], normalize=True, classes=("no", "yes"))
    assert cells(ax) == {(0, 0): "67", (0, 1): "33", (1, 1): "100"}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["no", "yes"]


def test_classes_without_examples_leave_an_empty_row():
    ax = plot_confusion([0, 1], [0, 1], classes=("a", "b", "c"), normalize=True)
    assert cells(ax) == {(0, 0): "100", (1, 1): "100"}


def test_calibration_shows_its_table():
    P, Y = outputs(3, noise=1.0)
    ax = plot_calibration(P, Y, bins=8)
    _, line, few = ax.get_lines()
    said, came = line.get_data()
    sure, right = P.max(axis=1), P.argmax(axis=1) == Y
    highest = sure > 7 / 8
    assert said[-1] == pytest.approx(sure[highest].mean())
    assert came[-1] == pytest.approx(right[highest].mean())
    counts = np.histogram(sure, 8, (0, 1))[0]
    assert len(said) == (counts > 0).sum()
    assert len(few.get_xdata()) == ((counts > 0) & (counts < 10)).sum()
    heights = [bar.get_height() for bar in ax.patches]
    assert heights[-1] == pytest.approx(highest.mean())
    assert sum(heights) == pytest.approx(1)


def test_perfect_calibration_has_no_error():
    ax = plot_calibration(np.full(4, 0.75), [1, 1, 1, 0])
    assert ax.get_title() == "expected calibration error 0.0 %"
    _, line, few = ax.get_lines()
    assert line.get_xydata().tolist() == few.get_xydata().tolist() == [[0.75, 0.75]]
    assert few.get_markerfacecolor() == THEMES["light"].paper  # 4 examples say little


@pytest.mark.parametrize("n_classes", [3, 10])
def test_areas_are_those_of_scikit_learn(n_classes):
    P, Y = outputs(n_classes, noise=1.0)
    ax = plot_roc(P, Y, theme="dark")
    areas = [roc_auc_score(k == Y, P[:, k]) for k in range(n_classes)]
    assert names(ax) == [f"{k}: {area:.3f}" for k, area in enumerate(areas)]
    assert ax.get_title() == f"mean area {np.mean(areas):.3f}"
    colours = [line.get_color() for line in ax.get_lines()[1:]]
    assert colours == list(THEMES["dark"].classes[:n_classes])


def test_two_classes_are_one_line_however_they_are_given():
    P, Y = outputs(2, noise=1.0)
    expected = [f"ill: {roc_auc_score(Y, P[:, 1]):.3f}"]
    for given in (P, P[:, 1], P[:, 1:]):
        assert names(plot_roc(given, Y, classes=("well", "ill"))) == expected


def test_of_many_classes_the_three_worst_are_named():
    P, Y = outputs(26, 2600, noise=1.0)
    P[Y == 7] = np.roll(P[Y == 7], 1, axis=1)
    ax = plot_roc(P, Y)
    assert names(ax)[0] == "all 26"
    assert names(ax)[1].startswith("7: ")
    assert len(names(ax)) == 4
    assert len(ax.get_lines()) == 1 + 26 + 3


def test_labels_have_a_line_each():
    P = np.array([[0.9, 0.2], [0.8, 0.7], [0.1, 0.6], [0.3, 0.1]])
    ax = plot_roc(P, [[1, 0], [1, 1], [0, 1], [0, 0]])
    assert names(ax) == ["0: 1.000", "1: 1.000"]


def test_a_class_that_does_not_occur_has_no_line():
    P, Y = outputs(3, noise=1.0)
    ax = plot_roc(P[Y < 2], Y[Y < 2])
    assert names(ax)[2] == "2: –"
    assert np.isfinite(float(ax.get_title().removeprefix("mean area ")))
    with pytest.raises(pel.DataError, match="a class that some examples are of and some are not"):
        plot_roc(P[:1, :2], [0])


def test_curves_in_the_corner_are_enlarged():
    """Of 100 others 3 lie between the last of the class and the rest: all is found at 3 %."""
    P = np.concatenate([np.linspace(0.0, 0.5, 97), [0.6, 0.7, 0.8], [0.55, 0.65, 0.75, 0.9, 0.95]])
    ax = plot_roc(P, [0] * 100 + [1] * 5)
    assert ax.get_title().endswith(", upper left corner")
    assert ax.get_xlim() == pytest.approx((0, 0.05), abs=0.001)
    assert ax.get_ylim() == pytest.approx((0.4, 1), abs=0.01)  # 2 of 5 before the first alarm
    for others in (P[::-1], [0.0] * 100 + [1.0] * 5):  # what is no better than chance, or perfect
        ax = plot_roc(others, [0] * 100 + [1] * 5)
        assert "corner" not in ax.get_title()
        assert ax.get_xlim() == pytest.approx((0, 1), abs=0.02)


def test_a_judgement_can_be_looked_at_more_closely():
    """What is drawn ends where the axes do, so that the layout does not make room for more."""
    P, Y = outputs(3)
    for draw in (plot_calibration, plot_roc):
        ax = draw(P, Y)
        ax.set(xlim=(0.5, 0.6))
        ax.figure.draw_without_rendering()
        assert ax.get_position().width > 0.5


@pytest.mark.parametrize("draw", [plot_confusion, plot_calibration, plot_roc])
def test_what_does_not_fit_is_refused(draw):
    P, Y = outputs(3)
    with pytest.raises(pel.DataError, match="as many targets as predictions"):
        draw(P, Y[:-1])
    with pytest.raises(pel.DataError, match="expected finite numbers"):
        draw(np.full((2, 3), np.nan), [0, 1])
    with pytest.raises(pel.RecipeError, match="theme"):
        draw(P, Y, theme="blue")
    if draw is not plot_calibration:
        with pytest.raises(pel.DataError, match="expected 3 names"):
            draw(P, Y, classes=("a",))
    else:
        for bins in (0, 2.5):
            with pytest.raises(pel.DataError, match="bins: expected a whole number of at least 1"):
                draw(P, Y, bins=bins)
        with pytest.raises(pel.DataError, match="expected probabilities"):
            draw(10 * P, Y)
