"""Names of the literature, bound to the cells of arrays."""

import pytest

import pellucid as pel
from pellucid.inspection.notation import LETTERS, NOTATIONS, cell, notation_of

NET = pel.Network(4, [pel.Dense(5, "tanh"), pel.Dense(6, "tanh"), pel.Dense(3, "softmax")])


@pytest.mark.parametrize(
    ("notation", "name", "array"),
    [
        # Counted from 0: to the third unit of layer 2 from the fourth of layer 1.
        ("from_zero", "w_{2,3}^2", "W[2][3, 2]"),
        ("from_zero", "w_{2,3}^{(2)}", "W[2][3, 2]"),
        ("from_zero", "w_2,3^(2)", "W[2][3, 2]"),
        ("from_zero", "a_2^(1)", "A[1][:, 2]"),
        ("from_zero", "a_0^(0)", "A[0][:, 0]"),
        ("from_zero", "b_4^1", "b[1][4]"),
        ("from_zero", "δ_2^(3)", "delta[3][:, 2]"),
        # Counted from 1: from unit 1 of the input to unit 3 of the first hidden layer.
        ("from_one", "w_31", "W[1][0, 2]"),
        ("from_one", "w_{31}^2", "W[1][0, 2]"),
        ("from_one", "w_3,1^(2)", "W[1][0, 2]"),
        ("from_one", "z_1^2", "Z[1][:, 0]"),
        ("from_one", "a_1^2", "A[1][:, 0]"),
        ("from_one", "a_1^1", "A[0][:, 0]"),
        # Letters: node i of I, j of J, k of K, from first; θ is the bias.
        ("sums", "W_i1,j3", "W[1][0, 2]"),
        ("sums", "W_{j2,k1}", "W[2][1, 0]"),
        ("sums", "θ_j2", "b[1][1]"),
        ("sums", "O_k1", "A[2][:, 0]"),
        ("sums", "x_l3", "Z[3][:, 2]"),
        # The matrix form: the column after the last holds the biases.
        ("matrix", "W̃_{2,3}^2", "W[2][3, 2]"),
        ("matrix", "W̃_{2,5}^2", "b[2][2]"),
    ],
)
def test_a_name_stands_for_a_cell(notation, name, array):
    assert str(cell(name, notation, NET.architecture)) == array


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_name_that_is_given_is_understood(notation):
    """Name each number of the network; the name leads back to its cell."""
    row, architecture = notation_of(notation), NET.architecture
    for l in range(1, architecture.n_layers + 1):
        k, n_from = l - 1, architecture.units(l - 1)
        for s in range(architecture.sums(l)):
            for kind in ("A", "Z", "delta"):
                found = cell(row.unit(kind, l, s), notation, architecture)
                assert found == (kind, l, (s,))
            assert cell(row.bias(l, s, n_from), notation, architecture) == ("b", l, (s,))
            for origin in range(n_from):
                name = row.weight(l, k, origin, s)
                assert cell(name, notation, architecture) == ("W", l, (origin, s))


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


@pytest.mark.parametrize(
    ("notation", "name", "message"),
    [
        ("from_zero", "w_{2,3}^9", "expected layer 1 to layer 3"),
        ("from_zero", "w_{2,9}^2", "expected units 0 to 4 there, got 9"),
        ("from_one", "w_{7,1}^2", "expected units 1 to 5 there, got 7"),
        ("from_zero", "θ_1^1", "expected a name such as w_2,3"),
        ("from_zero", "nonsense", "expected a name such as"),
        ("from_zero", "a_2", "has no layer"),
        ("from_zero", "w_2^1", "a weight has two ends"),
        ("sums", "W_j1,i1", "expected"),
        ("from_zero", "z_0^0", "expected layer 1 to layer 3"),
    ],
)
def test_a_wrong_name_is_refused_with_what_would_be_right(notation, name, message):
    with pytest.raises(pel.DataError, match=message):
        cell(name, notation, NET.architecture)


def test_unknown_notations_are_refused():
    with pytest.raises(pel.RecipeError, match="notation: expected one of from_zero, from_one"):
        notation_of("mine")
