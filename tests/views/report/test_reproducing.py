"""What is written down is enough to train the same network again."""

import json

import numpy as np

import pellucid as pel
from pellucid.network.architecture import from_json as architecture_from_json
from pellucid.plan.recipe_json import from_json as recipe_from_json
from pellucid.views.report.reproducing import about_reproducing
from tests.views.report.reading import blocks, digits_run, told_of


def test_the_data_on_the_page_train_the_same():
    run, _ = digits_run(100, 2, l2=0.01, optimizer=pel.Momentum(pel.Cosine(0.1), 0.8))
    architecture, recipe = (
        json.loads(code.text) for code in blocks(about_reproducing(told_of(run)), "code")
    )
    assert architecture_from_json(architecture) == run.plan.architecture
    assert recipe_from_json(recipe) == run.plan.recipe


def test_commands_and_versions():
    run, _ = digits_run(100)
    section = about_reproducing(told_of(run, command="pellucid train digits --seed 3"))
    assert blocks(section, "code")[0].text == "pellucid train digits --seed 3"
    facts = dict(blocks(section, "table")[0].rows)
    assert facts["engine"] == run.engine
    assert facts["NumPy"] == np.__version__
    assert facts["training part, SHA-256"] == run.examples.fingerprint()
    assert facts["validation part, SHA-256"] == run.validation.fingerprint()


def test_of_masks_too_large_to_be_read_the_size_is_told():
    layers = [*pel.local_layers((8, 8), [(4, 2, 3)]), pel.Dense(10, "softmax")]
    X, Y = np.zeros((4, 64)), np.arange(4)
    run = pel.start(pel.Network(64, layers, seed=0), X, Y, epochs=1)
    list(run)
    code = blocks(about_reproducing(told_of(run)), "code")[0]
    assert json.loads(code.text)["layers"][0]["masks"] == {"0": "<432 of 64 × 27>"}
