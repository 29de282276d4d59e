"""Names of the literature lead to the cells of arrays."""

import pytest

import pellucid as pel
from pellucid.inspection.cells import architecture_of, cell
from pellucid.inspection.notation import NOTATIONS, notation_of

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


def test_a_masked_weight_is_none():
    """It stands in the array as 0, and no derivative belongs to it."""
    masked = pel.Network(2, [pel.Dense(2, "tanh", masks={0: ["10", "11"]}), pel.Dense(1)])
    assert str(cell("w_0,1^1", "from_zero", masked)) == "W[1][1, 0]"
    with pytest.raises(pel.DataError, match="no such weight; the mask leaves it out"):
        cell("w_1,0^1", "from_zero", masked)


def test_networks_and_architectures_are_taken():
    assert architecture_of(NET) is NET.architecture
    assert architecture_of(NET.architecture) is NET.architecture
    with pytest.raises(pel.DataError, match="expected a network or its architecture, got 5"):
        architecture_of(5)


def test_the_tilde_may_be_typed():
    assert cell("W~_2,3^2", "matrix", NET) == cell("W̃_2,3^2", "matrix", NET)
