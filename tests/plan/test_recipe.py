"""Recipes as text and JSON and back, and those that cannot work."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.arrays import PRECISIONS
from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import OPTIMIZERS, SGD, Adam, Momentum
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.schedules import SCHEDULES, Constant, Cosine
from pellucid.errors import RecipeError
from pellucid.plan.recipe import Recipe, from_json, optimizer_from_json, to_json

share = st.floats(0, 0.99)
positive = st.floats(0, 1e6)
count = st.integers(1, 10**6)


def schedules(number):
    return (
        number | st.builds(Constant, number) | st.builds(Cosine, number, number, st.none() | count)
    )


optimizers = (
    st.builds(SGD, schedules(positive))
    | st.builds(Momentum, schedules(positive), schedules(share))
    | st.builds(Adam, schedules(positive), schedules(share), schedules(share), schedules(positive))
)
recipes = st.builds(
    Recipe,
    loss=st.sampled_from(sorted(LOSSES)),
    optimizer=optimizers,
    batch_size=count,
    epochs=count,
    steps=st.none() | count,
    target_cost=st.none() | st.floats(-1e6, 1e6),
    patience=st.none() | count,
    min_delta=positive,
    l2=positive,
    l2_divisor=st.sampled_from(sorted(DIVISORS)),
    dropout=share | st.lists(share, max_size=3).map(tuple),
    frozen=st.lists(count, max_size=3).map(tuple),
    rate_factors=st.dictionaries(count, positive, max_size=3),
    precision=st.sampled_from(PRECISIONS),
    seed=st.integers(0, 2**64 - 1),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(recipe=recipes)
def test_any_recipe_survives_json_and_its_own_text(recipe):
    again = from_json(json.loads(json.dumps(to_json(recipe))))
    assert again == recipe
    assert eval(repr(recipe)) == recipe
    assert json.dumps(to_json(again)) == json.dumps(to_json(recipe))


def test_the_drawn_recipes_cover_every_row():
    """The strategies above name the optimizers and schedules one by one."""
    assert {row.numbers for row in OPTIMIZERS.values()} == {SGD, Momentum, Adam}
    assert {row.numbers for row in SCHEDULES.values()} == {Constant, Cosine}


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
        }
    )
    optimizer = Momentum(0.01, Cosine(0.5, 0.99))
    assert recipe == Recipe("mse", optimizer, dropout=(0.2, 0.5), rate_factors={1: 0.1})
    assert [recipe.dropout_of(l) for l in (1, 2)] == [0.2, 0.5]
    assert Recipe(dropout=0.3).dropout_of(7) == 0.3
    assert from_json({}) == Recipe()
    assert from_json({"optimizer": "sgd"}).optimizer == optimizer_from_json("sgd") == SGD()


def test_numbers_of_numpy_become_plain_ones():
    recipe = Recipe(
        batch_size=np.int64(5), seed=np.uint64(2**64 - 1), epochs=np.int32(2), frozen=np.array([1])
    )
    assert json.loads(json.dumps(to_json(recipe)))["seed"] == 2**64 - 1
    assert eval(repr(recipe)) == recipe


NAN = float("nan")
ERRORS = {
    "loss": ({"loss": "nll"}, "loss: expected one of half_sse, .*, cross_entropy, got 'nll'"),
    "divisor": ({"l2_divisor": "n"}, "l2_divisor: expected one of cost, batch, dataset, got 'n'"),
    "precision": ({"precision": "float16"}, "expected one of float32, float64, got 'float16'"),
    "no batch": ({"batch_size": 0}, "batch_size: expected a whole number of at least 1, got 0"),
    "half a batch": ({"batch_size": 2.5}, "whole number of at least 1, got 2.5"),
    "a true batch": ({"batch_size": True}, "whole number of at least 1, got True"),
    "no number of epochs": ({"epochs": None}, "epochs: expected a whole number .* got None"),
    "no epochs": ({"epochs": 0}, "epochs: expected a whole number of at least 1, got 0"),
    "no steps": ({"steps": 0}, "steps: expected a whole number of at least 1, got 0"),
    "no patience": ({"patience": 0}, "patience: expected a whole number of at least 1, got 0"),
    "negative seed": ({"seed": -1}, "seed: expected a whole number of at least 0, got -1"),
    "large seed": ({"seed": 2**64}, r"seed: expected less than 2\^64, got 18446744073709551616"),
    "negative l2": ({"l2": -0.1}, "l2: expected a finite number of at least 0, got -0.1"),
    "l2 as text": ({"l2": "0.1"}, "l2: expected a finite number of at least 0, got '0.1'"),
    "infinite l2": ({"l2": float("inf")}, "l2: expected a finite number .* got inf"),
    "undefined delta": ({"min_delta": NAN}, "min_delta: expected a finite number .* got nan"),
    "undefined target": ({"target_cost": NAN}, "target_cost: expected a finite number, got nan"),
    "all dropped": (
        {"dropout": 1.0},
        "dropout: expected shares of at least 0 and less than 1, got 1",
    ),
    "nearly all dropped": ({"dropout": 1 - 1e-9}, "less than 1, got 0.999999999"),
    "negative dropout": ({"dropout": -0.1}, "at least 0 and less than 1, got -0.1"),
    "undefined dropout": ({"dropout": NAN}, "less than 1, got nan"),
    "one of several": ({"dropout": (0.5, 1.5)}, "less than 1, got 1.5. 0.5 leaves out"),
    "dropout as text": ({"dropout": "half"}, "dropout: expected a number or several, got 'half'"),
    "no dropout": ({"dropout": None}, "dropout: expected a number or several, got None"),
    "frozen as a number": ({"frozen": 1}, r"frozen, rate_factors: expected layers .* got 1 and {}"),
    "frozen as text": ({"frozen": "1"}, "expected layers .* got '1'"),
    "half frozen": ({"frozen": (0.5,)}, r"expected layers .* got \(0.5,\)"),
    "rate factors as a list": ({"rate_factors": [1]}, r"expected layers .* got \(\) and \[1\]"),
    "a negative factor": (
        {"rate_factors": {1: -1}},
        "rate_factors: expected .* at least 0, got -1",
    ),
    "an undefined factor": ({"rate_factors": {1: NAN}}, "rate_factors: .* got nan"),
    "optimizer as text": (
        {"optimizer": "sgd"},
        r"optimizer: expected one of SGD, .* such as SGD\(0.1\), got 'sgd'",
    ),
    "optimizer as a class": ({"optimizer": SGD}, "such as SGD.0.1., got <class"),
    "a negative rate": (
        {"optimizer": SGD(-1.0)},
        "SGD.learning_rate: expected a finite number of at least 0, got -1",
    ),
    "an undefined rate": ({"optimizer": Adam(NAN)}, "Adam.learning_rate: .* got nan"),
    "rate as text": ({"optimizer": SGD("fast")}, "SGD.learning_rate: .* got 'fast'"),
    "momentum of one": (
        {"optimizer": Momentum(0.1, 1.0)},
        "Momentum.momentum: .* less than 1, got 1",
    ),
    "beta of one": ({"optimizer": Adam(beta2=1.0)}, "Adam.beta2: expected less than 1, got 1"),
    "momentum that rises to one": (
        {"optimizer": Momentum(0.1, Cosine(0.5, 1.0))},
        "Momentum.momentum.end: expected less than 1, got 1",
    ),
    "a schedule from infinity": (
        {"optimizer": SGD(Cosine(float("inf")))},
        "SGD.learning_rate.start: expected a finite number",
    ),
    "a schedule of no steps": (
        {"optimizer": SGD(Cosine(1.0, steps=0))},
        "SGD.learning_rate.steps: expected a whole number of at least 1, got 0",
    ),
    "a schedule of schedules": (
        {"optimizer": SGD(Constant(Constant(1.0)))},
        "SGD.learning_rate.value: expected a finite number",
    ),
}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_what_cannot_work_is_refused_with_what_came(name):
    given_numbers, message = ERRORS[name]
    with pytest.raises(RecipeError, match=message):
        Recipe(**given_numbers)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"rate": 1}, r"expected any of batch_size, .*; got \['rate'\]"),
        ([], r"expected any of .*; got \[\]"),
        ({"optimizer": "adagrad"}, "optimizer: expected one of sgd, .* got 'adagrad'"),
        ({"optimizer": {"name": []}}, r"optimizer: expected one of .* got \[\]"),
        ({"optimizer": 3}, "optimizer: expected one of .* got 3"),
        ({"optimizer": {"name": "sgd", "rate": 1}}, "SGD has the numbers learning_rate; got rate"),
        (
            {"optimizer": {"name": "sgd", "learning_rate": {"name": "linear"}}},
            "schedule: expected one of constant, cosine, got 'linear'",
        ),
        (
            {"optimizer": {"name": "sgd", "learning_rate": {"name": "cosine"}}},
            "schedule Cosine cannot be made: .*start",
        ),
        ({"optimizer": {"name": "sgd", "learning_rate": [1]}}, "learning_rate: expected a finite"),
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
        {"optimizer": {"name": data}},
        data,
    ):
        try:
            made = from_json(table)
        except RecipeError:
            continue
        assert isinstance(made, Recipe)
