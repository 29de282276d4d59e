"""Every loss: known answers, both derivatives, extremes; losses with numbers; smoothed targets."""

from math import log

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES, as_bits, loss_of, smoothed
from pellucid.equations.named import name_and_numbers
from pellucid.errors import RecipeError

ROWS = sorted(LOSSES)

# By hand: Z, P, Y → loss, dP, delta.
KNOWN = {
    "half_sse": ([1, 2, 0], [1, 2, 0], [0, 4, 2], 4.5, [1, -2, -2], [1, -2, -2]),
    "mse": ([1, 2, 0], [1, 2, 0], [0, 4, 2], 3, [2 / 3, -4 / 3, -4 / 3], [2 / 3, -4 / 3, -4 / 3]),
    "binary_cross_entropy": (
        *([0, log(3)], [1 / 2, 3 / 4], [1, 0]),
        *(3 * log(2), [-2, 4], [-1 / 2, 3 / 4]),
    ),
    "cross_entropy": (
        *([0, log(2), log(5)], [1 / 8, 2 / 8, 5 / 8], [0, 0, 1]),
        *(log(8 / 5), [0, 0, -8 / 5], [1 / 8, 2 / 8, -3 / 8]),
    ),
    "sse": ([1, 2, 0], [1, 2, 0], [0, 4, 2], 9, [2, -4, -4], [2, -4, -4]),
    "mae": ([1, 2, 2], [1, 2, 2], [0, 4, 2], 1, [1 / 3, -1 / 3, 0], [1 / 3, -1 / 3, 0]),
    "huber": (
        *([0.5, 2, 1], [0.5, 2, 1], [0, 4, 0]),
        *((1 / 8 + 3 / 2 + 1 / 2) / 3, [1 / 6, -1 / 3, 1 / 3], [1 / 6, -1 / 3, 1 / 3]),
    ),
    "huber:2": (
        *([0.5, 2, 3], [0.5, 2, 3], [0, 4, 0]),
        *((1 / 8 + 2 + 4) / 3, [1 / 6, -2 / 3, 2 / 3], [1 / 6, -2 / 3, 2 / 3]),
    ),
    "quantile": ([1, 2, 2], [1, 2, 2], [0, 4, 2], 1 / 2, [1 / 6, -1 / 6, 0], [1 / 6, -1 / 6, 0]),
    "quantile:0.25,0.75": (
        *([1, 2, 0], [1, 2, 0], [0, 4, 2]),
        *((0.75 + 1.5 + 0.5) / 3, [1 / 4, -1 / 4, -1 / 12], [1 / 4, -1 / 4, -1 / 12]),
    ),
    "poisson": (
        *([0, log(2), log(3)], [1, 2, 3], [0, 2, 1]),
        *(1 + 0 + 2 - log(3), [1, 0, 2 / 3], [1, 0, 2]),
    ),
    "squared_hinge": (
        *([2, 0.5, 1], [2, 0.5, 1], [1, 1, -1]),
        *(4.25 / 3, [0, -1 / 3, 4 / 3], [0, -1 / 3, 4 / 3]),
    ),
}
TEXTS = sorted(KNOWN)


def each(f):
    """The sum of f(p, y) over an example's outputs."""
    return lambda P, Y: sum(f(p, y) for p, y in zip(P, Y, strict=True))


def huber(e, delta):
    return e * e / 2 if abs(e) <= delta else delta * (abs(e) - delta / 2)


def pinball(P, Y, *levels):
    """Level after level, over and over: the mean over the outputs."""
    found = 0
    for j, (p, y) in enumerate(zip(P, Y, strict=True)):
        q = levels[j % len(levels)]
        found += q * (y - p) if y > p else (1 - q) * (p - y)
    return found / len(P)


# The loss of one example from its prediction alone, as its formula reads.
FORMULAS = {
    "half_sse": lambda P, Y: each(lambda p, y: (p - y) ** 2)(P, Y) / 2,
    "sse": each(lambda p, y: (p - y) ** 2),
    "mse": lambda P, Y: each(lambda p, y: (p - y) ** 2)(P, Y) / len(P),
    "mae": lambda P, Y: each(lambda p, y: abs(p - y))(P, Y) / len(P),
    "huber": lambda P, Y, delta: each(lambda p, y: huber(p - y, delta))(P, Y) / len(P),
    "quantile": pinball,
    "squared_hinge": lambda P, Y: each(lambda p, y: max(0, 1 - y * p) ** 2)(P, Y) / len(P),
    "binary_cross_entropy": each(lambda p, y: -y * log(p) - (1 - y) * log(1 - p)),
    "cross_entropy": each(lambda p, y: -y * log(p)),
    "poisson": each(lambda p, y: p - y * log(p) + (y * log(y) - y if y else 0)),
}


def formula(text):
    """The formula of a loss with its numbers."""
    return lambda P, Y: FORMULAS[name_and_numbers(text)[0]](P, Y, *loss_of(text).numbers)


def drawn(text, seed, n=3, outputs=4):
    """Weighted sums, the link's predictions, and targets of the row's kind, none of them sharp."""
    draw, row = np.random.default_rng(seed), loss_of(text)
    Z, Y = draw.normal(0, 1.5, (n, outputs)), draw.normal(0, 2, (n, outputs))
    if row.targets == "counts":
        Y = draw.poisson(2, (n, outputs)).astype(float)
    elif row.targets == "signs":
        Y = np.where(Y > 0, 1.0, -1.0)
    elif row.targets != "numbers":
        Y = draw.uniform(0, 1, (n, outputs))
    if row.targets == "classes":
        Y = Y / Y.sum(1, keepdims=True)
    return Z, ACTIVATIONS[row.link].f(Z, np), Y


def test_every_row_has_a_known_answer_and_its_formula_written_out():
    named = {name_and_numbers(text)[0] for text in KNOWN}
    assert named == set(FORMULAS) == set(LOSSES), "give each row of LOSSES both"


@pytest.mark.parametrize("text", TEXTS)
def test_known_answer(text):
    Z, P, Y = (np.array([values], float) for values in KNOWN[text][:3])
    loss, dP, delta = KNOWN[text][3:]
    row = loss_of(text)
    np.testing.assert_allclose(row.value(Z, P, Y, np), [loss], rtol=1e-15)
    np.testing.assert_allclose(row.dP(P, Y, np), [dP], rtol=1e-15)
    np.testing.assert_allclose(row.delta(P, Y, np), [delta], rtol=1e-15)


@pytest.mark.parametrize("outputs", [1, 2, 5])
@pytest.mark.parametrize("text", TEXTS)
def test_value_is_the_formula(text, outputs):
    Z, P, Y = drawn(text, 1, n=20, outputs=outputs)
    expected = [formula(text)(p, y) for p, y in zip(P, Y, strict=True)]
    np.testing.assert_allclose(loss_of(text).value(Z, P, Y, np), expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("text", TEXTS)
def test_each_example_is_judged_by_itself(text):
    """So that an example's weight multiplies its own loss and derivatives and nothing else."""
    (Z, P, Y), row = drawn(text, 2, n=4), loss_of(text)
    for found, alone in (
        (row.value(Z, P, Y, np), lambda i: row.value(Z[i], P[i], Y[i], np)),
        (row.dP(P, Y, np), lambda i: row.dP(P[i], Y[i], np)),
        (row.delta(P, Y, np), lambda i: row.delta(P[i], Y[i], np)),
    ):
        assert (found == np.concatenate([alone([i]) for i in range(4)])).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("text", TEXTS)
def test_dP_is_the_derivative_by_the_prediction(text, seed, assert_derivative):
    _, P, Y = drawn(text, seed)
    row = loss_of(text)
    if row.needs_link:
        P = 0.05 + 0.9 * P  # away from log 0, where differences say nothing
    if row.link == "exp":
        P = 0.5 + P

    def total(at):
        return sum(formula(text)(p, y) for p, y in zip(at, Y, strict=True))

    assert_derivative(row.dP(P, Y, np), total, P)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("text", TEXTS)
def test_delta_is_the_derivative_by_the_sums_of_the_link(text, seed, assert_derivative):
    Z, P, Y = drawn(text, seed)
    row, link = loss_of(text), ACTIVATIONS[loss_of(text).link]
    assert_derivative(row.delta(P, Y, np), lambda at: row.value(at, link.f(at, np), Y, np).sum(), Z)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("text", TEXTS)
def test_delta_is_dP_through_the_link(text, seed):
    """The fused form is the chain rule, worked out."""
    Z, P, Y = drawn(text, seed)
    row = loss_of(text)
    chain = ACTIVATIONS[row.link].backward(row.dP(P, Y, np), Z, P, np)
    np.testing.assert_allclose(row.delta(P, Y, np), chain, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("text", TEXTS)
def test_a_right_prediction_costs_nothing_and_pulls_nowhere(text):
    """At p = y, kinks included; for likelihoods with p as near as the link comes."""
    row = loss_of(text)
    Z = {"sigmoid": [900, -900], "softmax": [0, -2000], "exp": [log(3), 0]}.get(row.link, [1, -1])
    Z = np.array([Z], float)
    P = ACTIVATIONS[row.link].f(Z, np)
    Y = np.round(P)
    np.testing.assert_allclose(row.value(Z, P, Y, np), 0, atol=1e-15)
    np.testing.assert_allclose(row.delta(P, Y, np), 0, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("text", TEXTS)
def test_extreme_sums_give_finite_losses_and_deltas(text, dtype):
    """±10000, ±745, huge, tiny and 0; one example; one output: no warning, no NaN, same dtype."""
    row, largest = loss_of(text), float(np.finfo(dtype).max)
    # A squared error overflows at the root of the largest number, the others only at itself.
    huge = largest / 8 if row.needs_link else largest**0.5 / 8
    tiny = float(np.finfo(dtype).tiny)
    Z = np.array([[1e4, -1e4, 745], [-745, huge, -huge], [tiny, -tiny, 0], [0, 0, 0]], dtype)
    if row.link == "exp":
        Z = np.minimum(Z, dtype(80))
    for part in (Z, Z[:1], Z[:, :1]):
        P = ACTIVATIONS[row.link].f(part, np)
        for Y in (np.zeros_like(part), np.eye(len(part), part.shape[1], dtype=dtype)):
            targets = 2 * Y - 1 if row.targets == "signs" else Y
            loss, delta = row.value(part, P, targets, np), row.delta(P, targets, np)
            assert loss.shape == (len(part),)
            assert delta.shape == part.shape
            assert loss.dtype == delta.dtype == dtype
            assert np.isfinite(loss).all()
            assert np.isfinite(delta).all()
            assert (loss >= 0).all()
            if not row.needs_link:
                assert row.dP(P, targets, np).dtype == dtype


@pytest.mark.parametrize("name", ROWS)
def test_outputs_are_summed_or_averaged_as_the_row_says(name):
    """The same output twice doubles a sum and leaves a mean alone (for a link of single units)."""
    row = LOSSES[name]
    if row.link == "softmax":
        assert row.outputs == "sum"
        return
    Z, P, Y = drawn(name, 5)
    twice = row.value(*(np.hstack([a, a]) for a in (Z, P, Y)), np)
    factor = {"sum": 2, "mean": 1}[row.outputs]
    np.testing.assert_allclose(twice, factor * row.value(Z, P, Y, np), rtol=1e-14)


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained_and_its_words_are_known(name):
    row = LOSSES[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert all(f.__doc__ for f in (row.value, row.dP, row.delta))
    assert row.link in ACTIVATIONS
    assert row.needs_link or (row.link == "identity" and row.delta is row.dP)
    assert row.targets in ("numbers", "counts", "bits", "signs", "classes")
    assert row.constant in ("mean", "median", "levels", "balance")


def test_without_numbers_the_row_is_itself_or_has_its_defaults():
    for name in ROWS:
        assert loss_of(name).numbers == LOSSES[name].numbers
    assert loss_of("mse") == LOSSES["mse"]
    assert (LOSSES["huber"].numbers, LOSSES["quantile"].numbers) == ((1.0,), (0.5,))
    Z, P, Y = drawn("huber", 0)
    for name in ("huber", "quantile"):
        assert (loss_of(name).value(Z, P, Y, np) == LOSSES[name].value(Z, P, Y, np)).all()


def test_numbers_stand_after_the_colon():
    assert loss_of("huber:1.5").numbers == (1.5,)
    assert loss_of("quantile:0.1,0.5,0.9").numbers == (0.1, 0.5, 0.9)
    assert loss_of("huber:1.5").value.__doc__ == LOSSES["huber"].value.__doc__


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mean", "loss: expected one of half_sse, mse, .*squared_hinge, got 'mean'"),
        ("Huber:1", "loss: expected one of .* got 'Huber:1'"),
        ("", "loss: expected one of .* got ''"),
        (3, "loss: expected a name such as mse, got 3"),
        (None, "loss: expected a name such as mse, got None"),
        ("huber:", "loss: expected numbers with commas .* got 'huber:'"),
        ("huber:nan", "loss: expected numbers .* got 'huber:nan'"),
        ("huber:0", r"loss: huber takes one number above 0, got 0\.0\."),
        ("huber:-1", "huber takes one number above 0, got -1.0"),
        ("huber:1,2", "huber takes one number above 0, got 1.0, 2.0"),
        ("quantile:0", "quantile takes levels between 0 and 1, got 0.0"),
        ("quantile:0.1,1", "quantile takes levels between 0 and 1, got 0.1, 1.0"),
        ("mse:1", "mse takes no numbers, got 1.0"),
        ("poisson:1,2", "poisson takes no numbers, got 1.0, 2.0"),
    ],
)
def test_what_names_no_loss_is_refused(text, message):
    with pytest.raises(RecipeError, match=message):
        loss_of(text)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_smoothed_by_hand(dtype):
    """A tenth of each target spread over four classes, or over the two of a bit."""
    classes = smoothed(np.array([[0, 1, 0, 0]], dtype), 0.1, 4)
    bits = smoothed(np.array([[1, 0, 0.5]], dtype), 0.1, 2)
    np.testing.assert_allclose(classes, [[0.025, 0.925, 0.025, 0.025]], rtol=1e-6)
    np.testing.assert_allclose(bits, [[0.95, 0.05, 0.5]], rtol=1e-6)
    assert classes.dtype == bits.dtype == dtype


def test_smoothing_keeps_sums_and_none_of_it_changes_nothing():
    Y = np.random.default_rng(0).dirichlet(np.ones(5), 20)
    np.testing.assert_allclose(smoothed(Y, 0.3, 5).sum(1), 1, rtol=1e-14)
    assert (smoothed(Y, 0.0, 5) == Y).all()
    np.testing.assert_allclose(smoothed(Y, 1.0, 5), 0.2, rtol=1e-14)


def test_only_signs_become_bits():
    values = np.array([[-1.0, 0, 1, 3]])
    assert as_bits(LOSSES["squared_hinge"], values).tolist() == [[0, 0.5, 1, 2]]
    for name in set(LOSSES) - {"squared_hinge"}:
        assert as_bits(LOSSES[name], values) is values
