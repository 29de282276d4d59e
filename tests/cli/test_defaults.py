import numpy as np
import pandas as pd
import pytest

from pellucid.cli.defaults import FEW, MANY, Defaults, defaults_of, scaling
from pellucid.cli.settings import settings
from pellucid.data.columns import as_table
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.reading import Reading
from pellucid.data.tabular import dataset_of
from pellucid.equations.optimizers import SGD, AdamW
from pellucid.equations.schedules import Cosine, Linear

random = np.random.default_rng(0)
X = random.normal(3, 20, (40, 3))
Y = random.normal(size=(40, 1))


def table(n=400, target="y", **columns):
    frame = pd.DataFrame(
        {
            "a": np.arange(n) % 7 * 100.0 + 5,
            "b": random.normal(size=n),
            "c": random.normal(size=n),
            "t": np.array(list("xyz"))[np.arange(n) % 3],
            "y": np.array(["no", "yes"])[np.arange(n) % 2],
            **columns,
        }
    )
    return dataset_of(as_table(frame), Reading((target,)), name="t", origin="")


@pytest.mark.parametrize(
    ("n", "hidden", "epochs"),
    [(FEW // 2, "64,64", 20), (FEW * 2, "128,128", 60), (MANY * 2, "128,128", 30)],
)
def test_the_number_of_rows_decides_and_it_is_said(n, hidden, epochs):
    found = settings(table(n), {})
    assert [layer.units for layer in found.model.network.architecture.layers[:-1]] == [
        int(size) for size in hidden.split(",")
    ]
    assert isinstance(found.recipe.optimizer, AdamW)
    assert isinstance(found.recipe.optimizer.learning_rate, Cosine)
    assert found.recipe.epochs == epochs
    assert f"chosen for {n * 4 // 5:,} rows: hidden {hidden}, silu, dropout " in found.said
    assert f"{found.recipe.epochs} epochs, batches of {found.recipe.batch_size}, " in found.said
    assert found.validation == 0


def test_of_many_inputs_none_is_indispensable():
    wide = table(zip=[f"z{i % 40}" for i in range(400)])
    assert settings(wide, {}).recipe.input_dropout == 0.1
    assert "0.1 of inputs dropped" in settings(wide, {}).said
    assert "of inputs" not in settings(table(), {}).said
    assert settings(table(), {}).recipe.input_dropout == 0


def test_numbers_are_blurred_less():
    assert defaults_of(table(), {}, {}).recipe["dropout"] == 0.5
    assert defaults_of(table(target="b"), {}, {}).recipe["dropout"] == 0.15
    assert defaults_of(table(2 * MANY, target="b"), {}, {}).recipe["dropout"] == 0


def test_what_is_said_goes_before():
    found = settings(table(), {"hidden": "5", "epochs": 3, "activation": "tanh"})
    first, _ = found.model.network.architecture.layers
    assert (first.units, first.activation, found.recipe.epochs) == (5, "tanh", 3)
    assert isinstance(found.recipe.optimizer, AdamW)
    for flags, rate in (
        ({"learning_rate": 0.5}, Cosine(0.5)),
        ({"schedule": "linear"}, Linear(0.003)),
        ({"schedule": "constant"}, 0.003),
    ):
        assert settings(table(), flags).recipe.optimizer == AdamW(rate, weight_decay=0.03)
    bare = settings(table(), {"hidden": "none"})
    assert bare.recipe.dropout == 0
    assert bare.said.startswith("chosen for 320 rows: AdamW, ")


def test_only_what_is_in_force_is_said():
    said = settings(table(), {"hidden": "5", "epochs": 3, "validation": 0.2}).said
    assert said.startswith(
        "chosen for 320 rows: silu, dropout 0.5, AdamW, a rate of 0.003, falling"
    )
    assert not any(word in said for word in ("hidden", "epochs", "validation"))
    flags = dict.fromkeys(("hidden", "activation", "dropout", "epochs", "batch_size"), "1")
    said = defaults_of(table(), flags | {"learning_rate": 1, "schedule": "linear"}, {}).said
    assert said == "chosen for 320 rows: AdamW, no validation"


@pytest.mark.parametrize(
    ("flags", "config"),
    [
        ({"optimizer": "sgd"}, {}),
        ({}, {"recipe": {"optimizer": "sgd"}}),
        ({}, {"network": {"layers": []}}),
    ],
)
def test_who_names_an_optimizer_or_layers_takes_the_recipe_over(flags, config):
    assert defaults_of(table(), flags, config) == Defaults()
    assert defaults_of(photographs(), flags, config) == Defaults()


def test_a_file_changes_its_part(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text("[recipe]\nepochs = 2\n[data]\nvalidation = 0.25\n")
    found = settings(table(), {"config": path})
    assert (found.recipe.epochs, found.recipe.dropout, found.validation) == (2, 0.5, 0.25)
    assert isinstance(found.recipe.optimizer, AdamW)
    assert not any(word in found.said for word in ("epochs", "validation"))


def test_an_optimizer_of_ones_own():
    found = settings(table(), {"optimizer": "sgd"})
    assert isinstance(found.recipe.optimizer, SGD)
    assert (found.recipe.epochs, found.recipe.dropout, found.said) == (10, 0, "")
    assert found.validation == 0.1
    assert settings(table(), {"validation": 0.25}).validation == 0.25
    assert settings(table(), {"optimizer": "lbfgs"}).said == ""


def photographs(height=32, width=32, n=50, centring="whole"):
    image = ImageFormat(height, width, 255, centring, 3)
    pixels = np.zeros((n, image.n_values), np.uint8)
    part = Part(pixels, (np.arange(n) % 2).astype(np.int32))
    return Dataset("p", part, None, ("cat", "dog"), image, "")


@pytest.mark.parametrize(
    ("height", "width", "units"),
    [(32, 32, (7 * 7 * 16, 3 * 3 * 40)), (60, 80, (7 * 9 * 16, 3 * 4 * 40)), (16, 16, (784, 360))],
)
def test_photographs_are_seen_in_parts(height, width, units):
    found = settings(photographs(height, width), {})
    layers = found.model.network.architecture.layers
    assert tuple(layer.units for layer in layers) == (*units, 300, 1 + 1)
    assert {(layer.activation, layer.norm) for layer in layers[:-1]} == {("silu", "batch")}
    mask = found.model.network.architecture.mask(0, 1)
    assert mask.any(axis=1).all()
    assert 0.04 < mask.mean() < 0.08
    assert found.recipe.optimizer == AdamW(Cosine(0.002), weight_decay=0.01)
    assert (found.recipe.epochs, found.recipe.dropout, found.validation) == (30, 0.3, 0.1)
    step = round(min(height, width) / 8)
    assert found.said == (
        f"chosen for 50 photographs: local {2 * step}:{step}:16,4:2:40, hidden 300, silu, "
        "batch norm, dropout 0.3, AdamW, a rate of 0.002, falling to 0 along a cosine, 30 epochs, "
        "batches of 32; --augment photos would make more of them"
    )


def test_photographs_that_are_distorted_are_dropped_less_and_seen_more_often():
    found = settings(photographs(n=FEW), {"augment": "photos"})
    assert (found.recipe.epochs, found.recipe.dropout) == (60, 0.1)
    assert found.recipe.batch_size == 128
    assert "would make more" not in found.said


@pytest.mark.parametrize(
    ("flags", "units", "norm"),
    [
        ({"hidden": "20"}, (784, 360, 20), "batch"),
        ({"hidden": "none"}, (784, 360), "batch"),
        ({"local": "8:8:4"}, (64, 300), "batch"),
        ({"local": "none", "norm": "layer"}, (300,), "layer"),
    ],
)
def test_of_photographs_each_flag_changes_its_part(flags, units, norm):
    found = settings(photographs(), flags)
    *layers, _ = found.model.network.architecture.layers
    assert tuple(layer.units for layer in layers) == units
    assert {(layer.activation, layer.norm) for layer in layers} == {("silu", norm)}
    assert isinstance(found.recipe.optimizer, AdamW)
    assert not any(f"{flag} " in found.said for flag in flags)


def test_ink_and_small_photographs_have_no_parts():
    assert defaults_of(photographs(centring="box"), {}, {}) == Defaults()
    assert defaults_of(photographs(15, 40), {}, {}) == Defaults()


def test_large_photographs_are_seen_whole():
    assert defaults_of(photographs(73, 74, n=4), {}, {}) != Defaults()
    assert defaults_of(photographs(74, 74, n=4), {}, {}) == Defaults()


def test_other_data_have_the_defaults_of_the_help():
    data = Dataset("a", Part(X, Y), None, None, None, "")
    assert defaults_of(data, {}, {}) == Defaults()


def test_tables_are_scaled_by_their_encoding():
    assert scaling(table()) == (1.0, 0.0)


def test_pictures_are_brought_to_0_to_1():
    pixels = np.random.default_rng(0).integers(0, 17, (30, 4)).astype(np.uint8)
    data = Dataset("a", Part(pixels, Y[:30]), None, None, ImageFormat(2, 2, 16, "box"), "")
    assert scaling(data) == (1 / 16, 0.0)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 / 3, -7.7e-9, 255.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_constant_column_becomes_nothing(value, dtype):
    """Also where its mean is not exact, so that its deviation is not exactly 0."""
    constant = X.astype(dtype)
    constant[:, 1] = value
    constant = np.repeat(constant, 37, axis=0)
    data = Dataset("a", Part(constant, np.ones((len(constant), 1))), None, None, None, "")
    scale, shift = scaling(data)
    column = constant[:, 1].astype(np.float32) * np.float32(scale[1]) + np.float32(shift[1])
    assert np.abs(column).max() <= 1e-6 * max(abs(value), 1)
    assert scale[1] == 1.0


@pytest.mark.parametrize("n", [30, 200])
def test_photographs_are_brought_to_mean_0_and_variance_1_by_one_scale(n):
    pixels = np.random.default_rng(0).integers(50, 200, (n, 12), np.uint8)
    part = Part(pixels, np.zeros(n, np.int32))
    data = Dataset("a", part, None, ("a",), ImageFormat(2, 2, 255, "whole", 3), "")
    scale, shift = scaling(data)
    seen = pixels * scale + shift
    assert (seen.mean(), seen.std()) == pytest.approx((0, 1), abs=1e-9)
    black = Dataset("a", Part(pixels * 0, part.Y), None, ("a",), data.image, "")
    assert scaling(black) == (1.0, 0.0)


def test_large_photographs_are_scaled_by_a_sample(monkeypatch):
    monkeypatch.setattr("pellucid.cli.defaults.LOOKED_AT", 40)
    pixels = np.repeat(np.arange(30, dtype=np.uint8)[:, None], 4, axis=1)
    data = Dataset(
        "a", Part(pixels, np.zeros(30, np.int32)), None, ("a",), ImageFormat(2, 2, 255, "whole"), ""
    )
    scale, shift = scaling(data)
    assert (1 / scale, -shift / scale) == pytest.approx((np.std(range(0, 30, 3)), 13.5))
