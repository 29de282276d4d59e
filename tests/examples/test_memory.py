"""What the examples of networks that go round in time say is so."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.equations.historical import averaging_update
from tests.examples.running import found


def test_damaged_digits_come_back_and_the_energy_never_rises(monkeypatch, tmp_path):
    seen = found("memory/associative_memory", monkeypatch, tmp_path)
    stored, states, K = seen["stored"], seen["states"], seen["K"]
    assert (seen["damaged"] != stored).sum(axis=1).tolist() == [12, 12, 12]
    assert (states[-1] == stored).all()
    by_hand = np.array([[-sum(K[i, j] * s[i] * s[j] for i in range(64) for j in range(i))
                         for s in state] for state in states[::16]])  # fmt: skip
    np.testing.assert_allclose(by_hand, seen["energies"][::16], atol=1e-9)
    assert np.diff(seen["energies"], axis=0).max() <= 0
    agreement = sum(np.outer(s, s) for s in stored) / 64
    np.testing.assert_allclose(K, agreement - np.diag(np.diag(agreement)))


def test_few_digits_are_states_of_rest_by_hebb_and_all_by_the_rule_that_allows_for_likeness(
    monkeypatch, tmp_path
):
    seen = found("memory/associative_memory", monkeypatch, tmp_path)
    digits, (by_hebb, by_projection) = seen["digits"], seen["ten"]
    assert (np.sign(seen["stored"] @ seen["K"]) == seen["stored"]).all()
    assert not (np.sign(digits @ by_hebb) == digits).all(axis=1).any()
    np.testing.assert_allclose(digits @ by_projection, digits, atol=1e-9)
    few = digits[:5]  # 0.08 n, of which random ones would stay
    assert (np.sign(few @ (few.T @ few - 5 * np.eye(64))) == few).all(axis=1).mean() < 0.5
    # the reason that is given: random patterns of this size, which are less alike, mostly stay
    random = np.random.default_rng(0).choice([-1.0, 1.0], digits.shape)
    likeness = [np.abs(np.triu(S @ S.T / 64, 1)).mean() for S in (digits, random)]
    assert likeness[0] > 3 * likeness[1]
    memory = random.T @ random - 10 * np.eye(64)
    assert (np.sign(random @ memory) == random).all(axis=1).mean() >= 0.5


def test_the_fall_comes_nearer_to_0_138_n_and_sharpens(monkeypatch, tmp_path):
    seen = found("memory/capacity", monkeypatch, tmp_path)
    found_at = seen["found"]
    assert found_at[100] > found_at[400] > found_at[1600]
    assert found_at[1600] == pytest.approx(0.138, abs=0.012)
    by_n = {n: [line.get_ydata() for line in seen["ax"].lines][k] for k, n in enumerate(found_at)}
    steepest = {n: -np.diff(left).min() for n, left in by_n.items()}
    assert steepest[1600] > steepest[400] > steepest[100]
    assert by_n[1600][seen["loads"] < 0.125].min() > 0.98
    assert 0.9 < by_n[1600][np.isclose(seen["loads"], 0.13)].item() < 1  # with a few errors
    assert by_n[1600][-1] < 0.5


def test_averages_shrink_as_the_eigenvalues_say(monkeypatch, tmp_path):
    seen = found("memory/averaging", monkeypatch, tmp_path)
    n, noise = seen["n"], seen["noise"]
    three, near, tanh = seen["runs"].values()
    theory = (1 + 2 * np.cos(2 * np.pi / n)) / 3  # of a ring
    away = np.linalg.norm(three - noise.mean(), axis=1)
    assert away[-1] / away[-2] == pytest.approx(theory, abs=1e-5)
    assert sorted(abs(np.linalg.eigvalsh(seen["mean"])))[-2] == pytest.approx(theory)
    assert (np.diff(away) < 0).all()
    state = noise
    for _ in range(400):
        state = (np.roll(state, 1) + state + np.roll(state, -1)) / 3
    np.testing.assert_allclose(three[400], state, atol=1e-12)
    # neighbours only: even and odd places swap for ever
    assert np.linalg.eigvalsh(seen["near"] / 2).min() == pytest.approx(-1)
    swap = near[-1] - noise.mean()
    np.testing.assert_allclose(near[-2] - noise.mean(), -swap, atol=0.02)
    assert np.abs(swap).min() > 0.1
    # tanh: blocks, of which those wider than four are still there when nothing moves any more
    rest = tanh[-1]
    for _ in range(2000):
        rest = np.tanh(2 * rest @ seen["mean"])
    np.testing.assert_allclose(rest, np.tanh(2 * rest @ seen["mean"]), atol=1e-12)
    early, last = np.sign(tanh[20]), np.sign(rest)
    start = np.flatnonzero(early != np.roll(early, 1))
    for block in np.split(np.roll(np.arange(n), -start[0]), start[1:] - start[0]):
        kept = (last[block] == early[block]).all()
        assert kept == (len(block) > 4)
    assert set(last) == {-1, 1}


def test_to_average_is_to_have_smaller_weights():
    random = np.random.default_rng(0)
    K, s = random.normal(size=(5, 3)), random.normal(size=(4, 5))
    square = np.zeros((8, 8))
    square[:5, 5:] = K  # five neurons that three listen to
    state = np.concatenate([s, np.zeros((4, 3))], axis=1)
    layer = pel.Network(5, [pel.Dense(3, "tanh")], precision="float64")
    layer.weights[1][:] = K / 5
    layer.biases[1][:] = 0.3
    averaged = averaging_update(square, state, 0.3, lambda Z, xp: xp.tanh(Z))[:, 5:]
    np.testing.assert_allclose(averaged, layer.predict(s), atol=1e-12)
