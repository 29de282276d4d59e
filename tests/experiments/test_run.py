"""Every experiment can begin, and the table says what was found."""

import pytest
import results
import run
from figures import FIGURES
from task import carry_out

from pellucid.network.layer import layer_from_json
from pellucid.plan.recipe_json import from_json

EXPERIMENTS = run.read(run.HERE)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_describes_networks_recipes_and_figures_that_exist(name):
    experiment = EXPERIMENTS[name]
    from_json(experiment["recipe"])
    assert [layer_from_json(layer) for layer in experiment["network"]["layers"]]
    assert {figure["name"] for figure in experiment["figure"]} <= set(FIGURES)
    assert experiment["experiment"]["seeds"] >= 1


def test_a_variant_goes_before_its_file_and_leaves_the_rest():
    alone, starts = (EXPERIMENTS[f"xor-gradient-descent{end}"] for end in ("", "-starts"))
    assert starts["recipe"] == alone["recipe"] | {"starts": 8}
    assert starts["data"] == alone["data"]
    assert starts["experiment"]["title"].endswith("best of 8 starts")


def test_experiments_stand_in_the_order_of_their_numbers():
    names = [name for name in EXPERIMENTS if name.startswith("nielsen")]
    assert names.index("nielsen-9") < names.index("nielsen-11")


def test_a_repetition_gives_its_figures_and_why_it_stopped():
    found = carry_out(EXPERIMENTS["xor-levenberg-marquardt"], number=0, jobs=1)
    assert found["figures"][0] == {"value": True}
    assert found["reason"] == "target cost"


def accuracy(**entries):
    return {"name": "accuracy", "part": "test", "epoch": "last", "judged": "best"} | entries


@pytest.mark.parametrize(
    ("figure", "values", "verdict"),
    [
        (accuracy(published=95.0, tolerance=0.4), [94.0, 94.7], "-0.30: within 0.4"),
        (accuracy(published=95.0, tolerance=0.4), [94.0, 94.1], "-0.90: NOT within 0.4"),
        (accuracy(), [94.0], "reported"),
        ({"name": "reason", "published": "not learning"}, ["not learning"], "as expected"),
        ({"name": "reason", "published": "not learning"}, ["epochs"], "NOT as expected"),
        ({"name": "solved", "judged": "count", "at_least": 2}, [True, True], "reached"),
        ({"name": "solved", "judged": "count", "at_least": 2}, [True, False], "NOT reached"),
        ({"name": "iterations", "judged": "median", "at_most": 9}, [None, 8.0], "reached"),
    ],
)
def test_verdicts(figure, values, verdict):
    runs = [run_of({"value": value}) for value in values]
    assert table_of(figure, runs)[-1] == verdict


def test_a_mean_is_held_against_a_model_of_the_same_data():
    figure = {"name": "MAE", "baseline": "linear regression", "judged": "mean"}
    runs = [run_of({"value": value, "baseline": 3.0}) for value in (1.0, 2.0)]
    row = table_of(figure, runs)
    assert row[3] == "3.000 (linear regression, same data)"
    assert row[-1] == "better by 1.500"


def test_the_best_seed_may_be_chosen_by_another_part():
    figure = accuracy(epoch="best validation")
    runs = [run_of({"value": 90.0, "rank": 97.0}), run_of({"value": 95.0, "rank": 96.0})]
    assert table_of(figure, runs)[4] == "90.00 (best of 2)"


def test_what_changed_is_forgotten_and_what_did_not_is_kept(tmp_path):
    path, before = tmp_path / "results.json", {"xor": described(accuracy())}
    kept = results.read(path, before)
    kept["xor"]["seeds"]["0"] = run_of({"value": 1.0})
    results.write(path, kept)
    assert results.read(path, {"xor": described(accuracy(published=3.0))}) == kept
    assert results.read(path, {"xor": described(accuracy(part="validation"))})["xor"]["seeds"] == {}


def run_of(figure):
    return {"figures": [figure], "reason": "epochs", "seconds": 1.0, "engine": "native (avx2)"}


def described(figure):
    about = {"title": "t", "source": "s", "seeds": 1}
    return {"experiment": about, "figure": [figure], "data": {}, "network": {}, "recipe": {}}


def table_of(figure, runs):
    """The cells of the one row of figures."""
    kept = {"xor": {"seeds": dict(enumerate(runs))}}
    last = results.table({"xor": described(figure)}, kept).splitlines()[-1]
    return [cell.strip() for cell in last.strip("|").split("|")]
