"""What each look makes of a model and data."""

from dataclasses import replace

import numpy as np
import pytest

import pellucid as pel
from pellucid.cli.asking import NOTHING
from pellucid.cli.inspecting import LOOKS, Examined


@pytest.fixture
def data(tmp_path):
    random = np.random.default_rng(0)
    X = random.normal(size=(90, 3)).astype(np.float32)
    Y = np.where(X[:, 0] > 0, "yes", "no")
    np.savez(tmp_path / "table.npz", X=X, y=Y)
    return str(tmp_path / "table.npz")


@pytest.fixture
def model(cli, data):
    return cli(
        "train", data, "--hidden", "4", "--epochs", "60", "--learning-rate", "0.02", "--json"
    ).json["run"]


def look(name, model, value, **asked):
    return LOOKS[name](Examined(model, None), value, replace(NOTHING, **asked))


def test_the_weights_that_matter_are_those_of_the_column_that_does(tmp_path, model, data):
    found = look("matters", tmp_path / model, data, by="contribution")
    rows = found.data()["rows"]
    assert len(rows) == 10
    for row in rows:
        assert row["real"] == pytest.approx(row["predicted"], rel=1e-3, abs=1e-10)
    assert "predicted and real" in found.text()


def test_an_attribution_is_of_all_rows_or_of_one(tmp_path, model, data):
    every = look("attribute", tmp_path / model, data).data()
    one = look("attribute", tmp_path / model, data, row=3).data()
    assert (every["n_examples"], one["n_examples"]) == (18, 1)
    assert every["columns"][0]["column"] == 0
    assert every["largest_gap"] < 1e-12


def test_what_is_linear_collapses_and_what_is_not_says_so(tmp_path):
    linear = pel.Network(3, [pel.Dense(4, "identity"), pel.Dense(2, "softmax")], seed=0)
    curved = pel.Network(3, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], seed=0)
    for network, name in ((linear, "linear"), (curved, "curved")):
        network.save(tmp_path / f"{name}.safetensors")
    found = look("collapse", tmp_path / "linear.safetensors", True)
    assert np.shape(found.data()["M"]) == (3, 2)
    M = linear.weights[1] @ linear.weights[2]
    np.testing.assert_allclose(found.data()["M"], M, rtol=1e-6)
    assert look("collapse", tmp_path / "curved.safetensors", True).text()


def test_a_model_file_alone_has_no_recipe(tmp_path, model):
    assert Examined(tmp_path / model, None).recipe.batch_size == 32
    assert Examined(tmp_path / model / "model.safetensors", None).recipe is None


def test_dimensions_may_be_markdown(tmp_path, model):
    assert look("dimensions", tmp_path / model, True, layout="markdown").text().startswith("| ")


def test_other_classes_are_refused(tmp_path, model, data):
    """As evaluate does: codes of other names would be taken for the model's."""
    X = np.zeros((20, 3), np.float32)
    np.savez(tmp_path / "other.npz", X=X, y=np.array(["no", "perhaps"] * 10))
    for name in ("walk", "doctor", "matters", "attribute"):
        with pytest.raises(pel.DataError, match="expected the classes the model was trained on"):
            look(name, tmp_path / model, str(tmp_path / "other.npz"))


def test_several_quantiles_are_looked_at_with_their_own_data(cli, tmp_path):
    random = np.random.default_rng(0)
    X = random.normal(size=(80, 2)).astype(np.float32)
    np.savez(tmp_path / "numbers.npz", X=X, y=X[:, 0] + random.normal(size=80))
    data = str(tmp_path / "numbers.npz")
    words = ("train", data, "--loss", "quantile:0.1,0.5,0.9", "--epochs", "2", "--json")
    run = tmp_path / cli(*words).json["run"]
    for name in ("walk", "doctor", "matters", "attribute"):
        assert look(name, run, data).text()
    title = " ".join(look("walk", run, data).text().split()).partition(", through")[0]
    assert "target " in title
    assert "predicted " in title


def test_names_of_weights_follow_the_notation(tmp_path, model, data):
    names = [row["name"] for row in look("matters", tmp_path / model, data).data()["rows"]]
    assert all(
        pel.cell(name, "from_zero", Examined(tmp_path / model, None).model.network)
        for name in names
    )
    sums = look("matters", tmp_path / model, data, notation="sums").data()["rows"]
    assert sums[0]["name"].startswith("W_")
