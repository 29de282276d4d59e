from dataclasses import fields
from inspect import signature

import pytest

from pellucid import (
    LBFGS,
    SGD,
    Adam,
    AdamW,
    Cosine,
    LevenbergMarquardt,
    Momentum,
    Nesterov,
    OneCycle,
    Plateau,
    RecipeError,
    StepDecay,
    WarmUp,
)
from pellucid.cli.recipes import names_in, recipe_of
from pellucid.cli.train import train
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.schedules import SCHEDULES
from pellucid.equations.solvers import SOLVERS
from pellucid.plan.recipe import Recipe


def made(described=None, output="softmax", **flags):
    return recipe_of(output, flags, described or {})


def test_what_nobody_says_is_the_recipe_s_own():
    assert made() == Recipe()


def test_every_entry_of_a_recipe_has_its_flag():
    """But for what differs from layer to layer: that is for configuration files."""
    entries = {item.name for item in fields(Recipe)} - {"frozen", "rate_factors", "metrics"}
    assert entries <= set(signature(train).parameters)
    assert "metric" in signature(train).parameters


FLAGS = {
    "loss": "huber:2.0", "epochs": 7, "steps": 9, "seconds": 2.5, "target_cost": 0.5,
    "patience": 2, "min_delta": 0.01, "rises": 3, "give_up": 4, "monitor": "rmse", "l1": 0.1,
    "l1_divisor": "batch", "l2": 0.2, "l2_divisor": "dataset", "clip_value": 3.0,
    "clip_norm": 4.0, "label_smoothing": 0.1, "input_dropout": 0.2, "input_noise": 0.3,
    "average": 0.9, "precision": "float64", "seed": 5, "starts": 3,
}  # fmt: skip


@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_is_the_entry_of_its_name(name):
    assert getattr(made(**{name: FLAGS[name]}), name) == FLAGS[name]


def test_a_flag_goes_before_the_file():
    assert made({"epochs": 3, "l1": 0.5}, epochs=4) == Recipe(epochs=4, l1=0.5)


@pytest.mark.parametrize("name", ["dropout", "noise", "max_norm"])
def test_one_number_or_one_by_layer(name):
    assert getattr(made(**{name: "0.5"}), name) == 0.5
    assert getattr(made(**{name: "0.5,0.25"}), name) == (0.5, 0.25)
    for text in ("half", "0.1,,0.2", ""):
        with pytest.raises(RecipeError, match=f"{name}: expected a number such as"):
            made(**{name: text})


def test_batches_of_some_or_of_all():
    assert made(batch_size="all").batch_size == "all"
    assert made(batch_size="64").batch_size == made(batch_size=64).batch_size == 64
    for text in ("0", "-1", "3.5", "many", ""):
        with pytest.raises(RecipeError, match='batch_size: expected a whole number .* "all"'):
            made(batch_size=text)


def test_metrics_with_commas_or_one_by_one():
    assert names_in(["f1, roc_auc", "recall", "f1"]) == ("f1", "roc_auc", "recall")
    assert names_in([]) == names_in([""]) == ()
    assert made(metric=["f1,recall"], monitor="roc_auc").metrics == ("f1", "recall", "roc_auc")
    assert made({"metrics": ["f1"]}, metric=["recall"]).metrics == ("recall",)


@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("softmax", "cross_entropy"),
        ("sigmoid", "binary_cross_entropy"),
        ("exp", "poisson"),
        ("identity", "mse"),
        ("tanh", "mse"),
    ],
)
def test_the_loss_is_that_of_the_output(output, loss):
    assert made(output=output).loss == loss
    assert made({"loss": "mae"}, output).loss == "mae"


@pytest.mark.parametrize(
    ("flags", "optimizer"),
    [
        ({"optimizer": "sgd"}, SGD(0.1)),
        ({"optimizer": "sgd", "learning_rate": 3.0}, SGD(3.0)),
        ({"learning_rate": 0.5}, Adam(0.5)),
        ({"optimizer": "momentum", "momentum": 0.5}, Momentum(0.01, 0.5)),
        ({"optimizer": "nesterov", "momentum": 0.5}, Nesterov(0.01, 0.5)),
        ({"optimizer": "lbfgs"}, LBFGS()),
        ({"optimizer": "levenberg_marquardt"}, LevenbergMarquardt()),
        ({"schedule": "cosine"}, Adam(Cosine(0.001))),
        ({"schedule": "cosine", "optimizer": "sgd", "learning_rate": 2.0}, SGD(Cosine(2.0))),
        ({"schedule": "constant", "learning_rate": 2.0}, Adam(2.0)),
        ({"schedule": "warm_up", "optimizer": "adamw"}, AdamW(WarmUp(0.001))),
        ({"schedule": "one_cycle", "learning_rate": 2.0}, Adam(OneCycle(2.0))),
        ({"schedule": "step"}, Adam(StepDecay(0.001))),
        ({"schedule": "plateau"}, Adam(Plateau(0.001))),
    ],
)
def test_flags_become_the_optimizer(flags, optimizer):
    assert made(**flags).optimizer == optimizer


@pytest.mark.parametrize("name", {**OPTIMIZERS, **SOLVERS})
def test_every_optimizer_and_solver_can_be_named(name):
    assert made(optimizer=name).optimizer == {**OPTIMIZERS, **SOLVERS}[name].numbers()


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_begins_with_the_rate(name):
    rate = made(schedule=name, learning_rate=0.25).optimizer.learning_rate
    if name != "constant":  # which is the plain number
        assert type(rate) is SCHEDULES[name].numbers
        rate = getattr(rate, fields(rate)[0].name)
    assert rate == 0.25


def test_numbers_of_the_file_stay_where_no_flag_is():
    table = {"name": "momentum", "learning_rate": 0.1, "momentum": {"name": "cosine", "start": 0.5}}
    assert made({"optimizer": table}).optimizer == Momentum(0.1, Cosine(0.5))
    changed = made({"optimizer": table}, schedule="cosine").optimizer
    assert changed == Momentum(Cosine(0.1), Cosine(0.5))
    assert made({"optimizer": table}, optimizer="adam").optimizer == Adam()
    assert made({"optimizer": {"name": "lbfgs", "memory": 3}}).optimizer == LBFGS(3)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"optimizer": "magic"}, "optimizer: expected one of sgd, .* got 'magic'"),
        ({"schedule": "magic"}, "schedule: expected one of constant, linear, .* got 'magic'"),
        ({"momentum": 0.5}, "Adam has the numbers learning_rate, .* got momentum"),
        ({"optimizer": "sgd", "momentum": 0.5}, "SGD has the numbers learning_rate; got momentum"),
        ({"optimizer": "magic", "schedule": "cosine"}, "expected one of sgd"),
        ({"optimizer": "lbfgs", "learning_rate": 0.5}, "lbfgs .* leave out --learning-rate"),
        ({"optimizer": "lbfgs", "batch_size": "8"}, "lbfgs .* leave out --batch-size"),
        ({"optimizer": "levenberg_marquardt", "schedule": "cosine"}, "leave out --schedule"),
        ({"optimizer": "lbfgs", "momentum": 0.5}, "leave out --momentum"),
    ],
)
def test_flags_that_cannot_work(flags, message):
    with pytest.raises(RecipeError, match=message):
        made(**flags)
