"""Every equation with the shapes of its arrays."""

import dataclasses

import pytest

import pellucid as pel


def test_784_30_10_as_books_have_it():
    network = pel.Network(784, [pel.Dense(30, "sigmoid"), pel.Dense(10, "softmax")])
    check = pel.dimension_check(network)
    table = {row.equation: row for row in check.rows}
    assert check.holds
    assert list(table) == [
        *("Z[1] = A[0] W[1] + b[1]", "A[1] = sigmoid(Z[1])"),
        *("Z[2] = A[1] W[2] + b[2]", "A[2] = softmax(Z[2])"),
        *("dZ[2] = (P − Y)/n, or by the chain rule", "dW[2] = A[1]ᵀ dZ[2]"),
        *("db[2] = Σ rows of dZ[2]", "dA[1] = dZ[2] W[2]ᵀ", "dZ[1] = dA[1] ⊙ f′"),
        *("dW[1] = A[0]ᵀ dZ[1]", "db[1] = Σ rows of dZ[1]"),
    ]
    row = table["dA[1] = dZ[2] W[2]ᵀ"]
    assert row.batch == "(n × 10)(10 × 30) = (n × 30)"
    assert row.column_equation == "∂C/∂a¹ = W²ᵀ δ²"
    assert row.example == "(30 × 10)(10 × 1) = (30 × 1)"
    row = table["dW[1] = A[0]ᵀ dZ[1]"]
    assert row.batch == "(784 × n)(n × 30) = (784 × 30)"
    assert row.example == "(30 × 1)(1 × 784) = (30 × 784)"


@pytest.mark.parametrize(
    ("layers", "equation", "batch"),
    [
        (
            [pel.Dense(3, "tanh"), pel.Dense(2, inputs=(0, 1))],
            "Z[2] = A[0] W[0, 2] + A[1] W[1, 2] + b[2]",
            "(n × 5)(5 × 2) + (n × 3)(3 × 2) + (2) = (n × 2)",
        ),
        (
            [pel.Dense(3, "maxout", pieces=2), pel.Dense(2)],
            "A[1] = maxout(Z[1])",
            "largest of each 2 in (n × 6) = (n × 3)",
        ),
        (
            [pel.Dense(3, "tanh", norm="layer"), pel.Dense(2)],
            "N[1] = layer norm of Z[1]",
            "(n × 3)",
        ),
        (
            [pel.Dense(3, "tanh", bias="layer"), pel.Dense(2, bias="none")],
            "db[1] = Σ rows of dZ[1]",
            "Σ (n × 3) = (1)",
        ),
    ],
)
def test_any_network(layers, equation, batch):
    check = pel.dimension_check(pel.Network(5, layers))
    assert check.holds
    assert {row.equation: row.batch for row in check.rows}[equation] == batch


def test_as_text_and_data():
    check = pel.dimension_check(pel.Network(2, [pel.Dense(1)]))
    assert str(check).endswith("all shapes fit")
    assert check.markdown().count("|\n") == 2 + len(check.rows)
    assert check.as_dict()["holds"] is True
    broken = dataclasses.replace(check, rows=(check.rows[0]._replace(holds=False), *check.rows[1:]))
    assert not broken.holds
    assert str(broken).endswith("SHAPES DO NOT FIT")
