"""Names with numbers after a colon, and what is none."""

import pytest

from pellucid.equations.named import name_and_numbers


@pytest.mark.parametrize(
    ("text", "name", "numbers"),
    [
        ("mse", "mse", ()),
        ("", "", ()),
        ("huber:1.5", "huber", (1.5,)),
        ("quantile:0.1,0.5,0.9", "quantile", (0.1, 0.5, 0.9)),
        ("quantile: 0.1, 0.9", "quantile", (0.1, 0.9)),
        ("uniform:-5e-2", "uniform", (-0.05,)),
        (":3", "", (3.0,)),
    ],
)
def test_name_and_numbers(text, name, numbers):
    assert name_and_numbers(text) == (name, numbers)


@pytest.mark.parametrize(
    "text",
    ["huber:", "huber:one", "huber:1:2", "huber:1,", "huber:,1", "huber:1 2", "huber:1;2"]
    + ["huber:nan", "huber:inf", "quantile:0.1,-inf", "huber:0x10"],
)
def test_anything_else_after_the_colon_is_refused(text):
    with pytest.raises(ValueError, match=f"numbers with commas .* after the colon, got '{text}'"):
        name_and_numbers(text)
