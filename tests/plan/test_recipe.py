"""Each field of a recipe: what it takes, and what it says to the rest."""

from dataclasses import fields

import numpy as np
import pytest

from pellucid.equations.optimizers import SGD, Adam
from pellucid.errors import RecipeError
from pellucid.plan.recipe import Recipe

INF, NAN = float("inf"), float("nan")
WHOLE = "expected a whole number of at least 1, got"
OVER = "expected a finite number above 0, got"
AT_LEAST = "expected a finite number of at least 0, got"
SHARE = "expected a finite number of at least 0 and below 1, got"
LAYERS = "frozen, rate_factors: expected layers such as"
NAMES = "metrics, monitor: expected several names, and a name, got"

# For each field values that it refuses, and how.
ERRORS = {
    "loss": [
        ("nll", "loss: expected one of half_sse, .*, cross_entropy, .* got 'nll'"),
        (None, "loss: expected a name such as mse, got None"),
        ("mse:1", "loss: mse takes no numbers, got 1"),
        ("huber:0", "loss: huber takes one number above 0, got 0"),
        ("quantile:0.5,1", "loss: quantile takes levels between 0 and 1, got 0.5, 1"),
        ("huber:", "loss: expected numbers .* after the colon, got 'huber:'"),
    ],
    "optimizer": [("sgd", r"optimizer: expected one of SGD, .* such as SGD\(0.1\), got 'sgd'")],
    "batch_size": [
        (0, 'expected a whole number of at least 1 or "all", got 0'),
        (2.5, "got 2.5"),
        (True, "got True"),
        (None, "got None"),
        ("half", "got 'half'"),
    ],
    "epochs": [(0, f"{WHOLE} 0"), (None, f"{WHOLE} None"), (1.0, f"{WHOLE} 1.0")],
    "steps": [(0, f"{WHOLE} 0"), (1.5, f"{WHOLE} 1.5")],
    "seconds": [(0, f"{OVER} 0"), (-1, f"{OVER} -1"), (INF, f"{OVER} inf"), ("1", f"{OVER} '1'")],
    "target_cost": [(NAN, "expected a finite number, got nan"), ("0", "got '0'")],
    "patience": [(0, f"{WHOLE} 0"), (True, f"{WHOLE} True")],
    "min_delta": [(NAN, f"{AT_LEAST} nan"), (-1.0, f"{AT_LEAST} -1"), (None, f"{AT_LEAST} None")],
    "rises": [(0, f"{WHOLE} 0"), (0.5, f"{WHOLE} 0.5")],
    "give_up": [(0, f"{WHOLE} 0"), ("1", f"{WHOLE} '1'")],
    "monitor": [
        ("", NAMES),
        (None, NAMES),
        (3, NAMES),
    ],
    "metrics": [
        ("f1", NAMES),
        (None, NAMES),
        ((1,), NAMES),
        (("f1", ""), NAMES),
        (("f1", "f1"), 'metrics: expected different names other than "cost", got'),
        (("cost",), 'metrics: expected different names other than "cost", got'),
    ],
    "l2": [(-0.1, f"{AT_LEAST} -0.1"), ("0.1", f"{AT_LEAST} '0.1'"), (INF, f"{AT_LEAST} inf")],
    "l2_divisor": [("n", "l2_divisor: expected one of cost, batch, dataset, got 'n'")],
    "l1": [(-0.1, f"{AT_LEAST} -0.1"), (NAN, f"{AT_LEAST} nan")],
    "l1_divisor": [(None, "l1_divisor: expected one of cost, batch, dataset, got None")],
    "max_norm": [
        (-1, f"{AT_LEAST} -1"),
        ((1, NAN), f"{AT_LEAST} nan"),
        ("2", f"{AT_LEAST} '2'"),
        (0, "max_norm: expected a number above 0, got 0. None is no limit"),
    ],
    "clip_value": [(0, f"{OVER} 0"), (NAN, f"{OVER} nan")],
    "clip_norm": [(0.0, f"{OVER} 0.0"), ("1", f"{OVER} '1'")],
    "label_smoothing": [(1.0, f"{SHARE} 1"), (-0.1, f"{SHARE} -0.1"), (None, f"{SHARE} None")],
    "dropout": [
        (1.0, f"{SHARE} 1"),
        (-0.1, f"{SHARE} -0.1"),
        (NAN, f"{SHARE} nan"),
        (1 - 1e-9, "dropout: expected a share of less than 1, got 0.999999999"),
        ((0.5, 1.5), f"{SHARE} 1.5"),
        ("half", f"{SHARE} 'half'"),
        (None, f"{SHARE} None"),
    ],
    "input_dropout": [
        (1.0, f"{SHARE} 1"),
        (1 - 1e-9, "expected a share of less than 1"),
        ((0.5,), rf"{SHARE} \(0.5,\)"),
    ],
    "noise": [(-1, f"{AT_LEAST} -1"), ((1, INF), f"{AT_LEAST} inf"), (None, f"{AT_LEAST} None")],
    "input_noise": [(-1, f"{AT_LEAST} -1"), ((1,), rf"{AT_LEAST} \(1,\)")],
    "augment": [
        ("flip", "augment: expected how pictures are distorted, such as .* got 'flip'"),
        ({"shape": (1, 2)}, "got {'shape'"),
    ],
    "average": [
        (0, "expected a finite number above 0 and below 1, got 0"),
        (1, "expected a finite number above 0 and below 1, got 1"),
        (NAN, "above 0 and below 1, got nan"),
    ],
    "frozen": [
        (1, LAYERS + r".* got 1 and {}"),
        ("1", LAYERS + ".* got '1'"),
        ((0.5,), LAYERS + r".* got \(0.5,\)"),
        (None, LAYERS + ".* got None"),
    ],
    "rate_factors": [
        ([1], LAYERS + r".* got \(\) and \[1\]"),
        ({1: -1}, "rate_factors: expected .* at least 0, got -1"),
        ({1: NAN}, "rate_factors: .* got nan"),
        ({"a": 1}, LAYERS),
    ],
    "precision": [("float16", "precision: expected one of float32, float64, got 'float16'")],
    "seed": [
        (-1, "expected a whole number of at least 0, got -1"),
        (2**64, r"seed: expected less than 2\^64, got 18446744073709551616"),
        (None, "expected a whole number of at least 0, got None"),
    ],
    "starts": [(0, f"{WHOLE} 0"), (None, f"{WHOLE} None"), (1.5, f"{WHOLE} 1.5")],
}


def test_every_field_is_tried():
    assert set(ERRORS) == {item.name for item in fields(Recipe)}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [(field, *case) for field, cases in ERRORS.items() for case in cases],
)
def test_what_cannot_work_is_refused_with_what_came(field, value, message):
    with pytest.raises(RecipeError, match=message) as refused:
        Recipe(**{field: value})
    assert field in str(refused.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("batch_size", "all"),
        ("loss", "quantile:0.1,0.9"),
        ("seconds", 1e-9),
        ("target_cost", -1e9),
        ("min_delta", 0),
        ("max_norm", (0, 0)),
        ("max_norm", 1),
        ("clip_norm", 1e30),
        ("label_smoothing", 0),
        ("dropout", ()),
        ("dropout", (0, 0.5)),
        ("noise", 3),
        ("average", 0.5),
        ("metrics", ["f1", "of_my_own"]),
        ("monitor", "of_my_own"),
        ("seed", 2**64 - 1),
        ("starts", 100),
    ],
)
def test_what_stands_at_the_edge_is_taken(field, value):
    found = getattr(Recipe(**{field: value}), field)
    assert found == (tuple(value) if isinstance(value, list) else value)


def test_the_defaults():
    recipe = Recipe()
    assert (recipe.loss, recipe.optimizer, recipe.batch_size) == ("cross_entropy", Adam(), 32)
    assert (recipe.epochs, recipe.monitor, recipe.metrics) == (10, "cost", ())
    off = ("steps", "seconds", "target_cost", "patience", "rises", "give_up")
    off += ("max_norm", "clip_value", "clip_norm", "average", "augment")
    assert {getattr(recipe, name) for name in off} == {None}
    none = ("l1", "l2", "dropout", "input_dropout", "noise", "input_noise", "label_smoothing")
    assert {getattr(recipe, name) for name in none} == {0.0}


def test_numbers_of_layers():
    """0 is the input; one number is for every hidden layer."""
    recipe = Recipe(dropout=(0.2, 0.5), input_dropout=0.1, noise=0.3, input_noise=0.4)
    assert [recipe.dropout_of(l) for l in (0, 1, 2)] == [0.1, 0.2, 0.5]
    assert [recipe.noise_of(l) for l in (0, 1, 2)] == [0.4, 0.3, 0.3]
    assert Recipe(dropout=0.3).dropout_of(7) == 0.3


def test_the_monitored_metric_is_one_of_the_metrics():
    assert Recipe(metrics=["f1"], monitor="recall").metrics == ("f1", "recall")
    assert Recipe(metrics=["f1"], monitor="f1").metrics == ("f1",)
    assert Recipe(metrics=["f1"]).metrics == ("f1",)


def test_the_best_weights_are_kept_where_something_is_waited_for():
    assert Recipe(patience=1).keeps_best
    assert Recipe(rises=1).keeps_best
    assert not Recipe(give_up=1, target_cost=0.1, seconds=1).keeps_best


def test_whole_numbers_of_any_kind_become_plain_ones():
    recipe = Recipe(batch_size=np.int64(5), seed=np.uint64(7), starts=np.int8(2), rises=np.int16(3))
    for value in (recipe.batch_size, recipe.seed, recipe.starts, recipe.rises):
        assert type(value) is int


def test_a_recipe_does_not_change():
    recipe = Recipe(optimizer=SGD(0.5))
    with pytest.raises(AttributeError):
        recipe.seed = 3
    assert recipe == Recipe(optimizer=SGD(0.5)) != Recipe(optimizer=SGD(0.25))
