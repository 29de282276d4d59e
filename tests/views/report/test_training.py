"""The network layer by layer, and how it was trained."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.views.report.training import EPOCHS, about_network, about_training
from tests.views.report.reading import blocks, digits_run, told_of


def test_layers_add_up_to_all_parameters():
    layers = [
        pel.Dense(5, "maxout", pieces=2),
        pel.Dense(4, bias="layer"),
        pel.Dense(3, bias="none"),
    ]
    layers[2] = pel.Dense(3, "softmax", bias="none", inputs=(0, 2))
    X = np.random.default_rng(0).normal(size=(20, 6))
    run = pel.start(pel.Network(6, layers), X, np.arange(20) % 3, epochs=1)
    list(run)
    (table,) = blocks(about_network(told_of(run)), "table")
    n = sum(int(row[5].replace(",", "")) + int(row[6].replace(",", "")) for row in table.rows)
    assert n == len(run.network.parameters)
    assert [row[1] for row in table.rows] == ["0", "1", "0, 2"]
    assert f"{n:,} parameters" in table.caption


def test_epochs_are_those_of_the_history_and_not_too_many():
    run, _ = digits_run(200, 40)
    table = blocks(about_training(told_of(run)), "table")[0]
    assert len(table.rows) == EPOCHS
    assert table.caption == "12 of 40 epochs:"
    costs = {r.epoch: r.cost for r in run.history.epochs}
    for epoch, cost, *_ in table.rows:
        assert float(cost) == pytest.approx(costs[int(epoch)], rel=1e-3)
    assert (table.rows[0][0], table.rows[-1][0]) == ("1", "40")


def test_the_recipe_names_what_was_set():
    run, _ = digits_run(100, 2, l2=0.01, l2_divisor="dataset", dropout=0.3, patience=5)
    recipe = dict(blocks(about_training(told_of(run)), "table")[1].rows)
    assert recipe["loss"] == "cross_entropy: −Σ y log p"
    assert recipe["optimizer"] == repr(pel.Adam())
    assert recipe["l2"] == "0.01"
    assert recipe["l2 divided by"] == "dataset"
    assert recipe["patience"] == "5"
    assert "0.3" in recipe["dropout"]
    assert "l1" not in recipe
