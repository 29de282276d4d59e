"""What is chosen by the number of rows, and that it is said truly."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import AdamW
from pellucid.equations.schedules import Cosine
from pellucid.estimators.choosing import (
    ACTIVATION,
    DECAY,
    DROPOUT,
    FEW,
    RATE,
    STEPS,
    Choice,
    Settings,
    explained,
    settings_for,
)


def test_a_choice_is_a_line():
    assert str(Choice("networks", "8", "they are few")) == "networks: 8 (they are few)"


def test_how_they_are_trained():
    chosen = Settings(width=5, members=3, holds_out=True, epochs=7, batch_size=9)
    assert chosen.hidden == (5, 5)
    recipe = chosen.recipe("mse", 4)
    assert (recipe.loss, recipe.seed, recipe.epochs, recipe.batch_size) == ("mse", 4, 7, 9)
    assert recipe.optimizer == AdamW(Cosine(RATE), weight_decay=DECAY)
    assert recipe.dropout == DROPOUT
    assert Settings(5, 3, False, 7, 9).recipe("mse", 4).dropout == 0


@given(st.integers(1, 10**7))
def test_whatever_the_number_of_rows(n):
    chosen = settings_for(n)
    assert chosen.holds_out == (n >= FEW)
    assert not chosen.holds_out or n // chosen.members >= 2  # rows in every part
    assert 1 <= chosen.batch_size <= 256
    assert chosen.epochs * -(-n // chosen.batch_size) >= (0 if chosen.holds_out else STEPS)
    assert chosen.members * chosen.width**2 <= 2**20
    compile_size = chosen.recipe("mse", 0).batch_size
    assert compile_size == chosen.batch_size


def test_more_rows_have_wider_networks_and_larger_batches_and_fewer_epochs():
    each = [settings_for(n) for n in (10, 100, 2000, 10_000, 10**6)]
    for name, falls in (("width", False), ("batch_size", False), ("members", True)):
        numbers = [getattr(chosen, name) for chosen in each]
        assert numbers == sorted(numbers, reverse=falls)
        assert numbers[0] != numbers[-1]
    assert each[1].epochs >= each[-1].epochs


@pytest.mark.parametrize("n", [1, 12, FEW, 1500, 30_000])
def test_it_is_said_truly(n):
    chosen = settings_for(n)
    networks, held_out, training = explained(chosen, n, best_epoch=5)
    assert networks.value.startswith(f"{chosen.members}, each with {chosen.width} + {chosen.width}")
    assert networks.value.endswith(ACTIVATION)
    assert f"{n:,} distinct rows" in networks.why
    if chosen.holds_out:
        assert held_out.what == "stopped at"
        assert held_out.value == f"epoch 5 of {chosen.epochs}"
        assert f"one part in {chosen.members}" in held_out.why
    else:
        assert held_out.value == "nothing"
        assert f"{n:,} distinct rows are too few" in held_out.why
    epochs, batch = map(int, re.findall(r"over (\d+) epochs, batches of (\d+)", training.value)[0])
    assert epochs == chosen.epochs
    assert batch == min(chosen.batch_size, n)
    steps = int(re.findall(r"about ([\d,]+) steps", training.why)[0].replace(",", ""))
    assert steps == epochs * -(-n // batch)
