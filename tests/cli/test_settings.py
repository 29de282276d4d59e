import numpy as np
import pytest

from pellucid import (
    SGD,
    Adam,
    ArchitectureError,
    Augment,
    Constant,
    Cosine,
    DataError,
    FileError,
    Linear,
    Momentum,
    RecipeError,
)
from pellucid.cli.settings import examples_of, read_config, settings, validation_of
from pellucid.data.dataset import Dataset, ImageFormat, Part

X = np.random.default_rng(0).normal(3.0, 2.0, size=(30, 4)).astype(np.float32)


def dataset(n_classes=3, image=None, X=X):
    if n_classes:
        Y = (np.arange(30) % n_classes).astype(np.int32)
        return Dataset("a", Part(X, Y), None, tuple("abc"[:n_classes]), image, "")
    return Dataset("a", Part(X, np.ones((30, 2))), None, None, image, "")


def made(data=None, **flags):
    return settings(data or dataset(), flags)


def config(tmp_path, text, data=None, **flags):
    path = tmp_path / "c.toml"
    path.write_text(text)
    return settings(data or dataset(), {"config": path} | flags)


def sizes(found):
    layers = found.model.network.architecture.layers
    return [(layer.units, layer.activation) for layer in layers]


def test_what_is_not_said_has_the_defaults_of_the_help():
    found = made()
    assert sizes(found) == [(100, "relu"), (3, "softmax")]
    assert found.recipe.loss == found.model.loss == "cross_entropy"
    assert found.recipe.optimizer == Adam(0.001)
    assert (found.recipe.batch_size, found.recipe.epochs, found.validation) == (32, 10, 0.1)
    assert (found.recipe.patience, found.recipe.seed, found.recipe.precision) == (
        None,
        0,
        "float32",
    )


@pytest.mark.parametrize(
    "text", ['augment = "shift:1,elastic:4:3"', "augment = {shift = 1, elastic = [4, 3]}"]
)
def test_augmenting_from_a_file_or_a_flag(tmp_path, text):
    """Shape and the rest come from the data; a flag goes before the file."""
    data = dataset(image=ImageFormat(2, 2, maximum=16))
    expected = Augment((2, 2), shift=1.0, elastic=(4.0, 3.0), maximum=16.0)
    assert config(tmp_path, f"[recipe]\n{text}", data).recipe.augment == expected
    flagged = config(tmp_path, f"[recipe]\n{text}", data, augment="flip")
    assert flagged.recipe.augment == Augment((2, 2), flip=True, maximum=16.0)
    assert made(data).recipe.augment is None
    with pytest.raises(DataError, match="augment: expected pictures, .* but a has none"):
        made(augment="flip")


def test_numbers_are_predicted_by_linear_outputs():
    found = made(dataset(0))
    assert sizes(found)[-1] == (2, "identity")
    assert found.recipe.loss == "mse"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30", [30]), ("30,20", [30, 20]), ("30-20", [30, 20]), ("none", []), ("0", []), ("", [])],
)
def test_sizes_of_hidden_layers(text, expected):
    assert [units for units, _ in sizes(made(hidden=text))[:-1]] == expected


@pytest.mark.parametrize("text", ["many", "3.5", "3,,4", "-3"])
def test_other_sizes_are_refused(text):
    with pytest.raises((RecipeError, ArchitectureError), match="expected"):
        made(hidden=text)


def test_two_classes_take_one_sigmoid_or_two_softmax_outputs():
    assert sizes(made(dataset(2), output="sigmoid"))[-1] == (1, "sigmoid")
    assert sizes(made(dataset(2)))[-1] == (2, "softmax")
    found = made(dataset(2), output="sigmoid")
    assert found.recipe.loss == "binary_cross_entropy"
    Y = examples_of(found.model, found.recipe.loss, dataset(2).train).Y
    assert Y.shape == (30, 1)
    assert set(Y.ravel()) == {0.0, 1.0}


def test_several_sigmoid_outputs_take_rows():
    found = made(output="sigmoid")
    Y = examples_of(found.model, found.recipe.loss, dataset().train).Y
    assert Y.shape == (30, 3)
    assert (Y.sum(1) == 1).all()


def test_flags_become_the_recipe():
    found = made(
        loss="half_sse", batch_size=5, epochs=7, steps=9, target_cost=0.5, patience=2, l2=0.1,
        min_delta=0.01, l2_divisor="batch", dropout="0.25", seed=4, precision="float64",
        validation=0.0, activation="tanh", bias="layer", norm="batch", init="normal",
    )  # fmt: skip
    recipe = found.recipe
    assert (recipe.loss, recipe.batch_size, recipe.epochs, recipe.steps) == ("half_sse", 5, 7, 9)
    assert (recipe.target_cost, recipe.patience, recipe.min_delta) == (0.5, 2, 0.01)
    assert (recipe.l2, recipe.l2_divisor, recipe.dropout) == (0.1, "batch", 0.25)
    assert (recipe.seed, recipe.precision, found.validation) == (4, "float64", 0.0)
    layer = found.model.network.architecture.layers[0]
    assert (layer.activation, layer.bias, layer.norm) == ("tanh", "layer", "batch")
    assert found.model.network.precision == "float64"
    assert found.model.network.architecture.layers[1].norm == "none"


LOSSES_AND_OUTPUTS = [
    ({"loss": "poisson"}, 0, [(2, "exp")]),
    ({"loss": "quantile:0.1,0.5,0.9"}, 0, [(6, "identity")]),
    ({"loss": "quantile"}, 0, [(2, "identity")]),
    ({"loss": "squared_hinge"}, 2, [(1, "identity")]),
    ({"loss": "squared_hinge"}, 3, [(3, "identity")]),
    ({"loss": "binary_cross_entropy"}, 3, [(3, "sigmoid")]),
    ({"loss": "mse"}, 3, [(3, "softmax")]),
    ({"loss": "huber:2"}, 0, [(2, "identity")]),
]


@pytest.mark.parametrize(("flags", "n_classes", "expected"), LOSSES_AND_OUTPUTS)
def test_a_loss_brings_the_output_it_is_made_for(flags, n_classes, expected):
    found = made(dataset(n_classes), hidden="none", **flags)
    assert sizes(found) == expected
    assert found.recipe.loss == found.model.loss == flags["loss"]


def test_also_a_loss_that_the_file_names(tmp_path):
    text = '[recipe]\nloss = "quantile:0.25,0.75"\n'
    assert sizes(config(tmp_path, text, dataset(0)))[-1] == (4, "identity")


def test_an_output_brings_its_loss():
    assert made(dataset(0), output="exp").recipe.loss == "poisson"
    assert made(output="identity").recipe.loss == "mse"


def test_an_output_that_is_named_stays():
    found = made(dataset(2), loss="squared_hinge", output="tanh")
    assert sizes(found)[-1] == (1, "tanh")


@pytest.mark.parametrize(
    ("flags", "pieces"),
    [
        ({"activation": "maxout"}, [2, 2, 1]),
        ({"activation": "maxout", "pieces": 3}, [3, 3, 1]),
        ({"activation": "tanh", "output": "maxout"}, [1, 1, 2]),
        ({"activation": "maxout", "output": "maxout", "pieces": 4}, [4, 4, 4]),
        ({}, [1, 1, 1]),
    ],
)
def test_maxout_has_pieces(flags, pieces):
    found = made(dataset(0), hidden="9,8", **flags)
    assert [layer.pieces for layer in found.model.network.architecture.layers] == pieces


def test_pieces_of_others_are_refused():
    with pytest.raises(ArchitectureError, match="Several are for maxout"):
        made(pieces=3)


def test_first_weights_with_sizes_and_by_layer():
    weights = made(init="constant:0.25").model.network.weights
    assert (weights[1] == 0.25).all()
    assert (weights[2] == 0.25).all()
    weights = made(init="constant:2, zeros").model.network.weights
    assert (weights[1] == 2).all()
    assert (weights[2] == 0).all()


def test_the_file_may_name_first_weights_by_layer(tmp_path):
    found = config(tmp_path, '[network]\ninitial = ["zeros", "constant:0.5"]\n')
    assert [float(found.model.network.weights[l].max()) for l in (1, 2)] == [0, 0.5]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"validation": 1.0}, "validation: expected a share"),
        ({"validation": -0.1}, "validation: expected a share"),
        ({"validation": float("nan")}, "validation: expected a share"),
        ({"loss": "magic"}, "loss: expected one of"),
        ({"loss": "quantile:0.5"}, "quantile:0.5 is for numbers, and a has classes"),
        ({"loss": "poisson"}, "poisson is for numbers"),
        ({"loss": "mse:2"}, "loss: mse takes no numbers"),
        ({"loss": "huber:x"}, "expected numbers with commas"),
        ({"metric": ["magic"]}, "metrics: magic is unknown. Use any of accuracy, f1, "),
        ({"metric": ["r2"]}, "metrics: r2 does not suit"),
        ({"monitor": "rmse"}, "metrics: rmse does not suit"),
    ],
)
def test_flags_that_cannot_work(flags, message):
    with pytest.raises(RecipeError, match=message):
        made(**flags)


TOML = """
[network]
layers = [
    { units = 3, activation = "tanh", masks = { 0 = ["110", "011", "111", "000"] } },
    { units = 3, activation = "softmax", inputs = [0, 1], bias = "layer" },
]
initial = "normal"
scale = 0.5

[recipe]
optimizer = { name = "momentum", learning_rate = 0.1, momentum = { name = "cosine", start = 0.5, end = 0.99 } }
epochs = 3
dropout = [0.5]
patience = 2

[data]
validation = 0.25
"""  # noqa: E501


def test_a_file_says_what_no_flag_can(tmp_path):
    found = config(tmp_path, TOML)
    architecture = found.model.network.architecture
    assert architecture.inputs(2) == (0, 1)
    assert architecture.layers[0].masks == {0: ("110", "011", "111", "000")}
    assert architecture.layers[1].bias == "layer"
    assert (architecture.scale, architecture.shift) != (1.0, 0.0)
    assert architecture.scale == 0.5
    assert found.recipe.optimizer == Momentum(0.1, Cosine(0.5, 0.99))
    assert (found.recipe.epochs, found.recipe.dropout, found.recipe.patience) == (3, (0.5,), 2)
    assert found.validation == 0.25


def test_flags_go_before_the_file(tmp_path):
    found = config(tmp_path, TOML, epochs=9, learning_rate=0.5, validation=0.5, init="he", seed=3)
    assert (found.recipe.epochs, found.validation, found.recipe.seed) == (9, 0.5, 3)
    assert found.recipe.optimizer == Momentum(0.5, Cosine(0.5, 0.99))
    assert config(tmp_path, TOML, optimizer="sgd").recipe.optimizer == SGD(0.1)
    assert config(tmp_path, TOML, momentum=0.3).recipe.optimizer == Momentum(0.1, 0.3)


@pytest.mark.parametrize("flag", ["hidden", "activation", "output", "bias", "norm"])
def test_a_flag_about_layers_clashes_with_layers_in_the_file(tmp_path, flag):
    with pytest.raises(RecipeError, match=f"leave out --{flag}"):
        config(tmp_path, TOML, **{flag: "10"})


def test_without_layers_in_the_file_the_flags_make_them(tmp_path):
    assert sizes(config(tmp_path, "[recipe]\nepochs = 2\n", hidden="7"))[0] == (7, "relu")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[recipe", "is not TOML"),
        ("[training]\nepochs = 3", "expected the tables network, recipe, data; got 'training'"),
        ("epochs = 3", "expected the tables network, recipe, data; got 'epochs'"),
        ("recipe = 3", "expected the tables network, recipe, data; got 'recipe'"),
        ("[recipe]\nepoch = 3", r"\[recipe\] has the entries .*; got epoch"),
        ("[network]\nsize = 3", r"\[network\] has the entries .*; got size"),
        ("[data]\ntest = 3", r"\[data\] has the entries validation; got test"),
        ("[network]\nlayers = 3", "list of at least one table"),
        ("[network]\nlayers = []", "list of at least one table"),
        ("[network]\nlayers = [3]", "expected a layer as a table"),
        ("[network]\nlayers = [{ units = 3, size = 4 }]", "expected a layer as a table"),
        ("[network]\nlayers = [{ units = 'x' }]", "expected a whole number"),
        ("[network]\nscale = 'x'", "scale: expected one finite number"),
        ("[network]\nscale = [1.0]", "scale: expected one finite number, or 4 of them"),
        ("[network]\ninitial = 'magic'", "initial: expected one of"),
        ("[network]\ninitial = 3", "initial: expected a text such as"),
        ("[network]\ninitial = ['he', 4]", "initial: expected a text such as"),
        ("[network]\ninitial = ['he']", "initial: expected one text, or one for each of the 2"),
        ("[recipe]\noptimizer = 3", "optimizer: expected a name or a table, got 3"),
        ("[recipe]\noptimizer = { learning_rate = 1.0 }", "optimizer: expected one of"),
        ("[recipe]\noptimizer = { name = 'adam', rate = 1.0 }", "Adam has the numbers"),
        ("[recipe]\nepochs = 'x'", "epochs: expected a whole number"),
        ("[recipe]\ndropout = 'x'", "expected"),
        ("[data]\nvalidation = 'x'", "validation: expected a share"),
        ("[data]\nvalidation = [1]", "validation: expected a share"),
    ],
)
def test_files_that_cannot_work(tmp_path, text, message):
    with pytest.raises((RecipeError, ArchitectureError), match=message):
        config(tmp_path, text)


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_config(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecipeError, match="is not TOML"):
        read_config(tmp_path / "b.toml")


def test_flags_change_their_part_of_a_files_rate(tmp_path):
    form = '[recipe]\noptimizer = { name = "sgd", learning_rate = %s }'
    constant = form % '{ name = "constant", value = 1.0 }'
    falling = form % '{ name = "linear", start = 1.0, end = 0.5, epochs = 3 }'
    for text, flags, rate in (
        (constant, {}, Constant(1.0)),
        (constant, {"schedule": "cosine"}, Cosine(1.0)),
        (form % "0.3", {"schedule": "cosine"}, Cosine(0.3)),
        (falling, {"learning_rate": 2.0}, Linear(2.0, 0.5, epochs=3)),
        (falling, {"schedule": "cosine"}, Cosine(1.0)),
        (falling, {"schedule": "linear"}, Linear(1.0, 0.5, epochs=3)),
        (falling, {"schedule": "constant"}, 1.0),
        (falling, {"schedule": "cosine", "learning_rate": 2.0}, Cosine(2.0)),
    ):
        assert config(tmp_path, text, **flags).recipe.optimizer == SGD(rate)
    with pytest.raises(RecipeError, match="expected one of constant, .* got 'slow'"):
        config(tmp_path, falling, schedule="slow")


def test_columns_of_numbers_are_brought_to_mean_0_and_variance_1():
    network = made().model.network.architecture
    scaled = X * np.array(network.scale) + np.array(network.shift)
    np.testing.assert_allclose(scaled.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(0), 1, rtol=1e-6)


def test_the_datas_own_validation_part_goes_before_a_share():
    bare = dataset()
    own = Dataset(
        "a", bare.train, None, bare.classes, None, "", validation=Part(X[:7], bare.train.Y[:7])
    )
    for data, flags, share, is_own in (
        (bare, {}, 0.1, False),
        (own, {}, 0.0, True),
        (own, {"validation": 0.3}, 0.3, False),
        (own, {"validation": 0.0}, 0.0, False),
    ):
        found = settings(data, flags)
        assert (found.validation, found.own_validation) == (share, is_own)
        judged = validation_of(found.model, found.recipe.loss, data, share, is_own)
        if is_own:
            assert np.array_equal(judged[0], X[:7])
            assert judged[1].tolist() == bare.train.Y[:7].tolist()
        else:
            assert judged == (share or None)


def test_local_layers_come_before_the_hidden_ones():
    found = made(dataset(image=ImageFormat(2, 2)), local="1:1:3", hidden="5", norm="layer")
    assert sizes(found) == [(12, "relu"), (5, "relu"), (3, "softmax")]
    assert [layer.norm for layer in found.model.network.architecture.layers] == [
        "layer",
        "layer",
        "none",
    ]
    assert found.model.network.architecture.mask(0, 1).sum() == 12


def test_local_layers_and_layers_of_a_file_do_not_go_together(tmp_path):
    text = '[[network.layers]]\nunits = 3\nactivation = "softmax"'
    with pytest.raises(RecipeError, match="describes the layers already: leave out --local"):
        config(tmp_path, text, dataset(image=ImageFormat(2, 2)), local="1:1:1")
