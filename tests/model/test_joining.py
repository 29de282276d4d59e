"""Several networks as one: the mean of their weighted sums, and back again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import ArchitectureError, Dense, Network
from pellucid.model.joining import mean_of, parts_of

X = np.random.default_rng(0).normal(size=(6, 3))


def network(seed=0, output="softmax", hidden=((4, "tanh"), (2, "relu")), **given):
    given = {"precision": "float64"} | given
    layers = [Dense(units, name) for units, name in hidden]
    return Network(3, [*layers, Dense(2, output)], seed=seed, initial="normal", **given)


def test_a_known_answer():
    """2·3 + 1 = 7 and −1·3 + 3 = 0 in the middle; (4·7 + 1 + 0·2 + 5) / 2 = 17 at the end."""
    parts = [Network(1, [Dense(1, "identity"), Dense(1, "identity")]) for _ in range(2)]
    parts[0].parameters[...] = [2, 1, 4, 1]
    parts[1].parameters[...] = [-1, 3, 2, 5]
    assert mean_of(parts).predict([[3.0]]) == 17


@pytest.mark.parametrize(
    ("output", "inverse"),
    [
        ("identity", lambda P: P),
        ("sigmoid", lambda P: np.log(P / (1 - P))),
        ("softmax", lambda P: np.log(P / P[:, :1])),
    ],
)
def test_weighted_sums_are_averaged(output, inverse):
    parts = [network(seed, output) for seed in range(4)]
    wanted = np.mean([inverse(part.predict(X)) for part in parts], axis=0)
    np.testing.assert_allclose(inverse(mean_of(parts).predict(X)), wanted, atol=1e-10)


def test_chains_may_differ_and_scale_and_precision_are_kept():
    given = {"scale": 0.5, "shift": (1.0, 0.0, 2.0), "output": "identity"}
    parts = [network(**given), network(1, hidden=[(5, "silu")], **given)]
    whole = mean_of(parts)
    assert [layer.inputs for layer in whole.architecture.layers] == [(0,), (1,), (0,), (2, 3)]
    wanted = (parts[0].predict(X) + parts[1].predict(X)) / 2
    np.testing.assert_allclose(whole.predict(X), wanted, rtol=1e-12)
    assert mean_of([network(precision="float32")]).precision == "float32"


def test_one_network_is_its_own_mean():
    np.testing.assert_allclose(mean_of([network()]).predict(X), network().predict(X), rtol=1e-14)


def test_parts_change_on_their_own():
    parts = [network(0), network(1)]
    whole = mean_of(parts)
    before = whole.parameters.copy()
    parts[0].parameters[...] = 0
    again = parts_of(whole)
    again[0].parameters[...] = 0
    np.testing.assert_array_equal(whole.parameters, before)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(1, 3), st.sampled_from(["relu", "tanh"])), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_was_joined_comes_apart(chains):
    whole = mean_of([network(seed, hidden=hidden) for seed, hidden in enumerate(chains)])
    parts = parts_of(whole)
    assert [[layer.units for layer in part.architecture.layers] for part in parts] == [
        [*(units for units, _ in hidden), 2] for hidden in chains
    ]
    again = mean_of(parts)
    assert again.architecture == whole.architecture
    np.testing.assert_allclose(again.parameters, whole.parameters, rtol=1e-14)


def test_what_does_not_fit_together_is_refused():
    plain = Network(3, [Dense(2)])
    for networks in (
        [],
        [plain],
        [network(), network(output="identity")],
        [network(), network(scale=2.0)],
        [network(), Network(2, network().architecture.layers)],
        [network(), Network(3, [Dense(4, norm="layer"), Dense(2, "softmax")])],
        [Network(3, [Dense(4), Dense(2, "softmax", inputs=(0, 1))])],
    ):
        with pytest.raises(ArchitectureError, match="expected chains of plain layers"):
            mean_of(networks)


@pytest.mark.parametrize("other", [network(), Network(3, [Dense(2), Dense(3, inputs=(0, 1))])])
def test_what_was_not_joined_does_not_come_apart(other):
    with pytest.raises(ArchitectureError, match="expected"):
        parts_of(other)
