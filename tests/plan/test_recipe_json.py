"""Recipes as text and JSON and back, and plain data that are none."""

import json
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.equations.augmenting import Augment
from pellucid.equations.optimizers import OPTIMIZERS, SGD, Momentum, Nesterov
from pellucid.equations.schedules import (
    SCHEDULES,
    Cosine,
    Exponential,
    Linear,
    OneCycle,
    Plateau,
    WarmUp,
)
from pellucid.equations.solvers import LBFGS, SOLVERS, LevenbergMarquardt
from pellucid.errors import RecipeError
from pellucid.plan.checks import METHODS
from pellucid.plan.recipe import Recipe
from pellucid.plan.recipe_json import from_json, optimizer_from_json, to_json
from tests.plan.strategies import OTHERS, recipes

# What repr(recipe) names.
NAMES = {
    row.numbers.__name__: row.numbers
    for table in (OPTIMIZERS, SOLVERS, SCHEDULES)
    for row in table.values()
} | {"Recipe": Recipe, "Augment": Augment}

METHODS_BY_HAND = [
    Nesterov(WarmUp(Cosine(0.1), epochs=2), Linear(0.5, 0.9)),
    SGD(WarmUp(WarmUp(Exponential(0.1, epochs=0.5), steps=3), epochs=1.5)),
    SGD(Plateau(0.1, patience=3, smallest=1e-5)),
    Momentum(OneCycle(0.1, start=0.01, rise=0.25), OneCycle(0.85, 0.95, 0.95)),
    LBFGS(memory=5),
    LevenbergMarquardt(tolerance=0.0),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def there_and_back(recipe):
    return from_json(json.loads(json.dumps(to_json(recipe))))


@settings(deadline=None, derandomize=True, max_examples=300)
@given(recipe=recipes())
def test_any_recipe_survives_json_and_its_own_text(recipe):
    again = there_and_back(recipe)
    assert again == recipe
    assert eval(repr(recipe), dict(NAMES)) == recipe
    assert json.dumps(to_json(again)) == json.dumps(to_json(recipe))


@pytest.mark.parametrize("name", [item.name for item in fields(Recipe)])
def test_each_field_by_itself_survives_json(name):
    recipe = Recipe(**{name: OTHERS[name]})
    found = getattr(there_and_back(recipe), name)
    expected = ("roc_auc", "my_own") if name == "metrics" else OTHERS[name]
    assert found == getattr(recipe, name) == expected
    assert type(found) is type(expected)
    assert found != getattr(Recipe(), name)


@pytest.mark.parametrize("method", METHODS_BY_HAND, ids=lambda method: type(method).__name__)
def test_schedules_inside_schedules_survive_json(method):
    recipe = Recipe(optimizer=method)
    assert there_and_back(recipe) == recipe
    assert eval(repr(recipe), dict(NAMES)) == recipe


@pytest.mark.parametrize("name", METHODS)
def test_a_name_alone_has_the_default_numbers(name):
    kind = METHODS[name].numbers
    assert optimizer_from_json(name) == optimizer_from_json({"name": name}) == kind()
    assert to_json(Recipe(optimizer=kind()))["optimizer"]["name"] == name


def test_a_nested_schedule_is_a_table_inside_a_table():
    optimizer = Nesterov(WarmUp(Cosine(0.1), epochs=2), Linear(0.5, 0.9))
    cosine = {"name": "cosine", "start": 0.1, "end": 0.0, "steps": None, "epochs": None}
    linear = {"name": "linear", "start": 0.5, "end": 0.9, "steps": None, "epochs": None}
    assert to_json(Recipe(optimizer=optimizer))["optimizer"] == {
        "name": "nesterov",
        "learning_rate": {"name": "warm_up", "then": cosine, "steps": None, "epochs": 2},
        "momentum": linear,
    }


def test_json_by_hand():
    """As a configuration file writes it; what is absent takes its default."""
    recipe = from_json(
        {
            "loss": "mse",
            "optimizer": {
                "name": "momentum",
                "momentum": {"name": "cosine", "start": 0.5, "end": 0.99},
            },
            "dropout": [0.2, 0.5],
            "rate_factors": {"1": 0.1},
            "metrics": ["rmse"],
            "monitor": "mape",
        }
    )
    optimizer = Momentum(0.01, Cosine(0.5, 0.99))
    assert recipe == Recipe(
        "mse",
        optimizer,
        dropout=(0.2, 0.5),
        rate_factors={1: 0.1},
        metrics=("rmse", "mape"),
        monitor="mape",
    )
    assert from_json({}) == Recipe()


def test_augmenting_by_hand():
    recipe = from_json({"augment": {"shape": [1, 2], "elastic": [4, 34], "flip": True}})
    assert recipe == Recipe(augment=Augment((1, 2), elastic=(4.0, 34.0), flip=True))
    assert to_json(recipe)["augment"]["elastic"] == [4.0, 34.0]
    for data, message in (
        ("flip", "augment: expected a table of its entries, got 'flip'"),
        ({"flip": True}, "augment Augment needs shape"),
        ({"shape": [1, 2], "turn": 3}, "augment Augment has the numbers shape, .* got turn"),
        ({"shape": [1, 2], "crop": None}, "crop: expected a whole number"),
    ):
        with pytest.raises(RecipeError, match=message):
            from_json({"augment": data})


def test_numbers_of_numpy_become_plain_ones():
    recipe = Recipe(
        batch_size=np.int64(5),
        seed=np.uint64(2**64 - 1),
        epochs=np.int32(2),
        frozen=np.array([1]),
        dropout=np.array([0.25, 0.5], np.float32),
    )
    assert json.loads(json.dumps(to_json(recipe)))["seed"] == 2**64 - 1
    assert eval(repr(recipe), dict(NAMES)) == recipe
    assert recipe.dropout == (0.25, 0.5)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"rate": 1}, r"expected any of augment, average, .*; got \['rate'\]"),
        ([], r"expected any of .*; got \[\]"),
        ({"optimizer": "lion"}, "optimizer: expected one of sgd, .*, lbfgs, .* got 'lion'"),
        ({"optimizer": {"name": []}}, r"optimizer: expected one of .* got \[\]"),
        ({"optimizer": 3}, "optimizer: expected one of .* got 3"),
        ({"optimizer": {"name": "sgd", "rate": 1}}, "SGD has the numbers learning_rate; got rate"),
        ({"optimizer": {"name": "lbfgs", "rate": 1}}, "LBFGS has the numbers memory, .* got rate"),
        (
            {"optimizer": {"name": "sgd", "learning_rate": {"name": "flat"}}},
            "schedule: expected one of constant, linear, cosine, .* got 'flat'",
        ),
        (
            {"optimizer": {"name": "sgd", "learning_rate": {"name": "cosine"}}},
            "schedule Cosine needs start",
        ),
        (
            {"optimizer": {"name": "sgd", "learning_rate": {"name": "warm_up", "then": {}}}},
            "schedule: expected one of .* got None",
        ),
        ({"optimizer": {"name": "sgd", "learning_rate": [1]}}, "learning_rate: expected a finite"),
        (
            {"optimizer": {"name": "lbfgs", "memory": {"name": "constant", "value": 1}}},
            "LBFGS.memory: expected a whole number of at least 1, got Constant",
        ),
    ],
)
def test_other_json_is_refused(data, message):
    with pytest.raises(RecipeError, match=message):
        from_json(data)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(data=json_values, name=st.sampled_from(sorted(to_json(Recipe()))))
def test_any_json_is_a_recipe_or_a_recipe_error(data, name):
    for table in (
        {name: data},
        {"optimizer": {"name": "adam", "beta1": data}},
        {"optimizer": {"name": "sgd", "learning_rate": {"name": "cosine", "start": data}}},
        {"optimizer": {"name": "sgd", "learning_rate": {"name": "warm_up", "then": data}}},
        {"optimizer": {"name": "levenberg_marquardt", "damping": data}},
        {"optimizer": {"name": data}},
        data,
    ):
        try:
            made = from_json(table)
        except RecipeError:
            continue
        assert isinstance(made, Recipe)
