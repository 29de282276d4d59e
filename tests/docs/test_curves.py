"""The schedules that are drawn take the values that their formulas give."""

from math import cos, pi

import pytest
from PIL import Image

from docs.making.curves import COSTS, SHOWN, STEPS, activation, schedules, value_at
from pellucid.equations.schedules import SCHEDULES


def test_every_schedule_is_drawn_in_the_order_of_the_table():
    assert set(SHOWN) == set(SCHEDULES)


@pytest.mark.parametrize(
    ("name", "step", "value"),
    [
        ("constant", 50, 0.1),
        ("linear", 50, 0.055),
        ("cosine", 25, 0.05 * (1 + cos(pi / 4))),
        ("exponential", 40, 0.025),
        ("inverse_time", 20, 0.05),
        ("step", 29, 0.1),
        ("step", 30, 0.03),
        ("warm_up", 9, 0.05),
        ("one_cycle", 29, 0.1),
        ("plateau", 49, 0.1),
        ("plateau", 50, 0.03),
    ],
)
def test_values(name, step, value):
    assert value_at(name, step) == pytest.approx(value, rel=1e-6)


def test_the_plateau_is_where_the_costs_say(monkeypatch):
    """Epochs 4 and 5 bring nothing better than epoch 3, and two are waited for."""
    assert COSTS[2] == COSTS[3] == COSTS[4]
    assert STEPS // len(COSTS) == 10


def test_pictures_come_in_both_themes(tmp_path):
    text = activation("relu", tmp_path / "drawn") + schedules(tmp_path / "drawn")
    for name in ("activation-relu", "schedules"):
        for theme, paper in (("light", (255, 255, 255)), ("dark", (21, 24, 28))):
            assert f"/drawn/{name}-{theme}.png\n" in text
            with Image.open(tmp_path / "drawn" / f"{name}-{theme}.png") as picture:
                assert picture.convert("RGB").getpixel((2, 2)) == paper
