"""Names of the literature, bound to the cells of arrays."""

import pytest

import pellucid as pel
from pellucid.inspection.notation import LETTERS, NOTATIONS, notation_of

NET = pel.Network(4, [pel.Dense(5, "tanh"), pel.Dense(6, "tanh"), pel.Dense(3, "softmax")])


def test_the_convention_is_stated():
    assert "counted from 0, the input is layer 0" in NOTATIONS["from_zero"].stated
    assert "counted from 1, the input is layer 1" in NOTATIONS["from_one"].stated
    assert "bias θ_{j2} is the weight from a node whose output is always 1" in (
        NOTATIONS["sums"].stated
    )
    assert "an extra last column" in NOTATIONS["matrix"].stated


def test_names_look_as_in_the_literature():
    zero, one, sums = (NOTATIONS[name] for name in ("from_zero", "from_one", "sums"))
    assert zero.weight(2, 1, 3, 2) == "w_{2,3}^{(2)}"
    assert one.weight(1, 0, 0, 2) == "w_{31}^{(2)}"
    assert one.weight(1, 0, 11, 2) == "w_{3,12}^{(2)}"
    assert sums.weight(1, 0, 0, 2) == "W_{i1,j3}"
    assert zero.weight(2, 0, 3, 2, skips=True) == "w_{2,3}^{(0→2)}"
    assert one.unit("Z", 1, 0) == "z_{1}^{(2)}"
    assert sums.unit("b", 1, 1) == "θ_{j2}"
    assert NOTATIONS["matrix"].bias(2, 1, 5) == "W̃_{1,5}^{(2)}"
    assert [sums.layer(l) for l in range(3)] == ["layer I", "layer J", "layer K"]
    assert len(set(LETTERS)) == len(LETTERS)


def test_unknown_notations_are_refused():
    with pytest.raises(pel.RecipeError, match="notation: expected one of from_zero, from_one"):
        notation_of("mine")
