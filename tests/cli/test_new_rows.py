import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pellucid import DataError
from pellucid.cli.new_rows import rows_of
from pellucid.model.archive import load_model


@pytest.fixture
def photographs(tmp_path):
    """Dark and light pictures, in a folder for each."""
    random = np.random.default_rng(0)
    for name, least in (("dark", 0), ("light", 150)):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for i in range(20):
            pixels = random.integers(least, least + 100, (8, 8, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{i}.png")
    return tmp_path / "pets"


def test_every_picture_of_a_folder_by_its_name(cli, photographs, tmp_path):
    run = cli("train", "pets", "--hidden", "8", "--epochs", "40", "--json").json["run"]
    cli("predict", run, "pets", "--out", "p.csv")
    found = pd.read_csv(tmp_path / "p.csv")
    assert list(found["input"]) == [
        f"pets/{n}/{i}.png" for n in ("dark", "light") for i in range(20)
    ]
    assert (found["prediction"] == [n for n in ("dark", "light") for _ in range(20)]).mean() > 0.9
    flat = tmp_path / "flat"
    flat.mkdir()
    (photographs / "dark" / "0.png").rename(flat / "new.png")
    assert cli("predict", run, "flat").out.startswith("flat/new.png")


def test_rows_in_a_file_need_no_answers(cli, tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "Y.npy", (X[:, 0] > 0).astype(int))
    run = cli("train", "X.npy", "--epochs", "2", "--json").json["run"]
    np.save(tmp_path / "alone.npy", X[:7])
    found = cli("predict", run, "alone.npy", "--json").json["predictions"]
    assert [row["input"] for row in found] == [f"alone.npy[{i}]" for i in range(7)]


def test_a_model_of_numbers_takes_no_pictures(cli, photographs, tmp_path):
    pd.DataFrame({"a": range(30), "y": ["p", "q"] * 15}).to_csv(tmp_path / "t.csv", index=False)
    run = cli("train", "t.csv", "--target", "y", "--epochs", "1", "--json").json["run"]
    model = load_model(tmp_path / run / "model.safetensors")
    with pytest.raises(DataError, match="not trained on pictures"):
        rows_of(model, str(photographs / "dark" / "0.png"))
