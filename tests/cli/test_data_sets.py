import re

import numpy as np
import pandas as pd
import pytest

from pellucid import DataError, RecipeError
from pellucid.cli.data_sets import dataset_for, reading_of, recorded_name
from pellucid.cli.runs import read_record
from pellucid.data.reading import Reading
from pellucid.model.archive import load_model

N = 300


@pytest.fixture
def houses(tmp_path):
    """A table as people have it: numbers, texts, gaps, a name for each row, two targets."""
    random = np.random.default_rng(0)
    area = random.uniform(30, 150, N).round()
    town = random.choice(["Oslo", "Rome", "Bonn"], N)
    price = 50_000 + 3000 * area + np.where(town == "Oslo", 100_000, 0)
    frame = pd.DataFrame(
        {
            "id": np.arange(1, N + 1),
            "area": np.where(random.random(N) < 0.1, np.nan, area),
            "town": town,
            "sold": pd.date_range("2020-01-01", periods=N).astype(str),
            "price": price.round(),
            "dear": np.where(price > 350_000, "yes", "no"),
        }
    )
    frame.to_csv(tmp_path / "houses.csv", index=False)
    return frame


def test_flags_become_a_reading():
    given = {"target": ["a,b", "c"], "kind": ["zip=category,x=y=number"], "separator": "tab"}
    assert reading_of({**given, "epochs": 3, "test": None}) == Reading(
        ("a", "b", "c"), kinds={"zip": "category", "x=y": "number"}, separator="\t"
    )
    with pytest.raises(RecipeError, match=r'a column and its kind as "zip=category", got \'zip\''):
        reading_of({"kind": ["zip"]})


def test_a_table_from_the_file_to_predictions(cli, houses, tmp_path):
    done = cli("train", "houses.csv", "--target", "price", "--epochs", "60", "--json")
    assert done.code == 0
    assert done.json["test.r2"] > 0.9
    assert "id" in done.err  # which only numbers the rows
    assert "number" in done.err
    assert done.json["test.mean_absolute_error"] > 100  # in the table's units
    again = cli("evaluate", done.json["run"], "houses.csv", "--json").json
    for name in ("test.r2", "test.examples", "test.mean_absolute_error"):
        assert again[name] == done.json[name]
    houses.drop(columns="price").to_csv(tmp_path / "new.csv", index=False)
    said = cli("predict", done.json["run"], "new.csv", "--out", "p.csv")
    assert "300 predictions written to p.csv" in said.err
    assert said.out == ""
    found = pd.read_csv(tmp_path / "p.csv")
    assert list(found.columns) == ["price"]
    assert np.corrcoef(found["price"], houses["price"])[0, 1] > 0.9


def test_another_table_is_judged_as_a_whole(cli, houses, tmp_path):
    run = cli("train", "houses.csv", "--target", "dear", "--kind", "price=identifier", "--json")
    houses[:50].to_csv(tmp_path / "other.csv", index=False)
    found = cli("evaluate", run.json["run"], "other.csv", "--json").json
    assert found["all.examples"] == 50
    model = load_model(tmp_path / run.json["model"])
    record = read_record(tmp_path / run.json["run"])
    assert len(dataset_for(model, "other.csv", record).train) == 50
    assert len(dataset_for(model, "houses.csv", record).test) == 60
    assert len(dataset_for(model, "houses.csv", {}).train) == N


def test_a_run_that_is_resumed_reads_as_it_began(cli, houses):
    flags = ["--target", "dear", "--time", "sold", "--kind", "price=identifier", "--seed", "3"]
    flags += ["--validation", "0.2"]
    whole = cli("train", "houses.csv", *flags, "--epochs", "4", "--json").json
    part = cli("train", "houses.csv", *flags, "--epochs", "4", "--steps", "9", "--json").json
    resumed = cli("train", "--resume", part["run"], "--json")
    assert resumed.code == 0
    assert resumed.json["validation.examples"] == whole["validation.examples"]
    assert resumed.json["steps"] == 9
    assert cli("inspect", whole["run"], "--doctor", "houses.csv").code == 0


def test_inputs_have_names_where_they_are_told(cli, houses):
    run = cli("train", "houses.csv", "--target", "price", "--epochs", "30", "--json").json["run"]
    done = cli("inspect", run, "--attribute", "houses.csv")
    first = next(line for line in reversed(done.out.splitlines()) if line.split()[0] == "0")
    assert first.split(maxsplit=1)[1] == "area"
    found = cli("inspect", run, "--attribute", "houses.csv", "--json").json
    names = [column["name"] for column in found["attribute"]["columns"]]
    assert {"area", "sold", "area is missing", "town = Oslo", "dear = yes"} <= set(names)


def test_a_frame_is_predicted_in_python(cli, houses, tmp_path):
    run = cli("train", "houses.csv", "--target", "dear", "--kind", "price=identifier", "--json")
    model = load_model(tmp_path / run.json["model"])
    shuffled = houses.drop(columns="dear").iloc[::-1, ::-1]
    found = model.predict(shuffled)
    assert set(found) == {"yes", "no"}
    cli("predict", run.json["run"], "houses.csv", "--out", "p.csv")
    assert found[::-1].tolist() == pd.read_csv(tmp_path / "p.csv")["dear"].tolist()


def test_several_numbers_and_labels(cli, houses, tmp_path):
    frame = houses.assign(big=(houses["area"] > 90).astype(int), rome=houses["town"] == "Rome")
    frame.to_csv(tmp_path / "many.csv", index=False)
    labels = cli("train", "many.csv", "--target", "big,rome", "--epochs", "30", "--json").json
    assert labels["test.label_accuracy"] > 0.8
    numbers = cli("train", "many.csv", "--target", "price,area", "--epochs", "3", "--json")
    assert numbers.code == 0
    assert "left out, where 'price', 'area' is missing" in numbers.err
    cli("predict", numbers.json["run"], "many.csv", "--out", "p.csv")
    assert list(pd.read_csv(tmp_path / "p.csv").columns) == ["price", "area"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("houses.csv",), "name the column to predict (--target). It has 'id', 'area'"),
        (("houses.csv", "--target", "prise"), "Did you mean 'price'?"),
        (("houses.csv", "--target", "town,price"), "'town': expected numbers to predict"),
        (("houses.csv", "--target", "price", "--kind", "town=number"), "in row 0, counted from 0"),
        (("digits", "--target", "price"), "expected a table for --target to be of use"),
    ],
)
def test_what_is_said_wrongly_is_one_clear_error(cli, houses, words, message):
    done = cli("train", *words)
    assert done.code in (1, 2)
    assert message in " ".join(done.err.split())
    assert "Traceback" not in done.err


def test_a_model_of_a_table_takes_nothing_else(cli, houses, tmp_path):
    run = cli("train", "houses.csv", "--target", "dear", "--epochs", "1", "--json").json["run"]
    model = load_model(tmp_path / run / "model.safetensors")
    with pytest.raises(DataError, match="digits: expected a table"):
        dataset_for(model, "digits", {})
    assert recorded_name("digits") == "digits"
    assert recorded_name("houses.csv").endswith("/houses.csv")


def test_the_report_of_a_table_speaks_its_language(cli, houses, tmp_path):
    """Inputs have names; targets and predictions are in the table's units."""
    run = cli(
        "train", "houses.csv", "--target", "price", "--epochs", "3", "--report", "--json"
    ).json
    page = (tmp_path / run["report"]).read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", " ", page)
    assert "area is missing" in text or "town = Oslo" in text
    worst = text[text.index("Worst examples") :]
    numbers = [float(n.replace(",", "")) for n in re.findall(r"\d{3},\d{3}", worst)[:4]]
    assert min(numbers) > 50_000


def test_a_file_that_has_changed_has_no_test_part_any_more(cli, houses, tmp_path):
    """Other rows would be drawn for it, of which many were learnt from."""
    run = cli("train", "houses.csv", "--target", "dear", "--epochs", "1", "--json").json["run"]
    assert "test accuracy" in cli("evaluate", run, "houses.csv").out
    houses.sample(frac=1, random_state=0).to_csv(tmp_path / "houses.csv", index=False)
    done = cli("evaluate", run, "houses.csv")
    assert "houses.csv has changed since the run: all rows are judged" in done.err
    assert done.out.startswith("accuracy: ")
    assert "(300 examples" in done.out


def test_predictions_do_not_overwrite_what_is_read(cli, houses, tmp_path):
    run = cli("train", "houses.csv", "--target", "dear", "--epochs", "1", "--json").json["run"]
    before = (tmp_path / "houses.csv").read_bytes()
    for out, message in (("houses.csv", "which is read"), ("p.parquet", "as p.csv, got p.parquet")):
        done = cli("predict", run, "houses.csv", "--out", out)
        assert done.code == 2
        assert message in done.err
    assert (tmp_path / "houses.csv").read_bytes() == before


def test_shards_of_parquet_have_a_target(cli, tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(200, 3)), columns=list("abc"))
    frame["y"] = (frame["a"] > 0).astype(int)
    (tmp_path / "shards").mkdir()
    for i in range(4):
        frame[50 * i : 50 * (i + 1)].to_parquet(tmp_path / "shards" / f"{i}.parquet")
    done = cli("train", "shards", "--target", "y", "--epochs", "3", "--json")
    assert done.code == 0
    found = cli("evaluate", done.json["run"], "shards", "--json").json
    assert found["test.examples"] == done.json["test.examples"]
    assert "missing.csv" in cli("train", "missing.csv", "--target", "a").err
    assert (
        "neither a data set with a name nor a file" in cli("train", "no.csv", "--target", "a").err
    )
