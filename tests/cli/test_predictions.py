import csv

import numpy as np

from pellucid import Dense, Model, Network
from pellucid.cli.predictions import levels_of, said_by_level, write_predictions
from pellucid.data.columns import columns_of
from pellucid.data.encode import Raw
from pellucid.data.table_format import TableFormat

X = np.array([[0.0, 1.0], [2.0, -1.0]])


def written(model, path):
    answers = [
        {"input": f"t[{i}]", **answer._asdict()} for i, answer in enumerate(model.answers(X))
    ]
    write_predictions(model, answers, path)
    with path.open(newline="") as file:
        return list(csv.reader(file))


def model(output, n=2, **kwargs):
    return Model(Network(2, [Dense(n, output)], seed=1), **kwargs)


def table(*target):
    return TableFormat(Raw(columns_of(X)), target, "classes")


def test_classes_with_their_probabilities(tmp_path):
    m = model("softmax", classes=("no, thanks", "yes"), table=table("answer"))
    rows = written(m, tmp_path / "p.csv")
    assert rows[0] == ["answer", "probability of no, thanks", "probability of yes"]
    for row, answer in zip(rows[1:], m.answers(X), strict=True):
        assert row[0] == answer.text
        np.testing.assert_allclose([float(p) for p in row[1:]], answer.outputs, rtol=1e-8)


def test_one_output_is_the_probability_of_the_second_class(tmp_path):
    m = model("sigmoid", 1, classes=("no", "yes"))
    assert written(m, tmp_path / "p.csv")[0] == ["input", "prediction", "probability of yes"]
    m = model("tanh", 1, classes=("no", "yes"), loss="squared_hinge")
    assert written(m, tmp_path / "p.csv")[0] == ["input", "prediction", "output of yes"]


def test_numbers_by_name_and_by_level(tmp_path):
    assert written(model("identity"), tmp_path / "p.csv")[0] == ["input", "y0", "y1"]
    assert written(model("identity", 1), tmp_path / "p.csv")[0] == ["input", "prediction"]
    m = model("identity", loss="quantile:0.1,0.9", table=table("price"))
    assert written(m, tmp_path / "p.csv")[0] == ["price 0.1", "price 0.9"]
    assert levels_of(m) == [0.1, 0.9]
    assert levels_of(model("identity", loss="quantile:0.5")) == []
    assert levels_of(model("identity")) == []
    assert said_by_level([0.1, 0.9], (1.0, 2.5)) == "0.1: 1   0.9: 2.5"
