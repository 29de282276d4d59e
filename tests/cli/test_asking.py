from dataclasses import fields, replace

import pytest

import pellucid as pel
from pellucid.cli.asking import NOTHING, USED_BY, Asked, check_used


def test_every_option_has_a_use():
    assert {item.name for item in fields(Asked)} == set(USED_BY)


@pytest.mark.parametrize("name", USED_BY)
def test_options_without_a_use_are_refused(name):
    given = replace(NOTHING, **{name: {"row": 1, "focus": ("a_0^1",)}.get(name, "another")})
    with pytest.raises(pel.RecipeError, match="belongs to --"):
        check_used(given, {"collapse"})
    check_used(given, USED_BY[name])
    check_used(NOTHING, {"collapse"})
