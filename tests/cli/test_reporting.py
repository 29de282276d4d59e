import numpy as np
import pytest

from pellucid import DataError, Dense, Model, Network
from pellucid.cli.reporting import judge, part_figures, show, shown_score
from pellucid.data.dataset import Dataset, Part

X = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
CODES = (np.arange(40) % 2).astype(np.int32)


def dataset(classes=("no", "yes"), test=True):
    Y = CODES if classes else CODES[:, None].astype(np.float64)
    part = Part(X[:10], Y[:10]) if test else None
    return Dataset("own", Part(X, Y), part, classes, None, "")


def model(output="softmax", units=2, classes=("no", "yes"), loss="cross_entropy"):
    return Model(Network(2, [Dense(units, output)]), classes, None, loss)


@pytest.mark.parametrize(
    ("output", "units", "loss"),
    [
        ("softmax", 2, "cross_entropy"),
        ("sigmoid", 1, "binary_cross_entropy"),
        ("sigmoid", 2, "mse"),
        ("identity", 2, None),
    ],
)
def test_classes_are_judged_whatever_the_outputs_are(output, units, loss):
    judged = judge(model(output, units, loss=loss), dataset())
    assert judged.n == 10
    assert set(judged.scores) == {"accuracy"}
    assert judged.confusions.sum() == 10


def test_without_a_test_part_all_is_judged():
    assert judge(model(), dataset(test=False)).n == 40


def test_other_classes_are_refused():
    many = tuple(f"class {i}" for i in range(30))
    for classes, message in (
        (("a", "b"), "got a, b"),
        (None, "got numbers, no classes"),
        (many, "class 9, … 30 in all"),
    ):
        with pytest.raises(DataError, match=message):
            judge(model(), dataset(classes))


def test_figures_have_names_with_the_part_before():
    figures = part_figures(judge(model(), dataset()), "test")
    assert list(figures) == ["test.examples", "test.cost", "test.accuracy"]
    judged = judge(model("identity", 1, None, "mse"), dataset(None))
    assert list(part_figures(judged, "train"))[2:] == ["train.r2", "train.mean_absolute_error"]


def test_a_report_says_figures_confusions_and_the_worst_mistake(capsys):
    found = model()
    show(judge(found, dataset()), found, dataset(), "test")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("test accuracy: ")
    assert "(10 examples, cost " in lines[0]
    assert lines[3].split() == ["no", "yes"]
    assert lines[-1].startswith("the worst mistake: row ")


def test_many_classes_are_told_by_their_commonest_confusions(capsys):
    names = tuple(f"class {i}" for i in range(20))
    data = Dataset("own", Part(X, np.arange(40, dtype=np.int32) % 20), None, names, None, "")
    found = model("softmax", 20, names)
    show(judge(found, data), found, data, "training")
    out = capsys.readouterr().out
    assert out.count(" taken for ") == 5 + 1
    assert max(map(len, out.splitlines())) <= 80


def test_numbers_have_no_confusions(capsys):
    found = model("identity", 1, None, "mse")
    show(judge(found, dataset(None)), found, dataset(None), "test")
    out = capsys.readouterr().out
    assert "test r2: " in out
    assert "test mean absolute error: " in out
    assert "mistake" not in out


def test_further_scores_stand_below_the_first(capsys):
    found = model("sigmoid", 1, loss="binary_cross_entropy")
    show(judge(found, dataset(), ("f1", "roc_auc")), found, dataset(), "test")
    lines = capsys.readouterr().out.splitlines()
    assert "(10 examples, cost " in lines[0]
    assert lines[1].startswith("test f1: ")
    assert lines[2].startswith("test roc auc: ")
    assert "examples" not in lines[1] + lines[2]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("accuracy", 0.97222, "97.22 %"),
        ("label_accuracy", 1.0, "100.00 %"),
        ("below_0.9", 0.9125, "91.25 %"),
        ("f1", 0.9876543, "0.98765"),
        ("mape", 1.5e9, "1.5e+09"),
        ("roc_auc", float("nan"), "undefined"),
    ],
)
def test_scores_as_people_read_them(name, value, shown):
    assert shown_score(name, value) == shown


def test_where_all_is_right_there_is_no_worst_mistake(capsys):
    found = model("identity", 2)
    found.network.weights[1] = np.zeros((2, 2))
    found.network.biases[1] = [1, 0]
    alike = Part(X, np.zeros(40, np.int32))
    data = Dataset("own", alike, None, ("no", "yes"), None, "")
    show(judge(found, data), found, data, "training")
    out = capsys.readouterr().out
    assert "training accuracy: 100.00 %" in out
    assert "mistake" not in out
